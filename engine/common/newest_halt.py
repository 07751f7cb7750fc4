"""The newest halt that the database has, a second one of a halted desk too: it holds whatever the desk's state is now.

What it ended stays ended, and whoever asked before it to trade again does not undo it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from engine.model.desk import NEWEST_HALT
from engine.model.trade import TradeState
from engine.ports.store import Reader, Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class NewestHalt:
    """A halt by its number, which tells two of one instant apart; who gave it and when.

    `entries` are the trades that might still have bought something as it was written. No clock says which they are, as
    clocks of two processes differ; what is approved after it is none of them.
    """

    number: int
    by: str
    at: datetime
    entries: frozenset[str]


def newest_halt(reader: Reader) -> NewestHalt | None:
    """Return the newest halt; None where there never was one, or only such of an older version."""
    kept = reader.setting(NEWEST_HALT)
    if not kept:
        return None
    plain = json.loads(kept)
    return NewestHalt(
        number=plain["number"],
        by=plain["by"],
        at=datetime.fromisoformat(plain["at"]),
        entries=frozenset(plain["entries"]),
    )


def keep_newest_halt(transaction: Transaction, by: str, at: datetime) -> None:
    """Keep that somebody halts, and what may still buy now, in the transaction of the halt."""
    before = newest_halt(transaction)
    sent = (trade.id for trade in transaction.trades({TradeState.APPROVED, TradeState.SUBMITTED}))
    halt = {
        "number": before.number + 1 if before else 1,
        "by": by,
        "at": at.isoformat(),
        "entries": sorted({*sent, *transaction.unfilled()}),
    }
    transaction.set_setting(NEWEST_HALT, json.dumps(halt))


def ended_by_halt(reader: Reader) -> frozenset[str]:
    """Return the trades of which nothing more is bought, because the desk was halted since they were approved."""
    newest = newest_halt(reader)
    return newest.entries if newest else frozenset()
