"""A stop that somebody sets at the broker in place of a trade's cancelled one: it stands in, and is no alarm."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cards.notices import render
from bot.cards.refusals import refusal
from engine.adapters.factory import Adapters
from engine.bootstrap import wire
from engine.errors import BadExit
from engine.model.fact import FactKind
from engine.model.notices.account import ExitMoved, SoldByHand, StopByHand
from engine.model.notices.trades import ExitNotMoved, ExitSenseless, TradeClosed, TradeUnprotected
from engine.model.trade import Order, OrderRole, TradeState
from tests.bot.cards.examples import ENGLISH
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.lagging_broker import LaggingBroker
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[tuple[AtAlpaca, LaggingBroker]]:
    """The desk, and its broker whose account can lag behind the orders."""
    lines = list[LaggingBroker]()

    def lagging(adapters: Adapters) -> Adapters:
        lines.append(LaggingBroker(adapters.broker))
        return replace(adapters, broker=lines[0])

    with AtAlpaca.open(tmp_path, on=lagging) as desk:
        desk.buy()
        yield desk, lines[0]


def look_for(desk: AtAlpaca, seconds: int) -> None:
    """Let the desk look after its stops, and each second at what it doubts; it reads no executions meanwhile."""
    desk.harness.engine.jobs.housekeeping()
    for _ in range(seconds):
        desk.harness.clock.advance(1)
        desk.harness.engine.jobs.poll_unconfirmed()


def set_by_hand(desk: AtAlpaca, price: str, shares: int = 512) -> Order:
    """Let somebody cancel the stop at the broker, and with it the target, and set another one."""
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    return desk.broker.protect("by-hand", "AAPL", shares, Decimal(price))


def said(desk: AtAlpaca) -> list[str]:
    return [render(notice, desk.harness.trade(), ENGLISH).text for notice in desk.harness.told_of(StopByHand)]


def alarms(desk: AtAlpaca) -> list[TradeUnprotected]:
    return [notice for notice in desk.harness.told_of(TradeUnprotected) if notice.trade_id == TRADE_ID]


def risk(desk: AtAlpaca) -> Decimal:
    """Return the dollars of risk that the trade's line shows."""
    lines = desk.harness.engine.queries.portfolio().lines
    return next(line.risk for line in lines if line.symbol == "AAPL")


def live_stops(desk: AtAlpaca) -> list[tuple[int, Decimal | None]]:
    return [(part.shares, part.price) for part in desk.parts() if part.role is OrderRole.STOP]


def test_it_is_told_once_for_what_it_is_and_is_no_alarm(desk: AtAlpaca) -> None:
    set_by_hand(desk, "146.00")
    desk.look(4)
    [text] = said(desk)
    assert "✋ AAPL: a stop set by hand at the broker, at $146.00 for 512 shares, stands in for the bot's." in text
    assert "Cancel it, and the bot sends its own at $147.99." in text
    assert alarms(desk) == []
    assert live_stops(desk) == [(512, Decimal("146.00"))]


@pytest.mark.parametrize(("by_hand", "counted"), [("146.00", "146.00"), ("149.00", "147.99")])
def test_risk_counts_at_the_lower_of_it_and_the_trades_own(desk: AtAlpaca, by_hand: str, counted: str) -> None:
    set_by_hand(desk, by_hand)
    desk.look()
    entry = desk.harness.trade().entry
    assert risk(desk) == 512 * (entry - Decimal(counted))
    lines = desk.harness.engine.queries.portfolio().lines
    assert [line.trade.stop for line in lines if line.trade and line.symbol == "AAPL"] == [Decimal(by_hand)]
    [answered] = (fact for fact in desk.harness.engine.queries.questions.facts("AAPL") if fact.kind is FactKind.TRADE)
    assert [figure.value for figure in answered.figures if figure.name == "stop"] == [Decimal(by_hand)]


