"""What is known of a position, a trade, a symbol or a size, in lines; messages and modals are made of them."""

from decimal import Decimal

from slack_sdk.models.blocks import Block, SectionBlock

from bot.cards import trade_thread
from bot.cards.exits import closing_line
from bot.cards.message import context, header, pairs, section, sections
from bot.cards.mrkdwn import NO_FACT, day_and_time, day_change, escaped, fitted, halt_text, symbol
from bot.cards.origin import origin_lines, source_word, unscored
from bot.cards.proposal import (
    decision_lines,
    detail_lines,
    plan_lines,
    risk_then_lines,
    size_lines,
    standing_lines,
    title,
)
from bot.cards.score import score_lines, strategy_line
from bot.messages import Texts
from engine.model.account import AssetKind
from engine.model.risk import share_of
from engine.model.signal import PanelLine
from engine.model.trade import Trade, TradeState
from engine.model.view import Inspection, PositionLine, SizeView

PANEL_LENGTH = 1500
TRADES_LENGTH = 1000


def held_line(line: PositionLine, texts: Texts) -> str:
    """Return what is held of a symbol, in one line."""
    return texts(
        "position",
        symbol=symbol(line.symbol),
        held=held_text(line.kind, line.held, texts),
        price=texts.price(line.price),
        day=day_change(line.price, line.previous_close, texts),
        value=texts.dollars(line.value),
        gain=texts.gain(line.unrealised),
    )


def held_text(kind: AssetKind, held: Decimal, texts: Texts) -> str:
    """Return how much is held and of what: shares, contracts of an option, coins; what is sold short says so."""
    is_whole = held == held.to_integral_value()
    figure = int(abs(held)) if is_whole else texts.number(abs(held), 6)
    if kind is AssetKind.STOCK and held >= 0 and is_whole:
        return texts("shares", shares=int(held))
    return texts("held-quantity", kind=kind.value, quantity=figure, side="short" if held < 0 else "long")


def position_lines(line: PositionLine, texts: Texts) -> str:
    """Return what is held of a symbol, and how it is protected."""
    held = held_line(line, texts)
    if line.trade is None:
        return f"{held}\n{foreign_text(line, texts)}"
    if line.trade.state is TradeState.CLOSING:
        return f"{held}\n{closing_line(line.trade, texts)}"
    if line.awaits:
        return f"{held}\n{awaiting_text(line.trade, line.risk, texts)}"
    protected = texts(
        "position-protected",
        stop=texts.price(line.trade.stop),
        planned=_planned_stop(line.trade, texts),
        risk=texts.risk_dollars(line.risk),
        id=escaped(line.trade.id),
    )
    return f"{held}\n{protected}"


def awaiting_text(trade: Trade, risk: Decimal, texts: Texts) -> str:
    """Say that shares have no stop until their corporate action, or their count, is settled."""
    return texts("position-awaits", risk=texts.risk_dollars(risk), id=escaped(trade.id))


def foreign_text(line: PositionLine, texts: Texts) -> str:
    """Say that shares are in no trade and what counts as their risk, or that it is not known yet whose they are."""
    if line.is_unclear:
        return texts("position-unclear")
    return texts("position-foreign", risk=texts.risk_dollars(line.risk))


def _planned_stop(trade: Trade, texts: Texts) -> str:
    """Return the stop of the plan where another one is live."""
    return NO_FACT if trade.stop == trade.sizing.stop else texts.price(trade.sizing.stop)


def trade_line(trade: Trade, texts: Texts) -> str:
    """Return a trade in one line."""
    return texts(
        "trade-line",
        id=escaped(trade.id),
        state=trade.state.value,
        shares=texts.count(trade.filled_shares or trade.shares),
        price=texts.price(trade.entry),
        result=NO_FACT if trade.result is None else texts.gain(trade.result),
        source=source_word(trade, texts) if trade.origin.is_manual else NO_FACT,
    )


def trade_blocks(trade: Trade, texts: Texts) -> tuple[Block, ...]:
    """Return a trade from its proposal to its close."""
    happened = [*decision_lines(trade, texts), *standing_lines(trade, texts)]
    if trade.filled_shares:
        happened.append(trade_thread.fill(trade, texts))
    if trade.state is TradeState.CLOSED:
        happened.append(trade_thread.closed(trade, texts).text)
    return (
        header(title(trade, texts)),
        *sections(
            (
                *origin_lines(trade, texts),
                *plan_lines(trade, texts),
                *risk_then_lines(trade, texts),
                *detail_lines(trade, texts),
            )
        ),
        *sections(happened),
        *sections(unscored(texts) if trade.origin.is_manual else score_lines(trade.signal, texts)),
        *sections(size_lines(trade, texts)),
        context(texts("trade-id", id=escaped(trade.id)), *strategy_line(trade.signal, texts)),
    )


def symbol_blocks(view: Inspection, texts: Texts) -> tuple[Block, ...]:
    """Return price, score, trades and indicators of a symbol."""
    if view.signal is None:
        score: tuple[str, ...] = (texts("inspect-no-signal" if view.is_scored else "inspect-not-scored"),)
    else:
        score = score_lines(view.signal, texts)
    trades = fitted([trade_line(trade, texts) for trade in view.trades], texts, TRADES_LENGTH)
    return (
        header(symbol(view.symbol)),
        section(_price(view, texts)),
        *((section(texts("inspect-halted", halt=halt_text(view.halt, texts))),) if view.halt else ()),
        *sections(score),
        *(sections((texts("inspect-trades"), *trades)) if trades else ()),
        *((section(_panel(view.panel, texts)),) if view.panel else ()),
    )


def size_pairs(view: SizeView, texts: Texts) -> SectionBlock:
    """Return what a proposal costs and risks at a number of shares, and the most that every limit allows."""
    dollars, percent = texts.risk_dollars(view.risk), texts.percent(share_of(view.risk, view.equity))
    return pairs(
        (texts("column", name="shares"), texts.count(view.shares)),
        (texts("column", name="cost"), texts.dollars(view.cost)),
        (texts("column", name="risk"), f"{dollars} ({percent})"),
        (texts("column", name="open-risk"), f"{texts.part(view.risk_before)} → {texts.part(view.risk_after)}"),
        (texts("column", name="most"), texts("size-limit", most=texts.count(view.most), reason=escaped(view.bound_by))),
    )


def _price(view: Inspection, texts: Texts) -> str:
    now = view.snapshot
    if now is None:
        return texts("inspect-no-price", session=view.session.value)
    price = texts(
        "inspect-price",
        price=texts.price(now.price),
        day=day_change(now.price, now.previous_close, texts),
        bid=texts.price(now.bid),
        ask=texts.price(now.ask),
        spread=texts.count(now.spread_bp),
    )
    volume = texts(
        "inspect-volume",
        volume=texts.count(now.volume),
        time=day_and_time(now.at, texts, seconds=True),
        session=view.session.value,
    )
    return f"{price}\n{volume}"


def _panel(panel: tuple[PanelLine, ...], texts: Texts) -> str:
    lines = [
        texts("panel-line", name=escaped(line.name, 40), value=texts.number(Decimal(str(line.value)))) for line in panel
    ]
    return "\n".join((texts("inspect-panel"), *fitted(lines, texts, PANEL_LENGTH)))
