"""Whether nothing was bought that nobody allowed: by a signal alone, twice by one, or beyond a standing approval."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from engine.model.desk import ENGINE
from engine.model.json_values import valued
from engine.model.origin import Source
from engine.model.standing import StandingApproval
from engine.model.trade import Trade, TradeState
from engine.pipeline.standing_approvals import KEPT
from engine.ports.store import Reader
from tests.faults.child_process import PEOPLE
from tests.faults.copies import A_MOMENT, Loss
from tests.faults.kill_points import Note
from tests.support.fakes.alpaca.desk import Accepted

UNDECIDED = frozenset({TradeState.PROPOSED, TradeState.EXPIRED})
"""States into which nobody has to bring a proposal."""
TAKEN = frozenset(TradeState) - UNDECIDED - {TradeState.REFUSED, TradeState.REJECTED}
"""States of what was approved."""


def beyond_allowed(
    reader: Reader,
    trades: Mapping[str, Trade],
    entries: Sequence[Accepted],
    notes: Sequence[Note],
    losses: Sequence[Loss],
) -> Iterator[str]:
    """Yield every breach; `entries` are those that the broker took."""
    yield from signals_beyond(trades, entries, notes, losses)
    yield from _standing(reader, trades, notes, losses)


def seen(trades: Mapping[str, Trade], notes: Sequence[Note]) -> dict[str, int]:
    """Count how much of it happened."""
    return {
        "signals from elsewhere proposed": sum(trade.source is Source.WEBHOOK for trade in trades.values()),
        "signals answered": sum(note.what == "signalled" for note in notes),
        "bought under standing approvals": sum(
            _is_standing(trade.decided_by) and trade.state in TAKEN for trade in trades.values()
        ),
        "standing approvals revoked": sum(note.what == "revoked" for note in notes),
    }


def signals_beyond(
    trades: Mapping[str, Trade], entries: Sequence[Accepted], notes: Sequence[Note], losses: Sequence[Loss]
) -> Iterator[str]:
    """A key that made two trades, or a signal that somebody else than a person approved.

    Who approved is lost where the database lost the seconds in which the order left: the engine takes that up again.
    """
    by_key = Counter(trade.origin.note for trade in trades.values() if trade.source is Source.WEBHOOK)
    yield from (f"signal {key}: {count} trades" for key, count in by_key.items() if count > 1)
    told = defaultdict[str, dict[str, datetime]](dict)
    for note in sorted(notes, key=lambda note: note.at):
        if note.what == "signalled":
            key, _, trade_id = note.detail.partition(" ")
            told[key].setdefault(trade_id, note.at)
    for key, made in told.items():
        for at in sorted(made.values())[:-1]:  # a database that lost the first one may make another
            if not _was_lost(at, losses):
                yield f"signal {key}: answered with {sorted(made)}"
    people = {person.by for person in PEOPLE}
    forgotten = {entry.client_order_id for entry in entries if _was_lost(entry.at, losses, A_MOMENT)}
    for trade in trades.values():
        if trade.source is not Source.WEBHOOK or trade.state not in TAKEN or trade.decided_by in people:
            continue
        if trade.decided_by != ENGINE or trade.id not in forgotten:
            yield f"{trade.id}: proposed from elsewhere, approved by {trade.decided_by or 'nobody'} ({trade.state})"


def _standing(
    reader: Reader, trades: Mapping[str, Trade], notes: Sequence[Note], losses: Sequence[Loss]
) -> Iterator[str]:
    """A standing approval that was used beyond its bounds, or once it was revoked."""
    known = {
        each.id: each for each in (valued(StandingApproval, row) for row in json.loads(reader.setting(KEPT) or "[]"))
    }
    bought = [trade for trade in trades.values() if _is_standing(trade.decided_by) and trade.state in TAKEN]
    used = Counter(trade.decided_by for trade in bought)
    for name, count in used.items():
        if name not in known:
            yield f"standing approval {name}: used {count} times, and unknown"
        elif count > known[name].terms.uses or count > known[name].used:
            yield f"standing approval {name}: {count} buys of {known[name].terms.uses}, {known[name].used} counted"
    for trade in bought:
        approval = known.get(trade.decided_by)
        if approval and (trade.symbol not in approval.terms.symbols or trade.source is not Source.STRATEGY):
            yield f"{trade.id}: not within standing approval {approval.id}"
    for note in notes:
        if note.what != "revoked" or _was_lost(note.at, losses):
            continue
        for trade in bought:
            if trade.decided_by == note.detail and trade.decided_at and trade.decided_at > note.at:
                yield f"{trade.id}: bought at {trade.decided_at} under {note.detail}, revoked at {note.at}"


def _was_lost(at: datetime, losses: Sequence[Loss], late: timedelta = timedelta(0)) -> bool:
    """Tell whether a database has lost what was done at an instant, or was on its way to it."""
    return any(loss.since <= at <= loss.ended + late for loss in losses)


def _is_standing(decided_by: str) -> bool:
    return decided_by.startswith("S") and decided_by[1:].isdigit()
