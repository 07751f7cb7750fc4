"""What the columns of each table say of a position, a trade or a proposal."""

from decimal import Decimal
from typing import Final

from bot.cards.data_table import Cell
from bot.cards.details import held_text
from bot.cards.mrkdwn import NO_FACT, day_change, escaped, symbol
from bot.cards.origin import source_word
from bot.cards.proposal import planned_risk
from bot.messages import NO_FIGURE, Texts
from engine.model.trade import Trade, TradeState
from engine.model.view import PositionLine

Cells = tuple[Cell, ...]

EMPTY: Final = Cell(text=NO_FIGURE)
POSITION_COLUMNS: Final = ("symbol", "gain", "stop", "risk", "held", "last", "today", "value", "trade")
TRADE_COLUMNS: Final = ("symbol", "state", "result", "shares", "entry", "source", "trade")
PENDING_COLUMNS: Final = ("symbol", "risk", "expires", "shares", "entry", "stop", "target", "source", "trade")


def position_cells(line: PositionLine, texts: Texts) -> Cells:
    """Return what is held of a symbol and how it is protected; a position of somebody else's has no known stop."""
    trade = line.trade
    return (
        Cell(text=symbol(line.symbol)),
        Cell(text=texts.gain(line.unrealised), figure=line.unrealised),
        EMPTY if trade is None else _stop(trade, texts, awaits=line.awaits),
        EMPTY if line.is_unclear else Cell(text=texts.risk_dollars(line.risk), figure=line.risk),
        Cell(text=held_text(line.kind, line.held, texts), figure=line.held),
        _price(line.price, texts),
        _today(line, texts),
        Cell(text=texts.dollars(line.value), figure=line.value),
        Cell(text=_whose(line, texts)),
    )


def trade_cells(trade: Trade, texts: Texts) -> Cells:
    """Return how a trade stands, and what came of it."""
    shares = trade.filled_shares or trade.shares
    return (
        Cell(text=symbol(trade.symbol)),
        Cell(text=texts("state", state=trade.state.value)),
        EMPTY if trade.result is None else Cell(text=texts.gain(trade.result), figure=trade.result),
        Cell(text=texts.count(shares), figure=shares),
        _price(trade.entry, texts),
        Cell(text=source_word(trade, texts)),
        Cell(text=escaped(trade.id)),
    )


def pending_cells(trade: Trade, texts: Texts) -> Cells:
    """Return what a proposal asks for."""
    risk = planned_risk(trade)
    return (
        Cell(text=symbol(trade.symbol)),
        Cell(text=texts.risk_dollars(risk), figure=risk),
        Cell(text=texts.clock(trade.expires_at, zone=True)),
        Cell(text=texts.count(trade.shares), figure=trade.shares),
        _price(trade.sizing.entry, texts),
        _price(trade.sizing.stop, texts),
        _price(trade.sizing.target, texts),
        Cell(text=source_word(trade, texts)),
        Cell(text=escaped(trade.id)),
    )


def _whose(line: PositionLine, texts: Texts) -> str:
    """Return the trade that shares are in, or that they are in none, or may be."""
    if line.trade:
        return escaped(line.trade.id)
    return texts("position-unclear-whose" if line.is_unclear else "position-not-ours")


def _price(value: Decimal, texts: Texts) -> Cell:
    return Cell(text=texts.price(value), figure=value)


def _stop(trade: Trade, texts: Texts, *, awaits: bool) -> Cell:
    """Return the live stop, beside the planned one where that is another; of what is being sold, that it is."""
    if trade.state is TradeState.CLOSING:
        return Cell(text=texts("state", state=trade.state.value))
    if awaits:
        return Cell(text=texts("position-stop-awaits"))
    planned = NO_FACT if trade.stop == trade.sizing.stop else texts.price(trade.sizing.stop)
    return Cell(text=texts("position-stop", stop=texts.price(trade.stop), planned=planned), figure=trade.stop)


def _today(line: PositionLine, texts: Texts) -> Cell:
    change = day_change(line.price, line.previous_close, texts)
    if change == NO_FACT or line.previous_close is None:
        return EMPTY
    return Cell(text=change, figure=line.price / line.previous_close - 1)
