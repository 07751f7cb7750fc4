"""What a simulated desk did so far, as the protections look at it; the live desk reads the same from its database."""

from bisect import insort
from collections import Counter, deque
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.model.market import day_start
from engine.model.money import CENT, ZERO
from engine.model.trade import ExitReason
from engine.model.trade_record import TradeOutcome, TradeRecord
from engine.risk.limits import Limits


class SimulatedRecord:
    """Entries, ended trades and the curve of equity, each told in the order in which it came.

    The curve need not be told where nothing `looks_back` on it, nor with what a day began where nothing `counts_days`.
    A day is named by New York's midnight, aware UTC.
    """

    def __init__(self, limits: Limits) -> None:
        self.looks_back = limits.drawdown is not None
        self.counts_days = limits.daily_loss is not None
        self._streak = limits.losing_streak or 0
        self._rest = timedelta(seconds=limits.stop_cooldown_seconds or 0)
        self._peak_counts = timedelta(days=limits.drawdown_days)
        self._entries = Counter[datetime]()
        self._ended: list[tuple[datetime, int, TradeOutcome]] = []
        self._highs = deque[tuple[float, float]]()  # points that no later one reaches: second, dollars
        self._day: tuple[datetime, Decimal] | None = None

    def entered(self, today: datetime) -> None:
        """Note a trade that was proposed on a day and approved."""
        self._entries[today] += 1

    def came_to_nothing(self, at: datetime) -> None:
        """Note that a trade that was proposed at an instant bought nothing."""
        self._entries[day_start(at)] -= 1

    def ended(self, number: int, outcome: TradeOutcome) -> None:
        """Note how a trade ended."""
        if self._ended and self._ended[-1][0] >= outcome.at:
            insort(self._ended, (outcome.at, number, outcome), key=lambda each: each[:2])
        else:
            self._ended.append((outcome.at, number, outcome))

    def point(self, at: datetime, equity: Decimal) -> None:
        """Note the equity at an instant."""
        self._add(at.timestamp(), float(equity))

    def close(self, second: float, equity: float) -> None:
        """Note the equity at the close of one bar, POSIX seconds and dollars."""
        self._add(second, equity)

    def closes(self, seconds: NDArray[np.float64], equities: NDArray[np.float64]) -> None:
        """Note the equity at the closes of several bars, POSIX seconds and dollars."""
        later = np.maximum.accumulate(equities[::-1])[::-1]
        for place in np.flatnonzero(np.append(equities[:-1] > later[1:], True)).tolist():
            self._add(float(seconds[place]), float(equities[place]))

    def begin_day(self, today: datetime, equity: Decimal) -> None:
        """Note that a day begins, with what the last close of the session before left."""
        self._day = today, equity

    def began_with(self, today: datetime) -> Decimal | None:
        """Return the equity with which a day began, None where it did not begin yet."""
        return self._day[1] if self._day and self._day[0] == today else None

    def realised(self, since: datetime) -> Decimal:
        """Return what trades won or lost together that ended from an instant on, dollars."""
        return sum((each.result for each in self._since(since)), ZERO)

    @property
    def highest(self) -> float:
        """No less than the highest equity of the days that a drawdown looks back on, dollars."""
        return self._highs[0][1] if self._highs else 0.0

    def at(self, now: datetime, today: datetime) -> TradeRecord:
        """Return the record as of an instant of a day, no earlier than those before."""
        losses = self._losses()
        return TradeRecord(
            entries=self._entries.get(today, 0),
            realised=self.realised(today),
            losses=losses,
            lost_at=self._ended[-1][2].at if losses else None,
            stopped=self._stopped(now - self._rest),
            day_equity=self.began_with(today),
            peak_equity=self._peak(now) if self._highs else None,
        )

    def without_dollars(self, now: datetime, today: datetime) -> TradeRecord:
        """Return what the record has of an instant of a day but for its dollars; it may be one to come."""
        losses = self._losses()
        return TradeRecord(
            entries=self._entries.get(today, 0),
            losses=losses,
            lost_at=self._ended[-1][2].at if losses else None,
            stopped=self._stopped(now - self._rest),
        )

    def _stopped(self, since: datetime) -> dict[str, datetime]:
        return {each.symbol: each.at for each in self._since(since) if each.reason is ExitReason.STOP}

    def _since(self, since: datetime) -> list[TradeOutcome]:
        """Return what ended from an instant on, oldest first."""
        first = len(self._ended)
        while first and self._ended[first - 1][0] >= since:
            first -= 1
        return [outcome for _, _, outcome in self._ended[first:]]

    def _losses(self) -> int:
        """Count the losing trades in a row up to the last, no further than the rules ask."""
        losses = 0
        for _, _, outcome in self._ended[-1 : -self._streak - 1 : -1]:
            if outcome.result >= 0:
                break
            losses += 1
        return losses

    def _add(self, second: float, equity: float) -> None:
        while self._highs and self._highs[-1][1] <= equity:
            self._highs.pop()
        self._highs.append((second, equity))

    def _peak(self, now: datetime) -> Decimal | None:
        """Return the highest equity since an instant; an older one is of no use any more, as time only goes on."""
        since = (now - self._peak_counts).timestamp()
        while self._highs and self._highs[0][0] < since:
            self._highs.popleft()
        return Decimal(str(self._highs[0][1])).quantize(CENT) if self._highs else None
