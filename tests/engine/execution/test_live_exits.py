"""A stop or target that somebody moves at the broker is the desk's own wish from then on: told, audited, and kept."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.bootstrap import wire
from engine.model.desk import DeskState
from engine.model.notices.account import ExitMoved
from engine.model.trade import OrderRole
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def told(desk: AtAlpaca) -> list[ExitMoved]:
    return desk.harness.told_of(ExitMoved)


def test_a_stop_moved_by_hand_is_taken_over_and_told_once_with_its_risk(desk: AtAlpaca) -> None:
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.look()
    (notice,) = told(desk)
    assert (notice.role, notice.before, notice.after) == (OrderRole.STOP, Decimal("147.99"), Decimal(149))
    assert notice.risk_after < notice.risk_before
    assert desk.harness.trade().stop == Decimal(149)


def test_the_open_risk_follows_a_stop_that_is_moved_down_and_halts_the_desk_over_its_limit(desk: AtAlpaca) -> None:
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="1.00")
    desk.look()
    portfolio = desk.harness.engine.queries.portfolio()
    assert portfolio.open_risk > 512 * Decimal(149) / portfolio.account.equity
    assert (desk.harness.engine.queries.desk().state, desk.harness.engine.queries.desk().reason) == (
        DeskState.HALTED,
        "open_risk",
    )


def test_a_target_moved_by_hand_stays_where_it_is(desk: AtAlpaca) -> None:
    desk.fake.move_by_hand(desk.live(OrderRole.TARGET).broker_id, limit="160.00")
    desk.look()
    desk.restart()
    desk.look()
    assert desk.live(OrderRole.TARGET).price == Decimal(160)
    assert [(notice.role, notice.after) for notice in told(desk)] == [(OrderRole.TARGET, Decimal(160))]


def test_a_tightened_stop_is_renewed_where_it_was(desk: AtAlpaca) -> None:
    moved = desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.look()
    desk.fake.cancel_by_hand(moved)
    desk.look()
    assert desk.live(OrderRole.STOP).price == Decimal(149)


def test_each_change_by_hand_is_in_the_audit(desk: AtAlpaca) -> None:
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.look()
    with desk.harness.store.reading() as reader:
        entries = [entry.outcome for entry in reader.audit(subject=TRADE_ID) if "moved at the broker" in entry.action]
    assert entries == ["147.99 -> 149"]


def test_a_stop_moved_while_the_bot_was_away_is_told_at_the_next_start(desk: AtAlpaca) -> None:
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.restart()
    assert len(told(desk)) == 1


def test_another_target_distance_moves_no_trade_that_was_approved(desk: AtAlpaca) -> None:
    before = desk.live(OrderRole.TARGET).price
    settings = desk.harness.settings
    other = type(settings).read(watchlist=("AAPL", "MSFT", "TSLA"), timezone="Asia/Seoul", target_distance="0.1")
    wire(other, desk.adapters).jobs.start()
    desk.look()
    assert (desk.live(OrderRole.TARGET).price, told(desk)) == (before, [])
