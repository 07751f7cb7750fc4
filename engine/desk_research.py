"""What a desk's people may have backtested: the facade by which Slack asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.adapters.recorded.bars import recorded_span
from engine.adapters.recorded.files import recorded_days
from engine.backtest.sources import ALPACA, RECORDED
from engine.model.strategies import StrategySources
from engine.research import BacktestRequest, Progress, Researched, backtest
from engine.settings import Settings
from engine.strategies.loader import names

MOST_SYMBOLS, MOST_DAYS = 20, 800
"""What one backtest of the desk's people may be of: a few dozen seconds of one core, and 300 MB."""
ALPACA_DAYS = 370
"""Days back to which their backtests read Alpaca's bars: some 40 requests, beside those that the desk lives on."""
USUAL_DAYS = 90
"""Days of them where nobody says how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestScope:
    """What a desk's people may have backtested: on its own market's prices, by strategies that have a name.

    `strategies` has what `load` takes for each name; a file or a class that is none of these cannot be asked for.
    `symbols` are all that have prices, none where that is not known; `usual` are taken where nobody names any.
    `first` and `last` are the days that there are prices of, `begins` the first one where nobody says.
    """

    data: str
    strategy: str
    strategies: Mapping[str, str]
    symbols: tuple[str, ...]
    usual: tuple[str, ...]
    first: date
    begins: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskResearch:
    """What a desk's people may have backtested, by its own settings and on its own market's prices."""

    settings: Settings

    def scope(self, watched: tuple[str, ...], today: date, desks: StrategySources) -> BacktestScope:
        """Return what may be asked for while the desk watches some symbols; `desks` are its own strategies."""
        if self.settings.alpaca.market == ALPACA:
            begins = today - timedelta(days=USUAL_DAYS)
            usual, first, last = watched, today - timedelta(days=ALPACA_DAYS), today
            symbols: tuple[str, ...] = ()
        else:
            symbols, (first, last) = tuple(recorded_days()), recorded_span()
            usual, begins = tuple(symbol for symbol in symbols if symbol in watched) or symbols, first
        return BacktestScope(
            data=ALPACA if self.settings.alpaca.market == ALPACA else RECORDED,
            strategy=desks.live,
            strategies={name: name for name in names()} | dict(desks.sources),
            symbols=symbols,
            usual=usual,
            first=first,
            begins=begins,
            last=last,
        )

    def backtest(self, asked: BacktestRequest, progress: Progress) -> Researched:
        """Do a backtest that was asked for; raises as `backtest` does."""
        return backtest(asked, self.settings, progress)
