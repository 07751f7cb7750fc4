"""Stages that steer the desk as a whole. They stop what buys, so they stand on the order gate; exits ask them."""

from datetime import timedelta

from engine.composition.market import MarketStages
from engine.composition.orders import OrderStages
from engine.composition.shared import SharedParts
from engine.control.broker_sync import BrokerSync
from engine.control.dead_mans_switch import DeadMansSwitch
from engine.control.halt_watch import HaltWatch
from engine.control.kill_switch import KillSwitch
from engine.control.lifecycle_notices import LifecycleNotices
from engine.control.loosening import Loosening
from engine.control.promotion import Promotion
from engine.control.risk_monitor import RiskMonitor
from engine.control.runtime_settings import RuntimeSettings
from engine.control.strategy_switch import NoStrategy, StrategySwitch
from engine.control.trading_doubts import ClockDiffers, Doubts, StalePrices
from engine.control.watchlist import Watchlist
from engine.execution.cover import Oversold
from engine.execution.spin_offs import AskedAboutSpinOffs
from engine.execution.unexplained import Unexplained


class ControlStages:
    """What steers the desk: halts, doubts, the risk of all trades, settings at run time, the watchlist, strategies."""

    def __init__(self, shared: SharedParts, market: MarketStages, orders: OrderStages) -> None:
        adapters, settings = shared.adapters, shared.settings
        silence = timedelta(minutes=settings.desk.slack_silence_minutes)
        self.kill_switch = shared.make(KillSwitch, gate=orders.order_gate)
        self.dead_mans_switch = shared.make(DeadMansSwitch, silence=silence or None)
        self.halt_watch = shared.make(HaltWatch, statuses=adapters.statuses)
        self.risk_monitor = shared.make(RiskMonitor, kill_switch=self.kill_switch, read_activities=orders.activities)
        self.doubts = shared.make(Doubts, kill_switch=self.kill_switch)
        self.broker_sync = self._broker_sync(shared, market, orders)
        self.lifecycle_notices = shared.make(LifecycleNotices)
        self.watchlist = shared.make(Watchlist, bars=market.bars, most=settings.market.max_watched)
        self.strategy_switch = shared.make(StrategySwitch, doubts=self.doubts)
        self.promotion = shared.make(
            Promotion,
            trades=settings.market.promotion_trades,
            days=settings.market.promotion_days,
            broker=adapters.broker.label,
            runner=adapters.strategies,
        )
        self.runtime_settings = shared.make(
            RuntimeSettings,
            shown=[group for group in settings.groups if group.is_shown],
            configured=settings.risk,
            risk=shared.risk,
            loosening=shared.make(
                Loosening,
                delay=timedelta(seconds=settings.desk.loosen_after_seconds),
                guarded=settings.desk.second_approver_over is not None,
            ),
        )

    def _broker_sync(self, shared: SharedParts, market: MarketStages, orders: OrderStages) -> BrokerSync:
        return shared.make(
            BrokerSync,
            activities=orders.activities,
            reconcile_orders=orders.reconcile_orders,
            found=orders.found_executions,
            reconcile_positions=orders.reconcile_positions,
            doubts=self.doubts,
            others=(
                shared.make(StalePrices, observe=market.observe),
                shared.make(ClockDiffers),
                shared.make(Oversold),
                shared.make(Unexplained),
                shared.make(AskedAboutSpinOffs, calendar=orders.action_calendar),
                shared.make(NoStrategy),
            ),
        )
