import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from queue import Queue

import pytest
from structlog.testing import capture_logs

from engine.errors import BrokerUnavailable, OrderExists, OrderRefused
from engine.model.account import Position
from engine.model.market import Snapshot
from engine.model.trade import Entry, OrderRole, OrderState
from tests.engine.adapters.paper import CLOSE, EVENING, NEXT_OPEN, REGULAR, Paper, open_paper


@pytest.fixture
def paper() -> Iterator[Paper]:
    with open_paper() as paper:
        yield paper


# Buying power


def test_margin_lends_the_equity_once_more() -> None:
    with open_paper(cash=66_788) as paper:
        assert paper.broker.account().buying_power == 2 * 66_788
        paper.buy(512)
        assert paper.order().state is OrderState.FILLED
        assert paper.broker.account().cash < 0


def test_a_cash_account_spends_only_its_cash() -> None:
    with open_paper(cash=66_788, margin=False) as paper:
        with pytest.raises(OrderRefused, match="insufficient buying power"):
            paper.buy(445)
        paper.buy(444)
        assert paper.order().state is OrderState.FILLED


def test_what_is_not_yet_bought_is_reserved(paper: Paper) -> None:
    paper.buy(limit="149.00")
    assert paper.broker.account().buying_power == 200_000 - 14_900
    paper.broker.cancel(paper.order())
    assert paper.broker.account().buying_power == 200_000


def test_positions_use_up_margin_at_their_value(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.price("152.00")
    account = paper.broker.account()
    assert account.equity == 100_000 - Decimal(15029) + 15_200
    assert account.buying_power == 2 * account.equity - 15_200


def test_a_purchase_that_became_too_dear_overnight_is_rejected_at_the_open() -> None:
    with open_paper(cash=15_100, margin=False) as paper:
        paper.clock.set(EVENING)
        paper.buy()
        paper.clock.set(NEXT_OPEN)
        paper.price("152.00")
        assert (paper.order().state, paper.order().reason) == (OrderState.REJECTED, "insufficient buying power")
        assert paper.broker.account().cash == 15_100
        assert paper.broker.orders() == ()


# Hours


def test_an_order_sent_in_the_evening_waits_for_a_price_of_the_next_open(paper: Paper) -> None:
    paper.clock.set(EVENING)
    paper.price("150.25")
    paper.buy()
    assert paper.order().state is OrderState.ACCEPTED
    paper.clock.set(NEXT_OPEN)
    assert paper.order().state is OrderState.ACCEPTED
    paper.price("151.00")
    assert paper.order().fill_price == Decimal("151.04")


def test_a_stop_sleeps_outside_regular_hours(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.clock.set(EVENING)
    paper.price("140.00")
    assert paper.held == 100
    assert paper.broker.account().equity < 100_000 - 1_000


def test_an_entry_that_was_not_filled_ends_with_the_day(paper: Paper) -> None:
    paper.buy(limit="149.00")
    paper.clock.set(CLOSE - timedelta(seconds=1))
    assert paper.order().state is OrderState.ACCEPTED
    paper.clock.set(CLOSE)
    assert paper.order().state is OrderState.EXPIRED
    assert {leg.state for leg in paper.order().legs} == {OrderState.CANCELLED}


def test_the_legs_outlive_the_day(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.clock.set(NEXT_OPEN + timedelta(days=30))
    paper.price("147.00")
    assert paper.leg(OrderRole.STOP).state is OrderState.FILLED


# Prices that are missing or broken


def test_without_a_market_the_last_prices_stand_and_nothing_new_is_bought(paper: Paper) -> None:
    paper.buy()
    before = paper.broker.account()
    paper.market.is_down = True
    assert paper.broker.account() == before
    assert [position.price for position in paper.broker.positions()] == [Decimal("150.25")]
    with pytest.raises(BrokerUnavailable):
        paper.buy(client_order_id="trade-2")


def test_a_sale_that_was_sent_without_a_market_is_filled_when_it_is_back(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.market.is_down = True
    paper.broker.close("exit-1", "AAPL", 100)
    assert paper.held == 100
    paper.market.is_down = False
    assert paper.held == 0


@pytest.mark.parametrize("price", ["0", "-1", "NaN"])
def test_nothing_is_dealt_at_a_broken_price(paper: Paper, price: str) -> None:
    paper.buy()
    broken = Decimal(price)
    paper.market.put(Snapshot(symbol="AAPL", at=REGULAR, price=broken, volume=1, bid=broken, ask=broken))
    assert paper.order().state is OrderState.ACCEPTED


def test_a_symbol_without_a_price_is_refused(paper: Paper) -> None:
    entry = Entry(client_order_id="x", symbol="NONE", shares=1, stop=Decimal(1), target=Decimal(3))
    with pytest.raises(OrderRefused, match='asset "NONE" not found'):
        paper.broker.submit(entry)


# The account file


def test_the_account_survives_the_bot(tmp_path: Path) -> None:
    with open_paper(tmp_path / "paper.db") as paper:
        paper.buy()
        before = (paper.order(), paper.broker.account(), paper.broker.positions())
    with open_paper(tmp_path / "paper.db", cash=5) as paper:
        assert (paper.order(), paper.broker.account(), paper.broker.positions()) == before
        paper.price("147.00")
        assert (paper.leg(OrderRole.STOP).state, paper.held) == (OrderState.FILLED, 0)


MSFT = Position(symbol="MSFT", shares=300, cost=Decimal("400.00"), price=Decimal("420.80"))


def test_a_new_account_can_be_given_positions(paper: Paper) -> None:
    assert paper.broker.seed([MSFT])
    assert paper.broker.positions() == (MSFT,)
    assert paper.broker.account().equity == 100_000 + 300 * Decimal("420.80")


def test_an_account_that_was_used_is_left_alone(paper: Paper) -> None:
    paper.buy()
    assert not paper.broker.seed([MSFT])
    assert not paper.broker.seed([MSFT])
    assert paper.held == 100


def test_of_many_threads_that_send_the_same_id_one_succeeds(tmp_path: Path) -> None:
    def send(paper: Paper) -> bool:
        try:
            paper.buy()
        except OrderExists:
            return False
        return True

    with open_paper(tmp_path / "paper.db") as paper, ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, [paper] * 16)) == 1
        assert paper.held == 100


def test_an_account_that_cannot_be_read_makes_the_broker_unavailable() -> None:
    with open_paper() as paper:
        paper.broker.stop()
        with pytest.raises(BrokerUnavailable):
            paper.broker.account()


def test_listeners_are_told_from_another_thread_and_after_the_change_is_kept(paper: Paper) -> None:
    heard: Queue[tuple[str, OrderState]] = Queue()
    caller = threading.get_ident()
    paper.broker.listen(
        lambda key: heard.put((key, paper.order(key).state)) if threading.get_ident() != caller else None
    )
    paper.buy(limit="149.00")
    assert heard.get(timeout=10) == ("trade-1", OrderState.ACCEPTED)


def test_a_listener_that_fails_is_logged_and_hurts_nobody(paper: Paper) -> None:
    def fail(client_order_id: str) -> None:
        raise ValueError(client_order_id)

    paper.broker.listen(fail)
    with capture_logs() as lines:
        paper.buy()
        assert paper.held == 100
        paper.broker.stop()
    assert "a_listener_failed" in [line["event"] for line in lines]
