"""Cash that moved while nothing was bought or sold: money that came or went before the broker lists it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from engine.model.portfolio import Portfolio
from engine.ports.store import Reader

PATIENCE = timedelta(minutes=15)
"""How long the broker may take to list money that moved; then it counts as what it seems, a gain or a loss."""
FAR_BACK = timedelta(days=5)
"""No activity is told later than this after its own time, as far as this looks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What was held, how much cash there was, the number of the newest fill, and the money known since `since`."""

    held: Mapping[str, Decimal]
    cash: Decimal
    fills: int
    known: Decimal


class UnlistedMoney:
    """Remembers from look to look how many dollars came (below 0: went) that no activity tells of yet."""

    def __init__(self) -> None:
        self._last: _Look | None = None
        self._since: datetime | None = None
        self._first: datetime | None = None
        self._dollars = Decimal(0)
        self._ahead = Decimal(0)  # listed, and not yet moved
        self._looking = threading.Lock()

    def look(self, reader: Reader, portfolio: Portfolio, now: datetime) -> Decimal:
        """Return the dollars that seem to have come by no trade, 0 once they have been waited for long enough."""
        with self._looking:
            return self._judge(reader, portfolio, now)

    def _judge(self, reader: Reader, portfolio: Portfolio, now: datetime) -> Decimal:
        self._first = self._first or now - FAR_BACK
        look = _Look(
            held={position.symbol: position.units for position in portfolio.positions},
            cash=portfolio.account.cash,
            fills=reader.last_fill(),
            known=reader.external(self._first),
        )
        last, self._last = self._last, look
        if last is None:
            return Decimal(0)
        is_same = (last.held, last.fills) == (look.held, look.fills)
        self._enqueue(look.known - last.known)
        self._move(look.cash - last.cash if is_same else Decimal(0))
        if not self._dollars:
            self._since = None
            return Decimal(0)
        self._since = self._since or now
        return self._dollars if now - self._since <= PATIENCE else Decimal(0)

    def _enqueue(self, dollars: Decimal) -> None:
        """Take in that the broker listed money: what moved before is listed now, the rest is still to move."""
        listed = _in_both(dollars, self._dollars)
        self._dollars -= listed
        self._ahead += dollars - listed

    def _move(self, dollars: Decimal) -> None:
        """Take in that cash moved: as it was listed before, or unlisted."""
        listed = _in_both(dollars, self._ahead)
        self._ahead -= listed
        self._dollars += dollars - listed


def _in_both(one: Decimal, other: Decimal) -> Decimal:
    """Return what two sums have in common: nothing where one came and the other went."""
    return min(one, other, key=abs) if one * other > 0 else Decimal(0)
