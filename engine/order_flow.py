import structlog

from engine.common.order_ids import trade_id_of
from engine.common.outage_guard import OutageGuard
from engine.common.retry_each import for_each
from engine.common.tracing import about_a_trade, traced
from engine.common.trade_faults import TradeFaults
from engine.control.risk_monitor import RiskMonitor
from engine.errors import AlreadyDecided
from engine.execution.execute import Execute
from engine.execution.protect import Protect
from engine.execution.reconcile_orders import ReconcileOrders
from engine.model.trade import Trade
from engine.ports.store import Store

log = structlog.get_logger()


class OrderFlow:
    """From an approved trade to what became of its orders; jobs and commands both end here."""

    def __init__(
        self,
        *,
        outage_guard: OutageGuard,
        execute: Execute,
        reconcile_orders: ReconcileOrders,
        protect: Protect,
        risk_monitor: RiskMonitor,
        store: Store,
        trade_faults: TradeFaults,
    ) -> None:
        self._outage_guard = outage_guard
        self._execute = execute
        self._reconcile_orders = reconcile_orders
        self._protect = protect
        self._risk_monitor = risk_monitor
        self._store = store
        self._trade_faults = trade_faults

    def execute(self, approved: Trade, read_at: float | None = None) -> None:
        """Send an approved trade, whose price was read then (steady), and look at once at what became of it."""
        with traced("execute", approved.id, self._store):
            try:
                self._execute(approved, read_at)
            except AlreadyDecided:
                log.info("carried_out_elsewhere", trade_id=approved.id)
            self.order_changed(approved.id)

    @about_a_trade
    def order_changed(self, client_order_id: str) -> None:
        """Take in what the broker reports of an order; the ids of exits begin with their trade's."""
        trade_id = trade_id_of(client_order_id)
        with traced("order_changed", trade_id, self._store):
            with self._outage_guard(), self._trade_faults.look_of(self._reconcile_orders):
                for_each([trade_id], self._look_at)
            with self._outage_guard():  # a request that was held back must not keep a fill's risk from being seen
                self.look_at_the_risk()

    def _look_at(self, trade_id: str) -> None:
        if self._reconcile_orders.trade(trade_id) or self._protect.is_parting(trade_id):
            self._protect.trade(trade_id)

    def look_at_the_risk(self) -> None:
        """Look at the risk where a fill, or a stop that somebody moved, has made it another one."""
        if self._reconcile_orders.pop_moves():
            self._risk_monitor()
        else:
            self._risk_monitor.after_fills()
