"""What users of other bots suffered, and how this one is guarded against it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.calendar import AlpacaCalendar
from engine.adapters.factory import KeptInSettings
from engine.bootstrap import wire
from engine.errors import BrokerUnavailable
from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.notices.base import NoticeKind
from engine.model.notices.systems import ServiceLost
from engine.model.trade import Entry, ExitReason, TradeState
from engine.scheduler import JobGuard, Scheduler, timetable
from tests.engine.adapters.alpaca.access import access_to
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, AAPL proposed."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.harness.play_the_signal()
        yield desk


@pytest.mark.parametrize("handled", [True, False], ids=["arrived", "never arrived"])
@pytest.mark.parametrize("fault", [Fault.TIMED_OUT, Fault.DROP])
def test_trap_a_retry_after_an_ambiguous_time_out_doubles_no_position(
    desk: AtAlpaca, fault: Fault, *, handled: bool
) -> None:
    desk.fake.fault("POST", "/v2/orders", fault, handled=handled)
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    for _ in range(3):
        desk.harness.clock.advance(1)
        desk.harness.engine.jobs.poll_unconfirmed()
        desk.harness.engine.jobs.housekeeping()
    assert desk.harness.trade().state is TradeState.OPEN
    assert desk.bought() == [512]
    assert desk.held() == 512


def test_trap_reconciliation_after_a_restart_sends_nothing_again(desk: AtAlpaca) -> None:
    desk.fake.fault("POST", "/v2/orders", Fault.DROP, handled=True)
    desk.fake.fault("GET", "/v2/orders*", Fault.BROKEN, times=99)
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    desk.fake.mend()
    desk.restart()
    desk.restart()
    assert desk.harness.trade().state is TradeState.OPEN
    assert desk.orders_of_the_trade() == [TRADE_ID]


def test_trap_a_stop_filled_while_offline_is_booked_to_its_own_trade(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    by_hand = Entry(client_order_id="by-hand", symbol="AAPL", shares=100, stop=Decimal(149), target=Decimal(200))
    desk.broker.submit(by_hand)
    desk.price("AAPL", "148.50")  # the stop of the shares that somebody bought by hand
    desk.restart()
    assert (desk.harness.trade().state, desk.harness.trade().exit_shares) == (TradeState.OPEN, 0)
    desk.price("AAPL", "147.90")
    desk.restart()
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_reason, trade.exit_shares) == (TradeState.CLOSED, ExitReason.STOP, 512)
    assert trade.exit_price == Decimal("147.90")


def test_trap_a_stopped_bot_sends_nothing(desk: AtAlpaca) -> None:
    clock = ManualClock(desk.harness.clock.now(), speed=1_000_000.0)  # every job as often as it may
    schedule = Scheduler(jobs=desk.harness.engine.jobs, clock=clock)
    schedule.start()
    schedule.stop()
    asked = len(desk.fake.requests)
    desk.price("AAPL", "140.00")
    assert len(desk.fake.requests) == asked


@pytest.mark.parametrize("trouble", [BrokerUnavailable("away"), RuntimeError("nobody foresaw this")])
def test_trap_a_kill_switch_whose_broker_throws_has_stopped_the_trading(
    proposed: EngineHarness, trouble: Exception
) -> None:
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as transaction:
        transaction.move(approved, TradeState.SUBMITTED)

    def throw() -> None:
        raise trouble

    proposed.line.while_asked = throw
    with suppress(RuntimeError):  # the listener tells whoever typed it
        proposed.engine.commands.halt(EngineHarness.TRADER, "stop everything")
    proposed.line.while_asked = lambda: None
    assert proposed.engine.queries.desk().state is DeskState.HALTED
    proposed.engine.jobs.reconcile()
    proposed.engine.jobs.housekeeping()
    assert proposed.broker.order(TRADE_ID) is None


def test_trap_waiting_for_the_close_does_not_crash_and_leaves_the_stop_alive(filled: EngineHarness) -> None:
    close = filled.clock.now().replace(hour=20, minute=0, second=0)
    for seconds in (-30, -1, 0, 1, 3600, 4 * 3600 - 1, 4 * 3600, 13 * 3600):
        filled.clock.set(close + timedelta(seconds=seconds))
        filled.market.price("AAPL", "150.00")
        for job in timetable(filled.engine.jobs):
            job.verb()
    assert filled.trade().state is TradeState.OPEN
    assert not [notice for notice in filled.told() if notice.kind is NoticeKind.JOB_FAILED]


def test_trap_a_calendar_that_cannot_be_read_is_said_and_sleeps_through_no_open_market(desk: AtAlpaca) -> None:
    desk.fake.fault("GET", "/v2/calendar", Fault.BROKEN, times=3)
    clock = desk.harness.clock
    calendar = AlpacaCalendar(access_to(desk.fake), clock, WeekdayCalendar(), KeptInSettings(desk.harness.store))
    engine = wire(desk.harness.settings, replace(desk.adapters, calendar=calendar))
    job = next(job for job in timetable(engine.jobs) if job.name == "calendar")
    guard = JobGuard(job, lambda name, error_id, failed: engine.jobs.job_failed(name, error_id, failed=failed))
    guard()
    assert calendar.session(clock.now()) is Session.REGULAR
    engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert desk.held() == 512
    guard()
    told = [notice.kind for notice in desk.harness.told() if notice.subject == "calendar"]
    assert told == [NoticeKind.JOB_FAILED, NoticeKind.JOB_RECOVERED]
    calendar.stop()


def test_trap_an_approval_that_is_shown_is_executed_though_its_order_was_lost_on_the_way(
    proposed: EngineHarness,
) -> None:
    proposed.line.loses_request = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(2)
    proposed.engine.jobs.poll_unconfirmed()
    assert proposed.trade().state is TradeState.OPEN
    assert NoticeKind.FILLED in {notice.kind for notice in proposed.told() if notice.trade_id == TRADE_ID}


def test_trap_what_the_stream_missed_is_booked_after_it_is_back(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    desk.fake.stop()
    desk.price("AAPL", "147.90")
    desk.fake.start()
    desk.harness.engine.jobs.reconcile()
    assert desk.harness.trade().state is TradeState.CLOSED


def test_trap_wrong_keys_are_said_in_the_channel_in_alpacas_words(desk: AtAlpaca) -> None:
    wrong = AlpacaBroker(
        access_to(desk.fake, secret="wrong", timeouts=(0.2, 0.2)), desk.harness.clock, WeekdayCalendar()
    )
    wire(desk.harness.settings, replace(desk.adapters, broker=wrong)).jobs.start()
    wrong.stop()
    told = desk.harness.told_of(ServiceLost)
    assert [(notice.service, "forbidden" in notice.trouble) for notice in told] == [("broker", True)]
