"""What people deal by hand around a split while nobody looks is booked in the shares of then, or asked about."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from engine.common.share_counts import unexplained
from engine.model.desk import DeskState
from engine.model.notices.account import ForeignPosition, SoldByHand, UnexplainedChange
from engine.model.notices.base import NoticeKind
from engine.model.notices.trades import TradeUnprotected
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import sample

PRICE, STOP = Decimal("150.25"), Decimal("147.99")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which held 512 AAPL at 150.25, stop at 147.99, target at 154.75, when it ended."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        put_on_duty(desk.harness, BOTH_LINES)
        desk.end()
        yield desk


def over(price: Decimal, ratio: Fraction) -> Decimal:
    """Return what a price of before becomes, in cents."""
    return round(price * ratio.denominator / ratio.numerator, 2)


def split(desk: AtAlpaca, ratio: tuple[int, int], told: str) -> None:
    """Let a night pass in which the company splits its shares; the orders of before are cancelled."""
    desk.harness.clock.advance(24 * 3600)
    activity = told in {"activity", "in one row", "both"}
    desk.fake.split("AAPL", *ratio, orders="cancelled", activity=activity, in_one_row=told == "in one row")
    if told in {"announced", "both"}:
        desk.announce_split(*ratio)


def deal(desk: AtAlpaca, shares: int, price: Decimal) -> None:
    """Buy shares by hand, or sell them (below 0), and let an hour pass."""
    if shares < 0:
        desk.fake.sell_by_hand("AAPL", -shares, str(price))
    elif shares:
        desk.fake.buy_by_hand("AAPL", shares, str(price))
    desk.harness.clock.advance(3600)


def come_to_rest(desk: AtAlpaca) -> None:
    """Let the desk look until nothing of it waits for another look."""
    desk.look()
    desk.harness.clock.advance(31)
    desk.look(4)


def sales(desk: AtAlpaca) -> list[tuple[int, Decimal | None]]:
    """Return what was told of shares sold by hand; nothing of it may be a guess."""
    told = desk.harness.told_of(SoldByHand)
    assert not [notice for notice in told if notice.is_estimate]
    return [(notice.shares, notice.price) for notice in told]


def is_asked_about(desk: AtAlpaca) -> None:
    """Hold that nothing was booked, restated or sent, and that the desk, asked about it, takes exits only."""
    trade = desk.harness.trade()
    assert (trade.state, trade.held_shares, trade.exit_shares) == (TradeState.OPEN, 512, 0)
    assert (trade.stop, trade.fill_price) == (STOP, PRICE)
    assert sales(desk) == []
    assert desk.harness.told_of(ForeignPosition) == []
    assert [notice.symbol for notice in desk.harness.told_of(UnexplainedChange)] == ["AAPL"]
    assert desk.orders_of_the_trade() == [TRADE_ID]
    (alarm,) = [alarm for alarm in desk.harness.told_of(TradeUnprotected) if alarm.trade_id == TRADE_ID]
    assert (alarm.is_on_hold, alarm.called) == (True, ("U0TRADER", "U0ADMIN"))
    assert [line.symbol for line in desk.harness.engine.queries.portfolio().lines if line.awaits] == ["AAPL"]
    assert desk.harness.engine.queries.desk().state is DeskState.REDUCING


@pytest.mark.parametrize(
    ("ratio", "told", "before", "after"),
    sample(
        [
            ((2, 1), "activity", -112, 0),
            ((2, 1), "activity", -112, -20),
            ((3, 2), "in one row", -112, -20),
            ((1, 8), "in one row", 40, -20),
            ((10, 1), "announced", -112, -20),
            ((1, 2), "announced", -112, 30),
            ((1, 8), "both", 40, -20),
            ((3, 2), "both", -112, 30),
            ((2, 1), "nothing", -112, -20),
            ((1, 8), "nothing", -112, 30),
            ((10, 1), "nothing", -112, 0),
        ],
        6,
    ),
)
def test_what_was_dealt_before_a_split_and_after_it_is_booked_in_the_shares_of_then(
    desk: AtAlpaca, ratio: tuple[int, int], told: str, before: int, after: int
) -> None:
    exact = Fraction(*ratio)
    deal(desk, before, Decimal("150.00"))
    split(desk, ratio, told)
    deal(desk, after, over(PRICE, exact))
    with desk.next_life() as later:
        come_to_rest(later)
        trade = later.harness.trade()
        theirs = int(max(0, before) * exact)
        sold = max(0, -after - theirs)
        left = int((512 + min(0, before)) * exact) - sold
        assert (trade.state, trade.held_shares) == (TradeState.OPEN, left)
        assert trade.stop == pytest.approx(over(STOP, exact), abs=Decimal("0.02"))
        assert sum(shares for shares, _ in sales(later)) == max(0, -before) + sold
        assert set(sales(later)) <= {(112, Decimal(150)), (sold, over(PRICE, exact))}
        assert later.held() - left == max(0, theirs + after)
        stops = [part for part in later.parts() if part.role is OrderRole.STOP and not part.state.is_over]
        assert [(part.shares, part.price) for part in stops] == [(left, trade.stop)]
        with later.harness.store.reading() as reader:
            assert unexplained(reader) == {}


@pytest.mark.parametrize(
    ("first", "second", "told", "bought"),
    [
        ((1, 2), (2, 1), "in one row", 30),
        ((2, 1), (3, 1), "in one row", 30),
        ((10, 1), (1, 2), "in one row", -30),
        ((1, 10), (3, 2), "in one row", -30),
    ],
)
def test_a_split_told_by_its_difference_after_an_untold_one_between_which_people_dealt_is_asked_about(
    desk: AtAlpaca, first: tuple[int, int], second: tuple[int, int], told: str, bought: int
) -> None:
    split(desk, first, "nothing")
    deal(desk, bought, over(PRICE, Fraction(*first)))
    split(desk, second, told)
    with desk.next_life() as later:
        come_to_rest(later)
        is_asked_about(later)
        later.restart()
        come_to_rest(later)
        is_asked_about(later)


@pytest.mark.parametrize(
    ("first", "second", "dealt"),
    [
        ((1, 2), (2, 1), (-100, 30)),
        ((10, 1), (1, 2), (0, -30)),
        ((2, 1), (3, 1), (0, 0)),
        ((1, 10), (10, 1), (0, 0)),
    ],
)
@pytest.mark.parametrize("known", ["nothing", "announced"])
def test_the_shares_that_went_out_by_a_told_split_show_the_one_before_it(
    desk: AtAlpaca, first: tuple[int, int], second: tuple[int, int], dealt: tuple[int, int], known: str
) -> None:
    one, two = Fraction(*first), Fraction(*second)
    deal(desk, dealt[0], PRICE)
    split(desk, first, known)
    deal(desk, dealt[1], over(PRICE, one))
    split(desk, second, "activity")
    with desk.next_life() as later:
        come_to_rest(later)
        trade = later.harness.trade()
        assert trade.held_shares == int((int((512 + dealt[0]) * one) + min(0, dealt[1])) * two)
        assert trade.stop == pytest.approx(over(STOP, one * two), abs=Decimal("0.05"))
        parts = later.held() - trade.held_shares - int(max(0, dealt[1]) * two)
        assert 0 <= parts < 2 * max(1, second[0])
        assert {shares for shares, _ in sales(later)} == {-shares for shares in dealt if shares < 0}
        assert later.harness.told_of(UnexplainedChange) == []


@pytest.mark.parametrize("dealt", sample([(-200, 30), (0, 30), (0, -30)], 2), ids=str)
@pytest.mark.parametrize(("first", "second"), [((10, 1), (1, 10)), ((1, 2), (2, 1))])
def test_two_untold_splits_that_cancel_out_around_what_people_dealt_are_asked_about(
    desk: AtAlpaca, first: tuple[int, int], second: tuple[int, int], dealt: tuple[int, int]
) -> None:
    deal(desk, dealt[0], PRICE)
    split(desk, first, "nothing")
    deal(desk, dealt[1], over(PRICE, Fraction(*first)))
    split(desk, second, "nothing")
    with desk.next_life() as later:
        come_to_rest(later)
        is_asked_about(later)


def test_who_resumes_says_that_what_was_told_is_done_and_the_shares_get_their_stop(desk: AtAlpaca) -> None:
    split(desk, (1, 2), "nothing")
    deal(desk, 30, over(PRICE, Fraction(1, 2)))
    split(desk, (2, 1), "in one row")
    with desk.next_life() as later:
        come_to_rest(later)
        is_asked_about(later)
        later.harness.engine.commands.resume(EngineHarness.ADMIN)
        come_to_rest(later)
        assert later.harness.trade().held_shares == 512
        assert [notice.shares for notice in later.harness.told_of(ForeignPosition)] == [60]
        stops = [part for part in later.parts() if part.role is OrderRole.STOP and not part.state.is_over]
        assert [(part.shares, part.price) for part in stops] == [(512, STOP)]


def test_shares_that_are_gone_after_a_split_without_an_execution_are_asked_about(desk: AtAlpaca) -> None:
    split(desk, (2, 1), "activity")
    with desk.next_life() as later:
        come_to_rest(later)
        later.fake.hold("AAPL", 700, "75.125")
        come_to_rest(later)
        assert sales(later) == []
        assert later.harness.trade().held_shares == 1024
        assert [notice.found for notice in later.harness.told_of(UnexplainedChange)] == [700]


def test_shares_that_are_short_beside_a_trade_that_ended_are_nobodys_only_where_executions_add_up(
    desk: AtAlpaca,
) -> None:
    """A lost life restated by an untold split and back sold ten times the shares, after a sale by hand."""
    deal(desk, -200, PRICE)
    split(desk, (10, 1), "nothing")
    deal(desk, 30, over(PRICE, Fraction(10)))
    desk.broker.protect(f"{TRADE_ID}-stop-1", "AAPL", 3120, Decimal("14.79"), Decimal("15.47"))
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 1, 10, orders="left", activity=False)
    desk.harness.market.price("AAPL", str(PRICE))
    with desk.next_life() as later:
        come_to_rest(later)
        assert NoticeKind.UNEXPLAINED in [notice.kind for notice in later.harness.told()]
        assert later.harness.told_of(ForeignPosition) == []
        assert later.harness.engine.queries.desk().state is not DeskState.ACTIVE


def test_a_split_that_the_account_tells_later_in_one_row_is_not_done_twice(desk: AtAlpaca) -> None:
    split(desk, (2, 1), "nothing")
    with desk.next_life() as later:
        come_to_rest(later)
        assert later.harness.trade().held_shares == 1024
        later.fake.tell_of_split("AAPL", 0, 512)
        come_to_rest(later)
        assert later.harness.trade().held_shares == 1024
        assert len([notice for notice in later.harness.told() if notice.kind is NoticeKind.RESTATED]) == 1


@pytest.mark.parametrize("told", ["activity", "in one row", "announced"])
def test_the_same_split_on_two_days_that_follow_is_carried_out_twice(desk: AtAlpaca, told: str) -> None:
    with desk.next_life() as later:
        for shares in (1024, 2048):
            split(later, (2, 1), told)
            later.harness.engine.jobs.learn_corporate_actions()
            come_to_rest(later)
            assert later.harness.trade().held_shares == shares
            later.harness.clock.advance(timedelta(hours=1).total_seconds())
