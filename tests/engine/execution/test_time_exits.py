"""Trades that the clock ends: before the close, by the exchange's calendar, and after the longest hold."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.common.trading_hours import TradingHours
from engine.errors import MarketClosed
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.notices.trades import TimeExit
from engine.model.trade import Entry, ExitReason, OrderRole, TradeState
from engine.settings import HoldingSettings
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import PRICES, TRADE_ID
from tests.support.samples import crossed

MINUTE = timedelta(minutes=1)
CLOSE = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)
NEXT_OPEN = datetime(2025, 8, 20, 13, 30, tzinfo=UTC)
HALF_DAYS_CLOSE = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
BY_HAND = Entry(client_order_id="by-hand", symbol="IBM", shares=10, stop=Decimal(180), target=Decimal(220))
OURS = {TRADE_ID, "MSFT_20250818_233000", "TSLA_20250818_233000"}

Desk = Callable[..., EngineHarness]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Build the example's desk with AAPL bought today; MSFT and TSLA are trades of today as well."""
    rigs = list[EngineHarness]()

    def built(**given: Any) -> EngineHarness:
        rigs.append(harness := EngineHarness.at_the_example(tmp_path, **given))
        harness.play_the_signal()
        harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        return harness

    yield built
    for harness in rigs:
        harness.close()


def at(harness: EngineHarness, when: datetime) -> EngineHarness:
    """Let it be that time, with prices of now, and let the timetable run."""
    harness.clock.set(when)
    for symbol, price in (("AAPL", "151.00"), *((symbol, price) for symbol, _, price in PRICES)):
        harness.market.price(symbol, price)
    for _ in range(2):
        harness.engine.jobs.housekeeping()
        harness.engine.jobs.reconcile()
    return harness


def ended(harness: EngineHarness) -> dict[str, ExitReason | None]:
    """Return the trades that are over, or on their way out, with the reason."""
    with harness.store.reading() as reader:
        trades = reader.trades({TradeState.CLOSING, TradeState.CLOSED})
    return {trade.id: trade.exit_reason for trade in trades}


def exits(harness: EngineHarness) -> list[str]:
    """Return what was sold by an exit order, each order once."""
    with harness.store.reading() as reader:
        orders = [order for trade_id in OURS for order in reader.orders(trade_id)]
    return sorted(order.client_order_id for order in orders if order.role is OrderRole.EXIT)


def test_held_overnight_nothing_is_sold_by_the_clock(desk: Desk) -> None:
    assert ended(at(desk(), CLOSE - timedelta(seconds=30))) == {}


def test_a_desk_that_holds_nothing_overnight_sells_a_quarter_of_an_hour_before_the_close(desk: Desk) -> None:
    harness = desk(hold_overnight=False)
    assert ended(at(harness, CLOSE - 15 * MINUTE - timedelta(seconds=1))) == {}
    assert ended(at(harness, CLOSE - 15 * MINUTE)) == dict.fromkeys(OURS, ExitReason.OVERNIGHT)
    assert harness.broker.positions() == ()
    assert harness.broker.orders() == ()


def test_the_desk_goes_flat_so_many_minutes_before_the_close_as_it_wants(desk: Desk) -> None:
    harness = desk(flatten_before_close_minutes=40)
    assert ended(at(harness, CLOSE - 41 * MINUTE)) == {}
    assert ended(at(harness, CLOSE - 40 * MINUTE)) == dict.fromkeys(OURS, ExitReason.BEFORE_CLOSE)


def test_each_sale_is_told_with_its_reason_and_audited_once(desk: Desk) -> None:
    harness = at(desk(hold_overnight=False), CLOSE - 10 * MINUTE)
    at(harness, CLOSE - 9 * MINUTE)
    told = harness.told_of(TimeExit)
    assert {notice.trade_id: notice.reason for notice in told} == dict.fromkeys(OURS, ExitReason.OVERNIGHT)
    assert len(told) == len(OURS)
    with harness.store.reading() as reader:
        rows = [row for row in reader.audit(subject=TRADE_ID) if row.action == "close"]
    assert [(row.actor, row.outcome, row.why) for row in rows] == [("engine", "512 shares", "overnight")]


@pytest.mark.parametrize(("state", "auto"), crossed(DeskState, (True, False), most=4))
def test_exits_by_the_clock_are_allowed_in_every_state_of_the_desk(desk: Desk, state: DeskState, auto: bool) -> None:
    harness = desk(hold_overnight=False)
    with harness.store.writing() as transaction:
        transaction.set_desk(
            replace(transaction.desk(), state=state, auto=auto, by="U0ADMIN", reason="test", since=harness.clock.now())
        )
    assert ended(at(harness, CLOSE - 10 * MINUTE)).keys() == OURS


def test_a_restart_between_decision_and_sale_sells_once(desk: Desk) -> None:
    harness = desk(hold_overnight=False)
    harness.line.is_away = True
    at(harness, CLOSE - 15 * MINUTE)
    assert ended(harness).keys() == OURS
    assert exits(harness) == []
    harness.line.is_away = False
    harness.clock.set(CLOSE - 10 * MINUTE)
    again = harness.born_again()
    again.jobs.start()
    for _ in range(3):
        again.jobs.housekeeping()
        again.jobs.reconcile()
    assert len(exits(harness)) == len(OURS)
    assert harness.broker.positions() == ()


