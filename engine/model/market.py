from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

EXCHANGE_ZONE = ZoneInfo("America/New_York")


def exchange_date(at: datetime) -> date:
    """Return the exchange's date at an instant; raises ValueError for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at}")
    return at.astimezone(EXCHANGE_ZONE).date()


def day_start(at: datetime) -> datetime:
    """Return the midnight (aware UTC) with which the exchange's day of an instant began."""
    return day_begin(exchange_date(at))


def day_begin(on: date) -> datetime:
    """Return the midnight (aware UTC) with which a day of the exchange begins."""
    return datetime.combine(on, time(), EXCHANGE_ZONE).astimezone(UTC)


def completed_days(
    hours: Callable[[date], "TradingDay | None"], since: date, now: datetime
) -> Mapping[date, "TradingDay"]:
    """Return the trading days from a date on whose regular hours have ended by an instant, in their order.

    `hours` tells the hours of a date, None where the exchange is shut.
    """
    days = {}
    for count in range((exchange_date(now) - since).days + 1):
        day = hours(since + timedelta(days=count))
        if day is not None and day.close <= now:
            days[since + timedelta(days=count)] = day
    return days


class Session(StrEnum):
    """What the exchange is doing."""

    CLOSED = "closed"
    PRE = "pre"
    REGULAR = "regular"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class TradingDay:
    """A day's hours of the exchange, aware UTC: extended from `pre` to `post`, regular from `open` to `close`."""

    pre: datetime
    open: datetime
    close: datetime
    post: datetime

    def session(self, at: datetime) -> Session:
        """Tell which session an instant of this day falls into; the last instant of each belongs to the next."""
        if self.open <= at < self.close:
            return Session.REGULAR
        if self.pre <= at < self.open:
            return Session.PRE
        if self.close <= at < self.post:
            return Session.AFTER
        return Session.CLOSED


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Last price, day's volume in shares, bid and ask (dollars a share) of a symbol; each part has its own time.

    `at` (aware UTC) is when it last traded, `quoted_at` when it was quoted, `day` is the date that `volume` counts;
    None where that is the same. `bid_size` and `ask_size` are the shares shown, None where that is not known.
    `previous_close` is the price at which the session before ended.
    """

    symbol: str
    at: datetime
    price: Decimal
    volume: int
    bid: Decimal
    ask: Decimal
    quoted_at: datetime | None = None
    day: date | None = None
    bid_size: int | None = None
    ask_size: int | None = None
    previous_close: Decimal | None = None

    @property
    def spread_bp(self) -> int:
        """The spread in basis points of the price, rounded to the nearest whole one."""
        return round((self.ask - self.bid) / self.price * 10_000)

    def is_quoted(self, at: datetime, oldest: timedelta) -> bool:
        """Tell whether bid and ask are no older than that at an instant: an old quote gives no spread."""
        return at - (self.quoted_at or self.at) <= oldest

    def volume_on(self, day: date) -> int | None:
        """Return the shares of a day so far, None where the volume is another day's."""
        return self.volume if (self.day or exchange_date(self.at)) == day else None

    @property
    def change(self) -> Decimal | None:
        """The change since the close of the session before (0.01 = 1 %), None where that close is not known."""
        return self.price / self.previous_close - 1 if self.previous_close else None


class BarFlaw(StrEnum):
    """What is wrong with a bar that a source gave us.

    Left out: `foreign` (of a symbol that was not asked for), `off_grid` (starts where no bar starts), `early` (is not
    over yet), `no_number`, `not_positive`, `crossed` (prices that contradict each other), `no_trade` (0 shares).
    Two bars in one slot (`doubled`) count once where they are the same, and are both left out where they differ. A bar
    that came after a later one (`out_of_order`) takes its own place, and so does one that changed or came after its
    pass (`corrected`). `unrepeatable` counts the scores that did not come out again from the bars themselves.
    """

    FOREIGN = "foreign"
    OFF_GRID = "off_grid"
    EARLY = "early"
    DOUBLED = "doubled"
    OUT_OF_ORDER = "out_of_order"
    NO_NUMBER = "no_number"
    NOT_POSITIVE = "not_positive"
    CROSSED = "crossed"
    NO_TRADE = "no_trade"
    CORRECTED = "corrected"
    UNREPEATABLE = "unrepeatable"


@dataclass(frozen=True, kw_only=True, slots=True)
class BarHistory:
    """Completed bars of many symbols, oldest first.

    `starts` has shape (bars,), POSIX seconds. The others have shape (bars, symbols), dollars a share and shares;
    NaN where a symbol had no bar. `flaws` counts what was refused or mended on the way.
    """

    symbols: tuple[str, ...]
    starts: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    flaws: Mapping[BarFlaw, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        symbols: Sequence[str],
        starts: NDArray[np.int64],
        values: NDArray[np.float64],
        flaws: Mapping[BarFlaw, int] | None = None,
    ) -> "BarHistory":
        """Make a history of open, high, low, close and volume as one array of shape (5, bars, symbols)."""
        opened, high, low, close, volume = values
        return cls(
            symbols=tuple(symbols),
            starts=starts,
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=volume,
            flaws=flaws or {},
        )

    @property
    def stacked(self) -> NDArray[np.float64]:
        """Open, high, low, close and volume as one array of shape (5, bars, symbols)."""
        return np.array((self.open, self.high, self.low, self.close, self.volume))

    def until(self, last: int) -> "BarHistory":
        """Return the bars that start at an instant (POSIX seconds) or before it."""
        bars = slice(int(np.searchsorted(self.starts, last, side="right")))
        return replace(
            self,
            starts=self.starts[bars],
            open=self.open[bars],
            high=self.high[bars],
            low=self.low[bars],
            close=self.close[bars],
            volume=self.volume[bars],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """A line of news about some symbols; `id` is the source's own, `at` aware UTC. Its text is not to be trusted."""

    id: str
    at: datetime
    symbols: tuple[str, ...]
    text: str
    source: str
    url: str = ""

    @property
    def wording(self) -> str:
        """A hash of its text: another one after the source edited it."""
        return sha256(self.text.encode()).hexdigest()[:16]
