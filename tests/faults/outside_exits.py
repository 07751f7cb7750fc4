"""What people and bars do to the exits of open trades: stops and targets moved, trails set, bars closed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.errors import DeskError, RequestRefused
from engine.exit_commands import ExitCommands
from engine.model.desk import DeskState, Request
from engine.model.exit_plan import running_shares
from engine.model.market import BarHistory
from engine.model.trade import Trade, TradeState
from tests.faults.outside_game import CENT, MOST, PEOPLE, hold, people, turns
from tests.faults.outside_hands import HandsGame
from tests.faults.outside_sums import Account

_, ADMIN = PEOPLE


class ExitsGame(HandsGame):
    """The part of moving exits. Only the admin may loosen."""

    @rule(turn=turns, percent=st.sampled_from(["0.2", "1", "1.4", "3", "12", "-1", "100"]), who=people)
    def someone_moves_a_stop(self, turn: int, percent: str, who: Request) -> None:
        """Move a stop to so much under the market's price, or over it, which is refused."""
        self.world.engine.commands.ask_about_people(lambda user, _verb: user == ADMIN.by)
        for trade in self._one(turn, TradeState.OPEN):
            price = round(self._price_of(trade) * (1 - Decimal(percent) / 100), 2)
            may = who == ADMIN and self.world.desk_state() is DeskState.ACTIVE
            is_taken = self._change(trade, partial(self._exits.stop, trade.id, price, who))
            if is_taken and price < trade.stop and not may:
                hold([f"{trade.id}: {who.by} loosened its stop"])
        self._go_on()

    @rule(turn=turns, percent=st.sampled_from(["0.3", "2", "9", "1000", "-2", "0"]), who=people)
    def someone_moves_a_target(self, turn: int, percent: str, who: Request) -> None:
        for trade in self._one(turn, TradeState.OPEN):
            price = round(self._price_of(trade) * (1 + Decimal(percent) / 100), 2)
            self._change(trade, partial(self._exits.target, trade.id, price, who))
        self._go_on()

    @rule(turn=turns, part=st.sampled_from(["0.003", "0.01", "0.05", "1", None]), who=people)
    def someone_sets_a_trail(self, turn: int, part: str | None, who: Request) -> None:
        wanted = None if part is None else Decimal(part)
        for trade in self._one(turn, TradeState.OPEN):
            self._change(trade, partial(self._exits.trail, trade.id, wanted, None, who))
        self._go_on()

    @rule(turn=turns)
    def a_target_is_reached(self, turn: int) -> None:
        """Let a symbol trade a cent over the target of its trade, which sells all of it or a part."""
        for trade in self._one(turn, TradeState.OPEN):
            for order in self._live(trade, "limit")[:1]:
                price = Decimal(order["limit_price"]) + CENT
                if order["symbol"] in self.world.prices and price < MOST:
                    self.world.clock.advance(1)
                    self.world.price(order["symbol"], price)
        self._go_on()

    @rule()
    def a_bar_closes(self) -> None:
        """Let the bar of now end at the prices of now; no stop stands lower for it."""
        world = self.world
        day = world.calendar.day(world.clock.now().date())
        if day is None or not day.open <= world.clock.now() < day.close - timedelta(minutes=6):
            return
        ends = world.clock.now() + timedelta(seconds=300 - world.clock.now().timestamp() % 300)
        world.clock.set(ends + timedelta(seconds=5))
        world.show_prices()
        self._record(int(ends.timestamp()) - 300)
        before = {trade.id: (trade.stop, trade.restated) for trade in world.trades(TradeState.OPEN)}
        with suppress(DeskError):
            for trade_id in world.engine.jobs.trail_stops():
                world.engine.jobs.order_changed(trade_id)
        for trade in world.trades(TradeState.OPEN):
            stop, restated = before.get(trade.id, (trade.stop, trade.restated))
            if trade.restated == restated and trade.stop < stop and not self._live(trade, "stop"):
                hold([f"{trade.id}: a bar loosened its stop from {stop} to {trade.stop}"])
        self._go_on()

    def _of_stops(self, account: Account, trades: tuple[Trade, ...]) -> Iterator[str]:
        yield from super()._of_stops(account, trades)
        for trade in trades:
            is_clear = not (self._unexplained() or self.cancels_wait or account.sold_by_orders_of_before(trade.symbol))
            if trade.state is not TradeState.OPEN or not is_clear:
                continue
            if trade.exit_plan.is_moving and account.armed_shares(trade) >= trade.held_shares:
                yield f"{trade.id}: {trade.exit_plan} is on its way for ever"
            yield from self._of_parts(account, trade)
            if account.armed_shares(trade) > trade.held_shares:
                yield f"{trade.id} holds {trade.held_shares}, and stops sell {account.armed_shares(trade)}"

    def _of_parts(self, account: Account, trade: Trade) -> Iterator[str]:
        """Hold that no target sells shares that are to run on, but where no price lets its bracket be parted."""
        plan, price = trade.exit_plan, self._price_of(trade)
        running = 0 if plan.partial is None else trade.held_shares
        if not plan.is_part_sold:
            running = running_shares(plan.partial, trade.filled_shares)
        at_target = sum(int(order["qty"]) - int(order["filled_qty"]) for order in account.live(trade, "limit"))
        if trade.stop < price < trade.target and at_target > max(0, trade.held_shares - running):
            yield f"{trade.id} holds {trade.held_shares}, {running} are to run on, and its target sells {at_target}"

    def _change(self, trade: Trade, change: Callable[[], object]) -> bool:
        """Ask for a change, and tell whether it was taken in: then the audit has a row more."""
        rows, before = self._rows(trade), self._again(trade)
        try:
            change()
        except RequestRefused:
            now = self._again(trade)
            if (now.stop, now.target) != (before.stop, before.target) and before.exit_plan == now.exit_plan:
                hold([f"{trade.id}: refused, and changed all the same"])
            if not before.exit_plan.is_moving and _rules(now) != _rules(before):
                hold([f"{trade.id}: refused, and no more left by its rules"])
            return False
        except DeskError:
            return False
        if self._rows(trade) <= rows:
            hold([f"{trade.id}: changed, and not in the audit"])
        return True

    def _rows(self, trade: Trade) -> int:
        with self.world.store.reading() as reader:
            rows = reader.audit(subject=trade.id, limit=10_000)
        return sum(row.action in {"stop", "target", "trail"} for row in rows)

    def _again(self, trade: Trade) -> Trade:
        return self.world.engine.queries.trade(trade.id)

    @property
    def _exits(self) -> ExitCommands:
        return self.world.engine.commands.exits

    def _record(self, start: int) -> None:
        """Write a bar of all symbols at the prices of now; those before may be of other shares, and are gone."""
        symbols = tuple(sorted(self.world.prices))
        close = np.array([[float(self.world.prices[symbol]) for symbol in symbols]])
        values = np.array([close, close * 1.001, close * 0.999, close, close * 0 + 10_000])
        self.world.market.recorded = BarHistory.of(symbols, np.array([start]), values)


def _rules(trade: Trade) -> tuple[Decimal | None, ...]:
    """Return what moves a trade's stop by itself."""
    plan = trade.exit_plan
    return plan.trail, plan.trail_atr, plan.breakeven
