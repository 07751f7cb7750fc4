"""PROTECT_FOREIGN: what the desk did not buy has one stop, at the trading distance under its last price."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.bootstrap import wire
from engine.model.account import Position
from engine.model.desk import DeskState
from engine.model.notices.account import ForeignPosition, ForeignProtected, ForeignUnprotected
from engine.model.notices.base import NoticeKind
from engine.model.trade import OrderRole, TradeState
from engine.ports.broker import Broker
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.lagging_broker import LaggingBroker
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, where somebody bought 40 NVDA by hand."""
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        desk.fake.hold("NVDA", 40, "100")
        desk.fake.price("NVDA", "100")
        yield desk


def see(harness: EngineHarness) -> None:
    """Let the desk find what is not its own, and look after it."""
    harness.engine.jobs.reconcile()
    harness.clock.advance(3)
    harness.engine.jobs.poll_unconfirmed()
    harness.engine.jobs.housekeeping()
    harness.clock.advance(5)
    harness.engine.jobs.housekeeping()


def stops(broker: Broker, symbol: str = "NVDA") -> list[tuple[int, Decimal | None]]:
    return [
        (order.shares, order.price)
        for order in broker.orders()
        if (order.symbol, order.role) == (symbol, OrderRole.STOP)
    ]


def told(harness: EngineHarness) -> list[tuple[NoticeKind, str]]:
    """Return what was told of shares that are not ours: of which kind, how many, and their stop or its trouble."""
    found = list[tuple[NoticeKind, str]]()
    for notice in harness.told():
        match notice:
            case ForeignPosition(symbol="NVDA", shares=shares):
                found.append((notice.kind, f"{shares}"))
            case ForeignProtected(symbol="NVDA", shares=shares, stop=stop):
                found.append((notice.kind, f"{shares} @ {stop}"))
            case ForeignUnprotected(symbol="NVDA", trouble=trouble):
                found.append((notice.kind, trouble))
    return found


def test_it_gets_a_stop_and_the_desk_and_the_audit_are_told(desk: AtAlpaca) -> None:
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal("98.50"))]
    assert told(desk.harness) == [(NoticeKind.FOREIGN, "40"), (NoticeKind.FOREIGN_PROTECTED, "40 @ 98.5")]
    with desk.harness.store.reading() as reader:
        assert [row.outcome for row in reader.audit(subject="NVDA")] == ["40 @ 98.5", "40 shares"]


def test_when_its_stop_sold_them_the_desk_is_told_once_that_they_are_gone(desk: AtAlpaca) -> None:
    see(desk.harness)
    desk.fake.price("NVDA", "98")
    desk.harness.clock.advance(60)
    see(desk.harness)
    see(desk.harness)
    assert stops(desk.broker) == []
    assert told(desk.harness)[2:] == [(NoticeKind.FOREIGN, "0")]


def test_it_never_gets_a_second_one_not_of_another_look_nor_another_life(desk: AtAlpaca) -> None:
    see(desk.harness)
    see(desk.harness)
    desk.restart()
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal("98.50"))]
    assert len(told(desk.harness)) == 2


def test_a_stop_whose_answer_was_lost_is_found_and_told_not_sent_again(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        desk.fake.hold("NVDA", 40, "100")
        line = TroubledBroker(desk.broker)
        engine = wire(desk.harness.settings, replace(desk.adapters, broker=line))
        engine.jobs.start()
        engine.jobs.reconcile()
        desk.harness.clock.advance(3)
        engine.jobs.poll_unconfirmed()
        engine.jobs.housekeeping()
        desk.harness.clock.advance(5)
        line.loses_answer = True
        engine.jobs.housekeeping()
        line.loses_answer = False
        engine.jobs.housekeeping()
        assert len(stops(desk.broker)) == 1
        assert told(desk.harness)[-1][0] is NoticeKind.FOREIGN_PROTECTED


def test_more_shares_get_a_stop_for_those_that_have_none(desk: AtAlpaca) -> None:
    see(desk.harness)
    desk.fake.hold("NVDA", 60, "100")
    see(desk.harness)
    assert sorted(shares for shares, _ in stops(desk.broker)) == [20, 40]


def test_fewer_shares_get_a_stop_that_sells_no_more_than_they_are(desk: AtAlpaca) -> None:
    see(desk.harness)
    desk.fake.hold("NVDA", 25, "100")
    see(desk.harness)
    assert stops(desk.broker) == []
    see(desk.harness)
    assert stops(desk.broker) == [(25, Decimal("98.50"))]


def test_shares_that_are_gone_before_the_books_know_are_sold_by_no_stop(desk: AtAlpaca) -> None:
    desk.harness.engine.jobs.reconcile()
    desk.harness.clock.advance(3)
    desk.harness.engine.jobs.poll_unconfirmed()
    desk.fake.hold("NVDA", 25, "100")
    desk.harness.engine.jobs.housekeeping()
    assert stops(desk.broker) == []
    assert [kind for kind, _ in told(desk.harness)] == [NoticeKind.FOREIGN]


def test_a_purchase_of_the_same_symbol_leaves_their_stop_alone(desk: AtAlpaca) -> None:
    desk.fake.hold("AAPL", 40, "150")
    see(desk.harness)
    [(shares, _)] = before = stops(desk.broker, "AAPL")
    desk.harness.play_the_signal()
    desk.fake.fill_by_hand()
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert desk.harness.trade().state is TradeState.SUBMITTED
    see(desk.harness)
    assert (shares, stops(desk.broker, "AAPL")) == (40, before)
    desk.fake.fill(TRADE_ID)
    desk.harness.engine.jobs.order_changed(TRADE_ID)
    assert desk.harness.trade().state is TradeState.OPEN
    desk.harness.engine.jobs.housekeeping()
    see(desk.harness)
    assert stops(desk.broker, "AAPL") == before


def test_shares_that_somebody_sells_already_get_none(desk: AtAlpaca) -> None:
    desk.broker.protect("by-hand", "NVDA", 40, Decimal(90))
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal(90))]


