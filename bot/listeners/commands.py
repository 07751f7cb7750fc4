"""The slash commands that look at trades and decide them."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.cards import answers, life
from bot.cards.message import Message
from bot.listeners.asked import Command
from bot.listeners.words import LONGEST_WORD, plain, reason, shares, words
from engine.engine import Engine
from engine.errors import Ambiguous, BadText, UnknownTrade
from engine.model.trade import ALIVE, RESERVED, Trade, TradeState

USAGE: Mapping[str, str] = {
    "/approve": "[trade]",
    "/size": "[trade] [shares]",
    "/inspect": "SYMBOL|TRADE",
    "/trades": "[pending|open|closed|today|all]",
    "/auto": "[on|off]",
}
"""How the commands that can be written wrongly are written, as the manifest has it too."""

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
    return plain(command.get("text") or "").lower() == "help"


def give_help(asked: Command) -> Message:
    """Any command with help: say what it does and how it is written."""
    return answers.command_help(asked.name, asked.texts)


def approve(asked: Command) -> Message:
    """/approve [trade]: send the order of a proposal."""
    trade = _wanted(asked.engine, _typed(asked, 1))
    return life.decided(asked.engine.approve(trade.id, asked.request), asked.texts)


def reject(asked: Command) -> Message:
    """/reject [trade] [reason]: turn a proposal down."""
    named, *why = asked.text.split(maxsplit=1) or [""]
    trade = _wanted(asked.engine, words(named))
    return life.decided(asked.engine.reject(trade.id, asked.request, reason(" ".join(why))), asked.texts)


def size(asked: Command) -> Message:
    """/size [trade] [shares]: show a proposal's sum, or change its shares."""
    typed = _typed(asked, 2)
    trade = _wanted(asked.engine, typed[:1])
    if not typed[1:]:
        return answers.sizing(asked.engine.size(trade.id), asked.texts)
    resized = asked.engine.resize(trade.id, shares(typed[1]), asked.request)
    return answers.resized(resized, trade.shares, asked.texts)


def inspect(asked: Command) -> Message:
    """/inspect SYMBOL|TRADE: show all that is known of it."""
    typed = _typed(asked, 1)
    if not typed:
        raise _misunderstood(asked)
    if "_" in typed[0]:
        return answers.trade_detail(asked.engine.trade(typed[0]), asked.texts)
    return answers.inspection(asked.engine.inspect(typed[0]), asked.texts)


def positions(asked: Command) -> Message:
    """/positions: show the account, what it holds and what that risks."""
    return answers.positions(asked.engine.portfolio(), asked.texts)


def trades(asked: Command) -> Message:
    """/trades [pending|open|closed|today|all]: list trades; pending and open ones where nothing is said."""
    which = " ".join(words(asked.text)).lower()
    if which not in LISTS:
        raise _misunderstood(asked)
    since = _midnight(asked.engine.now(), asked.texts.timezone) if which == "today" else None
    return answers.trades(asked.engine.trades(LISTS[which], since=since), f"trades-{which or 'alive'}", asked.texts)


def auto(asked: Command) -> Message:
    """/auto [on|off]: switch AUTO_MODE, or tell how it stands."""
    which = " ".join(words(asked.text)).lower()
    if which not in {"", "on", "off"}:
        raise _misunderstood(asked)
    desk = asked.engine.set_auto(on=which == "on", request=asked.request) if which else asked.engine.desk()
    return answers.auto(desk, asked.texts)


def _typed(asked: Command, most: int) -> list[str]:
    """Return the words that were typed; raises BadText where there are more than the command knows what to do with."""
    typed = words(asked.text)
    if len(typed) > most:
        raise _misunderstood(asked)
    return typed


def _misunderstood(asked: Command) -> BadText:
    return BadText(" ".join(words(asked.text))[:LONGEST_WORD], f"{asked.name} {USAGE[asked.name]}")


def _wanted(engine: Engine, typed: list[str]) -> Trade:
    """Return the trade that was named, or the only one that waits for a decision; raises Refused."""
    if typed:
        return engine.trade(typed[0])
    pending = engine.trades({TradeState.PROPOSED})
    if not pending:
        raise UnknownTrade("")
    if len(pending) > 1:
        raise Ambiguous("", [trade.id for trade in pending])
    return pending[0]


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone), time(), zone)
