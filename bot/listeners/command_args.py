"""Reading what was typed after a command."""

from collections.abc import Collection
from difflib import get_close_matches

from bot.listeners.parsing import LONGEST_WORD, words
from bot.listeners.request_kinds import Command
from engine.errors import Ambiguous, BadText, UnknownTrade
from engine.model.trade import Trade, TradeState
from engine.queries import Queries


def typed(asked: Command, most: int) -> list[str]:
    """Return the words that were typed; raises BadText where there are more than the command knows what to do with."""
    found = words(asked.text)
    if len(found) > most:
        raise misunderstood(asked, problem="many" if most else "unknown")
    return found


def one_of(asked: Command, known: Collection[str]) -> str:
    """Return the word that was typed, in small letters; raises BadText, with what was meant, for one not known."""
    word = " ".join(words(asked.text)).lower()
    if word not in known:
        raise misunderstood(asked, known)
    return word


def misunderstood(asked: Command, known: Collection[str] = (), *, problem: str = "unknown") -> BadText:
    """Return the refusal of what was typed, with the known word that is nearest to the first that is like one."""
    found, among = words(asked.text), [word for word in known if word]
    alike = (get_close_matches(word.lower(), among, n=1) for word in found if word.lower() not in among)
    nearest = next((near for near in alike if near), [])
    said = " ".join(found)[:LONGEST_WORD]
    return BadText(said, f"{asked.name} {asked.context.usages[asked.name]}", *nearest, problem=problem)


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
