"""Splits at random: any ratio, whatever the broker does with standing orders, with a restart and a sale in between.

Longer: make splits RUNS=300.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.trade import OrderRole, Trade, TradeState
from engine.risk.restating import whole
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

RUNS = int(os.environ.get("RUNS", "5"))
FILL = Decimal("150.25")
CENT = Decimal("0.01")

ratios = st.one_of(
    st.integers(2, 20).map(lambda new: (new, 1)),
    st.integers(2, 40).map(lambda old: (1, old)),
    st.sampled_from([(3, 2), (4, 3), (5, 4), (5, 2), (2, 3), (7, 4), (3, 7), (11, 10)]),
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """The split, what is told of it, what the broker does, what was sold before, and when the bot restarts."""

    new: int
    old: int
    way: str
    activity: bool
    in_one_row: bool
    announced: bool
    cash: bool
    sold: int
    restarts: frozenset[str]

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.new, self.old)

    @property
    def price(self) -> Decimal:
        """What a share is worth after the split, to the cent."""
        return round(FILL * self.old / self.new, 2)


stories = st.builds(
    lambda ratio, **told: Story(new=ratio[0], old=ratio[1], **told),
    ratios,
    way=st.sampled_from(["left", "cancelled", "adjusted"]),
    activity=st.booleans(),
    in_one_row=st.booleans(),
    announced=st.booleans(),
    cash=st.booleans(),
    sold=st.sampled_from([0, 0, 100, 311]),
    restarts=st.sets(st.sampled_from(["before", "at", "after"])).map(frozenset),
)


@contextmanager
def bought() -> Iterator[AtAlpaca]:
    with TemporaryDirectory() as folder, AtAlpaca.open(Path(folder), strict=False) as desk:
        desk.harness.play_the_signal()
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        desk.look(2)
        yield desk


def play(desk: AtAlpaca, story: Story) -> None:
    """Let the story happen: a sale, an evening, the split before the open of the next day, the open."""
    if story.sold:
        order = desk.broker.order(TRADE_ID)
        target = order and order.leg(OrderRole.TARGET)
        assert target
        desk.fake.fill(target.broker_id, story.sold, "154.75")
        desk.look(2)
    if story.announced:
        announce(desk, story)
    if "before" in story.restarts:
        desk.restart()
    desk.harness.clock.advance(19.75 * 3600)  # half past six in the morning in New York
    desk.look(2)
    desk.fake.split(
        "AAPL",
        story.new,
        story.old,
        price=str(story.price),
        orders=story.way,
        activity=story.activity,
        in_one_row=story.in_one_row,
        cash_in_lieu=str(story.price) if story.cash else None,
    )
    if "at" in story.restarts:
        desk.restart()
    desk.look(2)
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("AAPL", str(story.price))
    desk.look(2)
    if "after" in story.restarts:
        desk.restart()
        desk.look(2)


def announce(desk: AtAlpaca, story: Story) -> None:
    tomorrow = exchange_date(desk.harness.clock.now()) + timedelta(days=1)
    action = CorporateAction(
        id="split-1",
        kind=ActionKind.SPLIT,
        symbol="AAPL",
        ex_date=tomorrow,
        new_shares=Decimal(story.new),
        old_shares=Decimal(story.old),
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()


def worth(trade: Trade, price: Decimal) -> Decimal:
    """Return the dollars won so far, sold and unsold, at a price."""
    return (trade.result or trade.restated.cash) + trade.held_shares * (price - (trade.fill_price or Decimal(0)))


def exits(desk: AtAlpaca) -> dict[OrderRole, int]:
    return {part.role: part.shares - part.filled_shares for part in desk.parts() if not part.state.is_over}


def sent_at(desk: AtAlpaca, count: int) -> list[Decimal]:
    """Return the prices of the exits of AAPL that the desk sent after the ledger had so many lines."""
    ids = {taken.id for taken in desk.fake.reader[count:] if taken.client_order_id.startswith(TRADE_ID)}
    parts = [part for order in desk.fake.orders if order["id"] in ids for part in (order, *(order["legs"] or ()))]
    return [Decimal(part[name]) for part in parts for name in ("stop_price", "limit_price") if part[name]]


@given(story=stories)
@settings(
    max_examples=RUNS,
    deadline=None,
    derandomize="RUNS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # an example takes a second: a smaller one would take minutes to find
)
def test_whatever_the_split_the_trade_is_restated_exactly_and_nothing_is_sent_at_old_prices(story: Story) -> None:
    with bought() as desk:
        before, count = desk.harness.trade(), len(desk.fake.reader)
        play(desk, story)
        after, held = desk.harness.trade(), 512 - story.sold
        shares = whole(held * story.ratio)
        if not shares:  # less than a share is left, which is paid in cash and ends the trade
            assert after.state is TradeState.CLOSED
            return
        assert (after.id, after.state, after.held_shares) == (TRADE_ID, TradeState.OPEN, shares)
        exact = before.sizing.stop * story.old / story.new
        assert abs(after.stop - exact) <= CENT
        assert exits(desk) == {OrderRole.STOP: shares, OrderRole.TARGET: shares}
        assert all(price < 2 * story.price and 2 * price > story.price for price in sent_at(desk, count))
        assert len([notice for notice in desk.harness.told() if notice.kind is NoticeKind.RESTATED]) == 1
        _same_result(story, before, after)


def _same_result(story: Story, before: Trade, after: Trade) -> None:
    """The result is what it was, but for a fraction of a share that nobody paid for."""
    price = FILL * story.old / story.new
    sold = story.sold * (Decimal("154.75") - FILL)
    fraction = (512 - story.sold) * story.ratio - after.held_shares
    unpaid = Decimal(fraction.numerator) / fraction.denominator * price if not (story.cash and story.activity) else 0
    allowed = Decimal("0.02") * after.held_shares + Decimal("0.05")  # the price was cut to the cent
    assert abs(worth(after, price) + unpaid - sold) <= allowed, (story, before.result, after)
