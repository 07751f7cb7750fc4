"""A trade that the program cannot handle costs that trade alone: the desk starts, goes on, and takes exits only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.common.retry_each import for_each
from engine.common.trade_faults import A_MINUTE, TradeFaults
from engine.control.broker_sync import MISSES, UNKNOWN
from engine.errors import BrokerUnavailable
from engine.model.desk import DeskState
from engine.model.notices.desk import DeskFlat, DeskReducing, DeskResumed
from engine.model.notices.systems import BotStarted, TradeFaulted
from engine.model.trade import Entry, TradeState
from tests.support.duty import BOTH_LINES, calls_of, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import PRICES, TRADE_ID

MSFT, TSLA = "MSFT_20250818_233000", "TSLA_20250818_233000"
CLOSE = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[EngineHarness]:
    """The example's desk with AAPL bought, somebody on duty, and every position protected; it is flat overnight."""
    harness = EngineHarness.at_the_example(tmp_path, hold_overnight=False)
    harness.play_the_signal()
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    put_on_duty(harness, BOTH_LINES)
    harness.engine.jobs.trade_faults.note_bar()
    a_minute(harness)
    yield harness
    harness.close(has_faults=True)


def a_minute(desk: EngineHarness, engine: Engine | None = None) -> None:
    """Let a minute pass with its jobs."""
    jobs = (engine or desk.engine).jobs
    desk.clock.advance(60)
    for symbol, price in (("AAPL", "150.25"), *((symbol, price) for symbol, _, price in PRICES)):
        desk.market.price(symbol, price)
    jobs.tick()
    jobs.housekeeping()
    jobs.reconcile()


def sell_by_hand(desk: EngineHarness, *trade_ids: str) -> None:
    for trade in map(desk.trade, trade_ids):
        desk.broker.close(f"by-hand-{trade.symbol}", trade.symbol, trade.held_shares)


def break_on_msft(desk: EngineHarness, engine: Engine | None = None) -> None:
    """Let the program meet a KeyError wherever it deals with MSFT, which somebody sold; two minutes pass."""
    desk.line.breaks_on = {MSFT}
    sell_by_hand(desk, MSFT)
    for _ in range(2):
        a_minute(desk, engine)


def steps(desk: EngineHarness) -> list[str]:
    """Return what was told of the desk's state, a reason for taking exits only by its words."""
    return [
        str(notice.reason) if isinstance(notice, DeskReducing) else "again"
        for notice in desk.told()
        if isinstance(notice, DeskReducing | DeskResumed)
    ]


def alarms(desk: EngineHarness) -> list[str]:
    return [notice.what for notice in desk.told_of(TradeFaulted)]


def test_the_others_are_reconciled_and_the_desk_takes_exits_only(desk: EngineHarness) -> None:
    sell_by_hand(desk, TSLA)
    break_on_msft(desk)
    assert desk.trade(TSLA).state is TradeState.CLOSED
    assert desk.trade(MSFT).state is TradeState.OPEN
    assert (desk.engine.queries.desk().state, desk.engine.queries.desk().reason) == (DeskState.REDUCING, "trade_fault")
    assert desk.play_another_signal() is None
    assert ("AAPL", "desk_reducing") in desk.kept()


def test_the_desk_is_told_once_and_whoever_is_on_duty_is_called(desk: EngineHarness) -> None:
    break_on_msft(desk)
    a_minute(desk)
    [alarm] = desk.told_of(TradeFaulted)
    assert (alarm.what, alarm.called) == (MSFT, ("U0TRADER", "U0ADMIN"))
    assert steps(desk) == ["trade_fault"]
    assert {row.split(": ")[1] for row in desk.faults()} == {"KeyError"}


def test_it_ends_by_itself_once_the_trade_can_be_handled_and_is_told_anew_if_it_comes_again(
    desk: EngineHarness,
) -> None:
    break_on_msft(desk)
    desk.line.breaks_on = set()
    a_minute(desk)
    assert desk.trade(MSFT).state is TradeState.CLOSED
    assert desk.engine.queries.desk().state is DeskState.ACTIVE
    assert steps(desk) == ["trade_fault", "again"]
    desk.line.breaks_on = {TSLA}
    sell_by_hand(desk, TSLA)
    for _ in range(2):
        a_minute(desk)
    assert alarms(desk) == [MSFT, TSLA]
    assert steps(desk) == ["trade_fault", "again", "trade_fault"]


def test_a_desk_starts_with_such_a_trade_and_looks_after_the_others(desk: EngineHarness) -> None:
    desk.line.breaks_on = {MSFT}
    sell_by_hand(desk, MSFT)
    engine = desk.born_again()
    engine.jobs.start()
    assert len(desk.told_of(BotStarted)) == 2
    for _ in range(2):
        a_minute(desk, engine)
    assert steps(desk) == ["trade_fault"]
    desk.clock.set(CLOSE - timedelta(minutes=10))
    a_minute(desk, engine)
    assert {desk.trade(trade_id).state for trade_id in (TRADE_ID, TSLA)} == {TradeState.CLOSED}
    engine.commands.halt(EngineHarness.TRADER)
    assert engine.queries.desk().state is DeskState.HALTED


def test_a_next_life_neither_trades_again_meanwhile_nor_tells_it_again(desk: EngineHarness) -> None:
    break_on_msft(desk)
    engine = desk.born_again()
    engine.jobs.start()
    assert engine.queries.desk().reason == "trade_fault"
    for _ in range(2):
        a_minute(desk, engine)
    assert alarms(desk) == [MSFT]
    assert steps(desk) == ["trade_fault"]


