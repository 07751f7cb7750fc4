"""What a simulated desk did so far, as the protections look at it; the live desk reads the same from its database."""

from bisect import insort
from collections import Counter, deque
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.model.market import exchange_date
from engine.model.trade import ExitReason
from engine.model.trade_record import TradeOutcome, TradeRecord
from engine.risk.limits import Limits

CENT = Decimal("0.01")


class SimulatedRecord:
    """Entries, ended trades and the curve of equity, each told in the order in which it came."""

    def __init__(self, cash: Decimal, limits: Limits) -> None:
        self._limits = limits
        self._entries = Counter[date]()
        self._ended: list[tuple[datetime, int, TradeOutcome]] = []
        self._highs = deque[tuple[float, float]]()  # points that no later one reaches: second, dollars
        self._last = cash
        self._day: tuple[datetime, Decimal] | None = None

    def entered(self, at: datetime) -> None:
        """Note a trade that was proposed at an instant and approved."""
        self._entries[exchange_date(at)] += 1

    def came_to_nothing(self, at: datetime) -> None:
        """Note that a trade that was proposed at an instant bought nothing."""
        self._entries[exchange_date(at)] -= 1

    def ended(self, number: int, outcome: TradeOutcome) -> None:
        """Note how a trade ended."""
        insort(self._ended, (outcome.at, number, outcome), key=lambda each: each[:2])

    def point(self, at: datetime, equity: Decimal) -> None:
        """Note the equity at an instant."""
        if self._limits.drawdown is not None:  # nothing else asks for the peak
            self._add(at.timestamp(), float(equity))

    def close(self, second: float, equity: float, exact: Decimal) -> None:
        """Note the equity at the close of one bar, POSIX seconds and dollars."""
        self._last = exact
        if self._limits.drawdown is not None:
            self._add(second, equity)

    def closes(self, seconds: NDArray[np.float64], equities: NDArray[np.float64], last: Decimal) -> None:
        """Note the equity at the closes of several bars, POSIX seconds and dollars, and the last of them exactly."""
        self._last = last
        if self._limits.drawdown is None:
            return
        later = np.maximum.accumulate(equities[::-1])[::-1]
        for place in np.flatnonzero(np.append(equities[:-1] > later[1:], True)).tolist():
            self._add(float(seconds[place]), float(equities[place]))

    def begin_day(self, today: datetime, equity: Callable[[], Decimal]) -> None:
        """Note that a day begins; `equity` is asked, once a day, for what the last close of the session before left."""
        if self._day is None or self._day[0] != today:
            self._day = today, equity()

    def began_with(self, today: datetime) -> Decimal | None:
        """Return the equity with which a day began, None where it did not begin yet."""
        return self._day[1] if self._day and self._day[0] == today else None

    def realised(self, since: datetime) -> Decimal:
        """Return what trades won or lost together that ended from an instant on, dollars."""
        return sum((each.result for each in self._since(since)), Decimal(0))

    @property
    def highest(self) -> float:
        """No less than the highest equity of the days that a drawdown looks back on, dollars."""
        return self._highs[0][1] if self._highs else 0.0

    def at(self, now: datetime, today: datetime) -> TradeRecord:
        """Return the record as of an instant of a day."""
        limits = self._limits
        rest = timedelta(seconds=limits.stop_cooldown_seconds or 0)
        streak = limits.losing_streak or 0
        newest = [outcome for _, _, outcome in self._ended[-streak:][::-1]] if streak else []
        losses = _losses(newest)
        ended = self._since(min(today, now - rest))
        stops = [each for each in ended if each.reason is ExitReason.STOP and each.at >= now - rest]
        return TradeRecord(
            entries=self._entries[exchange_date(now)],
            realised=sum((each.result for each in ended if each.at >= today), Decimal(0)),
            losses=losses,
            lost_at=newest[0].at if losses else None,
            stopped={each.symbol: each.at for each in stops},
            day_equity=self._day[1] if self._day and self._day[0] == today else self._last,
            peak_equity=self._peak(now - timedelta(days=limits.drawdown_days)),
        )

    def _since(self, since: datetime) -> list[TradeOutcome]:
        """Return what ended from an instant on, oldest first."""
        first = len(self._ended)
        while first and self._ended[first - 1][0] >= since:
            first -= 1
        return [outcome for _, _, outcome in self._ended[first:]]

    def _add(self, second: float, equity: float) -> None:
        while self._highs and self._highs[-1][1] <= equity:
            self._highs.pop()
        self._highs.append((second, equity))

    def _peak(self, since: datetime) -> Decimal | None:
        """Return the highest equity since an instant; an older one is of no use any more, as time only goes on."""
        while self._highs and self._highs[0][0] < since.timestamp():
            self._highs.popleft()
        return Decimal(str(self._highs[0][1])).quantize(CENT) if self._highs else None


def _losses(newest: list[TradeOutcome]) -> int:
    """Count the losing trades in a row up to the last; `newest` comes first."""
    won = (number for number, outcome in enumerate(newest) if outcome.result >= 0)
    return next(won, len(newest))
