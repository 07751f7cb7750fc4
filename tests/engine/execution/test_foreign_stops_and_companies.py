"""PROTECT_FOREIGN around splits and spin-offs: no stop for shares of others stands, or is sent, at an old price.

Somebody bought 40 NVDA at 100, and their stop is at 98.50. What a company does to them is due the next day.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.bootstrap import wire
from engine.execution.foreign_stops import is_stop_of_foreign, live_parts
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.market import exchange_date
from engine.model.notices.account import ForeignUnprotected
from engine.model.notices.base import AWAITS_ACTION
from tests.support.alpaca_desk import AtAlpaca

HOUR = 3_600


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, with a stop for 40 NVDA that somebody bought by hand."""
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        bought_elsewhere(desk)
        assert stops(desk) == [(40, Decimal("98.50"))]
        yield desk


def bought_elsewhere(desk: AtAlpaca, symbol: str = "NVDA", price: str = "100") -> None:
    desk.fake.hold(symbol, 40, price)
    desk.fake.price(symbol, price)
    desk.look(4)


def announce(desk: AtAlpaca, new: int, old: int = 1, symbol: str = "NVDA", kind: ActionKind = ActionKind.SPLIT) -> None:
    """Let an action be announced for the next day, and the desk learn of it."""
    action = CorporateAction(
        id=f"{symbol}-1",
        kind=kind,
        symbol=symbol,
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=1),
        new_shares=Decimal(new),
        old_shares=Decimal(old),
        new_symbol="SPUN" if kind is ActionKind.SPIN_OFF else "",
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()


def overnight(desk: AtAlpaca) -> None:
    """Let it be the next morning, three hours before the open."""
    desk.harness.clock.advance(19.75 * HOUR)


def open_at(desk: AtAlpaca, price: str, symbol: str = "NVDA") -> None:
    """Let the first minutes of regular trading go by at a price."""
    desk.harness.clock.advance(3.05 * HOUR)
    desk.price(symbol, price)
    desk.look()


def go_on_at(desk: AtAlpaca, price: str, symbol: str = "NVDA") -> None:
    """Let half an hour of regular trading go by at a price."""
    desk.harness.clock.advance(HOUR / 2)
    desk.price(symbol, price)
    desk.look(4)


def stops(desk: AtAlpaca, symbol: str = "NVDA") -> list[tuple[int, Decimal | None]]:
    """Return shares and price of the live stops for shares of others."""
    orders = [order for order in desk.broker.orders() if order.symbol == symbol and is_stop_of_foreign(order)]
    return [(part.shares, part.price) for order in orders for part in live_parts(order)]


def held(desk: AtAlpaca, symbol: str = "NVDA") -> int:
    return sum(position.shares for position in desk.broker.positions() if position.symbol == symbol)


@pytest.mark.parametrize("way", ["left", "cancelled", "adjusted"])
def test_a_split_sells_none_of_them_and_the_new_shares_get_a_stop_under_the_new_price(desk: AtAlpaca, way: str) -> None:
    announce(desk, 2)
    overnight(desk)
    desk.fake.split("NVDA", 2, orders=way)
    desk.look()
    assert stops(desk) == []
    open_at(desk, "50")
    assert (held(desk), stops(desk)) == (80, [])
    go_on_at(desk, "50")
    assert (held(desk), stops(desk)) == (80, [(80, Decimal("49.25"))])
    assert desk.harness.told_of(ForeignUnprotected) == []


def test_on_the_day_the_old_stop_goes_before_the_broker_shows_anything(desk: AtAlpaca) -> None:
    announce(desk, 2)
    desk.look()
    assert stops(desk) == [(40, Decimal("98.50"))]
    overnight(desk)
    desk.look()
    assert stops(desk) == []


