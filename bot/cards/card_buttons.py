"""The buttons of a trade's card: those that decide a proposal, and those that grade a trade that is over."""

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.cards import ids
from bot.cards.exit_buttons import exit_buttons
from bot.cards.message import actions, button
from bot.cards.mrkdwn import symbol
from bot.messages import Texts
from engine.model.journal import Grade
from engine.model.trade import Trade, TradeState


def card_buttons(trade: Trade, texts: Texts) -> ActionsBlock:
    """Return the row of buttons that a trade's card has in its present state."""
    if trade.state is TradeState.PROPOSED:
        return actions(ids.DECISION_BLOCK, *live_buttons(trade, texts))
    grading = grade_buttons(trade, texts) if trade.state is TradeState.CLOSED else ()
    return actions(ids.DECISION_BLOCK, *grading, *exit_buttons(trade, texts), inspect_button(trade, texts))


def grade_buttons(trade: Trade, texts: Texts) -> tuple[ButtonElement, ...]:
    """Return the buttons that grade how a trade was made and led, whatever came of it."""
    return tuple(
        button(
            texts("button-grade", grade=grade.value),
            action=action,
            value=trade.id,
            label=texts("label-grade", grade=grade.value, symbol=symbol(trade.symbol)),
        )
        for grade, action in ((Grade.GOOD, ids.GRADE_GOOD), (Grade.POOR, ids.GRADE_POOR))
    )


def live_buttons(trade: Trade, texts: Texts, number: int | None = None) -> tuple[ButtonElement, ...]:
    """Return the buttons that decide a proposal; with a number where those of several stand together."""
    ticker, price = symbol(trade.symbol), texts.price(trade.sizing.entry)
    approve = button(
        texts("button-approve"),
        action=ids.numbered(ids.APPROVE, number),
        value=f"{trade.id}{ids.AND}{trade.shares}",  # so that no other size is bought than the one that was seen
        label=texts("label-approve", shares=trade.shares, symbol=ticker, price=price),
        style="primary",
    )
    resize = button(
        texts("button-resize"),
        action=ids.numbered(ids.RESIZE, number),
        value=trade.id,
        label=texts("label-resize", shares=trade.shares, symbol=ticker),
    )
    reject = button(
        texts("button-reject"),
        action=ids.numbered(ids.REJECT, number),
        value=trade.id,
        label=texts("label-reject", symbol=ticker),
        style="danger",
    )
    return approve, resize, reject, inspect_button(trade, texts, number)


def inspect_button(trade: Trade, texts: Texts, number: int | None = None) -> ButtonElement:
    """Return the button that shows all that is known of a trade."""
    return button(
        texts("button-inspect"),
        action=ids.numbered(ids.INSPECT, number),
        value=trade.id,
        label=texts("label-inspect", symbol=symbol(trade.symbol)),
    )