def test_what_it_sells_is_booked_to_the_trade_as_sold_by_hand(desk: AtAlpaca) -> None:
    set_by_hand(desk, "149.00")
    desk.look()
    desk.price("AAPL", "148.90")
    desk.look()
    assert [(notice.shares, notice.price) for notice in desk.harness.told_of(SoldByHand)] == [(512, Decimal("148.90"))]
    assert desk.harness.trade().state is TradeState.CLOSED
    assert len(desk.harness.told_of(TradeClosed)) == 1
    assert (desk.held(), alarms(desk)) == (0, [])


@pytest.mark.parametrize(("by_hand", "price"), [("149.00", "148.90"), ("146.00", "145.90")])
def test_what_it_sold_is_not_offered_again_while_the_account_still_shows_it(
    behind: tuple[AtAlpaca, LaggingBroker], by_hand: str, price: str
) -> None:
    desk, line = behind
    set_by_hand(desk, by_hand)
    desk.look()
    line.lags = True
    desk.price("AAPL", price)
    look_for(desk, 4)
    line.lags = False
    desk.look()
    assert (desk.harness.trade().state, desk.orders_of_the_trade()) == (TradeState.CLOSED, [TRADE_ID])
    assert (alarms(desk), desk.harness.told_of(ExitSenseless)) == ([], [])


def test_nor_is_what_a_part_of_it_sold(behind: tuple[AtAlpaca, LaggingBroker]) -> None:
    desk, line = behind
    own = set_by_hand(desk, "146.00")
    desk.look()
    line.lags = True
    desk.fake.fill_by_hand()
    desk.fake.fill(own.broker_id, 200, "145.90")
    look_for(desk, 4)
    line.lags = False
    desk.look()
    assert (desk.harness.trade().held_shares, desk.orders_of_the_trade()) == (312, [TRADE_ID])
    assert alarms(desk) == []


def test_nor_is_what_a_limit_of_somebodys_sold(behind: tuple[AtAlpaca, LaggingBroker]) -> None:
    desk, line = behind
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.fake.offer_by_hand("AAPL", 512, "151.00")
    desk.look()
    line.lags = True
    desk.price("AAPL", "151.10")
    look_for(desk, 4)
    line.lags = False
    desk.look()
    assert (desk.harness.trade().state, desk.orders_of_the_trade()) == (TradeState.CLOSED, [TRADE_ID])


def test_a_desk_that_starts_meanwhile_waits_as_well(behind: tuple[AtAlpaca, LaggingBroker]) -> None:
    desk, line = behind
    set_by_hand(desk, "149.00")
    desk.look()
    line.lags = True
    desk.price("AAPL", "148.90")
    later = wire(desk.harness.settings, desk.adapters)
    look_for(replace(desk, harness=replace(desk.harness, engine=later)), 4)
    assert desk.orders_of_the_trade() == [TRADE_ID]


def test_once_it_is_cancelled_the_desk_s_own_follows_within_seconds(desk: AtAlpaca) -> None:
    own = set_by_hand(desk, "146.00")
    desk.look()
    desk.fake.cancel_by_hand(own.broker_id)
    look_for(desk, 4)
    assert live_stops(desk) == []
    look_for(desk, 1)
    assert live_stops(desk) == [(512, Decimal("147.99"))]


def test_a_part_of_it_that_sold_already_is_no_alarm(desk: AtAlpaca) -> None:
    own = set_by_hand(desk, "146.00")
    desk.look()
    desk.fake.fill_by_hand()
    desk.fake.fill(own.broker_id, 200, "145.90")
    desk.look()
    assert desk.harness.trade().held_shares == 312
    assert alarms(desk) == []


def test_once_it_is_cancelled_the_desks_own_stands_again_at_the_trades_stop(desk: AtAlpaca) -> None:
    own = set_by_hand(desk, "146.00")
    desk.look()
    desk.fake.cancel_by_hand(own.broker_id)
    desk.look()
    assert live_stops(desk) == [(512, Decimal("147.99"))]
    assert risk(desk) == 512 * (desk.harness.trade().entry - Decimal("147.99"))