def test_while_the_broker_is_late_with_a_reverse_split_no_stop_is_sent_on_the_old_number(desk: AtAlpaca) -> None:
    announce(desk, 1, 10)
    overnight(desk)
    open_at(desk, "1000")
    desk.fake.buy_by_hand("NVDA", 10, "1000")
    go_on_at(desk, "1000")
    assert (held(desk), stops(desk)) == (50, [])
    assert {told.trouble for told in desk.harness.told_of(ForeignUnprotected)} == {AWAITS_ACTION}
    desk.fake.split("NVDA", 1, 10, price="1000")
    desk.look(4)
    assert (held(desk), stops(desk)) == (5, [(5, Decimal("985.00"))])


def test_an_action_that_makes_no_whole_share_more_leaves_them_no_day_without_a_stop(desk: AtAlpaca) -> None:
    announce(desk, 101, 100)
    overnight(desk)
    open_at(desk, "99")
    go_on_at(desk, "99")
    assert stops(desk) == [(40, Decimal("97.51"))]
    assert desk.harness.told_of(ForeignUnprotected) == []


def test_beside_a_trade_it_goes_and_comes_back_as_the_trades_own_exits_do(desk: AtAlpaca) -> None:
    bought_elsewhere(desk, "AAPL", "150.25")
    desk.buy()
    bought = desk.harness.trade().held_shares
    assert (held(desk, "AAPL"), [shares for shares, _ in stops(desk, "AAPL")]) == (40 + bought, [40])
    announce(desk, 2, symbol="AAPL")
    overnight(desk)
    desk.look()
    assert [part for part in desk.parts() if not part.state.is_over] == []
    desk.fake.split("AAPL", 2)
    open_at(desk, "75.12", "AAPL")
    assert stops(desk, "AAPL") == []
    go_on_at(desk, "75.12", "AAPL")
    assert desk.harness.trade().held_shares == 2 * bought
    assert (held(desk, "AAPL"), stops(desk, "AAPL")) == (2 * (40 + bought), [(80, Decimal("73.99"))])


def test_a_spin_off_sells_none_of_them_and_they_get_a_stop_under_what_is_left_of_their_price(desk: AtAlpaca) -> None:
    announce(desk, 1, kind=ActionKind.SPIN_OFF)
    overnight(desk)
    desk.look()
    assert stops(desk) == []
    desk.fake.spin_off("NVDA", "SPUN", rate="1", price="10", source_price="90")
    open_at(desk, "90")
    assert (held(desk), stops(desk)) == (40, [])
    go_on_at(desk, "90")
    assert (held(desk), stops(desk)) == (40, [(40, Decimal("88.65"))])


def test_of_a_symbol_that_nobody_watches_it_is_known_too(desk: AtAlpaca) -> None:
    bought_elsewhere(desk, "KO", "60")
    assert "KO" not in desk.harness.engine.jobs.universe.symbols
    announce(desk, 2, symbol="KO")
    overnight(desk)
    desk.look()
    assert (stops(desk, "KO"), stops(desk)) == ([], [(40, Decimal("98.50"))])


def test_a_split_that_only_the_account_tells_of_ends_the_old_stop_before_the_open(desk: AtAlpaca) -> None:
    overnight(desk)
    desk.fake.split("NVDA", 2)
    desk.look()
    assert stops(desk) == []
    go_on_at(desk, "50")
    open_at(desk, "50")
    go_on_at(desk, "50")
    assert (held(desk), stops(desk)) == (80, [(80, Decimal("49.25"))])


def test_a_later_life_that_wants_no_such_stops_ends_what_stands_at_an_old_price(desk: AtAlpaca) -> None:
    announce(desk, 2)
    settings = desk.harness.settings
    unwanted = replace(settings, risk=settings.risk.model_copy(update={"protect_foreign": False}))
    engine = wire(unwanted, desk.adapters)
    engine.jobs.start()
    engine.jobs.housekeeping()
    assert stops(desk) == [(40, Decimal("98.50"))]
    overnight(desk)
    engine.jobs.housekeeping()
    assert stops(desk) == []
