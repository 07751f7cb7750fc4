"""/stop, /target and /trail, and the buttons and windows of a card: how an open trade is left."""

from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import exits, ids
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.exit_words import price, trail_of
from bot.listeners.parsing import words
from bot.listeners.request import Answer, SlackRequest
from bot.listeners.request_kinds import OPEN_SYMBOL, Click, Command, Submission
from engine.errors import NotOpen
from engine.model.trade import OrderRole, Trade, TradeState


def stop(asked: Command) -> Answer:
    """/stop SYMBOL [price]: move the stop of an open trade, or ask in a window where to."""
    return _asked(asked, OrderRole.STOP)


def target(asked: Command) -> Answer:
    """/target SYMBOL [price]: move the target of an open trade, or ask in a window where to."""
    return _asked(asked, OrderRole.TARGET)


def trail(asked: Command) -> Message:
    """/trail SYMBOL PERCENT|ATR|off: let the stop of an open trade follow the price, or no more."""
    trade, typed = _named(asked)
    if not typed:
        raise misunderstood(asked)
    part, ranges = trail_of(typed)
    return exits.trailed(trade, asked.commands.exits.trail(trade.id, part, ranges, asked.request), asked.texts)


def ask_stop(asked: Click) -> View:
    """Move stop: ask in a window where to."""
    return exits.move_modal(_open(asked.queries.trade(asked.trade_id)), OrderRole.STOP, asked.texts)


def ask_target(asked: Click) -> View:
    """Move target: ask in a window where to."""
    return exits.move_modal(_open(asked.queries.trade(asked.trade_id)), OrderRole.TARGET, asked.texts)


def move_stop(asked: Submission) -> Message:
    """Move stop, submitted."""
    return _moved(asked, asked.queries.trade(asked.trade_id), OrderRole.STOP, asked.typed.get(ids.PRICE_BLOCK, ""))


def move_target(asked: Submission) -> Message:
    """Move target, submitted."""
    return _moved(asked, asked.queries.trade(asked.trade_id), OrderRole.TARGET, asked.typed.get(ids.PRICE_BLOCK, ""))


def _asked(asked: Command, role: OrderRole) -> Answer:
    trade, typed = _named(asked)
    return _moved(asked, trade, role, typed) if typed else exits.move_modal(_open(trade), role, asked.texts)


def _named(asked: Command) -> tuple[Trade, str]:
    """Return the trade that was named and the words after it; raises RequestRefused."""
    named, *rest = asked.text.split(maxsplit=1) or [""]
    found = words(named)
    if not found:
        raise misunderstood(asked)
    return asked.queries.trade(found[0], {TradeState.OPEN}), rest[0].strip() if rest else ""


def _moved(asked: SlackRequest, trade: Trade, role: OrderRole, typed: str) -> Message:
    """Move an exit to the price that was typed."""
    wanted = price(typed, role)
    move = asked.commands.exits.stop if role is OrderRole.STOP else asked.commands.exits.target
    return exits.moved(trade, move(trade.id, wanted, asked.request), role, asked.texts)


def _open(trade: Trade) -> Trade:
    """Return a trade whose exits can be moved; raises NotOpen before a window asks in vain."""
    if trade.state is not TradeState.OPEN:
        raise NotOpen(trade.id, trade.state)
    return trade


COMMANDS = (
    CommandSpec(
        name="/stop",
        verb=Verb.STOP,
        usage="SYMBOL [price]",
        summary="Move the stop of an open trade",
        handler=stop,
        example=OPEN_SYMBOL,
    ),
    CommandSpec(
        name="/target",
        verb=Verb.TARGET,
        usage="SYMBOL [price]",
        summary="Move the target of an open trade",
        handler=target,
        example=OPEN_SYMBOL,
    ),
    CommandSpec(
        name="/trail",
        verb=Verb.TRAIL,
        usage="SYMBOL 2%|3 ATR|off",
        summary="Let the stop of an open trade follow the price",
        handler=trail,
        example=f"{OPEN_SYMBOL} 2%",
    ),
)
