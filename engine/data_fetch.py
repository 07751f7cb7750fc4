"""Bars of the past are fetched from Alpaca and kept: the facade by which the command line asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.bar_store import BarStore
from engine.adapters.calendar import YEARS, ExchangeCalendar
from engine.adapters.clock import EndOfDay, SystemClock
from engine.adapters.factory import alpaca_access
from engine.backtest.fetching import Fetching
from engine.errors import NoBars, SettingsInvalid
from engine.model.fetched_bars import FetchedSymbol
from engine.model.market import BarHistory, day_begin
from engine.ports.clock import Clock
from engine.settings import AlpacaSettings, Settings

Progress = Callable[[str, float], None]
"""Is told the symbol that was fetched last, and the part of all that is done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchRequest:
    """Which bars are wanted; without `last` up to the newest session that is over, without `folder` in DATA_DIR."""

    symbols: tuple[str, ...]
    first: date | None
    last: date | None = None
    folder: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What is kept now in a folder: of which source, from which session to which, each symbol by itself."""

    folder: Path
    source: str
    first: date
    last: date
    symbols: tuple[FetchedSymbol, ...]


def fetch(asked: FetchRequest, settings: Settings, progress: Progress, clock: Clock | None = None) -> Fetched:
    """Fetch bars, and keep each symbol's year once it is whole, so that another call goes on where one ended.

    Raises SettingsInvalid, whose line says what to do, MarketUnavailable and OSError. A symbol without any bar is told
    once the others are kept.
    """
    clock = clock or SystemClock()
    first = _checked(asked, settings.alpaca)
    store = BarStore(asked.folder or settings.place.data_dir / BarStore.FOLDER)
    seconds, calendar = settings.market.bar_seconds, ExchangeCalendar()
    with _alpaca(settings.alpaca, calendar, seconds) as (label, read):
        fetching = Fetching(
            store=store, read=read, source=label, calendar=calendar, bar_seconds=seconds, now=clock.now()
        )
        begin, end = fetching.days(first, asked.last)
        found = list[FetchedSymbol]()
        for number, symbol in enumerate(asked.symbols, 1):
            found.append(fetching.symbol(symbol, begin, end))
            progress(symbol, number / len(asked.symbols))
    empty = [each.symbol for each in found if not each.bars]
    if empty:
        raise NoBars(
            f"--symbols {','.join(empty)}: {label} has no bar from {begin} to {end}; expected other days, or without it"
            f" ({len(found) - len(empty)} of {len(found)} symbols are kept in {store.folder})",
            empty[0],
        )
    return Fetched(folder=store.folder, source=label, first=begin, last=end, symbols=tuple(found))


def _checked(asked: FetchRequest, alpaca: AlpacaSettings) -> date:
    """Return the first day that is asked for; raises SettingsInvalid for what cannot be fetched."""
    if not (alpaca.alpaca_key_id.get_secret_value() and alpaca.alpaca_secret_key.get_secret_value()):
        raise SettingsInvalid("ALPACA_KEY_ID, ALPACA_SECRET_KEY: expected both, for the bars are read from Alpaca")
    if not asked.symbols or asked.first is None:
        raise SettingsInvalid("--symbols, --from: expected both, such as AAPL,MSFT and 2025-01-02")
    for option, on in (("--from", asked.first), ("--to", asked.last)):
        if on and on.year not in YEARS:
            raise SettingsInvalid(f"{option} {on}: expected a day from {YEARS[0]} to {YEARS[-1]}")
    if asked.last and asked.last < asked.first:
        raise SettingsInvalid(f"--to {asked.last} is before --from {asked.first}; expected a later day")
    return asked.first


@contextmanager
def _alpaca(
    alpaca: AlpacaSettings, calendar: ExchangeCalendar, bar_seconds: int
) -> Iterator[tuple[str, Callable[[str, date, date], BarHistory]]]:
    """Give the label of Alpaca's prices, and what reads a symbol's bars from a day to another."""
    clock = EndOfDay(date(YEARS[0], 1, 1))
    market = AlpacaMarket(alpaca_access(alpaca), clock, calendar, feed=alpaca.alpaca_feed, bar_seconds=bar_seconds)

    def read(symbol: str, first: date, last: date) -> BarHistory:
        clock.on = last
        return market.bars((symbol,), day_begin(first))

    try:
        yield market.label, read
    finally:
        market.stop()
