"""Fetches bars into a folder: what is there already is not asked for again, and what is missing is named.

Prices are adjusted for splits as of the day on which they are read. Before anything is added to a symbol its newest
kept session is read again: where its prices changed, the company split since, and all of the symbol is read anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from engine.adapters.bar_store import About, BarStore, KeptBars
from engine.errors import SettingsInvalid
from engine.model.fetched_bars import FetchedSymbol
from engine.model.market import BarHistory, day_begin
from engine.ports.calendar import Calendar
from engine.signals.slots import Slots

ONE_DAY = timedelta(days=1)
SETTLED = timedelta(minutes=20)
"""After a session's close until its bars are all there: without a subscription the last 15 minutes are not shown."""
SAME = 1e-4
"""Parts of a price by which it may differ when it is read again."""
Read = Callable[[str, date, date], BarHistory]
"""Reads a symbol's bars of regular trading from a day to another, both among them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetching:
    """Fetches symbols into a store: `source` names where they are read from, `now` is the time (aware UTC)."""

    store: BarStore
    read: Read
    source: str
    calendar: Calendar
    bar_seconds: int
    now: datetime

    def days(self, first: date, last: date | None) -> tuple[date, date]:
        """Return the first and the last session that can be fetched of what is asked for; raises SettingsInvalid."""
        newest = self.now.date() + ONE_DAY
        while (day := self.calendar.day(newest)) is None or day.close + SETTLED > self.now:
            newest -= ONE_DAY
        end = min(newest, last or newest)
        sessions = self._sessions(first, end) if first <= end else []
        if not sessions:
            raise SettingsInvalid(
                f"--from {first}, --to {last or end}: no session of these days is over; the newest one that is over is"
                f" that of {newest}"
            )
        return sessions[0], sessions[-1]

    def symbol(self, symbol: str, first: date, last: date) -> FetchedSymbol:
        """Fetch what is not kept of a symbol; each year is kept once it is whole.

        Raises SettingsInvalid where something else is kept under its name, MarketUnavailable and OSError.
        """
        kept_before = {year: self.store.read(symbol, year) for year in self.store.years(symbol)}
        kept = {year: each for year, each in kept_before.items() if each is not None}
        for each in kept.values():
            self._refuse_another(symbol, each.about)
        asked = {year: self._span(year, first, last) for year in range(first.year, last.year + 1)}
        lacking = {year: span for year, span in asked.items() if not _covers(kept.get(year), span)}
        is_readjusted = bool(lacking) and self._is_split(symbol, kept)
        if is_readjusted:
            # The newest year is written last: one that is old still, after a death in between, is found out again.
            for year, old in sorted(kept.items()):
                kept[year] = self._written(symbol, year, None, (old.about.first, old.about.last))
        for year, span in lacking.items():
            kept[year] = self._written(symbol, year, kept.get(year), span)
        before = sum(len(_within(each, first, last)) for each in kept_before.values() if each is not None)
        return self._summary(symbol, kept.values(), before, (first, last), is_readjusted=is_readjusted)

    def _written(self, symbol: str, year: int, old: KeptBars | None, span: tuple[date, date]) -> KeptBars:
        """Read what a year lacks of a span, and keep it beside what it has; one without any bar is not kept."""
        first, last = span
        parts = []
        if old is None:
            parts.append(self._read(symbol, first, last))
        else:
            parts.append((old.starts, old.values))
            if first < old.about.first:
                parts.insert(0, self._read(symbol, first, old.about.first - ONE_DAY))
            if last > old.about.last:
                parts.append(self._read(symbol, old.about.last + ONE_DAY, last))
            first, last = min(first, old.about.first), max(last, old.about.last)
        about = About(
            source=self.source,
            bar_seconds=self.bar_seconds,
            first=first,
            last=last,
            adjusted_on=self.now.date(),
        )
        made = KeptBars(
            about=about,
            starts=np.concatenate([starts for starts, _ in parts]),
            values=np.concatenate([values for _, values in parts], axis=1),
        )
        if len(made.starts):
            self.store.write(symbol, year, made)
        return made

    def _read(self, symbol: str, first: date, last: date) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        history = self.read(symbol, first, last)
        there = np.isfinite(history.close[:, 0])
        return history.starts[there], history.stacked[:, there, 0]

    def _is_split(self, symbol: str, kept: dict[int, KeptBars]) -> bool:
        """Tell whether the newest session that is kept has other prices today."""
        newest = next((each for _, each in sorted(kept.items(), reverse=True) if len(each.starts)), None)
        if newest is None:
            return False
        on = datetime.fromtimestamp(int(newest.starts[-1]), self.now.tzinfo).date()
        starts, values = self._read(symbol, on, on)
        both, ours, theirs = np.intersect1d(newest.starts, starts, return_indices=True)
        if not len(both):
            return False
        return not np.allclose(newest.values[3, ours], values[3, theirs], rtol=SAME, atol=0)

    def _refuse_another(self, symbol: str, about: About) -> None:
        if (about.source, about.bar_seconds) != (self.source, self.bar_seconds):
            raise SettingsInvalid(
                f"{self.store.folder} has {symbol} from {about.source} in bars of {about.bar_seconds // 60} minutes;"
                f" expected another --folder for {self.source} and {self.bar_seconds // 60} minutes"
            )

    def _sessions(self, first: date, last: date) -> list[date]:
        days = (first + ONE_DAY * number for number in range((last - first).days + 1))
        return [on for on in days if self.calendar.day(on) is not None]

    def _span(self, year: int, first: date, last: date) -> tuple[date, date]:
        return max(first, date(year, 1, 1)), min(last, date(year, 12, 31))

    def _summary(
        self,
        symbol: str,
        kept: Iterable[KeptBars],
        before: int,
        span: tuple[date, date],
        *,
        is_readjusted: bool,
    ) -> FetchedSymbol:
        parts = [_within(each, *span) for each in kept]
        starts = np.concatenate(parts) if parts else np.empty(0, np.int64)
        slots = Slots(self.calendar, self.bar_seconds)
        empty, wanted = list[date](), 0
        for on in self._sessions(*span):
            of_day = slots.of(on)
            if np.isin(of_day, starts).any():
                wanted += len(of_day)
            else:
                empty.append(on)
        return FetchedSymbol(
            symbol=symbol,
            bars=len(starts),
            added=len(starts) - before if not is_readjusted else len(starts),
            empty=tuple(empty),
            missing=1 - len(starts) / wanted if wanted else 0.0,
            is_readjusted=is_readjusted,
        )


def _covers(kept: KeptBars | None, span: tuple[date, date]) -> bool:
    return kept is not None and kept.about.first <= span[0] and span[1] <= kept.about.last


def _within(kept: KeptBars, first: date, last: date) -> NDArray[np.int64]:
    begin, end = int(day_begin(first).timestamp()), int(day_begin(last + ONE_DAY).timestamp())
    return kept.starts[(kept.starts >= begin) & (kept.starts < end)]
