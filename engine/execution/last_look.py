"""The last moment before the first byte of an entry leaves: the broker's adapter calls it."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import LookedTooLongAgo
from engine.execution.entry_hold import EntryHold
from engine.model.desk import Term
from engine.model.market import Session
from engine.ports.clock import Clock
from engine.ports.store import LOOK_HOLDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A look at all that can forbid an entry: in which session and term it may leave, and when (steady seconds)."""

    session: Session
    term: Term
    at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LastLook:
    """Lets an entry leave whose `look` is fresh, and that nothing holds; one that is too old is taken `again`."""

    look: Look
    again: Callable[[], Look]
    hold: EntryHold
    clock: Clock

    def __call__(self) -> None:
        """Raise RequestRefused, Fenced or LookedTooLongAgo where the entry must not leave."""
        if self._age(self.look) > LOOK_HOLDS:
            again = self.again()
            if again.session is not self.look.session or self._age(again) > LOOK_HOLDS:
                raise LookedTooLongAgo("the desk's state could not be read in time")
        self.hold.refuse()

    def _age(self, look: Look) -> float:
        return self.clock.steady() - look.at
