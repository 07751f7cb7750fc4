"""What Alpaca refuses for the state of the account: known ids, too little money, too few shares, wash trades."""

from decimal import Decimal

from tests.support.fakes.alpaca import rules
from tests.support.fakes.alpaca.exchange import Exchange
from tests.support.fakes.alpaca.orders import number
from tests.support.fakes.alpaca.rules import Ticket


class Checks:
    """Checks an order against the exchange as it is; each raises Refusal."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def check(self, ticket: Ticket) -> None:
        self.refuse_known_id(ticket.client_order_id)
        self._check_symbol(ticket.symbol)
        self._check_price(ticket)
        self._check_money(ticket)

    def refuse_known_id(self, client_order_id: str) -> None:
        if client_order_id and any(order.client_order_id == client_order_id for order in self._exchange.orders):
            raise rules.malformed("client_order_id must be unique")

    def _check_symbol(self, symbol: str) -> None:
        if symbol not in self._exchange.prices:
            raise rules.unprocessable(f'asset "{symbol}" not found')
        if symbol in self._exchange.ways.untradable:
            raise rules.unprocessable(f'asset "{symbol}" is not tradable')

    def _check_price(self, ticket: Ticket) -> None:
        if ticket.order_class == "bracket" and self._closes(ticket):
            raise rules.unprocessable("bracket orders must be entry orders")
        rules.check_base(ticket, ticket.limit or ticket.stop or self._exchange.prices[ticket.symbol])

    def _check_money(self, ticket: Ticket) -> None:
        if self._closes(ticket):
            self.shares_suffice(ticket.symbol, ticket.qty, self._exchange.available(ticket.symbol))
        elif ticket.side == "sell" and not self._exchange.portfolio.margin:
            raise rules.forbidden("account is not allowed to short")
        elif ticket.side == "buy":
            self._check_buying_power(ticket)
        if ticket.is_simple:
            self._check_wash(ticket)

    def _closes(self, ticket: Ticket) -> bool:
        held = self._exchange.portfolio.shares(ticket.symbol)
        return held > 0 if ticket.side == "sell" else held < 0

    def shares_suffice(self, symbol: str, asked: Decimal, available: Decimal) -> None:
        held = abs(self._exchange.portfolio.shares(symbol))
        if asked > available:
            raise rules.forbidden(
                f"insufficient qty available for order (requested: {number(asked)}, available: {number(available)})",
                symbol=symbol,
                existing_qty=number(held),
                held_for_orders=number(held - available),
                available=number(available),
            )

    def _check_buying_power(self, ticket: Ticket) -> None:
        exchange = self._exchange
        price = ticket.limit or ticket.stop or exchange.prices[ticket.symbol]
        power = exchange.portfolio.buying_power(exchange.prices, exchange.reserved())
        if ticket.qty * price > power:
            facts = {"buying_power": number(power), "cost_basis": number(ticket.qty * price)}
            raise rules.forbidden("insufficient buying power", **facts)

    def _check_wash(self, ticket: Ticket) -> None:
        for other in self._exchange.alive(ticket.symbol):
            if not other.is_live or other.side == ticket.side:
                continue
            buy, sell = (ticket.limit, other.limit_price) if ticket.side == "buy" else (other.limit_price, ticket.limit)
            if buy is None or sell is None or buy >= sell:
                raise rules.forbidden(
                    "potential wash trade detected. use complex orders",
                    reject_reason="opposite side market/stop order exists",
                    existing_order_id=other.id,
                )
