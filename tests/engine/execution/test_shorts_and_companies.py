"""What a trade sold beyond what it held is owed in the shares that a company makes of it, and bought back in those."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from engine.model.desk import DeskState
from engine.model.notices.account import ForeignPosition, UnexplainedChange
from engine.model.notices.corporate_actions import TradeRestated
from engine.model.trade import TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import sample

PRICE = Decimal("150.25")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, both of whose exits sold 512 AAPL in the last minute of the day: 512 are owed."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        desk.harness.clock.advance(5.24 * 3600)
        desk.fake.fill_both_legs(TRADE_ID)
        desk.harness.clock.advance(60)
        desk.look()
        assert (desk.harness.trade().short_shares, desk.covers()) == (512, [])
        yield desk


def next_morning(desk: AtAlpaca) -> None:
    """Let it be the next morning, before the open."""
    desk.harness.clock.advance(14 * 3600)


def split(desk: AtAlpaca, ratio: tuple[int, int], told: str) -> None:
    activity = told in {"activity", "in one row", "both"}
    desk.fake.split("AAPL", *ratio, activity=activity, in_one_row=told == "in one row")
    desk.harness.market.price("AAPL", str(round(PRICE * ratio[1] / ratio[0], 2)))


def open_regularly(desk: AtAlpaca, price: Decimal) -> None:
    """Let regular trading begin at a price, and the desk look for a minute."""
    desk.harness.clock.advance(3.5 * 3600 + 30)
    desk.price("AAPL", str(round(price, 2)))
    desk.look()
    desk.harness.clock.advance(31)
    desk.look()


def announce(desk: AtAlpaca, new: int, old: int) -> None:
    desk.announce_split(new, old, days=1)
    desk.harness.engine.jobs.learn_corporate_actions()


@pytest.mark.parametrize("awake", [True, False], ids=["awake", "asleep"])
@pytest.mark.parametrize(
    ("ratio", "told"),
    sample(
        [
            ((10, 1), "activity"),
            ((1, 2), "nothing"),
            ((3, 2), "announced"),
            ((2, 1), "in one row"),
            ((10, 1), "nothing"),
            ((1, 8), "both"),
            ((1, 2), "in one row"),
            ((1, 10), "activity"),
            ((10, 1), "announced"),
        ],
        4,
    ),
)
def test_what_is_owed_is_bought_back_in_the_shares_of_after_a_split(
    desk: AtAlpaca, ratio: tuple[int, int], told: str, awake: bool
) -> None:
    exact, cash = Fraction(*ratio), desk.broker.account().cash
    before = desk.harness.trade()
    sold = before.exit_shares * (before.exit_price or 0)
    if told in {"announced", "both"}:
        announce(desk, *ratio)
    next_morning(desk)
    split(desk, ratio, told)
    if awake:
        desk.look()
    open_regularly(desk, PRICE / Decimal(exact.numerator) * exact.denominator)
    trade = desk.harness.trade()
    assert desk.covers() == [int(512 * exact)]
    assert (trade.state, desk.held()) == (TradeState.CLOSED, 0)
    paid = cash - desk.broker.account().cash
    part = (512 * exact - int(512 * exact)) * Fraction(PRICE) / exact
    assert trade.result == pytest.approx(sold - paid - 512 * PRICE, abs=Decimal(str(float(part))) + Decimal("0.05"))
    assert len(desk.harness.told_of(TradeRestated)) == 1
    assert not desk.harness.told_of(ForeignPosition)
    assert not desk.harness.told_of(UnexplainedChange)


def test_nothing_is_bought_back_before_an_announced_split_is_in_the_account(desk: AtAlpaca) -> None:
    announce(desk, 1, 4)
    next_morning(desk)
    open_regularly(desk, PRICE)
    assert desk.covers() == []
    split(desk, (1, 4), "nothing")
    desk.look()
    assert (desk.covers(), desk.held(), desk.harness.trade().state) == ([128], 0, TradeState.CLOSED)


def test_where_an_announced_split_does_not_happen_the_shares_of_before_are_bought_back(desk: AtAlpaca) -> None:
    announce(desk, 1, 4)
    next_morning(desk)
    open_regularly(desk, PRICE)
    desk.harness.clock.advance(20 * 60)
    desk.price("AAPL", str(PRICE))
    desk.look()
    assert (desk.covers(), desk.held()) == ([512], 0)


def test_a_change_of_what_is_short_that_nothing_explains_is_asked_about(desk: AtAlpaca) -> None:
    next_morning(desk)
    desk.fake.split("AAPL", 2, price="148.00", activity=False)  # twice as many at the old price
    open_regularly(desk, Decimal(148))
    assert desk.covers() == []
    assert not desk.harness.told_of(ForeignPosition)
    (change,) = desk.harness.told_of(UnexplainedChange)
    assert (change.before, change.found) == (-512, -1024)
    assert desk.harness.engine.queries.desk().state is not DeskState.ACTIVE


def test_a_merger_for_cash_ends_what_is_owed_at_what_it_cost(desk: AtAlpaca) -> None:
    next_morning(desk)
    desk.fake.merge("AAPL", cash="160.00")
    desk.look()
    trade = desk.harness.trade()
    sold = 512 * (Decimal("154.75") + Decimal("147.99"))
    assert trade.state is TradeState.CLOSED
    assert trade.result == pytest.approx(sold - 512 * (PRICE + 160), abs=Decimal("0.01"))
    assert (desk.covers(), desk.held()) == ([], 0)


def test_a_rename_is_followed_by_what_is_owed(desk: AtAlpaca) -> None:
    next_morning(desk)
    desk.fake.rename("AAPL", "APLX")
    desk.harness.clock.advance(3.5 * 3600 + 30)
    desk.price("APLX", str(PRICE))
    desk.look()
    trade = desk.harness.trade()
    assert (trade.symbol, trade.state, desk.covers()) == ("APLX", TradeState.CLOSED, [512])
    assert not desk.harness.told_of(ForeignPosition)
