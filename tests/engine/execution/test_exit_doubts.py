"""No order's price becomes a trade's stop or target before it is known how many shares there are, and why."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from engine.model.notices.account import ExitMoved
from engine.model.notices.base import NoticeKind
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import sample

RATIOS = ((2, 1), (3, 1), (3, 2), (5, 4), (11, 10), (1, 2), (1, 10), (4, 5))
STOP, TARGET, PRICE = Fraction(14799, 100), Fraction(15475, 100), Fraction(15025, 100)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which held 512 AAPL at 150.25, stop at 147.99, target at 154.75, when it ended."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        desk.end()
        yield desk


def announce_split(desk: AtAlpaca, days: int) -> None:
    """Let a 2-for-1 split be announced for a day from now."""
    desk.announce_split(2, 1, days=days)
    desk.harness.engine.jobs.learn_corporate_actions()


def over(price: Fraction, ratio: Fraction) -> Decimal:
    """Return what a price of before becomes, in cents."""
    exact = price / ratio
    return round(Decimal(exact.numerator) / exact.denominator, 2)


def split(desk: AtAlpaca, new: int, old: int, way: str, *, activity: bool = False) -> None:
    """Let a night pass in which the company splits its shares; nobody announced it."""
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", new, old, orders=way, activity=activity)


def before_the_open(desk: AtAlpaca) -> None:
    """Let it be the next morning, three hours before the open: no stop is filled."""
    desk.harness.clock.advance(19.75 * 3600)


def protect(desk: AtAlpaca, number: int, shares: int, ratio: Fraction) -> None:
    """Let a life that the database lost send a stop and a target at the prices after splits."""
    prices = over(STOP, ratio), over(TARGET, ratio)
    desk.broker.protect(f"{TRADE_ID}-stop-{number}", "AAPL", shares, *prices)


def stopped(desk: AtAlpaca, price: Decimal) -> int:
    """Return for how many shares there are stops at about a price; at another one there must be none."""
    live = [part for part in desk.parts() if part.role is OrderRole.STOP and not part.state.is_over]
    assert all(part.price == pytest.approx(price, abs=Decimal("0.02")) for part in live)
    return sum(part.shares for part in live)


def comes_right(desk: AtAlpaca, held: int, ratio: Fraction) -> None:
    """Hold that a trade is restated by all that companies did, is protected there, and nobody moved anything."""
    trade = desk.harness.trade()
    assert (trade.state, trade.held_shares) == (TradeState.OPEN, held)
    assert trade.stop == pytest.approx(over(STOP, ratio), abs=Decimal("0.02"))
    assert trade.target == pytest.approx(over(TARGET, ratio), abs=Decimal("0.02"))
    live = {(part.role, part.shares, part.price) for part in desk.parts() if not part.state.is_over}
    assert live == {(OrderRole.STOP, held, trade.stop), (OrderRole.TARGET, held, trade.target)}
    assert not [notice for notice in desk.harness.told() if notice.kind is NoticeKind.EXIT_MOVED]


def come_to_rest(desk: AtAlpaca) -> None:
    """Let the desk look until nothing of it waits for another look."""
    desk.look()
    desk.harness.clock.advance(31)
    desk.look(4)


@pytest.mark.parametrize(("new", "old"), sample(RATIOS, 2))
def test_a_stop_of_a_lost_life_after_a_split_is_not_taken_for_a_moved_one(desk: AtAlpaca, new: int, old: int) -> None:
    ratio = Fraction(new, old)
    split(desk, new, old, "cancelled")
    held = int(512 * ratio)
    protect(desk, 1, held, ratio)
    with desk.next_life() as later:
        come_to_rest(later)
        comes_right(later, held, ratio)


@pytest.mark.parametrize(("new", "old"), sample(RATIOS, 2))
def test_a_stop_that_the_broker_adjusted_is_not_taken_for_a_moved_one(desk: AtAlpaca, new: int, old: int) -> None:
    ratio = Fraction(new, old)
    split(desk, new, old, "adjusted")
    with desk.next_life() as later:
        come_to_rest(later)
        comes_right(later, int(512 * ratio), ratio)


@pytest.mark.parametrize("activity", [True, False])
@pytest.mark.parametrize(("new", "old"), sample([(2, 1), (1, 2), (1, 10)], 2))
def test_an_old_exit_whose_cancel_hangs_after_a_split_gives_no_trade_its_price(
    desk: AtAlpaca, new: int, old: int, activity: bool
) -> None:
    ratio = Fraction(new, old)
    desk.fake.hold_cancels()
    before_the_open(desk)
    desk.fake.split("AAPL", new, old, orders="left", activity=activity)
    with desk.next_life() as later:
        come_to_rest(later)
        desk.fake.release_cancels()
        come_to_rest(later)
        assert later.harness.trade().held_shares == int(512 * ratio)
        assert stopped(later, over(STOP, ratio)) == int(512 * ratio)


@pytest.mark.parametrize(("new", "old"), sample(RATIOS, 2))
def test_part_of_the_new_shares_sold_by_hand_leaves_the_new_stop_the_desks_own(
    desk: AtAlpaca, new: int, old: int
) -> None:
    ratio = Fraction(new, old)
    split(desk, new, old, "cancelled")
    left = int(512 * ratio) - 20
    desk.fake.sell_by_hand("AAPL", 20)
    protect(desk, 1, left, ratio)
    with desk.next_life() as later:
        come_to_rest(later)
        comes_right(later, left, ratio)


@pytest.mark.parametrize(
    ("first", "second"), sample(product([(1, 10), (1, 2), (2, 1), (4, 5)], [(3, 1), (2, 1), (10, 1)]), 2)
)
def test_of_two_splits_the_second_partly_sold_at_the_old_stop_both_are_restated(
    desk: AtAlpaca, first: tuple[int, int], second: tuple[int, int]
) -> None:
    one, both = Fraction(*first), Fraction(*first) * Fraction(*second)
    split(desk, *first, "cancelled")
    protect(desk, 1, int(512 * one), one)
    split(desk, *second, "left")  # sells, at the price of now, as many shares as there were
    left = desk.held()
    protect(desk, 2, left, both)
    with desk.next_life() as later:
        come_to_rest(later)
        comes_right(later, left, both)


@pytest.mark.parametrize(("new", "old"), sample([(1, 10), (1, 3), (1, 2), (2, 3)], 2))
def test_what_an_old_target_sold_too_much_after_an_untold_reverse_split_is_bought_back(
    desk: AtAlpaca, new: int, old: int
) -> None:
    split(desk, new, old, "left")  # the old target is under the price: it sells 512 of fewer shares
    with desk.next_life() as later:
        come_to_rest(later)
        trade = later.harness.trade()
        assert (trade.state, later.held()) == (TradeState.CLOSED, 0)
        assert trade.filled_shares == 512 * new // old
        assert NoticeKind.OVERSOLD in [notice.kind for notice in later.harness.told()]


@pytest.mark.parametrize("activity", [True, False], ids=["told by the account", "seen by its value"])
@pytest.mark.parametrize(("new", "old"), sample(RATIOS, 2))
def test_an_exit_that_somebody_moved_after_the_broker_adjusted_it_stays_where_it_was_moved(
    desk: AtAlpaca, new: int, old: int, activity: bool
) -> None:
    ratio = Fraction(new, old)
    split(desk, new, old, "adjusted", activity=activity)
    stop, target = over(STOP * Fraction(101, 100), ratio), over(TARGET * Fraction(104, 100), ratio)
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop=str(stop))
    desk.fake.move_by_hand(desk.live(OrderRole.TARGET).broker_id, limit=str(target))
    with desk.next_life() as later:
        come_to_rest(later)
        trade, held = later.harness.trade(), int(512 * ratio)
        assert (trade.held_shares, trade.stop, trade.target) == (held, stop, target)
        live = {(part.role, part.shares, part.price) for part in later.parts() if not part.state.is_over}
        assert live == {(OrderRole.STOP, held, stop), (OrderRole.TARGET, held, target)}
        moves = [(move.role, move.after) for move in later.harness.told_of(ExitMoved)]
        assert sorted(moves) == [(OrderRole.STOP, stop), (OrderRole.TARGET, target)]


def test_a_stop_that_is_moved_by_a_cent_after_a_split_is_told(desk: AtAlpaca) -> None:
    split(desk, 2, 1, "cancelled")
    with desk.next_life() as later:
        come_to_rest(later)
        moved = later.harness.trade().stop + Decimal("0.01")
        later.fake.move_by_hand(later.live(OrderRole.STOP).broker_id, stop=str(moved))
        later.look()
        assert [move.after for move in later.harness.told_of(ExitMoved)] == [moved]


def test_a_stop_that_somebody_moves_the_evening_before_a_split_is_told_and_restated(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        announce_split(desk, days=1)
        desk.harness.clock.advance(12 * 3600)  # the next regular session is the first of the new shares
        desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="148.40")
        desk.look()
        assert desk.harness.trade().stop == Decimal("148.40")
        assert [move.after for move in desk.harness.told_of(ExitMoved)] == [Decimal("148.40")]
        desk.harness.clock.advance(8 * 3600)
        desk.fake.split("AAPL", 2, orders="adjusted")
        desk.look()
        assert (desk.harness.trade().held_shares, desk.harness.trade().stop) == (1024, Decimal("74.20"))
        assert len(desk.harness.told_of(ExitMoved)) == 1


def test_two_splits_that_together_are_none_are_asked_about_and_nothing_stands_at_another_price(desk: AtAlpaca) -> None:
    split(desk, 1, 10, "cancelled")
    protect(desk, 1, 51, Fraction(1, 10))
    split(desk, 3, 2, "left")
    protect(desk, 2, desk.held(), Fraction(3, 20))
    with desk.next_life() as later:
        come_to_rest(later)
        trade = later.harness.trade()
        assert (trade.held_shares, trade.stop, trade.target) == (512, Decimal("147.99"), Decimal("154.75"))
        assert stopped(later, over(STOP, Fraction(3, 20))) == desk.held()
        told = [notice.kind for notice in later.harness.told()]
        assert NoticeKind.UNEXPLAINED in told
        assert NoticeKind.EXIT_MOVED not in told


@pytest.mark.parametrize(("new", "old"), sample([(5, 4), (11, 10), (4, 5)], 2))
def test_an_old_exit_that_was_filled_far_from_its_price_after_a_small_split_is_booked_in_the_new_shares(
    desk: AtAlpaca, new: int, old: int
) -> None:
    ratio = Fraction(new, old)
    split(desk, new, old, "left")
    with desk.next_life() as later:
        come_to_rest(later)
        trade = later.harness.trade()
        assert trade.filled_shares == int(512 * ratio)
        assert trade.fill_price == pytest.approx(over(PRICE, ratio), abs=Decimal("0.01"))
        assert trade.result == pytest.approx(Decimal(0), abs=300)
        told = {notice.kind for notice in later.harness.told()}
        assert not told & {NoticeKind.UNEXPLAINED, NoticeKind.LOSS_LIMIT}


def test_an_exit_that_slipped_far_where_nothing_else_changed_is_booked_as_it_was_filled(desk: AtAlpaca) -> None:
    with desk.next_life() as later:
        later.price("AAPL", "139.00")
        later.look(1)
        trade = later.harness.trade()
        assert (trade.state, trade.exit_shares) == (TradeState.CLOSED, 512)
        assert trade.exit_price == pytest.approx(Decimal("139.00"), abs=Decimal("0.01"))
