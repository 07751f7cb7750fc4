from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from engine.errors import ScorerNotAsked
from engine.model.news import NoScore, TokenCounts
from engine.ports.clock import Clock

MILLION = 1_000_000


class SpendingLedger(Protocol):
    """Remembers what was spent, across restarts, for all processes that share the budget."""

    def reserve(self, day: date, dollars: Decimal, limit: Decimal) -> bool:
        """Add dollars to a day (UTC) unless that brings it over `limit`; tell whether they were added."""
        ...

    def add(self, day: date, dollars: Decimal) -> None:
        """Add dollars to a day (UTC); what was reserved and not spent is taken off again."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """Dollars a million tokens."""

    input: Decimal
    output: Decimal
    cache_write: Decimal
    cache_read: Decimal

    def cost(self, tokens: TokenCounts) -> Decimal:
        """Return the dollars of a call."""
        millionths = (
            tokens.input * self.input
            + tokens.output * self.output
            + tokens.cache_write * self.cache_write
            + tokens.cache_read * self.cache_read
        )
        return millionths / MILLION

    def most(self, request_bytes: int, output: int) -> Decimal:
        """Return the most that a request can cost: no token is shorter than a byte."""
        dearest = max(self.input, self.cache_write, self.cache_read)
        return (request_bytes * dearest + output * self.output) / MILLION


@dataclass(kw_only=True, slots=True)
class Bill:
    """What a call turned out to cost, in dollars; filled in while the money is held."""

    dollars: Decimal = Decimal(0)


class SpendingLimit:
    """Keeps the calls of a day (UTC) under a number of dollars, calls under way included, in all processes together.

    The most that a call can cost is booked before it leaves, so that what a process that died had under way is counted.
    """

    def __init__(self, *, dollars_a_day: Decimal, spending: SpendingLedger, clock: Clock) -> None:
        self._dollars_a_day = dollars_a_day
        self._ledger = spending
        self._clock = clock

    @contextmanager
    def hold(self, most: Decimal) -> Iterator[Bill]:
        """Hold the most that a call can cost, then book what it did cost.

        Raises ScorerNotAsked when too little is left.
        """
        day = self._clock.now().date()
        if not self._ledger.reserve(day, most, self._dollars_a_day):
            raise ScorerNotAsked(NoScore.BUDGET)
        bill = Bill()
        try:
            yield bill
        finally:
            self._ledger.add(day, bill.dollars - most)
