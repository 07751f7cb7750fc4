from contextlib import AbstractContextManager, nullcontext
from typing import Self

from engine.control.leadership import LEASE_SECONDS
from engine.errors import StoreUnavailable
from engine.ports.lease import Held, TakenLease
from tests.support.fakes.clock import ManualClock


class FakeLease:
    """A lease that a test gives and takes: `answer` is the term, None while another has it."""

    def __init__(self, clock: ManualClock, answer: int | None = 1) -> None:
        self.clock = clock
        self.answer = answer
        self.after: Held | None = None
        self.me = "this machine/7/a life/desk-1"
        self.is_lost = False
        self.answers_after = 0.0
        self.given_up = 0
        self.holder = "that machine/68/a life/desk-2"
        self.left = LEASE_SECONDS
        """Seconds for which it still holds, as the database has it; below 0 nobody leads."""

    def take(self, seconds: float) -> TakenLease | None:
        assert seconds == LEASE_SECONDS
        self.clock.advance(self.answers_after)
        if self.is_lost:
            raise StoreUnavailable("gone")
        return None if self.answer is None else TakenLease(term=self.answer, after=self.after)

    def give_up(self) -> None:
        self.given_up += 1

    def forget(self) -> None:
        self.given_up += 1

    def in_charge(self, term: int) -> AbstractContextManager[None]:
        assert term == self.answer
        return nullcontext()

    def held(self) -> Held | None:
        return None if self.answer is None else Held(holder=self.holder, term=self.answer, seconds=self.left)

    def named(self, name: str) -> Self:
        raise NotImplementedError(name)
