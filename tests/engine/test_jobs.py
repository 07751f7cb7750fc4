from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.adapters.in_process import InProcessTaskQueue
from engine.common.last_seen import last_seen
from engine.common.orders import entry_of
from engine.control.broker_sync import MISSES, UNKNOWN
from engine.control.lifecycle_notices import Takeover
from engine.errors import DeskNotActive
from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.notices.base import NoticeKind
from engine.model.trade import OrderRole, OrderState, TradeState
from engine.ports.task_queue import Answer, Question, TaskKind
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.scorer import FakeScorer


def test_a_replay_goes_on_from_the_last_look_even_if_nothing_was_done_since(harness: EngineHarness) -> None:
    harness.clock.advance(3 * 86_400)
    harness.engine.jobs.monitor_risk()
    with harness.store.reading() as reader:
        assert last_seen(reader) == harness.clock.now()


def test_a_broker_that_stays_away_makes_the_desk_take_exits_only_until_it_answers(proposed: EngineHarness) -> None:
    proposed.line.is_away = True
    for _ in range(MISSES):
        assert proposed.engine.queries.desk().state is DeskState.ACTIVE
        proposed.engine.jobs.reconcile()
    assert (proposed.engine.queries.desk().state, proposed.engine.queries.desk().reason) == (
        DeskState.REDUCING,
        UNKNOWN,
    )
    with pytest.raises(DeskNotActive):
        proposed.engine.commands.approve(worked_example.TRADE_ID, EngineHarness.TRADER)
    proposed.line.is_away = False
    proposed.engine.jobs.reconcile()
    assert proposed.engine.queries.desk().state is DeskState.ACTIVE
    told = [notice.kind for notice in proposed.told()]
    assert told.count(NoticeKind.REDUCING) == told.count(NoticeKind.RESUMED) == 1


@pytest.mark.parametrize("lost", ["market", "broker"])
def test_a_start_while_a_service_is_lost_says_so_and_trades_once_it_is_back(tmp_path: Path, lost: str) -> None:
    harness = EngineHarness.build(tmp_path, cash=worked_example.CASH)
    harness.market.recorded = worked_example.history()
    harness.news.lines.append(worked_example.HEADLINE)
    harness.market.is_down = lost == "market"
    harness.line.is_away = lost == "broker"
    harness.engine.jobs.start()
    harness.market.is_down = harness.line.is_away = False
    harness.engine.jobs.reconcile()
    assert harness.play_the_signal() is not None
    assert harness.trade().state is TradeState.PROPOSED
    told = [(notice.kind, notice.subject) for notice in harness.told() if notice.subject == lost]
    assert told == [(NoticeKind.SERVICE_LOST, lost), (NoticeKind.SERVICE_BACK, lost)]
    harness.close()


class CountedTasks(InProcessTaskQueue):
    """Tasks that are counted."""

    def __init__(self) -> None:
        self.asked = 0

    def run(self, kind: TaskKind[Question, Answer], questions: Mapping[str, Question]) -> Iterator[tuple[str, Answer]]:
        self.asked += len(questions)
        return super().run(kind, questions)


@pytest.mark.parametrize(
    "takeover",
    [
        None,
        Takeover(term=2, leader="a (pid 7)", before="b (pid 8)", silence=timedelta(seconds=7)),
        Takeover(term=2, leader="a (pid 7)", before="b (pid 8)", silence=timedelta(hours=8)),
    ],
    ids=["start", "takeover", "takeover of a morning"],
)
def test_no_job_waits_at_the_start_until_headlines_are_read(tmp_path: Path, takeover: Takeover | None) -> None:
    tasks = CountedTasks()
    harness = EngineHarness.at_the_example(tmp_path, on=lambda adapters: replace(adapters, tasks=tasks))
    harness.clock.advance(60)  # the headline is out
    harness.engine.jobs.start(takeover)
    assert tasks.asked == 0
    harness.engine.jobs.read_news()
    assert tasks.asked == 1
    harness.close()


def test_what_is_decided_after_a_start_before_headlines_are_read_says_that_they_are_not(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, on=lambda adapters: replace(adapters, scorer=FakeScorer()))
    harness.clock.set(worked_example.HEADLINE.at)
    harness.engine.jobs.start()
    trade = harness.play_the_signal(reads_news=False)
    assert trade is not None
    assert (trade.signal.tenths, trade.signal.scorer) == (trade.signal.technical_tenths, "claude: unread")
    harness.engine.jobs.read_news()
    with harness.store.reading() as reader:
        assert reader.unscored(["AAPL"], worked_example.HEADLINE.at) == {}
    harness.close()


def lose_all_orders(harness: EngineHarness) -> None:
    """Leave what is held without a stop, as a death between a cancel and the sale after it does."""
    for order in harness.broker.orders():
        harness.broker.cancel(order)


def test_what_was_being_sold_when_the_life_before_died_is_sold_by_the_start_itself(filled: EngineHarness) -> None:
    with filled.store.writing() as transaction:
        transaction.move(filled.trade(), TradeState.CLOSING)
    lose_all_orders(filled)
    filled.born_again().jobs.start()
    assert [held.symbol for held in filled.broker.positions()] == ["MSFT", "TSLA"]


def test_a_flatten_that_was_underway_goes_on_with_the_start_itself(filled: EngineHarness) -> None:
    filled.line.refuses = "the account is restricted"
    filled.engine.commands.flatten(EngineHarness.TRADER)
    lose_all_orders(filled)
    filled.line.refuses = ""
    filled.born_again().jobs.start()
    assert filled.broker.positions() == ()


def test_a_position_without_a_stop_has_one_once_the_start_is_done(filled: EngineHarness) -> None:
    lose_all_orders(filled)
    filled.born_again().jobs.start()
    stops = [part for order in filled.broker.orders() for part in (order, *order.legs) if part.role is OrderRole.STOP]
    assert sorted(stop.symbol for stop in stops if not stop.state.is_over) == ["AAPL", "MSFT", "TSLA"]


@pytest.mark.parametrize("hours", [6, 24], ids=["after the close", "on another day"])
def test_an_entry_that_outlived_its_session_is_withdrawn_before_anything_else(
    proposed: EngineHarness, hours: int
) -> None:
    trade = proposed.submitted_but_not_sent()
    proposed.clock.set(proposed.clock.now().replace(hour=20, minute=0, second=2))  # it arrives after the close
    proposed.broker.submit(entry_of(trade, Session.REGULAR))
    proposed.market.is_down = True
    proposed.clock.set(worked_example.AT.replace(hour=14, minute=45))
    proposed.clock.advance(hours * 3600)
    proposed.born_again().jobs.start()
    order = proposed.broker.order(trade.id)
    assert order is not None
    assert order.state is OrderState.CANCELLED
