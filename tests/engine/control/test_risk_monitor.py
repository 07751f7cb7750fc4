from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from engine.common.approvals import Approvals
from engine.common.kept_orders import KeptOrders
from engine.common.recall import Recall
from engine.common.service_health import ServiceHealth
from engine.common.strategy_in_force import StrategyInForce
from engine.common.trading_hours import TradingHours
from engine.control.kill_switch import KillSwitch
from engine.control.risk_monitor import RiskMonitor
from engine.execution.order_gate import OrderGate
from engine.model.activity import Activity, ActivityKind
from engine.model.desk import DeskState
from engine.model.notices.base import NoticeKind
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState, Trade, TradeState
from engine.risk.limits import LimitsInForce
from engine.strategies.loader import load
from tests.support.duty import calls_of
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.calendar import WeekdayCalendar


def risk(harness: EngineHarness, dollars_a_trade: str) -> None:
    """Let each of the two open trades risk so many dollars."""
    for trade in harness.engine.queries.trades({TradeState.OPEN}):
        harness.put_stop(trade, trade.entry - Decimal(dollars_a_trade) / trade.held_shares)


def warnings(harness: EngineHarness) -> int:
    return sum(notice.kind is NoticeKind.RISK_WARNING for notice in harness.told())


def test_under_the_warning_level_nothing_is_said(harness: EngineHarness) -> None:
    harness.engine.jobs.monitor_risk()
    assert warnings(harness) == 0


def test_each_crossing_of_the_warning_level_is_told_once(harness: EngineHarness) -> None:
    for dollars in ("1900", "1900", "1000", "1900"):
        risk(harness, dollars)
        harness.clock.advance(300)
        harness.engine.jobs.monitor_risk()
    assert warnings(harness) == 2
    assert harness.engine.queries.desk().state is DeskState.ACTIVE


def test_at_the_ceiling_trading_halts_itself(harness: EngineHarness) -> None:
    risk(harness, "2313.69")
    harness.engine.jobs.monitor_risk()
    desk = harness.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "engine", "open_risk")


def test_a_monitor_that_cannot_read_the_broker_says_so_and_halts_nothing(harness: EngineHarness) -> None:
    harness.line.is_away = True
    harness.engine.jobs.monitor_risk()
    assert harness.engine.queries.desk().state is DeskState.ACTIVE
    assert [notice.subject for notice in harness.told() if notice.kind is NoticeKind.SERVICE_LOST] == ["broker"]


def losses(harness: EngineHarness) -> list[str]:
    return [notice.subject for notice in harness.told() if notice.kind is NoticeKind.LOSS_LIMIT]


def withdrawn(harness: EngineHarness, dollars: int) -> None:
    """Let money leave the account, of which the broker tells nothing yet."""
    account = harness.broker.account()
    poorer = replace(account, equity=account.equity - dollars, cash=account.cash - dollars)
    harness.broker.account = lambda: poorer  # type: ignore[method-assign]


def test_the_risk_of_a_stop_that_was_moved_away_is_what_it_is(harness: EngineHarness) -> None:
    with harness.store.writing() as transaction:
        trade = next(trade for trade in transaction.trades({TradeState.OPEN}) if trade.symbol == "TSLA")
        transaction.save_order(trade.id, a_stop(trade, "1.00"))
    portfolio = harness.engine.queries.portfolio()
    assert portfolio.open_risk > trade.held_shares * (trade.entry - 1) / portfolio.account.equity
    harness.engine.jobs.monitor_risk()
    assert harness.engine.queries.desk().reason == "open_risk"


def test_money_that_left_a_moment_ago_is_no_drawdown(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, losses_halt=True)
    harness.engine.jobs.monitor_risk()
    withdrawn(harness, 40_000)
    harness.clock.advance(300)
    harness.engine.jobs.monitor_risk()
    assert (losses(harness), harness.engine.queries.desk().state) == ([], DeskState.ACTIVE)
    with harness.store.writing() as transaction:
        money = Activity(id="CSW-1", kind=ActivityKind.CASH, at=harness.clock.now(), dollars=Decimal(-40_000))
        transaction.add_activity(money)
    for _ in range(6):
        harness.clock.advance(300)
        harness.engine.jobs.monitor_risk()
    assert (losses(harness), harness.engine.queries.desk().state) == ([], DeskState.ACTIVE)
    harness.close()


def test_money_that_left_and_is_never_told_of_counts_as_lost_in_the_end(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, losses_halt=True)
    harness.engine.jobs.monitor_risk()
    withdrawn(harness, 40_000)
    for _ in range(6):
        harness.clock.advance(300)
        harness.engine.jobs.monitor_risk()
    assert (losses(harness), harness.engine.queries.desk().reason) == (["drawdown"], "drawdown")
    harness.close()


def test_activities_are_read_before_each_look_and_again_before_a_halt(harness: EngineHarness) -> None:
    read = []
    withdrawal = Activity(id="CSW-1", kind=ActivityKind.CASH, at=harness.clock.now(), dollars=Decimal(-40_000))

    def read_activities() -> None:
        read.append(harness.clock.now())
        if len(read) == 2:
            with harness.store.writing() as transaction:
                transaction.add_activity(withdrawal)

    harness.engine.jobs.monitor_risk()
    withdrawn(harness, 40_000)
    harness.clock.advance(300)
    a_monitor(harness, read_activities)()
    assert (len(read), losses(harness)) == (2, [])


def test_a_look_that_comes_late_takes_no_crossing_back(harness: EngineHarness) -> None:
    quick = a_monitor(harness)

    def meanwhile() -> None:
        harness.clock.advance(1)
        risk(harness, "1900")
        quick()
        risk(harness, "1000")
        harness.clock.advance(-1)

    once = [meanwhile]
    a_monitor(harness, lambda: once.pop()() if once else None)()
    risk(harness, "1900")
    harness.clock.advance(300)
    quick()
    assert warnings(harness) == 1


def a_monitor(harness: EngineHarness, read_activities: Callable[[], None] = lambda: None) -> RiskMonitor:
    services = ServiceHealth(store=harness.store, clock=harness.clock)
    limits, recall = LimitsInForce(harness.settings.risk.limits), Recall(store=harness.store, memory=harness.memory)
    gate = OrderGate(
        broker=harness.line,
        store=harness.store,
        clock=harness.clock,
        hours=TradingHours(calendar=WeekdayCalendar(), extended=False),
        price=lambda _symbol, _now: None,
        limits_of=lambda _reader: limits.now,
        approvals=Approvals(clock=harness.clock),
        recall=recall,
        strategy_in_force=StrategyInForce(name="seed", fingerprint=load("seed").fingerprint),
    )
    return RiskMonitor(
        store=harness.store,
        broker=harness.line,
        clock=harness.clock,
        kill_switch=KillSwitch(
            store=harness.store,
            broker=harness.line,
            clock=harness.clock,
            gate=gate,
            services=services,
            recall=recall,
            calls=calls_of(harness),
            kept_orders=KeptOrders(store=harness.store, clock=harness.clock, calendar=WeekdayCalendar()),
        ),
        services=services,
        limits=limits,
        calls=calls_of(harness),
        read_activities=read_activities,
    )


def a_stop(trade: Trade, price: str) -> Order:
    return Order(
        broker_id=f"s-{trade.id}",
        client_order_id=f"{trade.id}-s",
        role=OrderRole.STOP,
        symbol=trade.symbol,
        side=Side.SELL,
        shares=trade.held_shares,
        state=OrderState.ACCEPTED,
        price=Decimal(price),
    )
