from collections.abc import Callable, Iterable

import structlog

from engine.errors import StoreUnavailable, TemporaryError, TradeFault, UnknownTrade

log = structlog.get_logger()


class Turns:
    """Gives every trade, or symbol, its turn, though one's fails; `end` raises what failed, once all had theirs.

    Without the database nobody's turn comes.
    """

    def __init__(self) -> None:
        self.lost: TemporaryError | None = None
        """The first error of the outside's."""
        self._faults = dict[str, Exception]()

    def give(self, subjects: Iterable[str], look: Callable[[str], object]) -> None:
        """Look at each, but for those that a fault of our own kept from an earlier turn; raises StoreUnavailable."""
        for subject in subjects:
            if subject in self._faults:
                continue
            try:
                look(subject)
            except TemporaryError as error:
                log.warning("not_looked_at", trade_id=subject, error=str(error))
                self.lost = self.lost or error
            except UnknownTrade as error:
                # The database went back meanwhile. What it lost is found again at the broker, by a later look.
                log.warning("not_looked_at", trade_id=subject, error=str(error))
            except StoreUnavailable:
                raise
            except Exception as error:  # `end` raises it: whoever runs the step tells it, and the others had their turn
                log.exception("look_failed", trade_id=subject)
                self._faults[subject] = error

    @property
    def faulted(self) -> frozenset[str]:
        """Those that a fault of our own kept from their turn."""
        return frozenset(self._faults)

    def end_if_lost(self) -> None:
        """End at once where the outside failed, before anything is made of what was found."""
        if self.lost:
            self.end()

    def end(self) -> None:
        """Raise TradeFault where there was a fault of our own, else the first TemporaryError."""
        if self._faults:
            raise TradeFault(self._faults, self.lost) from next(iter(self._faults.values()))
        if self.lost:
            raise self.lost


def for_each(subjects: Iterable[str], look: Callable[[str], object]) -> None:
    """Look at every trade, or symbol, though one's look fails; raises as the end of their turns."""
    turns = Turns()
    turns.give(subjects, look)
    turns.end()
