"""What companies do to their shares, what comes into the account without an order, and what else it holds."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from engine.model.corporate_action import CorporateAction
from tests.support.fakes.alpaca.memory import Memory
from tests.support.fakes.alpaca.orders import Order

_CENT: Final = Decimal("0.01")
_NONE: Final = Decimal(0)


class Companies(Memory):
    """Corporate actions, cash, options and coins.

    `orders` says what becomes of the standing orders of a symbol: they are 'left' as they are, 'cancelled', or
    'adjusted', which replaces each by one at the new price and for the new number of shares. Without `activity` nothing
    is told in the account's history.
    """

    def announce(self, action: CorporateAction) -> None:
        """Let Alpaca's calendar of corporate actions show one; nothing happens by that."""
        self._announced.add(action)

    def split(
        self,
        symbol: str,
        new: int,
        old: int = 1,
        *,
        price: str | None = None,
        orders: str = "left",
        activity: bool = True,
        in_one_row: bool = False,
        cash_in_lieu: str | None = None,
    ) -> None:
        """Make `new` shares of every `old` ones; the price is the exact inverse unless told.

        Parts of a share stay in the account, as they do at Alpaca, or are paid for at the price of `cash_in_lieu`. The
        history has two rows, one that takes the old shares out and one that brings the new ones, or their difference
        in one.
        """
        ratio = Decimal(new) / Decimal(old)
        last = self._exchange.prices[symbol] / ratio if price is None else Decimal(price)
        with self._exchange.open() as now:
            self._exchange.prices[symbol] = last  # before anything is filled again
            self._change_orders(symbol, orders, lambda order: self._restate(order, new, old))
            held, whole = self._exchange.portfolio.shares(symbol), _NONE
            paid = _NONE
            if held:
                cost = self._exchange.portfolio.holdings[symbol].cost
                whole, paid = _whole(held * new / old, cash_in_lieu)
                self._exchange.portfolio.hold(symbol, whole, cost / ratio)
                self._exchange.portfolio.cash += paid
            kind = "FSPLIT" if ratio > 1 else "RSPLIT"
            changes = [whole - held] if in_one_row else [-held, whole]
            for shares in changes if activity and held else ():
                dollars = paid if shares is changes[-1] else _NONE
                self._exchange.history.happened(
                    now, "SPLIT", symbol=symbol, shares=shares, dollars=dollars, sub_type=kind
                )
            self._market.splits.append((symbol, now, ratio))
        self._trade_at(symbol, last)

    def tell_of_split(self, symbol: str, before: int, after: int) -> str:
        """Let the history tell of a split that happened before; return the id of its last row."""
        with self._exchange.open() as now:
            self._exchange.history.happened(now, "SPLIT", symbol=symbol, shares=Decimal(-before), sub_type="FSPLIT")
            return self._exchange.history.happened(
                now, "SPLIT", symbol=symbol, shares=Decimal(after), sub_type="FSPLIT"
            )

    def tell_of_rename(self, old: str, new: str, shares: int) -> str:
        """Let the history tell of a rename that happened before; return the id of its last row."""
        with self._exchange.open() as now:
            self._exchange.history.happened(now, "NC", symbol=old, shares=Decimal(-shares), sub_type="SNC")
            return self._exchange.history.happened(now, "NC", symbol=new, shares=Decimal(shares), sub_type="SNC")

    def rename(self, old: str, new: str, *, orders: str = "left", activity: bool = True) -> None:
        """Give a symbol another name; the old one trades no more."""
        with self._exchange.open() as now:
            self._change_orders(old, orders, lambda order: _renamed(order, new))
            held = self._exchange.portfolio.holdings.pop(old, None)
            if held is not None:
                self._exchange.portfolio.holdings[new] = held
                for symbol, shares in ((old, -held.shares), (new, held.shares)) if activity else ():
                    self._exchange.history.happened(now, "NC", symbol=symbol, shares=shares, sub_type="SNC")
            self._exchange.prices[new] = self._exchange.prices.pop(old)
            if old in self._market.quotes:
                self._market.quotes[new] = self._market.quotes.pop(old)
            for (symbol, frame), bars in list(self._market.bars.items()):
                if symbol == old:
                    self._market.bars[new, frame] = bars

    def spin_off(
        self,
        source: str,
        new: str,
        *,
        rate: str,
        price: str,
        source_price: str | None = None,
        orders: str = "left",
        activity: bool = True,
        cash_in_lieu: str | None = None,
    ) -> None:
        """Give `rate` shares of a new company at a price for each of the source's, whose price may fall by it."""
        with self._exchange.open() as now:
            self._change_orders(source, orders, _leave)
            whole, paid = _whole(self._exchange.portfolio.shares(source) * Decimal(rate), cash_in_lieu)
            self._exchange.portfolio.hold(new, whole, Decimal(price))
            self._exchange.portfolio.cash += paid
            if activity and (whole or paid):
                self._exchange.history.happened(now, "SPIN", symbol=new, shares=whole, dollars=paid)
        self._trade_at(new, Decimal(price))
        if source_price is not None:
            self._trade_at(source, Decimal(source_price))

    def merge(
        self,
        symbol: str,
        into: str = "",
        *,
        rate: str = "0",
        cash: str = "0",
        orders: str = "cancelled",
        activity: bool = True,
    ) -> None:
        """Take a company over: for each share come `rate` shares of another one, and dollars; it trades no more."""
        with self._exchange.open() as now:
            self._change_orders(symbol, orders, _leave)
            held = self._exchange.portfolio.shares(symbol)
            got, paid = held * Decimal(rate), held * Decimal(cash)
            self._exchange.portfolio.hold(symbol, _NONE, _NONE)
            if got:
                self._exchange.portfolio.transaction(into, got, self._exchange.prices[into])
                self._exchange.portfolio.cash += got * self._exchange.prices[into]
            self._exchange.portfolio.cash += paid
            kind = ("SCMA" if paid else "SMA") if got else "CMA"
            rows = [(symbol, -held, paid), (into, got, _NONE)] if got else [(symbol, -held, paid)]
            for name, shares, dollars in rows if activity and held else ():
                self._exchange.history.happened(now, "MA", symbol=name, shares=shares, dollars=dollars, sub_type=kind)
            self._exchange.ways.untradable.add(symbol)

    def delist(self, symbol: str, *, removed: bool = False, orders: str = "cancelled", activity: bool = True) -> None:
        """Take a symbol from the exchange: nobody trades it, and where it is `removed` the shares are gone."""
        with self._exchange.open() as now:
            self._change_orders(symbol, orders, _leave)
            self._exchange.ways.untradable.add(symbol)
            held = self._exchange.portfolio.shares(symbol)
            if removed and held:
                self._exchange.portfolio.hold(symbol, _NONE, _NONE)
                if activity:
                    self._exchange.history.happened(now, "REORG", symbol=symbol, shares=-held, sub_type="WRM")

    def deposit(self, dollars: str) -> str:
        """Bring money into the account; return the activity's id."""
        return self._pay("CSD", dollars)

    def withdraw(self, dollars: str) -> str:
        """Take money out of the account; return the activity's id."""
        return self._pay("CSW", f"-{dollars}")

    def pay_dividend(self, symbol: str, dollars: str) -> str:
        """Pay a dividend; return the activity's id."""
        return self._pay("DIV", dollars, symbol=symbol, sub_type="CDIV")

    def charge(self, dollars: str) -> str:
        """Charge a fee; return the activity's id."""
        return self._pay("FEE", f"-{dollars}", sub_type="REG")

    def cancel_activity(self, activity_id: str) -> None:
        """Take an activity back."""
        with self._exchange.open():
            self._exchange.history.cancel(activity_id)

    def hold_option(self, symbol: str, contracts: int, cost: str, price: str) -> None:
        """Put contracts of 100 shares each into the account; its cash stays."""
        self._hold(symbol, str(contracts), cost, price, "us_option")

    def hold_crypto(self, symbol: str, quantity: str, cost: str, price: str) -> None:
        """Put coins, or parts of one, into the account; its cash stays."""
        self._hold(symbol, quantity, cost, price, "crypto")

    def _hold(self, symbol: str, quantity: str, cost: str, price: str, asset_class: str) -> None:
        with self._exchange.open():
            self._exchange.portfolio.hold(symbol, Decimal(quantity), Decimal(cost), asset_class)
            self._exchange.prices[symbol] = Decimal(price)

    def _pay(self, kind: str, dollars: str, *, symbol: str = "", sub_type: str = "") -> str:
        with self._exchange.open() as now:
            self._exchange.portfolio.cash += Decimal(dollars)
            return self._exchange.history.happened(
                now, kind, symbol=symbol, dollars=Decimal(dollars), sub_type=sub_type
            )

    def _change_orders(self, symbol: str, ways: str, adjust: Callable[[Order], None]) -> None:
        for order in self._exchange.alive(symbol) if ways != "left" else ():
            if ways == "adjusted":
                adjust(order)
            elif order.is_alive:
                self._exchange.end(order, "canceled")

    def _restate(self, order: Order, new: int, old: int) -> None:
        """Replace an order as the exchange does on the day of a split."""
        prices = {"limit_price": order.limit_price, "stop_price": order.stop_price}
        moved = {
            name: None if price is None else (price * old / new).quantize(_CENT, ROUND_HALF_UP)
            for name, price in prices.items()
        }
        self._desk.restate(order, order.remaining * new // old, moved["limit_price"], moved["stop_price"])

    def _trade_at(self, symbol: str, price: Decimal) -> None:
        raise NotImplementedError


def _whole(shares: Decimal, cash_in_lieu: str | None) -> tuple[Decimal, Decimal]:
    """Return what of so many shares is held, and what is paid for the rest."""
    if cash_in_lieu is None:
        return shares, _NONE
    whole = Decimal(int(shares))
    return whole, ((shares - whole) * Decimal(cash_in_lieu)).quantize(_CENT, ROUND_HALF_UP)


def _leave(_order: Order) -> None:
    """Adjust nothing."""


def _renamed(order: Order, symbol: str) -> None:
    order.symbol = symbol
