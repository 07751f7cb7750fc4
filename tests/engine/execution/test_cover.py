"""Both exits filled, or one came late: the desk is short by surprise, and nothing computes with less than no shares."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.factory import Adapters
from engine.common.symbol_halts import keep_symbol_halts
from engine.errors import BrokerUnavailable, OrderUnclear
from engine.model.desk import DeskState
from engine.model.notices.account import ForeignPosition, UnexplainedChange
from engine.model.notices.trades import OversoldCause, TradeOversold
from engine.model.symbol_halt import HaltReason, SymbolHalt
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    yield from opened(tmp_path)


@pytest.fixture
def asking_desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """A desk that buys nothing back by itself."""
    yield from opened(tmp_path, cover_shorts=False)


def opened(folder: Path, **given: Any) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(folder, **given) as desk:
        desk.buy()
        yield desk


@contextmanager
def with_line(folder: Path) -> Iterator[tuple[AtAlpaca, TroubledBroker]]:
    """Open a desk that has bought, before a line to its broker that a test cuts."""
    lines = list[TroubledBroker]()

    def troubled(adapters: Adapters) -> Adapters:
        lines.append(TroubledBroker(adapters.broker))
        return replace(adapters, broker=lines[0])

    with AtAlpaca.open(folder, on=troubled) as desk:
        desk.buy()
        yield desk, lines[0]


def told(desk: AtAlpaca) -> list[tuple[int, OversoldCause, bool]]:
    """Return by how many shares the desk was told to be short, why, and whether they are bought back by themselves."""
    return [(notice.shares, notice.cause, notice.is_bought_back) for notice in desk.harness.told_of(TradeOversold)]


def waiting_covers(desk: AtAlpaca) -> list[str]:
    """Return the ids of what waits to buy something back."""
    return [order.client_order_id for order in desk.broker.orders() if order.role is OrderRole.COVER]


def a_halt(desk: AtAlpaca) -> SymbolHalt:
    return SymbolHalt(symbol="AAPL", since=desk.harness.clock.now(), reason=HaltReason.NEWS)


def keep_halts(desk: AtAlpaca, *halts: SymbolHalt) -> None:
    """Let the desk know these halts of trading, and no others."""
    with desk.harness.store.writing() as transaction:
        keep_symbol_halts(transaction, {halt.symbol: halt for halt in halts})


def test_both_legs_filled_are_an_alarm_and_the_surplus_is_bought_back(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    assert told(desk) == [(512, OversoldCause.BOTH_EXITS, True)]
    assert desk.covers() == [512]
    assert desk.held() == 0


@pytest.mark.parametrize(("by_hand", "surplus"), [(100, 412), (400, 112)])
def test_a_sale_by_hand_that_the_exits_followed_is_not_the_cause_when_both_fill_later(
    desk: AtAlpaca, by_hand: int, surplus: int
) -> None:
    desk.fake.sell_by_hand("AAPL", by_hand)
    desk.look()
    desk.fake.fill_both_legs(desk.live(OrderRole.STOP).broker_id)
    desk.look()
    assert told(desk) == [(surplus, OversoldCause.BOTH_EXITS, True)]
    assert (desk.covers(), desk.held()) == ([surplus], 0)


def test_the_trade_closes_with_its_true_result(desk: AtAlpaca) -> None:
    cash = desk.broker.account().cash
    paid = 512 * (desk.harness.trade().fill_price or Decimal(0))
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    trade = desk.harness.trade()
    assert trade.state is TradeState.CLOSED
    assert trade.result == pytest.approx(desk.broker.account().cash - cash - paid, abs=Decimal("0.01"))


def test_while_it_is_short_the_desk_takes_exits_only_and_shows_the_risk_in_full(asking_desk: AtAlpaca) -> None:
    desk = asking_desk
    before = desk.harness.engine.queries.portfolio().open_risk
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    portfolio = desk.harness.engine.queries.portfolio()
    assert desk.harness.engine.queries.desk().state is not DeskState.ACTIVE
    assert portfolio.open_risk > before + Decimal("0.25")  # 512 shares of 150 dollars in an account of 231,368
    assert desk.harness.trade().held_shares == 0


def test_where_that_is_not_wanted_the_desk_is_asked_and_nothing_is_bought(asking_desk: AtAlpaca) -> None:
    asking_desk.fake.fill_both_legs(TRADE_ID)
    asking_desk.look()
    assert told(asking_desk) == [(512, OversoldCause.BOTH_EXITS, False)]
    assert asking_desk.covers() == []


def test_a_target_filled_in_part_before_a_whole_stop_is_short_of_that_part(desk: AtAlpaca) -> None:
    order = desk.broker.order(TRADE_ID)
    assert order
    target, stop = order.leg(OrderRole.TARGET), order.leg(OrderRole.STOP)
    assert target
    assert stop
    desk.fake.fill_by_hand()
    desk.fake.fill(target.broker_id, 200)
    desk.fake.fill(stop.broker_id)
    desk.fake.sell_by_hand("AAPL", 200)  # the exchange had the stop's full size still
    desk.look()
    assert desk.harness.trade().held_shares == 0


def test_no_more_is_bought_back_than_the_broker_shows_short(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID)
    desk.fake.buy_by_hand("AAPL", 500)  # somebody was quicker
    desk.look()
    assert desk.covers() == [12]


def test_a_restart_in_between_buys_nothing_back_twice(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    desk.restart()
    desk.look()
    assert desk.covers() == [512]


def test_an_exit_that_fills_after_its_trade_was_closed_opens_it_again_until_the_surplus_is_back(desk: AtAlpaca) -> None:
    order = desk.broker.order(TRADE_ID)
    assert order
    stop = order.leg(OrderRole.STOP)
    assert stop
    desk.price("AAPL", "154.80")  # the target sells all
    desk.look()
    assert desk.harness.trade().state is TradeState.CLOSED
    desk.fake.fill(stop.broker_id, 512, "147.90")  # and the stop all the same
    desk.look()
    assert desk.held() == 0
    assert desk.harness.trade().state is TradeState.CLOSED
    assert told(desk) == [(512, OversoldCause.BOTH_EXITS, True)]


def test_a_close_by_the_desk_ends_though_an_exit_filled_beside_it(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look(1)
    desk.look()
    assert desk.harness.trade().state is TradeState.CLOSED
    assert all(order.symbol != "AAPL" for order in desk.broker.orders())


def test_what_the_exchange_halts_is_bought_back_once_it_trades_and_is_an_alarm_until_then(desk: AtAlpaca) -> None:
    keep_halts(desk, a_halt(desk))
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    assert desk.covers() == []
    assert told(desk) == [(512, OversoldCause.BOTH_EXITS, True)]
    assert desk.harness.engine.queries.desk().state is not DeskState.ACTIVE
    keep_halts(desk)
    desk.look()
    assert desk.covers() == [512]
    assert (desk.held(), len(told(desk))) == (0, 1)


def test_a_halt_that_begins_a_moment_before_the_purchase_holds_it_back(tmp_path: Path) -> None:
    with with_line(tmp_path) as (desk, line):

        def while_asked() -> None:
            if told(desk):
                keep_halts(desk, a_halt(desk))

        desk.fake.fill_both_legs(TRADE_ID)
        line.while_asked = while_asked
        desk.look()
        assert desk.covers() == []


def test_a_surplus_that_came_out_of_shares_of_others_is_settled_and_nothing_is_bought(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 600)
    desk.look()
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look(5)
    assert desk.covers() == []
    assert (desk.harness.trade().state, desk.held()) == (TradeState.CLOSED, 88)
    assert desk.harness.told_of(ForeignPosition)[-1].shares == 88
    assert desk.harness.told_of(UnexplainedChange) == []


def test_who_buys_back_by_hand_ends_it_at_what_that_cost(asking_desk: AtAlpaca) -> None:
    desk = asking_desk
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look(1)
    desk.fake.buy_by_hand("AAPL", 512, "151.00")
    desk.look()
    trade = desk.harness.trade()
    sold = 512 * (Decimal("154.75") + Decimal("147.99"))
    assert trade.state is TradeState.CLOSED
    assert trade.result == pytest.approx(sold - 512 * Decimal(151) - 512 * Decimal("150.25"), abs=Decimal("0.01"))
    assert desk.harness.engine.queries.portfolio().open_risk < Decimal("0.02")


def between_two_reconciliations(desk: AtAlpaca) -> None:
    """Let the desk look as it does every 15 s, before it reads the account again."""
    for _ in range(3):
        desk.harness.clock.advance(15)
        desk.harness.engine.jobs.housekeeping()


def test_what_a_hand_bought_back_is_booked_at_its_price_however_often_the_desk_looked_before(
    asking_desk: AtAlpaca,
) -> None:
    desk = asking_desk
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look(1)
    desk.fake.buy_by_hand("AAPL", 512, "160.00")
    between_two_reconciliations(desk)
    desk.look()
    trade = desk.harness.trade()
    sold = 512 * (Decimal("154.75") + Decimal("147.99"))
    assert trade.state is TradeState.CLOSED
    assert trade.result == pytest.approx(sold - 512 * Decimal(160) - 512 * Decimal("150.25"), abs=Decimal("0.01"))


def test_what_the_desk_bought_back_is_booked_once_though_no_update_told_of_it(desk: AtAlpaca) -> None:
    desk.broker.stop_listening()
    desk.fake.fill_both_legs(TRADE_ID)
    desk.harness.engine.jobs.reconcile()
    between_two_reconciliations(desk)
    desk.look()
    assert (desk.harness.trade().state, desk.covers(), desk.held()) == (TradeState.CLOSED, [512], 0)
    assert desk.harness.told_of(UnexplainedChange) == []


def test_what_buys_back_is_ended_where_somebody_was_quicker(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    assert len(waiting_covers(desk)) == 1
    desk.fake.buy_by_hand("AAPL", 512)
    desk.look()
    assert (waiting_covers(desk), desk.held()) == ([], 0)
    assert desk.harness.trade().state is TradeState.CLOSED


def test_what_buys_back_is_sent_anew_for_the_rest_where_somebody_bought_back_a_part(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    desk.fake.buy_by_hand("AAPL", 500)
    desk.look()
    assert desk.covers() == [512, 12]
    assert len(waiting_covers(desk)) == 1


def test_a_cancel_that_did_not_get_through_is_asked_for_again_at_the_next_look(tmp_path: Path) -> None:
    with with_line(tmp_path) as (desk, line):
        desk.fake.fill_by_hand()
        desk.fake.fill_both_legs(TRADE_ID)
        desk.look()
        line.cancel_fails = BrokerUnavailable("the line is cut")
        desk.fake.buy_by_hand("AAPL", 500)
        with suppress(BrokerUnavailable):
            desk.look()
        assert desk.harness.trade().short_shares == 12
        assert len(waiting_covers(desk)) == 1
        line.cancel_fails = None
        desk.look()
        assert desk.covers() == [512, 12]
        assert len(waiting_covers(desk)) == 1


def test_what_goes_on_selling_for_a_short_trade_is_ended_at_the_next_look_where_a_cancel_did_not_get_through(
    tmp_path: Path,
) -> None:
    with with_line(tmp_path) as (desk, line):
        stop, target = desk.live(OrderRole.STOP), desk.live(OrderRole.TARGET)
        desk.fake.fill_by_hand()
        desk.fake.fill(stop.broker_id, 200)
        line.cancel_fails = OrderUnclear(TRADE_ID)
        desk.fake.fill(target.broker_id, 400)
        with suppress(BrokerUnavailable):
            desk.look()
        assert desk.harness.trade().short_shares == 88
        line.cancel_fails = None
        desk.look()
        assert [part for part in desk.parts() if part.role is not OrderRole.COVER and part.is_standing] == []
        assert desk.covers() == [88]


def test_a_purchase_that_a_lost_life_sent_for_a_trade_that_ended_since_is_ended(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    assert desk.harness.trade().state is TradeState.CLOSED
    desk.fake.fill_by_hand()
    desk.fake.sell_by_hand("AAPL", 100)  # else nothing could be bought back
    desk.broker.buy_back(f"{TRADE_ID}-cover-2", "AAPL", 100)
    desk.look()
    assert waiting_covers(desk) == []
    assert (desk.harness.trade().state, desk.held()) == (TradeState.CLOSED, -100)


def test_a_close_buys_back_where_nothing_is_bought_back_by_itself(asking_desk: AtAlpaca) -> None:
    asking_desk.fake.fill_both_legs(TRADE_ID)
    asking_desk.look()
    asking_desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    asking_desk.look()
    assert (asking_desk.covers(), asking_desk.held()) == ([512], 0)


def test_a_surplus_that_is_bought_back_in_parts_is_one_alarm(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.fill_both_legs(TRADE_ID)
    desk.look()
    (cover,) = [order.id for order in desk.fake.reader if "-cover-" in order.client_order_id]
    for _ in range(2):
        desk.fake.fill(cover, 100)
        desk.look()
    assert told(desk) == [(512, OversoldCause.BOTH_EXITS, True)]