def test_who_cancels_it_is_not_overruled_on_that_day(desk: AtAlpaca) -> None:
    see(desk.harness)
    [stop] = [order for order in desk.broker.orders() if order.symbol == "NVDA"]
    desk.broker.cancel(stop)
    see(desk.harness)
    assert stops(desk.broker) == []
    desk.harness.clock.advance(86_400)
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal("98.50"))]


def test_shares_that_are_bought_after_a_stop_sold_as_many_get_one_on_the_same_day(desk: AtAlpaca) -> None:
    see(desk.harness)
    desk.price("NVDA", "98")
    desk.harness.clock.advance(60)
    see(desk.harness)
    assert stops(desk.broker) == []
    desk.fake.hold("NVDA", 40, "98")
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal("96.53"))]


def test_so_do_they_after_one_sold_as_many_that_somebody_had_moved(desk: AtAlpaca) -> None:
    see(desk.harness)
    [stop] = [order for order in desk.fake.orders if order["symbol"] == "NVDA"]
    desk.fake.move_by_hand(stop["id"], stop="99")
    desk.price("NVDA", "98.90")
    desk.harness.clock.advance(60)
    see(desk.harness)
    desk.fake.hold("NVDA", 40, "98.90")
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal("97.41"))]


def test_as_many_shares_as_before_get_another_one_where_the_desk_itself_ended_the_first(desk: AtAlpaca) -> None:
    see(desk.harness)
    for shares in (25, 40):
        desk.fake.hold("NVDA", shares, "100")
        see(desk.harness)
        see(desk.harness)
    assert sum(shares for shares, _ in stops(desk.broker)) == 40


@pytest.mark.parametrize("seller", ["its stop", "a limit of somebody's"])
def test_what_just_sold_while_the_account_still_shows_the_shares_is_not_followed_by_a_second_sale(
    tmp_path: Path, seller: str
) -> None:
    shown: list[LaggingBroker] = []

    def on(adapters: Adapters) -> Adapters:
        shown.append(LaggingBroker(adapters.broker))
        return replace(adapters, broker=shown[0])

    with AtAlpaca.open(tmp_path, protect_foreign=True, on=on) as desk:
        desk.fake.hold("NVDA", 40, "100")
        desk.fake.price("NVDA", "100")
        if seller == "its stop":
            see(desk.harness)
        else:
            desk.fake.offer_by_hand("NVDA", 40, "102")
            see(desk.harness)
        shown[0].lags = True
        desk.price("NVDA", "98" if seller == "its stop" else "103")
        for _ in range(2):
            desk.harness.engine.jobs.housekeeping()
            assert stops(desk.broker) == []
        shown[0].lags = False
        see(desk.harness)
        see(desk.harness)
        assert [held for held in desk.broker.positions() if held.symbol == "NVDA"] == []
        assert stops(desk.broker) == []


def test_in_closed_hours_it_waits_for_the_open(desk: AtAlpaca) -> None:
    desk.harness.clock.advance(8 * 3_600)
    see(desk.harness)
    assert stops(desk.broker) == []
    desk.harness.clock.advance(timedelta(hours=16).total_seconds())
    see(desk.harness)
    assert stops(desk.broker) == [(40, Decimal("98.50"))]


def test_a_halted_desk_protects_all_the_same(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.halt(EngineHarness.TRADER, "enough")
    see(desk.harness)
    assert desk.harness.engine.queries.desk().state is DeskState.HALTED
    assert len(stops(desk.broker)) == 1


def test_while_everything_is_sold_no_stop_stands_in_the_way(desk: AtAlpaca) -> None:
    see(desk.harness)
    desk.harness.engine.commands.flatten(EngineHarness.TRADER)
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.housekeeping()
    assert desk.broker.positions() == ()
    assert desk.broker.orders() == ()


def test_unless_it_is_set_nothing_is_sent_and_the_risk_counts_all_the_same(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        before = desk.harness.engine.queries.portfolio().open_risk
        desk.fake.hold("NVDA", 40, "100")
        see(desk.harness)
        assert stops(desk.broker) == []
        assert desk.harness.engine.queries.portfolio().open_risk > before


def test_the_paper_broker_takes_the_same_stop(tmp_path: Path) -> None:
    harness = EngineHarness.build(tmp_path, protect_foreign=True)
    harness.broker.seed((Position(symbol="NVDA", shares=40, cost=Decimal(100), price=Decimal(100)),))
    harness.market.price("NVDA", "100")
    harness.engine.jobs.start()
    see(harness)
    assert stops(harness.broker) == [(40, Decimal("98.50"))]
    harness.close()


def test_a_stop_that_the_broker_refuses_is_told_once(desk: AtAlpaca) -> None:
    desk.fake.make_untradable("NVDA")
    see(desk.harness)
    see(desk.harness)
    assert [kind for kind, _ in told(desk.harness)] == [NoticeKind.FOREIGN, NoticeKind.FOREIGN_BARE]
