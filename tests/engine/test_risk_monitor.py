from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from engine.common.approvals import Approvals
from engine.common.recall import Recall
from engine.common.service_health import ServiceHealth
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
from tests.fakes.calendar import WeekdayCalendar
from tests.rig import Rig


def risk(rig: Rig, dollars_a_trade: str) -> None:
    """Let each of the two open trades risk so many dollars."""
    for trade in rig.engine.queries.trades({TradeState.OPEN}):
        rig.put_stop(trade, trade.entry - Decimal(dollars_a_trade) / trade.held_shares)


def warnings(rig: Rig) -> int:
    return sum(notice.kind is NoticeKind.RISK_WARNING for notice in rig.told())


def test_under_the_warning_level_nothing_is_said(rig: Rig) -> None:
    rig.engine.jobs.monitor_risk()
    assert warnings(rig) == 0


def test_each_crossing_of_the_warning_level_is_told_once(rig: Rig) -> None:
    for dollars in ("1900", "1900", "1000", "1900"):
        risk(rig, dollars)
        rig.clock.advance(300)
        rig.engine.jobs.monitor_risk()
    assert warnings(rig) == 2
    assert rig.engine.queries.desk().state is DeskState.ACTIVE


def test_at_the_ceiling_trading_halts_itself(rig: Rig) -> None:
    risk(rig, "2313.69")
    rig.engine.jobs.monitor_risk()
    desk = rig.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "engine", "open_risk")


def test_a_monitor_that_cannot_read_the_broker_says_so_and_halts_nothing(rig: Rig) -> None:
    rig.line.is_away = True
    rig.engine.jobs.monitor_risk()
    assert rig.engine.queries.desk().state is DeskState.ACTIVE
    assert [notice.subject for notice in rig.told() if notice.kind is NoticeKind.SERVICE_LOST] == ["broker"]


def losses(rig: Rig) -> list[str]:
    return [notice.subject for notice in rig.told() if notice.kind is NoticeKind.LOSS_LIMIT]


def withdrawn(rig: Rig, dollars: int) -> None:
    """Let money leave the account, of which the broker tells nothing yet."""
    account = rig.broker.account()
    poorer = replace(account, equity=account.equity - dollars, cash=account.cash - dollars)
    rig.broker.account = lambda: poorer  # type: ignore[method-assign]


def test_the_risk_of_a_stop_that_was_moved_away_is_what_it_is(rig: Rig) -> None:
    with rig.store.writing() as transaction:
        trade = next(trade for trade in transaction.trades({TradeState.OPEN}) if trade.symbol == "TSLA")
        transaction.save_order(trade.id, a_stop(trade, "1.00"))
    portfolio = rig.engine.queries.portfolio()
    assert portfolio.open_risk > trade.held_shares * (trade.entry - 1) / portfolio.account.equity
    rig.engine.jobs.monitor_risk()
    assert rig.engine.queries.desk().reason == "open_risk"


def test_money_that_left_a_moment_ago_is_no_drawdown(tmp_path: Path) -> None:
    rig = Rig.at_the_example(tmp_path, losses_halt=True)
    rig.engine.jobs.monitor_risk()
    withdrawn(rig, 40_000)
    rig.clock.advance(300)
    rig.engine.jobs.monitor_risk()
    assert (losses(rig), rig.engine.queries.desk().state) == ([], DeskState.ACTIVE)
    with rig.store.writing() as transaction:
        money = Activity(id="CSW-1", kind=ActivityKind.CASH, at=rig.clock.now(), dollars=Decimal(-40_000))
        transaction.add_activity(money)
    for _ in range(6):
        rig.clock.advance(300)
        rig.engine.jobs.monitor_risk()
    assert (losses(rig), rig.engine.queries.desk().state) == ([], DeskState.ACTIVE)
    rig.close()


def test_money_that_left_and_is_never_told_of_counts_as_lost_in_the_end(tmp_path: Path) -> None:
    rig = Rig.at_the_example(tmp_path, losses_halt=True)
    rig.engine.jobs.monitor_risk()
    withdrawn(rig, 40_000)
    for _ in range(6):
        rig.clock.advance(300)
        rig.engine.jobs.monitor_risk()
    assert (losses(rig), rig.engine.queries.desk().reason) == (["drawdown"], "drawdown")
    rig.close()


def test_activities_are_read_before_each_look_and_again_before_a_halt(rig: Rig) -> None:
    read = []
    withdrawal = Activity(id="CSW-1", kind=ActivityKind.CASH, at=rig.clock.now(), dollars=Decimal(-40_000))

    def read_activities() -> None:
        read.append(rig.clock.now())
        if len(read) == 2:
            with rig.store.writing() as transaction:
                transaction.add_activity(withdrawal)

    rig.engine.jobs.monitor_risk()
    withdrawn(rig, 40_000)
    rig.clock.advance(300)
    a_monitor(rig, read_activities)()
    assert (len(read), losses(rig)) == (2, [])


def test_a_look_that_comes_late_takes_no_crossing_back(rig: Rig) -> None:
    quick = a_monitor(rig)

    def meanwhile() -> None:
        rig.clock.advance(1)
        risk(rig, "1900")
        quick()
        risk(rig, "1000")
        rig.clock.advance(-1)

    once = [meanwhile]
    a_monitor(rig, lambda: once.pop()() if once else None)()
    risk(rig, "1900")
    rig.clock.advance(300)
    quick()
    assert warnings(rig) == 1


def a_monitor(rig: Rig, read_activities: Callable[[], None] = lambda: None) -> RiskMonitor:
    services = ServiceHealth(store=rig.store, clock=rig.clock)
    limits, recall = LimitsInForce(rig.settings.risk.limits), Recall(store=rig.store, memory=rig.memory)
    gate = OrderGate(
        broker=rig.line,
        store=rig.store,
        clock=rig.clock,
        hours=TradingHours(calendar=WeekdayCalendar(), extended=False),
        price=lambda _symbol, _now: None,
        limits=limits,
        approvals=Approvals(clock=rig.clock),
        recall=recall,
    )
    return RiskMonitor(
        store=rig.store,
        broker=rig.line,
        clock=rig.clock,
        kill_switch=KillSwitch(
            store=rig.store, broker=rig.line, clock=rig.clock, gate=gate, services=services, recall=recall
        ),
        services=services,
        limits=limits,
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
