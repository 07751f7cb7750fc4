from engine.errors import TryAgain
from engine.model.desk import ENGINE, OWN_ACCORD, DeskState
from engine.stages.account_activities import AccountActivities
from engine.stages.compare import Compare
from engine.stages.corporate_actions import UNEXPLAINED, unexplained
from engine.stages.cover import oversold
from engine.stages.reconcile import Reconcile
from engine.stages.steer import Steer
from engine.truth import Store

MISSES = 3
"""Looks in a row, each a minute after the last, without an answer of the broker's until nothing new is bought."""
UNKNOWN, CONTRADICTION, OVERSOLD = "truth_unknown", "truth_contradicts", "oversold"
"""Why the desk takes exits only: the broker does not answer, does not have what it once had, or shows it short."""


class Learn:
    """Makes the broker's truth ours; while that cannot be done, or makes no sense, the desk takes exits only."""

    def __init__(
        self,
        *,
        store: Store,
        activities: AccountActivities,
        reconcile: Reconcile,
        compare: Compare,
        steer: Steer,
    ) -> None:
        self._store = store
        self._activities = activities
        self._reconcile = reconcile
        self._compare = compare
        self._steer = steer
        self._is_known = False
        self._misses = 0

    def begin(self) -> None:
        """Take nothing for known: a life begins."""
        self._is_known = False

    def __call__(self) -> bool:
        """Reconcile orders, then positions; tell whether that worked for the first time in a life. Raises TryAgain.

        Only this takes the desk back to what it was, and only where this had changed it.
        """
        try:
            # Before the orders: what a company did to shares must be known when a far-off fill of them is seen.
            self._activities()
            self._reconcile()
            is_disputed = bool(self._compare())
        except TryAgain:
            self._misses += 1
            if not self._is_known or self._misses >= MISSES:
                self._trust(UNKNOWN)
            raise
        self._misses = 0
        self._trust(self._doubt(is_disputed=is_disputed))
        is_first, self._is_known = not self._is_known, True
        return is_first

    def _doubt(self, *, is_disputed: bool) -> str:
        if is_disputed:
            return CONTRADICTION
        with self._store.reading() as ledger:
            if oversold(ledger):
                return OVERSOLD
            return UNEXPLAINED if unexplained(ledger) else ""

    def _trust(self, doubt: str) -> None:
        with self._store.reading() as ledger:
            desk = ledger.desk()
        if doubt and desk.state is DeskState.ACTIVE:
            self._steer.reduce(OWN_ACCORD, doubt)
        elif not doubt and desk.state is DeskState.REDUCING and desk.by == ENGINE:
            self._steer.trust_again()
