"""Who leads without meeting people counts them as there only while some other process hears them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

import pytest

from bot.cli.hosting import contact_of, presence_of
from bot.presence import LIFE, Presence
from bot.runtime import ProcessRole
from engine.ports.lease import Held, TakenLease


@dataclass(kw_only=True)
class Rows:
    """What all processes share: who holds which lease until when, and the database's clock."""

    held: dict[str, tuple[str, float]] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RowLease:
    rows: Rows
    me: str
    name: str = "leader"

    def take(self, seconds: float) -> TakenLease | None:
        holder, until = self.rows.held.get(self.name, ("", 0.0))
        if holder != self.me and until > self.rows.seconds:
            return None
        self.rows.held[self.name] = (self.me, self.rows.seconds + seconds)
        return TakenLease(term=1)

    def give_up(self) -> None:
        self.rows.held.pop(self.name, None)

    def forget(self) -> None:
        self.give_up()

    def in_charge(self, term: int) -> AbstractContextManager[None]:
        raise NotImplementedError(term)

    def held(self) -> Held | None:
        if self.name not in self.rows.held:
            return None
        holder, until = self.rows.held[self.name]
        return Held(holder=holder, term=1, seconds=until - self.rows.seconds)

    def named(self, name: str) -> "RowLease":
        return replace(self, name=name)


@pytest.fixture(name="rows")
def _rows() -> Rows:
    return Rows()


def process(rows: Rows, me: str, role: ProcessRole, *, is_up: bool = True) -> Presence:
    presence = presence_of(RowLease(rows=rows, me=me), role, lambda: is_up)
    assert presence
    return presence


def is_in_contact(rows: Rows) -> bool:
    """Tell whether the desk's leader, which meets nobody, counts people as there."""
    leader = process(rows, "leader", ProcessRole.SCHEDULER)
    leader.step()
    return contact_of(ProcessRole.SCHEDULER, leader, lambda: True)()


def test_a_scheduler_alone_is_no_contact_with_people(rows: Rows) -> None:
    assert not is_in_contact(rows)


@pytest.mark.parametrize("role", [ProcessRole.API, ProcessRole.ALL])
def test_people_are_there_while_a_process_that_meets_them_hears_them(rows: Rows, role: ProcessRole) -> None:
    process(rows, "one", role).step()
    assert is_in_contact(rows)
    rows.seconds += LIFE
    assert not is_in_contact(rows)


@pytest.mark.parametrize("role", [ProcessRole.API, ProcessRole.ALL])
def test_a_process_whose_line_to_slack_is_down_hears_nobody(rows: Rows, role: ProcessRole) -> None:
    process(rows, "one", role, is_up=False).step()
    assert not is_in_contact(rows)


def test_of_two_that_hear_people_the_other_is_enough_when_one_dies(rows: Rows) -> None:
    process(rows, "one", ProcessRole.API).step()
    other = process(rows, "other", ProcessRole.API)
    other.step()
    rows.seconds += LIFE
    other.step()
    assert is_in_contact(rows)


def test_who_meets_people_goes_by_its_own_line() -> None:
    assert not contact_of(ProcessRole.ALL, None, lambda: False)()
    assert contact_of(ProcessRole.API, None, lambda: True)()
