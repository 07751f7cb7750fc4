"""New orders as the paper broker writes them down."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from engine.adapters.paper.account_store import OrderRecord
from engine.model.market import TradingDay, exchange_date
from engine.model.trade import OrderRole, OrderState
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock


def new_id() -> str:
    """Return an id of the broker's own."""
    return str(uuid.uuid4())


def leg(root: str, role: OrderRole, symbol: str, shares: int, price: Decimal, *, held: bool) -> OrderRecord:
    """Write an order that stands until it is cancelled, beside the one it came with."""
    return OrderRecord(
        broker_id=new_id(),
        client_order_id=new_id(),
        root=root,
        role=role,
        symbol=symbol,
        shares=shares,
        state=OrderState.HELD if held else OrderState.ACCEPTED,
        price=price,
    )


class OrderRecords:
    """Writes orders that are good for the day, or for the next one when the exchange is shut."""

    def __init__(self, clock: Clock, calendar: Calendar) -> None:
        self._clock = clock
        self._calendar = calendar

    def sent(
        self, client_order_id: str, role: OrderRole, symbol: str, shares: int, limit: Decimal | None = None
    ) -> OrderRecord:
        """Write an order that was sent, at the market where it has no limit."""
        return OrderRecord(
            broker_id=new_id(),
            client_order_id=client_order_id,
            root=client_order_id,
            role=role,
            symbol=symbol,
            shares=shares,
            state=OrderState.ACCEPTED,
            price=limit,
            expires_at=self._next(lambda day: day.close),
        )

    def next_end(self) -> datetime:
        """Return when extended trading ends next."""
        return self._next(lambda day: day.post)

    def _next(self, hour: Callable[[TradingDay], datetime]) -> datetime:
        """Return the next time that an hour of the exchange comes."""
        now = self._clock.now()
        on = exchange_date(now)
        while (day := self._calendar.day(on)) is None or hour(day) <= now:
            on += timedelta(days=1)
        return hour(day)
