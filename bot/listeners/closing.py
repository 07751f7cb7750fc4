"""/close: ask in a window whether to sell one trade, or all of them; submitted, it sells."""

from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import ids
from bot.cards.closing import close_all_modal, close_modal, closing, closing_all
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood, typed
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import reason_given
from bot.listeners.request import SlackRequest
from bot.listeners.request_kinds import OPEN_SYMBOL, Click, Command, Submission
from engine.errors import NotOpen
from engine.model.trade import Trade, TradeState


def ask(asked: Command) -> View:
    """/close SYMBOL|all: ask whether to sell at the market."""
    found = typed(asked, 1)
    if not found:
        raise misunderstood(asked)
    if found[0].lower() == ids.ALL_TRADES:
        trades = asked.queries.trades({TradeState.OPEN})
        if not trades:
            raise NotOpen
        return close_all_modal(trades, asked.texts)
    return _question(asked, asked.queries.trade(found[0], {TradeState.OPEN}))


def ask_about_one(asked: Click) -> View:
    """Close, at home, on a card or beside a position: ask whether to sell at the market, and why."""
    return _question(asked, asked.queries.trade(asked.trade_id))


def _question(asked: SlackRequest, trade: Trade) -> View:
    if trade.state is not TradeState.OPEN:
        raise NotOpen(trade.id, trade.state)
    return close_modal(trade, asked.texts)


def close(asked: Submission) -> Message:
    """Close, submitted: sell at the market what the window was about."""
    why = reason_given(asked.typed)
    if asked.trade_id == ids.ALL_TRADES:
        return closing_all(asked.commands.close_all(asked.request, why), asked.texts)
    return closing(asked.commands.close(asked.trade_id, asked.request, why), asked.texts)


COMMANDS = (
    CommandSpec(
        name="/close",
        verb=Verb.CLOSE,
        usage="SYMBOL|all",
        summary="Sell an open trade, or all of them, at the market",
        handler=ask,
        example=OPEN_SYMBOL,
    ),
)
