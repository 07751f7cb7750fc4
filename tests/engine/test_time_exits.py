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
from tests.fakes.worked_example import PRICES, TRADE_ID
from tests.rig import Rig

MINUTE = timedelta(minutes=1)
CLOSE = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)
NEXT_OPEN = datetime(2025, 8, 20, 13, 30, tzinfo=UTC)
HALF_DAYS_CLOSE = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
BY_HAND = Entry(client_order_id="by-hand", symbol="IBM", shares=10, stop=Decimal(180), target=Decimal(220))
OURS = {TRADE_ID, "MSFT_20250818_233000", "TSLA_20250818_233000"}

Desk = Callable[..., Rig]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Build the example's desk with AAPL bought today; MSFT and TSLA are trades of today as well."""
    rigs = list[Rig]()

    def built(**given: Any) -> Rig:
        rigs.append(rig := Rig.at_the_example(tmp_path, **given))
        rig.play_the_signal()
        rig.engine.commands.approve(TRADE_ID, Rig.TRADER)
        return rig

    yield built
    for rig in rigs:
        rig.close()


def at(rig: Rig, when: datetime) -> Rig:
    """Let it be that time, with prices of now, and let the timetable run."""
    rig.clock.set(when)
    for symbol, price in (("AAPL", "151.00"), *((symbol, price) for symbol, _, price in PRICES)):
        rig.market.price(symbol, price)
    for _ in range(2):
        rig.engine.jobs.housekeeping()
        rig.engine.jobs.reconcile()
    return rig


def ended(rig: Rig) -> dict[str, ExitReason | None]:
    """Return the trades that are over, or on their way out, with the reason."""
    with rig.store.reading() as reader:
        trades = reader.trades({TradeState.CLOSING, TradeState.CLOSED})
    return {trade.id: trade.exit_reason for trade in trades}


def exits(rig: Rig) -> list[str]:
    """Return what was sold by an exit order, each order once."""
    with rig.store.reading() as reader:
        orders = [order for trade_id in OURS for order in reader.orders(trade_id)]
    return sorted(order.client_order_id for order in orders if order.role is OrderRole.EXIT)


def test_held_overnight_nothing_is_sold_by_the_clock(desk: Desk) -> None:
    assert ended(at(desk(), CLOSE - timedelta(seconds=30))) == {}


def test_a_desk_that_holds_nothing_overnight_sells_a_quarter_of_an_hour_before_the_close(desk: Desk) -> None:
    rig = desk(hold_overnight=False)
    assert ended(at(rig, CLOSE - 15 * MINUTE - timedelta(seconds=1))) == {}
    assert ended(at(rig, CLOSE - 15 * MINUTE)) == dict.fromkeys(OURS, ExitReason.OVERNIGHT)
    assert rig.broker.positions() == ()
    assert rig.broker.orders() == ()


def test_the_desk_goes_flat_so_many_minutes_before_the_close_as_it_wants(desk: Desk) -> None:
    rig = desk(flatten_before_close_minutes=40)
    assert ended(at(rig, CLOSE - 41 * MINUTE)) == {}
    assert ended(at(rig, CLOSE - 40 * MINUTE)) == dict.fromkeys(OURS, ExitReason.BEFORE_CLOSE)


def test_each_sale_is_told_with_its_reason_and_audited_once(desk: Desk) -> None:
    rig = at(desk(hold_overnight=False), CLOSE - 10 * MINUTE)
    at(rig, CLOSE - 9 * MINUTE)
    told = rig.told_of(TimeExit)
    assert {notice.trade_id: notice.reason for notice in told} == dict.fromkeys(OURS, ExitReason.OVERNIGHT)
    assert len(told) == len(OURS)
    with rig.store.reading() as reader:
        rows = [row for row in reader.audit(subject=TRADE_ID) if row.action == "close"]
    assert [(row.actor, row.outcome, row.why) for row in rows] == [("engine", "512 shares", "overnight")]


@pytest.mark.parametrize("auto", [True, False])
@pytest.mark.parametrize("state", list(DeskState))
def test_exits_by_the_clock_are_allowed_in_every_state_of_the_desk(desk: Desk, state: DeskState, auto: bool) -> None:
    rig = desk(hold_overnight=False)
    with rig.store.writing() as transaction:
        transaction.set_desk(
            replace(transaction.desk(), state=state, auto=auto, by="U0ADMIN", reason="test", since=rig.clock.now())
        )
    assert ended(at(rig, CLOSE - 10 * MINUTE)).keys() == OURS


