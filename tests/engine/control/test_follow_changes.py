"""What every process does each second."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import pytest

from engine.control.follow_changes import FollowChanges
from engine.errors import StoreUnavailable


class Desk:
    """Every part of a desk that a process follows; it cannot write what it finds lost, for others write."""

    def __init__(self) -> None:
        self.halts_waiting = 1

    def __call__(self) -> AbstractContextManager[None]:
        return nullcontext()

    def refresh(self) -> None:
        """Find nothing changed."""

    def share(self, *, leads: bool) -> None:
        raise StoreUnavailable(f"another writer has held the database for too long, {leads=}")

    def look(self) -> None:
        """Find that somebody leads."""

    def flush_pending_halts(self) -> None:
        self.halts_waiting = 0


def test_a_halt_that_waits_to_be_written_does_not_wait_for_what_else_is_to_be_written() -> None:
    desk = Desk()
    part = cast(Any, desk)
    follow = FollowChanges(
        leads=lambda: False,
        leader_watch=part,
        outage_guard=part,
        services=part,
        kill_switch=part,
        runtime_settings=part,
        watchlist=part,
    )
    with pytest.raises(StoreUnavailable):
        follow()
    assert desk.halts_waiting == 0
