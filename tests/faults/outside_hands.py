"""What other hands do to the account: orders moved and cancelled, sales, both exits filled, money in and out."""

from decimal import Decimal
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.model.trade import Trade, TradeState
from tests.faults.outside_game import Game, turns
from tests.faults.outside_sums import ALIVE
from tests.support.fakes.alpaca.orders import Json
from tests.support.fakes.alpaca.rules import Refusal

OPTION: Final = "AAPL250919C00150000"


class HandsGame(Game):
    """The part of the hands."""

    @rule(turn=turns, percent=st.sampled_from(["0.3", "2", "8", "20"]))
    def a_stop_is_moved(self, turn: int, percent: str) -> None:
        """Move a stop; over the market's price nobody can, nor once it sells: it is an order at the market then."""
        for trade in self._one(turn, TradeState.OPEN):
            price = round(self._price_of(trade) * (1 - Decimal(percent) / 100), 2)
            for order in self._live(trade, "stop")[:1]:
                if price not in {trade.stop, trade.sizing.stop} and order["filled_qty"] == "0":
                    self._move(trade, order, "stop", price)
        self._go_on(1)  # nobody moves an exit twice in one instant

    @rule(turn=turns, percent=st.sampled_from(["0.5", "3.5", "10", "25"]))
    def a_target_is_moved(self, turn: int, percent: str) -> None:
        for trade in self._one(turn, TradeState.OPEN):
            price = round(self._price_of(trade) * (1 + Decimal(percent) / 100), 2)
            for order in self._live(trade, "limit")[:1]:
                if price not in {trade.target, trade.sizing.target}:
                    self._move(trade, order, "target", price)
        self._go_on(1)  # nobody moves an exit twice in one instant

    @rule(turn=turns, kind=st.sampled_from(["stop", "limit"]))
    def an_exit_is_cancelled(self, turn: int, kind: str) -> None:
        for trade in self._one(turn, TradeState.OPEN):
            for order in self._live(trade, kind)[:1]:
                self.world.fake.cancel_by_hand(str(order["id"]))
        self._go_on()

    @rule(turn=turns, part=st.sampled_from(["one", "half", "all"]))
    def shares_are_sold(self, turn: int, part: str) -> None:
        symbol = self._symbol(turn)
        held = int(self.account().shares(symbol))
        shares = {"one": min(held, 1), "half": held // 2, "all": held}[part]
        if shares > 0 and self._is_quiet(symbol):
            self._free(symbol)
            self.world.fake.sell_by_hand(symbol, shares)
            self.sold[self.hands.first_name(symbol)] += self.hands.sold(symbol, shares, self.world.prices[symbol])
        self._go_on(1)  # executions of one instant have no order

    @rule(turn=turns, shares=st.sampled_from([1, 30, 200]))
    def shares_are_bought(self, turn: int, shares: int) -> None:
        symbol = self._symbol(turn)
        if self.account().shares(symbol) >= 0 and self._is_quiet(symbol):
            self.world.fake.buy_by_hand(symbol, shares)
            self.hands.bought(symbol, shares, self.world.prices[symbol])
        self._go_on(1)  # executions of one instant have no order

    @rule(turn=turns, shares=st.sampled_from([None, 3]))
    def both_exits_are_filled(self, turn: int, shares: int | None) -> None:
        """Fill them; not where shares of nobody's, or a part of one, would make up for what is sold too much.

        Of a trade whose target sells a part it is that part's stop and target.
        """
        for trade in self._one(turn, TradeState.OPEN):
            targets = [leg for leg in self._live(trade, "limit") if leg["symbol"] == trade.symbol]
            groups = {leg["group_id"] for leg in targets}
            both = [leg for leg in self._live(trade, "stop") if leg.get("group_id") in groups]
            is_alone = self.account().shares(trade.symbol) == trade.held_shares
            if len(targets) == len(both) == 1 and is_alone and int(targets[0]["qty"]) > 3:
                self.world.fake.fill_both_legs(str(targets[0]["id"]), shares)
        self._go_on()

    @rule(dollars=st.sampled_from(["100", "30000"]), comes=st.booleans())
    def money_moves(self, dollars: str, comes: bool) -> None:
        pay = self.world.fake.deposit if comes else self.world.fake.withdraw
        pay(dollars)
        self.hands.brought += Decimal(dollars) if comes else -Decimal(dollars)
        self.payments += 1
        self._go_on()

    @rule()
    def an_option_is_held(self) -> None:
        self.world.fake.hold_option(OPTION, 1, "3.00", "2.50")
        self._go_on()

    @rule(shares=st.sampled_from([1, 20]))
    def the_next_fill_is_partial(self, shares: int) -> None:
        self.world.fake.partly_fill(shares)

    @rule(hold=st.booleans())
    def cancels_hang(self, hold: bool) -> None:
        if hold:
            self.world.fake.hold_cancels()
        else:
            self.world.fake.release_cancels()
        self.cancels_wait = hold
        self._go_on()

    def _move(self, trade: Trade, order: Json, role: str, price: Decimal) -> None:
        names = {"stop": {"stop": str(price)}, "target": {"limit": str(price)}}
        if Decimal(str(order["stop_price"] if role == "stop" else order["limit_price"])) == price:
            return  # it stands there already
        # An exit that is being filled may sell the rest, and end the moved one with it, before anybody looks.
        live = [other for kind in ("stop", "limit") for other in self._live(trade, kind)]
        is_alone = all(other["filled_qty"] == "0" for other in live if other["id"] != order["id"])
        try:
            self.world.fake.move_by_hand(str(order["id"]), **names[role])
        except Refusal:
            return
        # Where shares were exchanged and the desk does not know it yet, it ends the order, wherever it stands.
        is_known = int(self.account().shares(trade.symbol)) - self.hands.foreign[trade.symbol] == trade.held_shares
        (self.moved if is_known and is_alone else self.perhaps_moved)[trade.id, role, price] += 1

    def _live(self, trade: Trade, kind: str) -> list[Json]:
        return [order for order in self.account().live(trade, kind) if order["status"] != "pending_cancel"]

    def _free(self, symbol: str) -> None:
        """Cancel what would sell the shares of a symbol: Alpaca takes no other sale of them beside it."""
        for order in self.world.fake.orders:
            if order["symbol"] == symbol and order["side"] == "sell" and order["status"] in ALIVE:
                self.world.fake.cancel_by_hand(str(order["id"]))

    def _is_quiet(self, symbol: str) -> bool:
        """Tell whether nothing sells in a symbol at this moment, so that it is clear whose shares go first."""
        trades = [trade for trade in self.world.trades() if trade.symbol == symbol]
        live = [order for trade in trades for kind in ("stop", "limit", "market") for order in self._live(trade, kind)]
        return not any(trade.short_shares for trade in trades) and not any(order["filled_qty"] != "0" for order in live)
