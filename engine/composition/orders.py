"""Stages that send entries, and that take over from the broker what became of orders, positions and shares."""

from engine.composition.market import MarketStages
from engine.composition.shared import SharedParts
from engine.execution.account_activities import AccountActivities
from engine.execution.action_calendar import ActionCalendar
from engine.execution.adopt import Adopt
from engine.execution.corporate_actions import Restate
from engine.execution.entry_ends import EndEntry
from engine.execution.execute import Execute
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.follow_target import FollowTarget
from engine.execution.found_executions import FoundExecutions
from engine.execution.hand_sales import HandSales
from engine.execution.order_gate import OrderGate
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.reconcile_positions import ReconcilePositions
from engine.execution.spin_off_terms import SpinOffTerms
from engine.execution.spin_offs import SpinOffs
from engine.execution.stray_orders import StrayOrders
from engine.execution.withdraw_entries import WithdrawEntries


class OrderStages:
    """Entries on their way to the broker, and what is taken over from there: orders, positions, corporate actions."""

    def __init__(self, shared: SharedParts, market: MarketStages) -> None:
        price = market.observe.price
        self.action_calendar = shared.make(ActionCalendar, announced=shared.adapters.corporate_actions)
        self.restate = shared.make(Restate, calendar=self.action_calendar)
        self.order_gate = shared.make(OrderGate, hours=shared.trading_hours, price=price)
        end_entry = shared.make(EndEntry)
        self.execute = shared.make(Execute, gate=self.order_gate, hours=shared.trading_hours, end_entry=end_entry)
        self.withdraw_entries = shared.make(WithdrawEntries, hours=shared.trading_hours, end_entry=end_entry)
        self.activities = shared.make(AccountActivities)
        exit_doubts = ExitDoubts(restate=self.restate)
        self.reconcile_orders = shared.make(
            ReconcileOrders,
            execute=self.execute,
            adopt=shared.make(Adopt),
            restate=self.restate,
            doubts=exit_doubts,
            follow_target=shared.make(FollowTarget, restate=self.restate),
            stray_orders=shared.make(StrayOrders),
        )
        self.found_executions = shared.make(FoundExecutions, reconcile_orders=self.reconcile_orders)
        self.reconcile_positions = shared.make(
            ReconcilePositions,
            reconcile_orders=self.reconcile_orders,
            restate=self.restate,
            doubts=exit_doubts,
            sales=shared.make(HandSales, reconcile_orders=self.reconcile_orders),
            spin_offs=shared.make(
                SpinOffs,
                calendar=self.action_calendar,
                restate=self.restate,
                terms=shared.make(SpinOffTerms, calendar=self.action_calendar, price=price),
            ),
        )
