"""The list in which several proposals are selected, and what came of deciding them."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    Block,
    ConfirmObject,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticMultiSelectElement,
)

from bot.cards import ids
from bot.cards.data_table import Cell
from bot.cards.message import Message, actions, button, markdown, message, sections, table
from bot.cards.modals import DESK
from bot.cards.mrkdwn import escaped, fitted, symbol
from bot.cards.proposal import planned_risk
from bot.messages import NO_FIGURE, Texts
from engine.model.trade import Trade, TradeState

FEWEST = 2
"""Proposals for which a list is worth its place."""
MOST = 20
OPTION_LENGTH = 75
COME_TO_NOTHING = frozenset({TradeState.REFUSED, TradeState.CANCELLED, TradeState.FAILED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of one of several: the trade as it is decided, or why it is not."""

    trade_id: str
    trade: Trade | None = None
    trouble: str = ""


def selection(pending: Sequence[Trade], texts: Texts) -> tuple[Block, ...]:
    """Return a list of what waits for a decision, and the buttons that decide what is selected in it."""
    if len(pending) < FEWEST:
        return ()
    listed = SectionBlock(
        block_id=ids.SELECTION_BLOCK,
        text=markdown(texts("select-pending")),
        accessory=StaticMultiSelectElement(
            action_id=ids.SELECT_PENDING,
            placeholder=PlainTextObject(text=texts("select-pending-choose")),
            options=[_option(trade, texts) for trade in pending[:MOST]],
        ),
    )
    approve = button(
        texts("button-approve-selected"),
        action=ids.APPROVE_SELECTED,
        value=DESK,
        label=texts("label-approve-selected"),
        style="primary",
        confirm=ConfirmObject(
            title=texts("confirm-approve-selected"),
            text=texts("confirm-approve-selected-text"),
            confirm=texts("button-approve"),
            deny=texts("modal-cancel"),
        ),
    )
    reject = button(
        texts("button-reject-selected"),
        action=ids.REJECT_SELECTED,
        value=DESK,
        label=texts("label-reject-selected"),
        style="danger",
    )
    return listed, actions(ids.SELECTED_BLOCK, approve, reject)


def outcomes(found: Sequence[Outcome], texts: Texts) -> Message:
    """Show what came of each, a row each."""
    rows = [(_line(outcome, texts), _cells(outcome, texts)) for outcome in found]
    columns = ("symbol", "shares", "outcome", "trade")
    # A cell mentions nobody, and has no room for a sentence: what was wrong stands under the table.
    wrong = [f"*{escaped(outcome.trade_id)}* {outcome.trouble}" for outcome in found if outcome.trouble]
    done = sum(outcome.trade is not None and outcome.trade.state not in COME_TO_NOTHING for outcome in found)
    listed = table(texts("selected-outcomes", count=len(found), done=done), columns, rows, texts)
    return message(*listed, *sections(fitted(wrong, texts)))


def _option(trade: Trade, texts: Texts) -> Option:
    said = texts(
        "select-pending-option",
        symbol=symbol(trade.symbol),
        shares=texts.count(trade.shares),
        price=texts.price(trade.sizing.entry),
        risk=texts.risk_dollars(planned_risk(trade)),
    )
    return Option(value=f"{trade.id}{ids.AND}{trade.shares}", text=PlainTextObject(text=said[:OPTION_LENGTH]))


def _line(outcome: Outcome, texts: Texts) -> str:
    shares = texts("shares", shares=outcome.trade.shares) if outcome.trade else NO_FIGURE
    name = escaped(outcome.trade_id)
    return texts("selected-line", symbol=_ticker(outcome), shares=shares, outcome=_said(outcome, texts), id=name)


def _ticker(outcome: Outcome) -> str:
    return escaped(outcome.trade_id.partition("_")[0])


def _said(outcome: Outcome, texts: Texts) -> str:
    return texts("selected-outcome", state=outcome.trade.state.value if outcome.trade else "undone")


def _cells(outcome: Outcome, texts: Texts) -> tuple[Cell, ...]:
    shares = outcome.trade.shares if outcome.trade else None
    return (
        Cell(text=_ticker(outcome)),
        Cell(text=NO_FIGURE if shares is None else texts.count(shares), figure=shares),
        Cell(text=_said(outcome, texts)),
        Cell(text=escaped(outcome.trade_id)),
    )
