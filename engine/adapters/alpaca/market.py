import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from engine.adapters.alpaca.daily_bars import read_daily_bars
from engine.adapters.alpaca.failures import NONSENSE, Declined, reading
from engine.adapters.alpaca.orders import instant
from engine.adapters.alpaca.wire import Access, Wire
from engine.errors import MarketUnavailable
from engine.model.market import BarHistory, Snapshot, completed_days, exchange_date
from engine.ports import Calendar, Clock

log = structlog.get_logger()

CHUNK = 200
CALLS = 4
"""Requests for prices that are under way at once: the way to Alpaca and back takes longer than reading what it says."""
PAGE = 10_000
MOST_PAGES = 100
MOST_DAYS = 366
BAD_REQUEST = 400
INVALID = re.compile(r"invalid symbol: ([^\s,]+)")
FIELDS = "ohlcv"


class AlpacaMarket:
    """The port Market at Alpaca. `feed` is 'iex' or 'sip'; bars are whole minutes that divide half an hour.

    `broken` counts the snapshots that could not be read. A symbol that Alpaca calls invalid is not asked for again.
    """

    def __init__(
        self, access: Access, clock: Clock, calendar: Calendar, *, feed: str = "iex", bar_seconds: int = 300
    ) -> None:
        if bar_seconds % 60 or 1800 % bar_seconds:
            raise ValueError(f"Alpaca's bars are whole minutes that divide half an hour, {bar_seconds} s does not")
        self.label = f"alpaca-{feed}"
        self.broken = 0
        self._clock = clock
        self._calendar = calendar
        self._feed = feed
        self._bar_seconds = bar_seconds
        self._wire = Wire(access.data, "v2", access)
        self._invalid: set[str] = set()
        self._calls = ThreadPoolExecutor(CALLS, thread_name_prefix="alpaca-prices")

    def stop(self) -> None:
        """Close the connections."""
        self._calls.shutdown(cancel_futures=True)
        self._wire.stop()

    def symbols(self) -> tuple[str, ...]:
        """List nothing: any US equity can be watched."""
        return ()

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        """Return the newest snapshot of each symbol that has one."""
        chunks = list(_chunks(symbols))
        # One request needs no thread of its own: that is the price that an order waits for.
        ask = self._calls.map if len(chunks) > 1 else map
        with reading(MarketUnavailable):
            read = [self._read(chunk, answer) for chunk, answer in zip(chunks, ask(self._newest, chunks), strict=True)]
        return tuple(itertools.chain.from_iterable(read))

    def history(self, symbols: Sequence[str], bars: int) -> BarHistory:
        """Return the last completed bars of regular trading; prices are adjusted for splits."""
        starts = self._starts(bars)
        values = np.full((len(FIELDS), len(starts), len(symbols)), np.nan)
        if len(starts):
            rows = {int(start): row for row, start in enumerate(starts)}
            columns = {symbol: column for column, symbol in enumerate(symbols)}
            with reading(MarketUnavailable):
                for symbol, bar in self._bars(symbols, int(starts[0]), int(starts[-1])):
                    row = rows.get(int(instant(bar["t"]).timestamp()))
                    if row is not None:
                        values[:, row, columns[symbol]] = [float(bar[name]) for name in FIELDS]
        opened, high, low, close, volume = values
        return BarHistory(
            symbols=tuple(symbols), starts=starts, open=opened, high=high, low=low, close=close, volume=volume
        )

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the days that have ended, from a date on; prices are adjusted for splits."""
        days = completed_days(self._calendar.day, since, self._clock.now())
        with reading(MarketUnavailable):
            return read_daily_bars(self._ask, list(_chunks(symbols)), tuple(symbols), days)

    def _newest(self, symbols: Sequence[str]) -> Any:
        return self._ask("/stocks/snapshots", symbols)

    def _read(self, symbols: Sequence[str], answer: Any) -> Iterator[Snapshot]:
        found = [self._snapshot(symbol, answer[symbol]) for symbol in symbols if symbol in answer]
        return (snapshot for snapshot in found if snapshot is not None)

    def _snapshot(self, symbol: str, raw: Any) -> Snapshot | None:
        try:
            return snapshot_of(symbol, raw)
        except NONSENSE as error:
            self.broken += 1
            log.warning("snapshot_broken", symbol=symbol, error=repr(error))
            return None

    def _bars(self, symbols: Sequence[str], first: int, last: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        params: dict[str, str | int] = {
            "start": _text(first),
            "end": _text(last),
            "timeframe": f"{self._bar_seconds // 60}Min",
            "adjustment": "split",
            "limit": PAGE,
        }
        for chunk in _chunks(symbols):
            page: dict[str, str] = {}
            for _ in range(MOST_PAGES):
                answer = self._ask("/stocks/bars", chunk, **params, **page)
                for symbol, bars in (answer.get("bars") or {}).items():
                    yield from ((symbol, bar) for bar in bars)
                if not answer.get("next_page_token"):
                    break
                page = {"page_token": answer["next_page_token"]}
            else:
                raise ValueError(f"more than {MOST_PAGES} pages of bars")

    def _ask(self, path: str, symbols: Sequence[str], **params: str | int) -> Any:
        """Ask for symbols; Alpaca refuses all of them for one that it calls invalid, which is then left out."""
        while asked := [symbol for symbol in symbols if symbol not in self._invalid]:
            try:
                return self._wire.read(path, {"symbols": ",".join(asked), "feed": self._feed, **params})
            except Declined as error:
                named = INVALID.search(error.words)
                if error.status != BAD_REQUEST or named is None or named[1] not in asked:
                    raise
                self._invalid.add(named[1])
                log.warning("symbol_invalid", symbol=named[1])
        return {}

    def _starts(self, bars: int) -> NDArray[np.int64]:
        """Return the starts of the last bars of regular trading that are complete, oldest first."""
        complete = self._clock.now().timestamp() - self._bar_seconds
        on, starts = exchange_date(self._clock.now()), list[int]()
        for back in range(MOST_DAYS):
            day = self._day_starts(on - timedelta(days=back))
            starts[:0] = [start for start in day if start <= complete]
            if len(starts) >= bars:
                break
        return np.array(starts[max(0, len(starts) - bars) :], dtype=np.int64)

    def _day_starts(self, on: date) -> range:
        day = self._calendar.day(on)
        return range(0) if day is None else range(_second(day.open), _second(day.close), self._bar_seconds)


def snapshot_of(symbol: str, raw: Any) -> Snapshot:
    """Read a snapshot, as of its last trade; raises one of NONSENSE where there is none."""
    trade, quote, day = raw["latestTrade"], raw["latestQuote"], raw.get("dailyBar") or {"v": 0}
    return Snapshot(
        symbol=symbol,
        at=instant(trade["t"]),
        price=Decimal(str(trade["p"])),
        volume=int(day["v"]),
        bid=Decimal(str(quote["bp"])),
        ask=Decimal(str(quote["ap"])),
    )


def _chunks(symbols: Sequence[str]) -> Iterator[Sequence[str]]:
    return (symbols[first : first + CHUNK] for first in range(0, len(symbols), CHUNK))


def _second(at: datetime) -> int:
    return int(at.timestamp())


def _text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()
