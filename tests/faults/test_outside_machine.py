"""Broker, market, hands, people who move exits, companies and the database play against a desk on the real adapter.

A longer game: make state-machine RUNS=500 STEPS=50 DATABASE=postgresql.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import prod

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import rule

from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.faults.outside_exits import ADMIN, ExitsGame
from tests.faults.outside_game import CENT, turns

RATIOS = [(2, 1), (3, 1), (3, 2), (10, 1), (1, 2), (1, 10)]
WAYS = ["left", "cancelled", "adjusted"]


class Outside(ExitsGame):
    """The part of companies and the database, and with it the whole game."""

    # Companies

    @rule(
        turn=turns,
        ratio=st.sampled_from(RATIOS),
        orders=st.sampled_from(WAYS),
        told=st.sampled_from(["activity", "announced", "both", "nothing"]),
        awake=st.booleans(),
    )
    def a_company_splits(
        self,
        turn: int,
        ratio: tuple[int, int],
        orders: str,
        told: str,
        awake: bool,
    ) -> None:
        symbol, (new, old) = self._symbol(turn), ratio
        if not Decimal(5) < self.world.prices[symbol] * old / new < Decimal(5000):
            return
        if told in {"announced", "both"}:
            self._announce(symbol, new, old)
        self._let_night_fall(awake=awake)
        self._split(symbol, Fraction(new, old), orders, told)
        self._let_day_break(awake=awake)

    @rule(turn=turns, orders=st.sampled_from(WAYS), awake=st.booleans())
    def a_company_is_renamed(self, turn: int, orders: str, awake: bool) -> None:
        symbol = self._symbol(turn)
        new = f"{symbol[:-1]}Y" if symbol.endswith("X") else f"{symbol}X"
        self._let_night_fall(awake=awake)
        self.world.fake.rename(symbol, new, orders=orders)
        self.world.prices[new] = self.world.prices.pop(symbol)
        self.hands.renamed(symbol, new)
        self._let_day_break(awake=awake)

    @rule(awake=st.booleans())
    def a_night_passes(self, awake: bool) -> None:
        self._let_night_fall(awake=awake)
        self._let_day_break(awake=awake)

    # The process and the database

    @rule()
    def the_process_begins_anew(self) -> None:
        self.world.end_life()
        self.world.begin_life()
        self._go_on()

    @rule()
    def the_database_is_copied(self) -> None:
        self.copy = (self.world.copied(), Counter(self.moved), self.world.clock.now())
        self._go_on()

    @rule()
    def the_database_is_put_back(self) -> None:
        """Put a copy back; what was moved since, by whomever, is seen where it still stands.

        Of several splits since, of which not all were told, it may see what they made together: what each by itself
        cut off is ours then.
        """
        if hasattr(self, "copy"):
            copy, moved, since = self.copy
            self.perhaps_moved += self.moved - moved
            self.perhaps_moved |= Counter(self._standing())
            self.perhaps_moved |= self._exchanged(self.perhaps_moved)
            self.moved = Counter(moved)
            for symbol in self.world.prices:
                self.perhaps_ours[self.hands.first_name(symbol)] += self.hands.cut_off(symbol, since)
            self.world.put_back(copy)
        self._go_on()

    def _standing(self) -> Iterator[tuple[str, str, Decimal]]:
        """Yield the exits that stand: what the desk itself moved since a copy is news to who has only the copy."""
        account = self.account()
        for trade in self.world.trades(TradeState.OPEN):
            for kind, role in (("stop", "stop"), ("limit", "target")):
                for order in account.live(trade, kind):
                    yield trade.id, role, Decimal(str(order[f"{kind}_price"]))

    def _exchanged(self, moved: Counter[tuple[str, str, Decimal]]) -> Counter[tuple[str, str, Decimal]]:
        """Return moves as a desk may see them that missed splits, too: in the shares of now, rounded to either side."""
        seen, first_name = Counter[tuple[str, str, Decimal]](), self.hands.first_name
        for (trade_id, role, price), times in moved.items():
            company = first_name(trade_id.split("_")[0])
            ratios = [split.ratio for split in self.hands.splits if first_name(split.symbol) == company]
            for first in range(len(ratios)):
                ratio = prod(ratios[first:], start=Fraction(1))
                now = round(price * ratio.denominator / ratio.numerator, 2)
                for cents in (-1, 0, 1):
                    seen[trade_id, role, now + cents * CENT] += times
        return seen

    # How nights pass

    def _announce(self, symbol: str, new: int, old: int) -> None:
        opens = self.world.calendar.next_open(self.world.clock.now())
        number = len(self.world.announced.announced)
        action = CorporateAction(
            id=f"action-{number}",
            kind=ActionKind.SPLIT,
            symbol=symbol,
            ex_date=exchange_date(opens),
            new_shares=Decimal(new),
            old_shares=Decimal(old),
        )
        self.world.announced.announced.append(action)

    def _split(self, symbol: str, ratio: Fraction, orders: str, told: str) -> None:
        world, before = self.world, int(self.account().shares(symbol))
        activity = told in {"activity", "both"}
        ours = before - self.hands.foreign[symbol]
        world.prices[symbol] = round(world.prices[symbol] * ratio.denominator / ratio.numerator, 2)
        price = str(world.prices[symbol])
        world.fake.split(symbol, ratio.numerator, ratio.denominator, price=price, orders=orders, activity=activity)
        found = int(self.account().shares(symbol))
        self.hands.split(symbol, world.clock.now(), ratio, ours, found, is_told=told != "nothing")

    def _let_night_fall(self, *, awake: bool) -> None:
        """Let the day end; a desk that is not awake ends with it."""
        world = self.world
        world.engine.jobs.learn_corporate_actions()
        opens = world.calendar.next_open(world.clock.now())
        today = world.calendar.day(exchange_date(world.clock.now()))
        if today and world.clock.now() < today.close:
            world.clock.set(today.close + timedelta(seconds=5))
            self._go_on()
        world.engine.jobs.learn_corporate_actions()
        if not awake:
            world.end_life()
        world.clock.set(opens - timedelta(minutes=30))

    def _let_day_break(self, *, awake: bool) -> None:
        """Let the next day begin, half an hour after what companies did; a desk that slept begins after the open."""
        world = self.world
        if awake:
            world.engine.jobs.learn_corporate_actions()
            for seconds in (0, 3, 31):
                world.clock.advance(seconds)
                self._go_on()
        world.clock.set(world.calendar.next_open(world.clock.now()) + timedelta(seconds=1))
        world.show_prices()
        if not awake:
            world.begin_life()
            world.engine.jobs.learn_corporate_actions()
        self._go_on()


@contextmanager
def a_game(trades: int = 1) -> Iterator[Outside]:
    """Play a game by hand, and hold it to what must hold at its end."""
    game = Outside()
    game.begin(trades, parts=False)
    try:
        yield game
    finally:
        game.teardown()


def test_a_copy_put_back_may_count_as_its_own_what_two_splits_that_it_missed_cut_off() -> None:
    with a_game() as game:
        game.the_database_is_copied()
        for ratio in ((1, 10), (10, 1)):
            game.a_company_splits(turn=0, ratio=ratio, orders="cancelled", told="nothing", awake=False)
            game.the_desk_comes_to_rest()
        game.shares_are_sold(turn=0, part="half")
        game.the_database_is_put_back()
        assert (game.sold["AAPL"], game.perhaps_ours["AAPL"]) == (191, 8)
        game.the_desk_comes_to_rest()


def test_a_copy_put_back_is_told_of_an_exit_that_the_desk_itself_moved_since() -> None:
    with a_game() as game:
        game.the_database_is_copied()
        game.someone_moves_a_target(turn=0, percent="9", who=ADMIN)
        game.the_database_is_put_back()
        game.the_desk_comes_to_rest()
        assert game.told(NoticeKind.EXIT_MOVED)


def test_what_orders_that_a_split_left_alone_sold_too_much_is_bought_back_in_the_shares_of_a_later_split() -> None:
    with a_game() as game:
        game.a_company_splits(turn=0, ratio=(1, 10), orders="left", told="nothing", awake=False)
        game.nothing_is_wrong()
        game.a_company_splits(turn=0, ratio=(10, 1), orders="cancelled", told="activity", awake=True)
        game.the_desk_comes_to_rest()
        assert [trade.state for trade in game.world.trades()] == [TradeState.CLOSED]
        assert game.account().shares("AAPL") == 0


RUNS, STEPS = int(os.environ.get("RUNS", "3")), int(os.environ.get("STEPS", "12"))


TestOutside = Outside.TestCase
TestOutside.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="RUNS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