def test_two_lives_on_one_database_sell_once(desk: Desk) -> None:
    harness = desk(hold_overnight=False)
    other = harness.born_again()
    harness.clock.set(CLOSE - 10 * MINUTE)
    for symbol, price in (("AAPL", "151.00"), *((symbol, price) for symbol, _, price in PRICES)):
        harness.market.price(symbol, price)
    harness.engine.jobs.housekeeping()
    other.jobs.housekeeping()
    assert len(exits(harness)) == len(OURS)
    assert harness.broker.positions() == ()


def test_what_could_not_be_sold_before_the_close_is_sold_when_regular_hours_begin_again(desk: Desk) -> None:
    harness = desk(hold_overnight=False)
    assert ended(at(harness, CLOSE + MINUTE)) == {}  # the bot was away, and comes back too late
    assert ended(at(harness, NEXT_OPEN - MINUTE)) == {}
    assert ended(at(harness, NEXT_OPEN + MINUTE)) == dict.fromkeys(OURS, ExitReason.OVERNIGHT)


def splits_today(harness: EngineHarness) -> None:
    """Let a split of AAPL be announced for the next session, of which the broker shows nothing yet."""
    action = CorporateAction(
        id="ca-1",
        kind=ActionKind.SPLIT,
        symbol="AAPL",
        ex_date=NEXT_OPEN.date(),
        new_shares=Decimal(2),
        old_shares=Decimal(1),
    )
    harness.actions.announced.append(action)
    harness.engine.jobs.learn_corporate_actions()


def test_the_clock_sells_no_shares_that_are_being_exchanged_for_others(desk: Desk) -> None:
    """How many there are cannot be known before it is seen what became of them, or that nothing did."""
    harness = desk(hold_overnight=False)
    splits_today(harness)
    assert TRADE_ID not in ended(at(harness, NEXT_OPEN + MINUTE))
    assert ended(harness).keys() == OURS - {TRADE_ID}
    assert ended(at(harness, NEXT_OPEN + 20 * MINUTE)).keys() == OURS


def test_what_the_desk_did_not_buy_stays(desk: Desk) -> None:
    harness = desk(hold_overnight=False)
    harness.market.price("IBM", "200")
    harness.broker.submit(BY_HAND)
    at(harness, CLOSE - 10 * MINUTE)
    assert [position.symbol for position in harness.broker.positions()] == ["IBM"]


def test_an_entry_that_still_waits_is_cancelled_when_the_desk_goes_flat(desk: Desk) -> None:
    harness = desk(hold_overnight=False)
    harness.market.price("IBM", "200")
    trade = replace(
        harness.trade(), id="IBM_20250819_234515", symbol="IBM", state=TradeState.PROPOSED, stop=Decimal(180)
    )
    waiting = replace(trade, target=Decimal(220), filled_shares=0, fill_price=None, filled_at=None, expires_at=CLOSE)
    with harness.store.writing() as transaction:
        transaction.propose(waiting)
        transaction.move(transaction.move(waiting, TradeState.APPROVED), TradeState.SUBMITTED)
    harness.broker.submit(replace(BY_HAND, client_order_id=waiting.id, limit=Decimal(190), extended=True))
    assert waiting.id in {order.client_order_id for order in at(harness, CLOSE - 16 * MINUTE).broker.orders()}
    assert harness.engine.queries.trade(waiting.id).state is TradeState.SUBMITTED
    assert at(harness, CLOSE - 10 * MINUTE).broker.orders() == ()
    assert harness.engine.queries.trade(waiting.id).state is TradeState.CANCELLED


@pytest.mark.parametrize(
    ("days", "sold_at"),
    [
        (1, NEXT_OPEN),
        (3, datetime(2025, 8, 22, 13, 30, tzinfo=UTC)),
        (4, datetime(2025, 8, 25, 13, 30, tzinfo=UTC)),  # the weekend does not count
    ],
)
def test_the_longest_hold_counts_trading_days_and_ends_with_an_open(desk: Desk, days: int, sold_at: datetime) -> None:
    harness = desk(longest_hold_days=days)
    assert ended(at(harness, sold_at - MINUTE)) == {}
    assert ended(at(harness, sold_at)) == dict.fromkeys(OURS, ExitReason.LONGEST_HOLD)


@pytest.mark.parametrize("close", [CLOSE, HALF_DAYS_CLOSE], ids=["a whole day", "half a day"])
@pytest.mark.parametrize("extended", [True, False])
def test_nothing_is_bought_any_more_once_the_desk_goes_flat(close: datetime, extended: bool) -> None:
    hours = TradingHours(calendar=ExchangeCalendar(), extended=extended, flat_before=15 * MINUTE)
    assert hours.session(close - 16 * MINUTE) is Session.REGULAR
    for late in (close - 15 * MINUTE, close - MINUTE, close + MINUTE):
        with pytest.raises(MarketClosed) as refused:
            hours.session(late)
        opens_at = refused.value.facts["opens_at"]
        assert isinstance(opens_at, datetime)
        assert opens_at > close + timedelta(hours=8)


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ({}, None),
        ({"hold_overnight": False}, 15),
        ({"hold_overnight": False, "flatten_before_close_minutes": 5}, 5),
        ({"flatten_before_close_minutes": 30}, 30),
    ],
)
def test_the_settings_say_when_the_desk_goes_flat(given: dict[str, Any], minutes: int | None) -> None:
    assert HoldingSettings(**given).flat_before == (None if minutes is None else minutes * MINUTE)
