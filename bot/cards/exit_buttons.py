"""The buttons that act on an open trade: on its card, at home and beside /positions."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards import ids
from bot.cards.exits import move_buttons
from bot.cards.message import actions, button
from bot.cards.mrkdwn import symbol
from bot.messages import Texts
from engine.model.trade import Trade, TradeState

MOST_BUTTONS = 20
"""Trades that get a button of their own in one message: a row holds 25."""


def exit_buttons(trade: Trade, texts: Texts, number: int | None = None) -> tuple[ButtonElement, ...]:
    """Return the buttons that act on an open trade, at most three; none on one that is not open."""
    if trade.state is not TradeState.OPEN:
        return ()
    return (*move_buttons(trade, texts, number), ask_close_button(trade, texts("button-close"), texts, number))


def close_buttons(trades: Sequence[Trade], texts: Texts) -> tuple[Block, ...]:
    """Return a row with a button for each open trade, named by its symbol."""
    opened = [trade for trade in trades if trade.state is TradeState.OPEN][:MOST_BUTTONS]
    named = [
        ask_close_button(trade, texts("button-close-symbol", symbol=symbol(trade.symbol)), texts, number)
        for number, trade in enumerate(opened)
    ]
    return (actions(ids.EXIT_BLOCK, *named),) if named else ()


def ask_close_button(trade: Trade, text: str, texts: Texts, number: int | None = None) -> ButtonElement:
    """Return the button that opens the window of /close for a trade."""
    return button(
        text,
        action=ids.numbered(ids.ASK_CLOSE, number),
        value=trade.id,
        label=texts("label-close", symbol=symbol(trade.symbol), shares=trade.held_shares),
    )
