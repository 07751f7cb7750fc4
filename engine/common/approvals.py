from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.model.desk import Desk, DeskState
from engine.model.trade import Trade
from engine.ports.clock import CLOCKS_DIFFER, Clock

YOUNG = timedelta(minutes=2)
"""How long the price at which a trade was approved holds for an order that did not leave at once: market time."""
QUICK = timedelta(seconds=6)
"""Real time for which it holds at least: in a fast replay two minutes are over before an order can leave."""
KEPT = 1_000
"""Approvals that are remembered; who approves more in two minutes has other worries."""


@dataclass(kw_only=True)
class _Times:
    """When a trade was approved, and when the price for its order was last read, in steady seconds."""

    approved: float
    priced: float | None


@dataclass(kw_only=True)
class Approvals:
    """How old approvals and their prices are, by a clock that nobody can set, as long as this process knows of them."""

    clock: Clock
    _times: dict[str, _Times] = field(default_factory=dict)

    def given(self, trade_id: str, read_at: float) -> None:
        """Note that a trade was approved at a price that was read at such a steady second, or a little later."""
        self._times[trade_id] = _Times(approved=read_at, priced=read_at)
        while len(self._times) > KEPT:
            del self._times[next(iter(self._times))]

    def price_was_read(self, trade: Trade, read_at: float) -> None:
        """Note that the price for a trade's order was read again."""
        self._of(trade, self.clock.now()).priced = read_at

    def need_a_price(self, trade: Trade, age: timedelta) -> bool:
        """Tell whether the price for a trade's order was read longer ago than such a market time, or never here."""
        priced = self._of(trade, self.clock.now()).priced
        return priced is None or self._since(priced) > age

    def are_young(self, trade: Trade, now: datetime) -> bool:
        """Tell whether the price at which a trade was approved still holds, by both clocks; set back, none is young."""
        age, life = now - _decided(trade), self.young_until(trade) - _decided(trade)
        return -CLOCKS_DIFFER <= age <= life and self._since(self._of(trade, now).approved) <= life

    def young_until(self, trade: Trade) -> datetime:
        """Return the market time until which the price at which a trade was approved holds.

        In a fast replay real seconds are market hours: there it ends with the proposal, which ends within its day.
        """
        decided = _decided(trade)
        return max(decided + YOUNG, min(decided + QUICK * self.clock.speed, trade.expires_at))

    def _of(self, trade: Trade, now: datetime) -> _Times:
        """Return the times of a trade; those of one that was approved elsewhere count from here on."""
        known = self._times.get(trade.id)
        if known is None:
            age = max(timedelta(0), now - _decided(trade)) / self.clock.speed
            self.given(trade.id, self.clock.steady() - age.total_seconds())
            known = self._times[trade.id]
            known.priced = None
        return known

    def _since(self, steady: float) -> timedelta:
        """Return the market time since a steady second."""
        return timedelta(seconds=(self.clock.steady() - steady) * self.clock.speed)


def is_allowed(trade: Trade, desk: Desk) -> bool:
    """Tell whether the desk trades, and went on trading since a trade was approved: a halt ends what was before it."""
    return desk.state is DeskState.ACTIVE and (desk.since is None or desk.since <= _decided(trade))


def _decided(trade: Trade) -> datetime:
    return trade.decided_at or trade.proposed_at