def test_one_that_is_set_anew_is_told_anew(desk: AtAlpaca) -> None:
    own = set_by_hand(desk, "146.00")
    desk.look()
    desk.fake.move_by_hand(own.broker_id, stop="145.00")
    desk.look()
    assert [notice.price for notice in desk.harness.told_of(StopByHand)] == [Decimal("146.00"), Decimal("145.00")]
    assert desk.harness.told_of(ExitMoved) == []


def test_beside_one_for_a_part_the_desk_protects_the_rest(desk: AtAlpaca) -> None:
    set_by_hand(desk, "146.00", 200)
    desk.look()
    assert sorted(shares for shares, _ in live_stops(desk)) == [200, 312]
    assert "The bot's own stop is for the rest (312)." in said(desk)[0]
    [alarm] = alarms(desk)
    assert "no live stop on 312 shares" in render(alarm, desk.harness.trade(), ENGLISH).text
    entry = desk.harness.trade().entry
    assert risk(desk) == 200 * (entry - Decimal("146.00")) + 312 * (entry - Decimal("147.99"))


def test_the_desk_moves_no_stop_beside_it_and_says_why(desk: AtAlpaca) -> None:
    set_by_hand(desk, "146.00")
    desk.look()
    with pytest.raises(BadExit) as refused:
        desk.harness.engine.commands.exits.stop(TRADE_ID, Decimal("149.00"), EngineHarness.TRADER)
    assert refused.value.facts["problem"] == "by_hand"
    assert desk.harness.trade().stop == Decimal("147.99")
    assert [told.is_by_hand for told in desk.harness.told_of(ExitNotMoved)] == [True]


def test_the_desk_takes_no_target_beside_it_and_says_why(desk: AtAlpaca) -> None:
    set_by_hand(desk, "146.00")
    desk.look()
    before = desk.harness.trade().target
    with pytest.raises(BadExit) as refused:
        desk.harness.engine.commands.exits.target(TRADE_ID, Decimal("151.00"), EngineHarness.TRADER)
    assert (refused.value.facts["problem"], refused.value.facts["field"]) == ("by_hand", "target")
    text = refusal(refused.value, ENGLISH).text
    assert "A stop set by hand at the broker holds the shares, so no target can stand at" in text
    trade = desk.harness.trade()
    assert (trade.target, trade.exit_plan.target, desk.harness.told_of(ExitMoved)) == (before, None, [])


def test_a_trail_begins_once_it_is_gone(desk: AtAlpaca) -> None:
    own = set_by_hand(desk, "146.00")
    desk.look()
    desk.price("AAPL", "152.00")
    desk.harness.engine.commands.exits.trail(TRADE_ID, Decimal("0.01"), None, EngineHarness.TRADER)
    desk.look()
    trade = desk.harness.trade()
    assert (trade.stop, trade.exit_plan.stop, trade.exit_plan.trail) == (Decimal("147.99"), None, Decimal("0.01"))
    assert live_stops(desk) == [(512, own.price)]


def test_where_others_hold_the_symbol_too_it_is_not_taken_for_the_trades(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 40)
    desk.look()
    set_by_hand(desk, "146.00", 552)
    desk.look()
    assert said(desk) == []
    [alarm] = alarms(desk)
    assert "insufficient qty available" in alarm.trouble


def test_a_limit_of_somebodys_is_no_stop(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.fake.offer_by_hand("AAPL", 512, "160.00")
    desk.look()
    assert said(desk) == []
    assert len(alarms(desk)) == 1


def test_a_sale_of_the_trade_takes_it_away_first(desk: AtAlpaca) -> None:
    set_by_hand(desk, "146.00")
    desk.look()
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.look()
    assert desk.harness.trade().state is TradeState.CLOSED
    assert (desk.held(), live_stops(desk)) == (0, [])
