from engine.errors import TryAgain
from engine.model.desk import ENGINE, OWN_ACCORD, DeskState
from engine.stages.compare import Compare
from engine.stages.reconcile import Reconcile
from engine.stages.steer import Steer
from engine.truth import Store

MISSES = 3
"""Looks in a row, each a minute after the last, without an answer of the broker's until nothing new is bought."""
UNKNOWN, CONTRADICTION = "truth_unknown", "truth_contradicts"
"""Why the desk takes exits only: the broker does not answer, or does not have what it once had."""


class Learn:
    """Makes the broker's truth ours; while that cannot be done, or makes no sense, the desk takes exits only."""

    def __init__(self, *, store: Store, reconcile: Reconcile, compare: Compare, steer: Steer) -> None:
        self._store = store
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
            self._reconcile()
            is_disputed = bool(self._compare())
        except TryAgain:
            self._misses += 1
            if not self._is_known or self._misses >= MISSES:
                self._trust(UNKNOWN)
            raise
        self._misses = 0
        self._trust(CONTRADICTION if is_disputed else "")
        is_first, self._is_known = not self._is_known, True
        return is_first

    def _trust(self, doubt: str) -> None:
        with self._store.reading() as ledger:
            desk = ledger.desk()
        if doubt and desk.state is DeskState.ACTIVE:
            self._steer.reduce(OWN_ACCORD, doubt)
        elif not doubt and desk.state is DeskState.REDUCING and desk.by == ENGINE:
            self._steer.trust_again()
