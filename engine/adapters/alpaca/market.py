import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from engine.adapters.alpaca.client import AlpacaAccess, AlpacaClient
from engine.adapters.alpaca.daily_bars import read_daily_bars
from engine.adapters.alpaca.error_mapping import NONSENSE, Declined, reading
from engine.adapters.alpaca.orders import instant
from engine.errors import MarketUnavailable
from engine.model.market import BarFlaw, BarHistory, Snapshot, completed_days, exchange_date
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.signals.sheet import BarSheet
from engine.signals.slots import Slots, instant as instant_of

log = structlog.get_logger()

CHUNK = 200
CALLS = 4
"""Requests for prices that are under way at once: the way to Alpaca and back takes longer than reading what it says."""
PAGE = 10_000
MOST_PAGES = 1_000
BAD_REQUEST = 400
INVALID = re.compile(r"invalid symbol: ([^\s,]+)")
FIELDS = "ohlcv"


class AlpacaMarket:
    """The port Market at Alpaca. `feed` is 'iex' or 'sip'; bars are whole minutes that divide half an hour.

    `broken` counts the snapshots that could not be read. A symbol that Alpaca calls invalid is not asked for again.
    """

    def __init__(
        self, access: AlpacaAccess, clock: Clock, calendar: Calendar, *, feed: str = "iex", bar_seconds: int = 300
    ) -> None:
        if bar_seconds % 60 or 1800 % bar_seconds:
            raise ValueError(f"Alpaca's bars are whole minutes that divide half an hour, {bar_seconds} s does not")
        self.label = f"alpaca-{feed}"
        self.broken = 0
        self._clock = clock
        self._calendar = calendar
        self._slots = Slots(calendar, bar_seconds)
        self._feed = feed
        self._wire = AlpacaClient(access.data, "v2", access)
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

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the closed bars of regular trading since an instant; prices are adjusted for splits."""
        sheet = BarSheet(symbols, starts := self._slots.between(since, self._clock.now()), self._slots.bar_seconds)
        chunks = list(_chunks(symbols)) if len(starts) else []
        ask = self._calls.map if len(chunks) > 1 else map
        with reading(MarketUnavailable):
            for pages in ask(partial(self._pages, **self._span(starts)), chunks) if chunks else ():
                _put(sheet, pages)
        return sheet.history()

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the days that have ended, from a date on; prices are adjusted for splits."""
        days = completed_days(self._calendar.day, since, self._clock.now())
        with reading(MarketUnavailable):
            return read_daily_bars(self._pages, list(_chunks(symbols)), tuple(symbols), days)

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

    def _span(self, starts: NDArray[np.int64]) -> Mapping[str, str]:
        """Return what asks for the bars from the first to the last of some starts."""
        first, last = (instant_of(int(start)).isoformat() for start in starts[[0, -1]])
        return {"start": first, "end": last, "timeframe": f"{self._slots.bar_seconds // 60}Min"}

    def _pages(self, symbols: Sequence[str], **span: str) -> list[Any]:
        """Read all pages of the bars of a chunk of symbols, from `start` to `end`, of a `timeframe`."""
        params: dict[str, str | int] = {**span, "adjustment": "split", "limit": PAGE}
        pages, page = list[Any](), dict[str, str]()
        while len(pages) < MOST_PAGES:
            answer = self._ask("/stocks/bars", symbols, **params, **page)
            pages.append(answer.get("bars") or {})
            if not answer.get("next_page_token"):
                return pages
            page = {"page_token": answer["next_page_token"]}
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


def snapshot_of(symbol: str, raw: Any) -> Snapshot:
    """Read a snapshot, each part as of its own time; raises one of NONSENSE where there is no trade or no quote."""
    trade, quote, day = raw["latestTrade"], raw["latestQuote"], raw.get("dailyBar")
    before = raw.get("prevDailyBar")
    return Snapshot(
        symbol=symbol,
        at=instant(trade["t"]),
        price=Decimal(str(trade["p"])),
        volume=int(day["v"]) if day else 0,
        bid=Decimal(str(quote["bp"])),
        ask=Decimal(str(quote["ap"])),
        quoted_at=instant(quote["t"]),
        day=exchange_date(instant(day["t"])) if day else None,
        bid_size=_shares(quote, "bs"),
        ask_size=_shares(quote, "as"),
        previous_close=_close_before(trade, day, before),
    )


def _shares(quote: Any, name: str) -> int | None:
    size = quote.get(name)
    return None if size is None else int(size)


def _close_before(trade: Any, day: Any, before: Any) -> Decimal | None:
    """Return the close before the day of the last trade: of an earlier day's bar the daily bar itself tells it."""
    is_earlier = day and exchange_date(instant(day["t"])) < exchange_date(instant(trade["t"]))
    bar = day if is_earlier else before
    return Decimal(str(bar["c"])) if bar else None


def _put(sheet: BarSheet, pages: Iterable[Any]) -> None:
    """Put the bars of some pages into a sheet; many of them start at the same instant."""
    seconds = dict[str, int]()
    for page in pages:
        for symbol, told in page.items():
            bars = told or () if isinstance(told, list | None) else (told,)  # which is no bar, and counted as one
            for bar in bars:
                try:
                    start = seconds.get(bar["t"])
                    if start is None:
                        start = seconds[bar["t"]] = int(instant(bar["t"]).timestamp())
                    values = [float(bar[name]) for name in FIELDS]
                except NONSENSE:
                    sheet.flaws[BarFlaw.NO_NUMBER] += 1
                    continue
                sheet.put(symbol, start, values)


def _chunks(symbols: Sequence[str]) -> Iterator[Sequence[str]]:
    return (symbols[first : first + CHUNK] for first in range(0, len(symbols), CHUNK))
