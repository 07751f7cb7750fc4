from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

LEADER = "leader"
"""The lease of the process that runs the timetable."""
PROCESS = "process:"
"""Begins the name of the lease by which any process of a desk shows that it lives; its role, host and id follow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A lease as it stands: whose it is, the number of its term, and for how many seconds it still holds."""

    holder: str
    term: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenLease:
    """The lease as this process has it: in which term, and after whom, if that process did not give it up."""

    term: int
    after: Held | None = None


class Lease(Protocol):
    """What one process at a time holds, of all that share a database. Raises StoreUnavailable.

    A term's number only rises; it begins when the lease goes to another holder, or to one that had let it expire.
    """

    @property
    def me(self) -> str:
        """The life that holds it here."""
        ...

    def take(self, seconds: float) -> TakenLease | None:
        """Take or keep the lease for so long, by the database's own clock; None where another has it.

        Where its holder surely ended on this machine, nobody waits for it to expire.
        """
        ...

    def give_up(self) -> None:
        """Let the next one take it at once; nothing happens where it is another's."""
        ...

    def forget(self) -> None:
        """Give up one that nobody else will want, and forget all of that kind that ended more than a day ago."""
        ...

    def in_charge(self, term: int) -> AbstractContextManager[None]:
        """Let what this thread writes, and sends under the order lock, count only while the leader's term goes on.

        Once another process has begun a later one, the database takes nothing from this thread: it raises Fenced.
        """
        ...

    def held(self) -> Held | None:
        """Return how it stands, None before the first time that it is taken."""
        ...

    def named(self, name: str) -> "Lease":
        """Return the lease of another name, for the same process."""
        ...
