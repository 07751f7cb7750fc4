"""What comes out of a share in a spin-off, and what it is worth: as it was announced, and as the account tells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import structlog

from engine.common.share_counts import told_foreign
from engine.errors import MarketUnavailable
from engine.execution.action_calendar import ActionCalendar
from engine.execution.due_actions import SPIN_OFF_WAITS, begin
from engine.execution.find_change import ACTIVITY_LAG
from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import CorporateAction, MissingTerm
from engine.model.market import Snapshot
from engine.model.trade import Trade
from engine.ports.store import Reader, Store

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class SpunOffShares:
    """What comes out of a share: `rate` shares of another company, each at a `price` in dollars."""

    symbol: str
    rate: Fraction
    price: Decimal

    @property
    def worth(self) -> Fraction:
        """Dollars that left a share."""
        return self.rate * Fraction(self.price)


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """What is not known yet, of the shares of `symbol` where that much is known."""

    what: MissingTerm
    symbol: str = ""


class SpinOffTerms:
    """Works out the terms of spin-offs; only prices of regular hours count, for before them few shares trade."""

    def __init__(
        self, *, store: Store, calendar: ActionCalendar, price: Callable[[str, datetime], Snapshot | None]
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._price = price

    def __call__(self, action: CorporateAction, trades: Sequence[Trade], now: datetime) -> SpunOffShares | Missing:
        """Return what came out of each share that some trades hold, or what of it is not known yet."""
        with self._store.reading() as reader:
            rows = came(reader, action)
            held = sum(trade.held_shares for trade in trades) + told_foreign(reader).get(action.symbol, 0)
        symbol = action.new_symbol or next((row.symbol for row in rows), "")
        if not symbol:
            return Missing(what=MissingTerm.CHILD)
        if not action.ratio and (not rows or held <= 0):
            return Missing(what=MissingTerm.RATE, symbol=symbol)
        price = self.good_price(symbol, now)
        if price is None:
            return Missing(what=MissingTerm.PRICE, symbol=symbol)
        return SpunOffShares(symbol=symbol, rate=action.ratio or _told_rate(rows, held, price), price=price)

    def good_price(self, symbol: str, now: datetime) -> Decimal | None:
        """Return what a symbol trades at in regular hours, None where there is no good price of it."""
        try:
            seen = self._price(symbol, now)
        except MarketUnavailable as error:
            log.warning("spin_off_without_price", symbol=symbol, error=str(error))
            return None
        return seen.price if seen and self._calendar.is_regular(seen.at) else None


def came(reader: Reader, action: CorporateAction) -> tuple[Activity, ...]:
    """Return the activities that tell what came of a spin-off; none where they may be of another one."""
    rows = reader.activities(symbol=action.new_symbol, since=begin(action) - ACTIVITY_LAG)
    rows = tuple(row for row in rows if row.kind is ActivityKind.SPIN_OFF and row.symbol)
    if action.new_symbol:
        return rows
    on = action.ex_date
    named = {other.new_symbol for other, _ in reader.corporate_actions(on - SPIN_OFF_WAITS, on + SPIN_OFF_WAITS)}
    own = tuple(row for row in rows if row.symbol not in named)
    return own if len({row.symbol for row in own}) == 1 else ()


def _told_rate(rows: Sequence[Activity], held: int, price: Decimal) -> Fraction:
    """Return the shares that came for each one held; what was paid for fractions of them counts as shares."""
    shares = sum((Fraction(row.shares) + Fraction(row.dollars) / Fraction(price) for row in rows), Fraction(0))
    return shares / held
