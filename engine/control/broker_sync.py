from collections.abc import Sequence

from engine.common.trade_faults import TradeFaults
from engine.control.trading_doubts import Doubt, Doubts
from engine.errors import TemporaryError
from engine.execution.account_activities import AccountActivities
from engine.execution.found_executions import FoundExecutions
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.reconcile_positions import ReconcilePositions

MISSES = 3
"""Looks in a row, each a minute after the last, without an answer of the broker's until nothing new is bought."""
UNKNOWN, CONTRADICTION = "truth_unknown", "truth_contradicts"
"""Why the desk takes exits only: the broker does not answer, or does not have what it once had."""


class BrokerSync:
    """Makes the broker's truth ours; while that cannot be done, or makes no sense, the desk takes exits only.

    What a fault of our own kept from its turn costs that trade, or symbol, alone: the others are known. `others` are
    the other reasons for exits only; each is looked at in every round.
    """

    def __init__(
        self,
        *,
        activities: AccountActivities,
        reconcile_orders: ReconcileOrders,
        found: FoundExecutions,
        reconcile_positions: ReconcilePositions,
        doubts: Doubts,
        trade_faults: TradeFaults,
        others: Sequence[Doubt] = (),
    ) -> None:
        self._activities = activities
        self._reconcile_orders = reconcile_orders
        self._found = found
        self._reconcile_positions = reconcile_positions
        self._doubts = doubts
        self._trade_faults = trade_faults
        self._others = (trade_faults, *others)
        self._is_known = False
        self._misses = 0

    def begin(self) -> None:
        """Take nothing for known: a life begins."""
        self._is_known = False
        self._trade_faults.begin()

    def __call__(self) -> bool:
        """Reconcile orders, executions, then positions; tell whether that worked for the first time in a life.

        Raises TemporaryError. Only this takes the desk back to what it was, and only where this had changed it.
        """
        is_disputed = CONTRADICTION in self._doubts.held()  # and stays so where that cannot be found out
        try:
            # Before the orders: what a company did to shares must be known when a far-off fill of them is seen.
            self._activities()
            with self._trade_faults.round_of(self._reconcile_orders):
                self._reconcile_orders()
            with self._trade_faults.round_of(self._found):
                self._found()
            with self._trade_faults.round_of(self._reconcile_positions):
                is_disputed = bool(self._reconcile_positions())
        except TemporaryError:
            self._misses += 1
            is_lost = not self._is_known or self._misses >= MISSES
            self._settle(UNKNOWN if is_lost else None)
            raise
        self._misses = 0
        self._settle(CONTRADICTION if is_disputed else "")
        is_first, self._is_known = not self._is_known, True
        return is_first

    def _settle(self, truth: str | None) -> None:
        """Let hold what was found; of what cannot be said now (None) what held before holds on."""
        held = self._doubts.held()
        told = {doubt.name: doubt.look() for doubt in self._others}
        holding = {name: held.get(name, "") if found is None else found for name, found in told.items()}
        if truth is None:
            holding |= {name: held.get(name, "") for name in (UNKNOWN, CONTRADICTION)}
        else:
            holding |= {truth: truth}
        self._doubts.settle({name: reason for name, reason in holding.items() if reason})
