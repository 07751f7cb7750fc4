"""A desk of several processes of which none runs the timetable: it is told, and nothing new is taken on."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.common.leader_watch import FOLLOWED_WITHIN, GIVEN_UP, NEW_HERE, VANISHED, LeaderWatch
from engine.control.leadership import LEASE_SECONDS
from engine.errors import NobodyLeads
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.systems import LeaderBack, LeaderLost
from engine.model.origin import Source
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.lease import FakeLease
from tests.support.fakes.worked_example import TRADE_ID

GONE = -1.0


class Several:
    """A process of a desk of several, whose database says who leads: whatever a test lets it."""

    def __init__(self, folder: Path) -> None:
        def shared(adapters: Adapters) -> Adapters:
            return replace(adapters, lease=self._lease_of(adapters))

        self.harness = EngineHarness.at_the_example(folder, on=shared)
        self.watch = self.another()

    def another(self) -> LeaderWatch:
        """Return the watch of another process, or of this one after a restart."""
        return LeaderWatch(store=self.harness.store, clock=self.harness.clock, lease=self.lease)

    def look(self, *watches: LeaderWatch, seconds: float) -> None:
        """Let real seconds pass, in each of which every process looks."""
        for _ in range(int(seconds)):
            for watch in watches or (self.watch,):
                watch.look()
            self.harness.engine.follow_changes()
            self.harness.clock.advance(1)

    def lose(self) -> None:
        """Let the leader vanish, and enough time pass that this is known."""
        self.look(seconds=1)
        self.lease.left = GONE
        self.look(seconds=VANISHED + 2)

    def told(self) -> tuple[int, int]:
        """Return how often the desk was told that nobody leads, and that somebody does again."""
        return len(self.harness.told_of(LeaderLost)), len(self.harness.told_of(LeaderBack))

    def _lease_of(self, adapters: Adapters) -> FakeLease:
        clock = adapters.clock
        self.lease = FakeLease(clock)  # type: ignore[arg-type]  # the harness gives a ManualClock
        return self.lease


@pytest.fixture(name="several")
def _several(tmp_path: Path) -> Iterator[Several]:
    several = Several(tmp_path)
    yield several
    several.harness.close()


def test_a_lost_leader_is_told_once_whichever_processes_see_it_and_so_is_the_next_one(several: Several) -> None:
    other = several.another()
    several.look(several.watch, other, seconds=3)
    several.lease.left = GONE
    several.look(several.watch, other, seconds=VANISHED - 1)
    assert several.told() == (0, 0)
    several.look(several.watch, other, seconds=5)
    assert several.told() == (1, 0)
    [lost] = several.harness.told_of(LeaderLost)
    assert (lost.leader, lost.is_urgent) == ("desk-2 (pid 68)", True)
    several.lease.answer, several.lease.left = 2, LEASE_SECONDS
    several.look(several.watch, other, seconds=5)
    assert several.told() == (1, 1)


def test_the_return_of_a_leader_is_told_by_a_process_that_did_not_see_the_loss(several: Several) -> None:
    several.lose()
    several.lease.answer, several.lease.left = 2, LEASE_SECONDS
    several.another().look()
    assert several.told() == (1, 1)


def test_a_takeover_is_no_loss(several: Several) -> None:
    for term in range(1, 6):
        several.lease.answer, several.lease.left = term, LEASE_SECONDS
        several.look(seconds=3)
        several.lease.left = GONE
        several.look(seconds=LEASE_SECONDS + 4)
    assert several.told() == (0, 0)
    assert several.watch.lost_since is None


def test_a_leader_that_stopped_in_order_has_longer_to_come_back_as_in_an_upgrade(several: Several) -> None:
    several.look(seconds=1)
    several.lease.holder, several.lease.left = "", GONE
    several.look(seconds=GIVEN_UP - 2)
    assert several.told() == (0, 0)
    several.look(seconds=4)
    assert several.told() == (1, 0)


def test_a_process_that_starts_first_waits_for_the_one_that_leads(several: Several) -> None:
    several.lease.left = -86_400.0  # of the desk's last life
    several.look(seconds=NEW_HERE - 2)
    assert several.told() == (0, 0)


@pytest.mark.parametrize("term", [None, 0])
def test_a_desk_that_nobody_ever_led_is_not_lost(several: Several, term: int | None) -> None:
    several.lease.answer, several.lease.left = term, GONE
    several.look(seconds=NEW_HERE + 5)
    assert several.told() == (0, 0)


def test_time_in_which_this_process_slept_does_not_count(several: Several) -> None:
    several.look(seconds=1)
    several.lease.left = GONE
    several.look(seconds=3)
    several.harness.clock.advance(8 * 3600)
    several.look(seconds=VANISHED - 5)
    assert several.told() == (0, 0)


def test_where_one_process_has_the_database_it_leads_always(several: Several) -> None:
    alone = LeaderWatch(store=several.harness.store, clock=several.harness.clock, lease=None)
    several.look(alone, seconds=NEW_HERE + 5)
    alone.refuse()
    assert alone.lost_since is None


def test_while_nobody_leads_nothing_is_bought_and_the_status_says_so(several: Several) -> None:
    commands = several.harness.engine.commands
    several.harness.play_the_signal()
    several.lose()
    wanted = ManualProposal(symbol="MSFT", source=Source.DESK, by="U0TRADER")
    with pytest.raises(NobodyLeads):
        commands.approve(TRADE_ID, EngineHarness.TRADER)
    with pytest.raises(NobodyLeads):
        commands.buys.propose(wanted, EngineHarness.TRADER)
    assert several.harness.trade().state is TradeState.PROPOSED
    assert several.harness.engine.queries.status().leaderless_since is not None


def test_while_nobody_leads_what_reduces_risk_goes_on(several: Several) -> None:
    commands = several.harness.engine.commands
    several.harness.play_the_signal()
    commands.approve(TRADE_ID, EngineHarness.TRADER)
    stop = several.harness.trade().stop
    several.lose()
    with pytest.raises(NobodyLeads):
        commands.exits.stop(TRADE_ID, stop - Decimal("0.50"), EngineHarness.TRADER)
    commands.exits.stop(TRADE_ID, stop + Decimal("0.50"), EngineHarness.TRADER)
    commands.halt(EngineHarness.TRADER, "nobody leads")
    commands.close(TRADE_ID, EngineHarness.TRADER)
    assert several.harness.trade().state in {TradeState.CLOSING, TradeState.CLOSED}


def test_whoever_begins_to_lead_may_approve_at_once(several: Several) -> None:
    several.harness.play_the_signal()
    several.lose()
    several.lease.answer, several.lease.left = 2, LEASE_SECONDS
    several.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert several.harness.trade().state is TradeState.OPEN


def is_refused(watch: LeaderWatch) -> bool:
    try:
        watch.refuse()
    except NobodyLeads:
        return True
    return False


@pytest.mark.parametrize("holder", ["that machine/68/a life/desk-2", ""])
def test_nothing_is_taken_on_once_a_standby_would_have_followed_long_before_the_loss_is_told(
    several: Several, holder: str
) -> None:
    several.look(seconds=1)
    several.lease.holder, several.lease.left = holder, GONE
    several.look(seconds=FOLLOWED_WITHIN - 1)
    assert not is_refused(several.watch)
    several.look(seconds=3)
    assert is_refused(several.watch)
    assert several.told() == (0, 0)
    several.lease.answer, several.lease.left = 2, LEASE_SECONDS
    assert not is_refused(several.watch)


def test_a_process_that_never_saw_the_leader_reads_when_its_lease_ended(several: Several) -> None:
    several.lease.left = -FOLLOWED_WITHIN
    assert is_refused(several.another())
    several.lease.left = GONE
    assert not is_refused(several.another())


def test_a_process_that_starts_while_a_told_loss_lasts_knows_it_at_once(several: Several) -> None:
    several.lose()
    later = several.another()
    later.look()
    [lost] = several.harness.told_of(LeaderLost)
    assert [later.lost_since] == [lost.since]
    several.lease.answer, several.lease.left = 2, LEASE_SECONDS
    later.look()
    assert (later.lost_since, several.told()) == (None, (1, 1))
