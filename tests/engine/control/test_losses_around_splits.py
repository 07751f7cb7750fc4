"""No loss is told, and nothing halts, because of what a company did to the shares and nobody has understood yet."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.common.portfolio import read_portfolio
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.desk import DeskState
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from tests.support.alpaca_desk import AtAlpaca
from tests.support.samples import crossed

STOPPED = 512 * (Decimal("150.25") - Decimal("147.99"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which held 512 AAPL at 150.25, stop at 147.99, when it ended; losses halt it."""
    with AtAlpaca.open(tmp_path, losses_halt=True) as desk:
        desk.buy()
        desk.end()
        yield desk


def loss(desk: AtAlpaca) -> Decimal:
    """Return the dollars that open trades have lost, as anybody who looks is told now."""
    limits = desk.harness.settings.risk.limits
    portfolio = read_portfolio(desk.broker, desk.harness.store, desk.harness.clock.now(), limits)
    return portfolio.open_loss


def nothing_was_lost(desk: AtAlpaca) -> None:
    assert NoticeKind.LOSS_LIMIT not in [notice.kind for notice in desk.harness.told()]
    assert desk.harness.engine.queries.desk().state is not DeskState.HALTED


@pytest.mark.parametrize(
    ("ratio", "activity", "way"),
    [
        (ratio, activity, way)
        for (ratio, activity), way in crossed(
            [((2, 1), False), ((10, 1), True), ((5, 4), False), ((11, 10), True)],
            ["left", "cancelled", "adjusted"],
            most=4,
        )
    ],
)
def test_a_split_while_the_desk_was_away_is_no_loss(
    desk: AtAlpaca, ratio: tuple[int, int], activity: bool, way: str
) -> None:
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", *ratio, orders=way, activity=activity)
    assert loss(desk) < 20
    with desk.next_life() as later:
        later.harness.engine.jobs.monitor_risk()
        later.look()
        later.harness.clock.advance(31)
        later.look()
        later.harness.engine.jobs.monitor_risk()
        nothing_was_lost(later)


def test_a_split_beside_shares_of_others_is_no_loss(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, losses_halt=True) as desk:
        desk.buy()
        desk.fake.buy_by_hand("AAPL", 30)
        desk.look()
        desk.end()
        desk.harness.clock.advance(24 * 3600)
        desk.fake.split("AAPL", 2, orders="cancelled", activity=False)
        assert loss(desk) < 20
        with desk.next_life() as later:
            later.look()
            nothing_was_lost(later)


def test_what_the_desk_is_asked_about_counts_as_no_more_lost_than_if_it_were_stopped(desk: AtAlpaca) -> None:
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 3, 1, orders="cancelled", activity=False)
    desk.fake.buy_by_hand("AAPL", 500, "50.08")
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 2, 3, orders="cancelled", activity=False)
    desk.price("AAPL", "75.12")
    with desk.next_life() as later:
        later.look()
        later.harness.clock.advance(31)
        later.look()
        assert NoticeKind.UNEXPLAINED in [notice.kind for notice in later.harness.told()]
        assert loss(later) <= STOPPED
        nothing_was_lost(later)


def test_what_a_spin_off_takes_away_is_no_loss_while_its_worth_is_not_known(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, losses_halt=True) as desk:
        desk.buy()
        action = CorporateAction(
            id="spin-1",
            kind=ActionKind.SPIN_OFF,
            symbol="AAPL",
            ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=1),
            new_shares=Decimal(1),
            old_shares=Decimal(2),
            new_symbol="SPUN",
        )
        desk.harness.actions.announced.append(action)
        desk.harness.engine.jobs.learn_corporate_actions()
        desk.harness.clock.advance(19.75 * 3600)
        desk.fake.spin_off("AAPL", "SPUN", rate="0.5", price="60.00", source_price="120.25", orders="cancelled")
        desk.look()
        assert loss(desk) == STOPPED
        desk.harness.engine.jobs.monitor_risk()
        nothing_was_lost(desk)
