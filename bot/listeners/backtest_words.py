"""Reading what was typed after /backtest: a strategy, symbols and a period, each left out or given, in any order."""

import re
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from bot.listeners.parsing import words
from engine.desk_research import MOST_DAYS, MOST_SYMBOLS, BacktestScope
from engine.errors import BacktestRefused
from engine.research import BacktestRequest

DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
"""A year, a month or a day, such as 2012, 2012-06 and 2012-06-04."""
BACK: Final = re.compile(r"(\d{1,4})([dwmy])", re.IGNORECASE)
"""So long back from the last day, such as 90d."""
DAYS_OF: Final = {"d": 1, "w": 7, "m": 30, "y": 365}
BETWEEN: Final = re.compile(r"\.\.+|…|~|–|—|:|/")
LISTED: Final = re.compile("[,;]")
TICKER: Final = re.compile(r"[A-Z]{1,5}([.-][A-Z]{1,2})?|[A-Z][A-Z0-9]{1,5}")
ENDS: Final = 2
ONE_DAY: Final = timedelta(days=1)


def read_backtest(text: str, scope: BacktestScope) -> BacktestRequest:
    """Return what somebody asked for; raises BacktestRefused, with an example of what they may ask for."""
    return _Reader(scope).read(text.split())


@dataclass(frozen=True, slots=True)
class _Reader:
    scope: BacktestScope

    def read(self, typed: Sequence[str]) -> BacktestRequest:
        strategies, symbols, days = list[str](), list[str](), list[str]()
        named = {name.lower(): name for name in self.scope.strategies}
        for group in typed:
            listed = words(LISTED.sub(" ", group))
            for word in listed:
                if word.lower() in named:
                    strategies.append(named[word.lower()])
                elif word[0].isdigit():
                    days.append(word)
                elif len(listed) > 1 or self._is_symbol(word):
                    symbols.append(word.upper())
                else:
                    raise self._refused("strategy", word, self.scope.strategies)
        if len(strategies) > 1:
            raise self._refused("strategies", " ".join(strategies))
        first, last = self._period(days)
        return BacktestRequest(
            strategy=self.scope.strategies[strategies[0] if strategies else self.scope.strategy],
            data=self.scope.data,
            symbols=self._known(tuple(dict.fromkeys(symbols))),
            first=first,
            last=last,
        )

    def _is_symbol(self, word: str) -> bool:
        """Tell a symbol from a strategy that is not known: it is in capitals, or has prices or is watched."""
        return word.isupper() or word.upper() in {*self.scope.symbols, *self.scope.usual}

    def _known(self, symbols: tuple[str, ...]) -> tuple[str, ...]:
        known = self.scope.symbols
        for symbol in symbols:
            if (known and symbol not in known) or not TICKER.fullmatch(symbol):
                raise self._refused("symbol", symbol, known or self.scope.usual)
        wanted = symbols or self.scope.usual
        if len(wanted) > MOST_SYMBOLS:
            raise self._refused("symbols", str(len(wanted)), most=MOST_SYMBOLS)
        return wanted

    def _period(self, typed: Sequence[str]) -> tuple[date | None, date | None]:
        """Return the first and the last day; None for both where nothing was said and all that there is is meant."""
        scope, said = self.scope, " ".join(typed)
        if not typed:
            return (None, None) if scope.begins == scope.first else (scope.begins, scope.last)
        ends = [part for word in typed for part in BETWEEN.split(word)]
        if len(ends) > ENDS or not all(ends):
            raise self._refused("period", said)
        if len(ends) == 1 and (back := BACK.fullmatch(ends[0])):
            days = int(back[1]) * DAYS_OF[back[2].lower()]
            if days > MOST_DAYS:
                raise self._refused("long", said, most=MOST_DAYS)
            first, last = max(scope.first, scope.last - ONE_DAY * (days - 1)), scope.last
        else:
            (first, _), (_, last) = self._days(ends[0], said), self._days(ends[-1], said)
        if last < first:
            raise self._refused("order", said)
        if last < scope.first or first > scope.last:
            raise self._refused("outside", said, known=f"{scope.first} – {scope.last}")
        first, last = max(first, scope.first), min(last, scope.last)
        if (last - first).days >= MOST_DAYS:
            raise self._refused("long", said, most=MOST_DAYS)
        return first, last

    def _days(self, typed: str, said: str) -> tuple[date, date]:
        """Return the first and the last day of a year, a month or a day."""
        found = DAY.fullmatch(typed)
        if found is None:
            raise self._refused("period", said)
        year, month, day = (int(part) if part else 0 for part in found.groups())
        try:
            first = date(year, month or 1, day or 1)
        except ValueError:
            raise self._refused("period", said) from None
        ends = month or 12
        last = first if day else last_of_month(date(year, ends, 1))
        return first, last

    def _refused(
        self, problem: str, asked: str, among: Collection[str] = (), *, known: str = "", most: int = 0
    ) -> BacktestRefused:
        near = get_close_matches(asked, list(among), n=1) or get_close_matches(asked.lower(), list(among), n=1)
        return BacktestRefused(
            problem,
            asked=asked[:60],
            example=self._example(),
            nearest="".join(near),
            known=known or ", ".join(sorted(among)[:MOST_SYMBOLS]),
            most=most,
        )

    def _example(self) -> str:
        """Return a command that works on this desk."""
        scope = self.scope
        strategy = next((name for name in ("trend", *scope.strategies) if name in scope.strategies), scope.strategy)
        first = max(scope.first, scope.last - 60 * ONE_DAY)
        return f"/backtest {strategy} {','.join(scope.usual[:2])} {first}..{scope.last}"


def last_of_month(on: date) -> date:
    """Return the last day of a month."""
    return on.replace(day=monthrange(on.year, on.month)[1])
