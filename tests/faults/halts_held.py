"""Whether halts hold: nothing is bought from a halt to the resume that follows, and the desk does not trade."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.faults.copies import Loss
from tests.faults.kill_points import Note
from tests.support.fakes.alpaca.desk import Accepted

A_ROUND = timedelta(seconds=3)
"""Within which a desk that runs finds out that its database fell back; until then its gate alone holds a halt."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """From a halt to the resume that followed, None where nobody resumed."""

    halted: datetime
    resumed: datetime | None

    def has(self, begins: datetime, ends: datetime) -> bool:
        """Tell whether something lies in it as a whole."""
        return self.halted < begins and (self.resumed is None or ends < self.resumed)

    def lost(self, losses: Sequence[Loss], until: datetime) -> datetime | None:
        """Return when the database last lost something since the halt, None where it has not until then."""
        return max((loss.ended for loss in losses if self.halted < loss.ended and loss.began < until), default=None)


def spans(notes: Sequence[Note]) -> Iterator[Span]:
    """Go through the halts.

    One whose desk died between the commit and this note is not seen here; the next lives find the desk halted.
    """
    halted: datetime | None = None
    for note in sorted(notes, key=lambda note: note.at):
        if note.what == "halted":
            halted = halted or note.at
        elif note.what == "resumed" and halted:
            yield Span(halted=halted, resumed=note.at)
            halted = None
    if halted:
        yield Span(halted=halted, resumed=None)


def count_lost(notes: Sequence[Note], losses: Sequence[Loss]) -> int:
    """Count the halts that held when a database fell back to a time before them."""
    return sum(
        any(loss.since < span.halted < loss.ended and span.has(loss.ended, loss.ended) for loss in losses)
        for span in spans(notes)
    )


def after_halt(entries: Sequence[Accepted], notes: Sequence[Note], losses: Sequence[Loss] = ()) -> Iterator[str]:
    """An entry that was accepted in a halt which no database has lost since."""
    for span in spans(notes):
        for entry in entries:
            if span.has(entry.at, entry.at) and not span.lost(losses, entry.at):
                yield f"{entry.client_order_id}: accepted at {entry.at}, halted at {span.halted}"


def halts_lost(entries: Sequence[Accepted], notes: Sequence[Note], losses: Sequence[Loss]) -> Iterator[str]:
    """A halt that a database has lost and that did not hold: an entry was accepted, or the desk stood active."""
    for span in spans(notes):
        for entry in entries:
            lost = span.lost(losses, entry.at)
            if span.has(entry.at, entry.at) and lost:
                yield f"{entry.client_order_id}: accepted at {entry.at}, halted at {span.halted}, lost at {lost}"
        for note in notes:
            if note.what not in {"began", "stands"} or not span.has(note.at, datetime.fromisoformat(note.detail)):
                continue
            lost = span.lost(losses, note.at)
            if note.what == "began" or lost is None or note.at > lost + A_ROUND:
                yield f"the desk stood active at {note.at}, halted at {span.halted}, lost at {lost}"
