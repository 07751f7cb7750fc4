"""The paper broker with somebody who deals at it past the desk."""

from decimal import Decimal

from engine.adapters.paper.broker import PaperBroker
from engine.adapters.paper.order_record import new_id
from engine.model.activity import Activity, ActivityKind
from engine.model.trade import OrderRole


class HandDealtBroker(PaperBroker):
    """A paper broker at which a test deals by hand, and moves cash, as a person does at a broker."""

    def deal_by_hand(self, symbol: str, shares: int, price: Decimal) -> str:
        """Buy shares, or sell them where there are fewer than 0, as a person does at a broker; return the order's id.

        More than is held may be sold: the rest is sold short.
        """
        with self._open_account() as engine:
            role = OrderRole.ENTRY if shares > 0 else OrderRole.EXIT
            record = engine.save(self._records.sent(new_id(), role, symbol, abs(shares)))
            self._account.save_price(symbol, price, self._clock.now())
            engine.fill(record, abs(shares), price, self._clock.now())
            return record.broker_id

    def move_cash(self, dollars: Decimal, kind: ActivityKind = ActivityKind.CASH) -> None:
        """Bring dollars into the account, or take them out of it where they are below 0; no order does it."""
        with self._open_account():
            self._account.add_cash(dollars)
            self._account.history.add(Activity(id=new_id(), kind=kind, at=self._clock.now(), dollars=dollars))