def test_a_restart_between_decision_and_sale_sells_once(desk: Desk) -> None:
    rig = desk(hold_overnight=False)
    rig.line.is_away = True
    at(rig, CLOSE - 15 * MINUTE)
    assert ended(rig).keys() == OURS
    assert exits(rig) == []
    rig.line.is_away = False
    rig.clock.set(CLOSE - 10 * MINUTE)
    again = rig.born_again()
    again.jobs.start()
    for _ in range(3):
        again.jobs.housekeeping()
        again.jobs.reconcile()
    assert len(exits(rig)) == len(OURS)
    assert rig.broker.positions() == ()


def test_two_lives_on_one_database_sell_once(desk: Desk) -> None:
    rig = desk(hold_overnight=False)
    other = rig.born_again()
    rig.clock.set(CLOSE - 10 * MINUTE)
    for symbol, price in (("AAPL", "151.00"), *((symbol, price) for symbol, _, price in PRICES)):
        rig.market.price(symbol, price)
    rig.engine.jobs.housekeeping()
    other.jobs.housekeeping()
    assert len(exits(rig)) == len(OURS)
    assert rig.broker.positions() == ()


def test_what_could_not_be_sold_before_the_close_is_sold_when_regular_hours_begin_again(desk: Desk) -> None:
    rig = desk(hold_overnight=False)
    assert ended(at(rig, CLOSE + MINUTE)) == {}  # the bot was away, and comes back too late
    assert ended(at(rig, NEXT_OPEN - MINUTE)) == {}
    assert ended(at(rig, NEXT_OPEN + MINUTE)) == dict.fromkeys(OURS, ExitReason.OVERNIGHT)


def splits_today(rig: Rig) -> None:
    """Let a split of AAPL be announced for the next session, of which the broker shows nothing yet."""
    action = CorporateAction(
        id="ca-1",
        kind=ActionKind.SPLIT,
        symbol="AAPL",
        ex_date=NEXT_OPEN.date(),
        new_shares=Decimal(2),
        old_shares=Decimal(1),
    )
    rig.actions.announced.append(action)
    rig.engine.jobs.learn_corporate_actions()


def test_the_clock_sells_no_shares_that_are_being_exchanged_for_others(desk: Desk) -> None:
    """How many there are cannot be known before it is seen what became of them, or that nothing did."""
    rig = desk(hold_overnight=False)
    splits_today(rig)
    assert TRADE_ID not in ended(at(rig, NEXT_OPEN + MINUTE))
    assert ended(rig).keys() == OURS - {TRADE_ID}
    assert ended(at(rig, NEXT_OPEN + 20 * MINUTE)).keys() == OURS


def test_what_the_desk_did_not_buy_stays(desk: Desk) -> None:
    rig = desk(hold_overnight=False)
    rig.market.price("IBM", "200")
    rig.broker.submit(BY_HAND)
    at(rig, CLOSE - 10 * MINUTE)
    assert [position.symbol for position in rig.broker.positions()] == ["IBM"]


def test_an_entry_that_still_waits_is_cancelled_when_the_desk_goes_flat(desk: Desk) -> None:
    rig = desk(hold_overnight=False)
    rig.market.price("IBM", "200")
    trade = replace(rig.trade(), id="IBM_20250819_234515", symbol="IBM", state=TradeState.PROPOSED, stop=Decimal(180))
    waiting = replace(trade, target=Decimal(220), filled_shares=0, fill_price=None, filled_at=None, expires_at=CLOSE)
    with rig.store.writing() as transaction:
        transaction.propose(waiting)
        transaction.move(transaction.move(waiting, TradeState.APPROVED), TradeState.SUBMITTED)
    rig.broker.submit(replace(BY_HAND, client_order_id=waiting.id, limit=Decimal(190), extended=True))
    assert waiting.id in {order.client_order_id for order in at(rig, CLOSE - 16 * MINUTE).broker.orders()}
    assert rig.engine.queries.trade(waiting.id).state is TradeState.SUBMITTED
    assert at(rig, CLOSE - 10 * MINUTE).broker.orders() == ()
    assert rig.engine.queries.trade(waiting.id).state is TradeState.CANCELLED


@pytest.mark.parametrize(
    ("days", "sold_at"),
    [
        (1, NEXT_OPEN),
        (3, datetime(2025, 8, 22, 13, 30, tzinfo=UTC)),
        (4, datetime(2025, 8, 25, 13, 30, tzinfo=UTC)),  # the weekend does not count
    ],
)
def test_the_longest_hold_counts_trading_days_and_ends_with_an_open(desk: Desk, days: int, sold_at: datetime) -> None:
    rig = desk(longest_hold_days=days)
    assert ended(at(rig, sold_at - MINUTE)) == {}
    assert ended(at(rig, sold_at)) == dict.fromkeys(OURS, ExitReason.LONGEST_HOLD)


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
