from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.backtest.conditions import Dividends
from engine.backtest.prices import BarPrices
from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory
from engine.ports.calendar import Calendar

Floats = NDArray[np.float64]


class Frame:
    """What depends on bars alone, and is worked out once for all that is tried on them.

    It has their place in their sessions, their prices, and what holding their symbols came to, `dividends` included.
    """

    def __init__(
        self, bars: BarHistory, calendar: Calendar, bar_seconds: int, dividends: Dividends | None = None
    ) -> None:
        self.timeline = Timeline(bars.starts, calendar, bar_seconds)
        self.prices = BarPrices(bars)
        self._bars = bars
        self._dividends = dividends or {}
        self._held: dict[tuple[tuple[int, ...], int, float], Floats] = {}

    def held(self, columns: Sequence[int], first: int, cash: float) -> Floats:
        """Return what cash is worth at each close from a bar on, bought in equal parts of some symbols at its open.

        One that has no bar then is bought at its first open; until then its part stays cash. Dividends are paid as the
        strategy's account gets them: in cash, which stays cash, to who held the share before the bar.
        """
        asked = tuple(columns), first, cash
        if asked not in self._held:
            self._held[asked] = sum((self._part(column, first, cash / len(columns)) for column in columns), np.zeros(1))
            self._held[asked].flags.writeable = False
        return self._held[asked]

    def _part(self, column: int, first: int, cash: float) -> Floats:
        opened = self._bars.open[first:, column]
        places = np.flatnonzero(np.isfinite(opened))
        part = np.full(len(opened), cash)
        if len(places):
            since = int(places[0])
            part[since:] *= self.prices.closes(column)[first + since :] / opened[since]
            for bar, share in self._paid(column):
                if since < bar - first <= places[-1]:  # it is held from the open before on, until its bars end
                    part[bar - first :] += cash / opened[since] * share
        return part

    def _paid(self, column: int) -> list[tuple[int, float]]:
        """Return a symbol's dividends, dollars a share, with the bar before whose open each is paid."""
        return [(bar, float(share)) for bar, paid in self._dividends.items() for of, share in paid if of == column]
