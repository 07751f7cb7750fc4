"""Reading what was typed after a command."""

from collections.abc import Collection
from difflib import get_close_matches

from bot.listeners.parsing import LONGEST_WORD, words
from bot.listeners.request import Command
from engine.errors import Ambiguous, BadText, UnknownTrade
from engine.model.trade import Trade, TradeState
from engine.queries import Queries


def typed(asked: Command, most: int) -> list[str]:
    """Return the words that were typed; raises BadText where there are more than the command knows what to do with."""
    found = words(asked.text)
    if len(found) > most:
        raise misunderstood(asked)
    return found


def one_of(asked: Command, known: Collection[str]) -> str:
    """Return the word that was typed, in small letters; raises BadText, with what was meant, for one not known."""
    word = " ".join(words(asked.text)).lower()
    if word not in known:
        raise misunderstood(asked, known)
    return word


def misunderstood(asked: Command, known: Collection[str] = ()) -> BadText:
    """Return the refusal of what was typed, with the known word that is nearest to the first one."""
    found = words(asked.text)
    nearest = get_close_matches(found[0].lower(), [word for word in known if word], n=1) if found else []
    return BadText(" ".join(found)[:LONGEST_WORD], f"{asked.name} {asked.context.usages[asked.name]}", *nearest)


def wanted(queries: Queries, found: list[str]) -> Trade:
    """Return the trade that was named, first among those that wait for a decision, or the only one that does.

    Raises RequestRefused.
    """
    if found:
        return queries.trade(found[0], {TradeState.PROPOSED})
    pending = queries.trades({TradeState.PROPOSED})
    if not pending:
        raise UnknownTrade("")
    if len(pending) > 1:
        raise Ambiguous("", [trade.id for trade in pending])
    return pending[0]
