"""Over SECOND_APPROVER_OVER two people approve; the example's trade costs about $76,900."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import AlreadyDecided, Expired, SecondNeeded
from engine.model.desk import Request
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

FIRST, SECOND = Request(by="U0FIRST"), Request(by="U0SECOND")


@pytest.fixture(name="dear")
def _dear(tmp_path: Path) -> Iterator[EngineHarness]:
    """The example's proposal on a desk where it needs two people."""
    harness = EngineHarness.at_the_example(tmp_path, second_approver_over=70_000)
    harness.play_the_signal()
    yield harness
    harness.close()


def kinds(harness: EngineHarness) -> list[NoticeKind]:
    return [notice.kind for notice in harness.told() if notice.trade_id == TRADE_ID]


def test_the_first_approval_is_kept_and_orders_nothing(dear: EngineHarness) -> None:
    trade = dear.engine.commands.approve(TRADE_ID, FIRST)
    assert (trade.state, dear.trade().first_by) == (TradeState.PROPOSED, "U0FIRST")
    assert dear.broker.order(TRADE_ID) is None
    assert kinds(dear) == [NoticeKind.APPROVAL_ASKED, NoticeKind.SECOND_ASKED]


def test_another_persons_approval_sends_the_order(dear: EngineHarness) -> None:
    dear.engine.commands.approve(TRADE_ID, FIRST)
    trade = dear.engine.commands.approve(TRADE_ID, SECOND)
    assert (trade.state, trade.first_by, trade.decided_by) == (TradeState.OPEN, "U0FIRST", "U0SECOND")
    with dear.store.reading() as reader:
        people = [(entry.actor, entry.action) for entry in reader.audit(subject=TRADE_ID) if entry.actor != "engine"]
    assert people == [("U0SECOND", "approved"), ("U0FIRST", "approve first")]


def test_the_same_person_is_never_the_second(dear: EngineHarness) -> None:
    dear.engine.commands.approve(TRADE_ID, FIRST)
    with pytest.raises(SecondNeeded):
        dear.engine.commands.approve(TRADE_ID, FIRST)
    assert dear.trade().state is TradeState.PROPOSED
    assert kinds(dear).count(NoticeKind.SECOND_ASKED) == 1


def test_the_first_may_take_it_back_by_rejecting(dear: EngineHarness) -> None:
    dear.engine.commands.approve(TRADE_ID, FIRST)
    dear.engine.commands.reject(TRADE_ID, FIRST, "thought again")
    with pytest.raises(AlreadyDecided):
        dear.engine.commands.approve(TRADE_ID, SECOND)


def test_a_proposal_expires_however_many_approved_it(dear: EngineHarness) -> None:
    dear.engine.commands.approve(TRADE_ID, FIRST)
    dear.clock.advance(900)
    with pytest.raises(Expired):
        dear.engine.commands.approve(TRADE_ID, SECOND)


def test_a_resize_forgets_who_approved_another_sum(dear: EngineHarness) -> None:
    dear.engine.commands.approve(TRADE_ID, FIRST)
    dear.engine.commands.resize(TRADE_ID, 500, SECOND)
    assert dear.engine.commands.approve(TRADE_ID, SECOND).first_by == "U0SECOND"
    assert dear.trade().state is TradeState.PROPOSED


def test_under_the_sum_one_person_is_enough(dear: EngineHarness) -> None:
    dear.engine.commands.resize(TRADE_ID, 100, FIRST)
    assert dear.engine.commands.approve(TRADE_ID, FIRST).state is TradeState.OPEN


def test_a_first_approval_outlives_a_restart(tmp_path: Path) -> None:
    before = EngineHarness.at_the_example(tmp_path, second_approver_over=70_000)
    before.play_the_signal()
    before.engine.commands.approve(TRADE_ID, FIRST)
    at = before.clock.now()
    before.close()
    after = EngineHarness.build(tmp_path, at=at, second_approver_over=70_000)
    after.market.price("AAPL", "150.25")
    with pytest.raises(SecondNeeded):
        after.engine.commands.approve(TRADE_ID, FIRST)
    after.close()


def test_auto_mode_leaves_what_needs_two_to_people(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, second_approver_over=70_000, auto_mode=True)
    harness.play_the_signal()
    assert harness.trade().state is TradeState.PROPOSED
    assert harness.asked() == [TRADE_ID]
    harness.engine.commands.approve(TRADE_ID, FIRST)
    assert harness.engine.commands.approve(TRADE_ID, SECOND).state is TradeState.OPEN
    harness.close()


def test_a_price_that_rises_over_the_sum_makes_auto_mode_ask_people_once(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, second_approver_over=77_000, auto_mode=True)
    harness.stream.server.is_down = True
    harness.play_the_signal()
    harness.stream.server.is_down = False
    harness.market.price("AAPL", "150.50")
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.decide_proposals()
    harness.engine.jobs.decide_proposals()
    assert kinds(harness) == [NoticeKind.PROPOSED_AUTO, NoticeKind.APPROVAL_ASKED]
    assert harness.stream.server.pending == {}
    harness.engine.commands.approve(TRADE_ID, FIRST)
    assert harness.engine.commands.approve(TRADE_ID, SECOND).state is TradeState.OPEN
    harness.close()


def test_unless_it_is_set_one_person_is_enough(proposed: EngineHarness) -> None:
    assert proposed.engine.commands.approve(TRADE_ID, FIRST).state is TradeState.OPEN


def test_the_first_approval_counts_no_more_once_its_person_may_not_approve(dear: EngineHarness) -> None:
    dear.engine.commands.approve(TRADE_ID, FIRST)
    dear.engine.commands.ask_about_people(lambda user, _verb: user != FIRST.by)
    trade = dear.engine.commands.approve(TRADE_ID, SECOND)
    assert (trade.state, dear.trade().first_by) == (TradeState.PROPOSED, SECOND.by)
    assert dear.broker.order(TRADE_ID) is None
    assert kinds(dear).count(NoticeKind.SECOND_ASKED) == 2
    trade = dear.engine.commands.approve(TRADE_ID, Request(by="U0THIRD"))
    assert (trade.state, trade.first_by, trade.decided_by) == (TradeState.OPEN, SECOND.by, "U0THIRD")
