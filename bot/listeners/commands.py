"""The slash commands that look at trades and decide them."""

from collections.abc import Collection, Mapping

from bot.access import Verb
from bot.cards import answers, trade_thread
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood, one_of, typed, wanted
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import reason, words
from bot.listeners.request_kinds import Command
from engine.model.performance import Period
from engine.model.trade import ALIVE, RESERVED, TradeState

LISTS: Mapping[str, Collection[TradeState]] = {
    "": ALIVE,
    "pending": {TradeState.PROPOSED},
    "open": RESERVED,
    "closed": {TradeState.CLOSED},
    "today": (),
    "all": (),
}
"""What each word after /trades shows: trades in these states, or in any."""


def asks_for_help(command: Mapping[str, str]) -> bool:
    """Tell whether a command is followed by the word help alone."""
    return (command.get("text") or "").strip().lower() == "help"


def give_help(asked: Command) -> Message:
    """Any command with help: say what it does and how it is written."""
    return answers.command_help(asked.name, asked.texts)


def approve(asked: Command) -> Message:
    """/approve [trade]: send the order of a proposal."""
    trade = wanted(asked.queries, typed(asked, 1))
    return trade_thread.decided(asked.commands.approve(trade.id, asked.request), asked.texts)


def reject(asked: Command) -> Message:
    """/reject [trade] [reason]: turn a proposal down."""
    named, *why = asked.text.split(maxsplit=1) or [""]
    trade = wanted(asked.queries, words(named))
    return trade_thread.decided(asked.commands.reject(trade.id, asked.request, reason(" ".join(why))), asked.texts)


def inspect(asked: Command) -> Message:
    """/inspect SYMBOL|TRADE: show all that is known of it."""
    found = typed(asked, 1)
    if not found:
        raise misunderstood(asked)
    if "_" in found[0]:
        return answers.trade_detail(asked.queries.trade(found[0]), asked.texts)
    return answers.inspection(asked.queries.inspect(found[0]), asked.texts)


def positions(asked: Command) -> Message:
    """/positions: show the account, what it holds and what that risks."""
    typed(asked, 0)
    may_close, may_adopt = (asked.context.access.may(asked.request.by, verb) for verb in (Verb.CLOSE, Verb.ADOPT))
    return answers.positions(asked.queries.portfolio(), asked.texts, may_close=may_close, may_adopt=may_adopt)


def trades(asked: Command) -> Message:
    """/trades [pending|open|closed|today|all]: list trades; pending and open ones where nothing is said."""
    which = one_of(asked, LISTS)
    since = Period.TODAY.since(asked.queries.now()) if which == "today" else None
    may_decide = asked.context.access.may(asked.request.by, Verb.APPROVE)
    listed = asked.queries.trades(LISTS[which], since=since)
    return answers.trades(listed, f"trades-{which or 'alive'}", asked.texts, may_decide=may_decide)


def auto(asked: Command) -> Message:
    """/auto [on|off]: switch AUTO_MODE, or tell how it stands."""
    which = one_of(asked, ("", "on", "off"))
    desk = asked.commands.set_auto(on=which == "on", request=asked.request) if which else asked.queries.desk()
    return answers.auto(desk, asked.texts)


COMMANDS = (
    CommandSpec(
        name="/approve",
        verb=Verb.APPROVE,
        usage="[trade]",
        summary="Approve a proposal and send its order",
        handler=approve,
    ),
    CommandSpec(
        name="/reject",
        verb=Verb.REJECT,
        usage="[trade] [reason]",
        summary="Reject a proposal",
        handler=reject,
        example="AAPL too late",
    ),
    CommandSpec(
        name="/inspect",
        verb=Verb.INSPECT,
        usage="SYMBOL|TRADE",
        summary="Show everything about a symbol or a trade",
        handler=inspect,
        example="AAPL",
    ),
    CommandSpec(
        name="/positions",
        verb=Verb.POSITIONS,
        usage="[help]",
        summary="Show the account, positions and open risk",
        handler=positions,
    ),
    CommandSpec(
        name="/trades",
        verb=Verb.TRADES,
        usage="[pending|open|closed|today|all]",
        summary="List trades",
        handler=trades,
        example="open",
    ),
    CommandSpec(
        name="/auto",
        verb=Verb.AUTO,
        usage="[on|off]",
        summary="Show or switch auto-trading, which buys without asking",
        handler=auto,
        example="off",
    ),
)