def test_that_the_broker_is_away_is_found_out_beside_it(desk: EngineHarness) -> None:
    break_on_msft(desk)
    desk.line.is_away = True
    for _ in range(MISSES):
        a_minute(desk)
    assert steps(desk) == ["trade_fault", UNKNOWN]
    desk.line.is_away = False
    a_minute(desk)
    assert (desk.engine.queries.desk().state, desk.engine.queries.desk().reason) == (DeskState.REDUCING, "trade_fault")


def test_a_trade_that_cannot_be_handled_is_flattened_by_the_brokers_own_order(desk: EngineHarness) -> None:
    desk.line.breaks_on = {MSFT}
    desk.engine.commands.flatten(EngineHarness.TRADER)
    for _ in range(3):
        a_minute(desk)
    assert desk.broker.positions() == ()
    assert desk.broker.orders() == ()
    assert desk.told_of(DeskFlat)
    assert alarms(desk) == [MSFT]


def test_a_halt_cancels_the_other_entries(desk: EngineHarness) -> None:
    names = "IBM_20250819_234700", "KO_20250819_234700"
    for name in names:
        symbol = name.partition("_")[0]
        desk.market.price(symbol, "200")
        limit, stop, target = map(Decimal, (100, 80, 120))
        desk.broker.submit(Entry(client_order_id=name, symbol=symbol, shares=1, limit=limit, stop=stop, target=target))
    desk.line.breaks_on = {names[0]}
    assert desk.engine.commands.halt(EngineHarness.TRADER).state is DeskState.HALTED
    assert {order.client_order_id for order in desk.broker.orders()}.isdisjoint(names[1:])
    assert names[0] in {order.client_order_id for order in desk.broker.orders()}


def test_the_jobs_of_the_second_take_a_new_fault_to_the_desk_at_once(desk: EngineHarness) -> None:
    desk.line.breaks_on = {MSFT}
    desk.engine.jobs.order_changed(MSFT)
    assert desk.engine.queries.desk().state is DeskState.ACTIVE
    desk.engine.jobs.poll_unconfirmed()
    assert alarms(desk) == [MSFT]


def test_a_trade_that_nothing_changes_is_looked_at_again_until_it_can_be_handled(desk: EngineHarness) -> None:
    desk.line.breaks_on = {MSFT}
    desk.engine.jobs.order_changed(MSFT)
    for _ in range(2):
        a_minute(desk)
    assert steps(desk) == ["trade_fault"]
    desk.line.breaks_on = set()
    a_minute(desk)
    assert steps(desk) == ["trade_fault", "again"]
    assert alarms(desk) == [MSFT]


class Steps:
    """Rounds of steps, of which a test says what they meet."""

    def __init__(self, desk: EngineHarness) -> None:
        self._desk = desk
        self.faults = TradeFaults(store=desk.store, clock=desk.clock, calls=calls_of(desk))
        self.faults.note_bar()
        desk.clock.advance(A_MINUTE)

    def run(self, step: str, *, is_whole: bool = True, **met: Exception) -> None:
        def look(trade_id: str) -> None:
            raise met[trade_id]

        with self.faults.round_of(step) if is_whole else self.faults.look_of(step):
            for_each(met, look)


def test_a_fault_counts_until_a_whole_round_of_its_step_is_without_it(desk: EngineHarness) -> None:
    rounds = Steps(desk)
    rounds.run("stops", a=KeyError("a"))
    rounds.run("sales")
    assert rounds.faults.look() == "trade_fault"
    rounds.run("stops", b=KeyError("b"))
    rounds.run("stops", is_whole=False)
    assert rounds.faults.look() == "trade_fault"
    rounds.run("stops")
    assert rounds.faults.look() == ""
    assert alarms(desk) == ["a", "b"]


def test_while_the_broker_is_lost_nobody_knows_whether_it_is_over(desk: EngineHarness) -> None:
    rounds = Steps(desk)
    rounds.run("stops", a=KeyError("a"))
    with pytest.raises(BrokerUnavailable):
        rounds.run("stops", a=BrokerUnavailable("away"))
    with pytest.raises(BrokerUnavailable):
        rounds.run("stops", a=BrokerUnavailable("away"), b=KeyError("b"))
    assert rounds.faults.look() == "trade_fault"
    rounds.run("stops", b=KeyError("b"))
    rounds.run("stops")
    assert rounds.faults.look() == ""


def test_in_a_new_life_none_is_over_before_a_bar_came_with_which_some_steps_run(desk: EngineHarness) -> None:
    rounds = Steps(desk)
    rounds.run("stops", a=KeyError("a"))
    rounds.faults.begin()
    desk.clock.advance(A_MINUTE)
    assert rounds.faults.look() is None
    rounds.faults.note_bar()
    assert rounds.faults.look() == ""
    rounds.faults.begin()
    rounds.faults.note_bar()
    desk.clock.advance(A_MINUTE - 1)
    assert rounds.faults.look() is None


def test_a_fault_that_nobody_asked_about_yet_is_due_once(desk: EngineHarness) -> None:
    rounds = Steps(desk)
    rounds.run("stops", a=KeyError("a"))
    assert [rounds.faults.take_due(), rounds.faults.take_due()] == [True, False]
    rounds.run("stops", a=KeyError("a"))
    rounds.run("sales", b=KeyError("b"))
    rounds.faults.look()
    assert not rounds.faults.take_due()
