"""Spin-offs at random: any rate and prices, whatever the broker does with standing orders, and sales in between.

Longer: make splits RUNS=300.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.trade import OrderRole, TradeState
from engine.risk.sizing import cut
from tests.faults.test_splits import FILL, bought, exits, sent_at, worth
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

RUNS = int(os.environ.get("RUNS", "5"))
BOUGHT = 512
AT_THE_TARGET = Decimal("154.75")

rates = st.one_of(
    st.integers(1, 30).map(lambda old: (Decimal(1), Decimal(old))),
    st.integers(1, 30).map(lambda tenths: (Decimal(tenths) / 10, Decimal(1))),
    st.sampled_from([(Decimal(2), Decimal(3)), (Decimal(1), Decimal("19.35")), (Decimal("0.6745"), Decimal(1))]),
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What is spun off and told of it, what the broker does, who sells when, and when the bot restarts.

    `part` of the worth is spun off. Before the day `sold` shares were sold at the target; on it `sale` says how some,
    or all, are sold before it is known what they cost.
    """

    rate: tuple[Decimal, Decimal]
    part: int
    way: str
    activity: bool
    cash: bool
    sold: int
    is_late: bool
    sale: str
    restarts: frozenset[str]

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.rate[0]) / Fraction(self.rate[1])

    @property
    def parent(self) -> Decimal:
        """What a share trades at afterwards."""
        return cut(FILL * (100 - self.part) / 100)

    @property
    def child(self) -> Decimal:
        """What a share of the new company trades at."""
        worth_of_it = Fraction(FILL - self.parent) / self.ratio
        return max(Decimal("0.01"), cut(Decimal(worth_of_it.numerator) / worth_of_it.denominator))

    @property
    def kept(self) -> Fraction:
        return Fraction(self.parent) / (Fraction(self.parent) + self.ratio * Fraction(self.child))

    @property
    def cost(self) -> Decimal:
        """What a share that was bought at FILL cost afterwards."""
        return FILL * self.kept.numerator / self.kept.denominator


stories = st.builds(
    Story,
    rate=rates,
    part=st.integers(2, 60),  # at 1 the old stop would not fire
    way=st.sampled_from(["left", "cancelled", "adjusted"]),
    activity=st.booleans(),
    cash=st.booleans(),
    sold=st.sampled_from([0, 0, 100, 311]),
    is_late=st.booleans(),
    sale=st.sampled_from(["none", "none", "by hand", "close", "old stop"]),
    restarts=st.sets(st.sampled_from(["before", "at", "after"])).map(frozenset),
)


def play(desk: AtAlpaca, story: Story) -> None:
    """Let the story happen, from the evening before to some minutes after both companies trade."""
    if story.sold:
        order = desk.broker.order(TRADE_ID)
        target = order and order.leg(OrderRole.TARGET)
        assert target
        desk.fake.fill(target.broker_id, story.sold, str(AT_THE_TARGET))
        desk.look(2)
    announce(desk, story)
    if "before" in story.restarts:
        desk.restart()
    desk.harness.clock.advance(19.75 * 3600)  # half past six in the morning in New York
    if story.sale != "old stop":
        desk.look(2)
    whole_only = str(story.child) if story.cash else None
    desk.fake.spin_off(
        "AAPL",
        "SPUN",
        rate=str(round(story.rate[0] / story.rate[1], 12)),
        price=str(story.child),
        orders="left" if story.sale == "old stop" else story.way,
        activity=story.activity,
        cash_in_lieu=whole_only,
    )
    desk.harness.clock.advance(3.5 * 3600)
    trade(desk, story, has_child=not story.is_late)
    if "at" in story.restarts or story.sale == "old stop":
        desk.restart()
    if story.is_late:
        pass_minutes(desk, story, 3, has_child=False)
        sell(desk, story)
        pass_minutes(desk, story, 2, has_child=False)
    pass_minutes(desk, story, 2, has_child=True)
    if not story.is_late:
        sell(desk, story)
    if "after" in story.restarts:
        desk.restart()
    pass_minutes(desk, story, 2, has_child=True)


def announce(desk: AtAlpaca, story: Story) -> None:
    new, old = story.rate
    action = CorporateAction(
        id="spin-1",
        kind=ActionKind.SPIN_OFF,
        symbol="AAPL",
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=1),
        new_shares=new,
        old_shares=old,
        new_symbol="SPUN",
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()


def trade(desk: AtAlpaca, story: Story, *, has_child: bool) -> None:
    if has_child:
        desk.price("SPUN", str(story.child))
    desk.price("AAPL", str(story.parent))


def pass_minutes(desk: AtAlpaca, story: Story, minutes: int, *, has_child: bool) -> None:
    for _ in range(minutes):
        desk.harness.clock.advance(55)
        trade(desk, story, has_child=has_child)
        desk.look(1)


def sell(desk: AtAlpaca, story: Story) -> None:
    if story.sale == "by hand":
        for order in desk.fake.orders:  # who sells by hand takes back first what holds the shares
            if order["symbol"] == "AAPL" and order["side"] == "sell" and order["status"] in {"new", "held"}:
                desk.fake.cancel_by_hand(order["id"])
        desk.fake.sell_by_hand("AAPL", 50, str(story.parent))
    elif story.sale == "close":
        desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)


@given(story=stories)
@settings(
    max_examples=RUNS,
    deadline=None,
    derandomize="RUNS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # an example takes seconds: a smaller one would take minutes to find
)
def test_whatever_is_spun_off_only_the_market_wins_or_loses_and_nothing_is_sent_at_old_prices(story: Story) -> None:
    with bought() as desk:
        stop, target, count = desk.harness.trade().stop, desk.harness.trade().target, len(desk.fake.reader)
        play(desk, story)
        after, held = desk.harness.trade(), BOUGHT - story.sold
        gone = {"none": 0, "by hand": 50, "close": held, "old stop": held}[story.sale]
        expected = story.sold * (AT_THE_TARGET - FILL) + held * (story.parent - story.cost)
        assert after.held_shares == desk.held() == held - gone
        assert after.state is (TradeState.OPEN if after.held_shares else TradeState.CLOSED)
        assert abs(worth(after, story.parent) - expected) < Decimal("0.0001"), (story, after)
        restated = {cut(price * story.kept.numerator / story.kept.denominator) for price in (stop, target)}
        assert set(sent_at(desk, count)) <= restated
        assert {after.stop, after.target} == restated
        assert len([notice for notice in desk.harness.told() if notice.kind is NoticeKind.RESTATED]) == 1
        if after.held_shares:
            assert exits(desk) == {OrderRole.STOP: after.held_shares, OrderRole.TARGET: after.held_shares}
