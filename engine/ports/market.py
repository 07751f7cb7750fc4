from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from engine.model.corporate_action import CorporateAction
from engine.model.market import BarHistory, Snapshot


class Market(Protocol):
    """Prices. Raises MarketUnavailable."""

    @property
    def label(self) -> str:
        """Name the source: 'replay', 'alpaca-iex' ...; the bot has a sentence for each."""
        ...

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        """Return the newest snapshot of each symbol that has one; broken ones included, the engine judges."""
        ...

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the exchange's own closed bars of regular hours that start at an instant or later, oldest first.

        There is a row for each bar of the calendar up to the last one that is over, NaN where a symbol did not trade
        in it. Prices and volumes are adjusted for the splits of today and before.
        """
        ...

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the days whose regular hours have ended, from a date on, oldest first, split-adjusted as of now.

        Rows are all trading days by the calendar, `starts` their regular opens; NaN where a symbol has no bar.
        """
        ...


class CorporateActions(Protocol):
    """What companies announced about their shares. Raises MarketUnavailable."""

    def between(self, symbols: Collection[str], first: date, last: date) -> tuple[CorporateAction, ...]:
        """Return the actions whose ex-date is one of these days, in their order."""
        ...
