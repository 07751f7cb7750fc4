"""/halt flatten: everything is sold, each trade through its own exit, until the broker shows nothing open."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import FlattenUnderway
from engine.model.account import CloseFailure
from engine.model.desk import DeskState
from engine.model.notices.base import AFTER_OURS, NO_REASON, Notice, NoticeKind
from engine.model.notices.desk import FlattenStuck
from engine.model.signal import Side
from engine.model.trade import Entry, ExitReason, Trade, TradeState
from engine.ports.store import LOOK_HOLDS
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.fencing_store import impatient

BY_HAND = Entry(client_order_id="by-hand", symbol="IBM", shares=10, stop=Decimal(190), target=Decimal(220))


def told(harness: EngineHarness, *kinds: NoticeKind) -> list[Notice]:
    return [notice for notice in harness.told() if notice.kind in kinds]


def finish(harness: EngineHarness) -> None:
    """Let the timetable run until what was sent is carried out."""
    for _ in range(3):
        harness.engine.jobs.reconcile()
        harness.engine.jobs.housekeeping()


def trades(harness: EngineHarness, *states: TradeState) -> tuple[Trade, ...]:
    with harness.store.reading() as reader:
        return reader.trades(set(states))


@pytest.fixture
def holding(filled: EngineHarness) -> EngineHarness:
    """The example's desk with AAPL filled, and IBM that somebody bought by hand, with a stop and a target."""
    filled.market.price("IBM", "200")
    filled.broker.submit(BY_HAND)
    return filled


def test_everything_is_sold_and_that_is_told_once_nothing_is_open(holding: EngineHarness) -> None:
    holding.engine.commands.flatten(EngineHarness.TRADER, "fire in the building")
    finish(holding)
    assert holding.broker.positions() == ()
    assert holding.broker.orders() == ()
    assert [notice.kind for notice in told(holding, NoticeKind.FLATTENING, NoticeKind.FLAT)] == ["flattening", "flat"]
    desk = holding.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, EngineHarness.TRADER.by, "fire in the building")


def test_a_trade_ends_by_its_own_exit(holding: EngineHarness) -> None:
    holding.engine.commands.flatten(EngineHarness.TRADER)
    finish(holding)
    trade = holding.trade()
    assert (trade.state, trade.exit_reason, trade.exit_shares) == (TradeState.CLOSED, ExitReason.DESK, 512)


def test_what_the_broker_refuses_to_close_is_told_once_and_tried_again(holding: EngineHarness) -> None:
    holding.line.not_closed = (CloseFailure(what="IBM", reason="trading in IBM is halted"),)
    holding.engine.commands.flatten(EngineHarness.TRADER)
    finish(holding)
    [stuck] = holding.told_of(FlattenStuck)
    assert (stuck.what, stuck.trouble) == ("IBM", "trading in IBM is halted")
    assert not told(holding, NoticeKind.FLAT)
    holding.line.not_closed = ()
    finish(holding)
    assert told(holding, NoticeKind.FLAT)


def test_a_trade_that_the_broker_refuses_to_sell_goes_with_the_rest(holding: EngineHarness) -> None:
    holding.line.refuses = "insufficient qty available"
    holding.engine.commands.flatten(EngineHarness.TRADER)
    finish(holding)
    assert holding.broker.positions() == ()
    assert "insufficient qty available" in {notice.trouble for notice in holding.told_of(FlattenStuck)}


def test_outside_regular_hours_the_sales_wait_for_the_open_and_are_sent_once(holding: EngineHarness) -> None:
    holding.clock.advance(timedelta(hours=12).total_seconds())
    holding.engine.commands.flatten(EngineHarness.TRADER)
    finish(holding)
    sent = {order.broker_id for order in holding.broker.orders()}
    finish(holding)
    assert {order.broker_id for order in holding.broker.orders()} == sent
    assert len(told(holding, NoticeKind.FLATTEN_WAITS)) == 1
    assert not told(holding, NoticeKind.FLAT)


def test_the_brokers_order_for_everything_that_another_process_fenced_off_leaves_right_after_it(
    holding: EngineHarness,
) -> None:
    looks = list[str]()
    with closing(impatient(f"sqlite:///{holding.memory.path.with_name('desk.db')}")) as other:

        def come_in() -> None:
            looks.append("fenced off")
            holding.line.while_closing_all = lambda: looks.append("sent")
            with other.order_lock(urgent=True):
                holding.clock.advance(LOOK_HOLDS * 2)

        holding.line.while_closing_all = come_in
        holding.engine.commands.flatten(EngineHarness.TRADER)
        while not looks:
            holding.engine.jobs.housekeeping()
    assert looks == ["fenced off", "sent"]


def test_a_restart_goes_on_selling(holding: EngineHarness) -> None:
    holding.line.is_away = True
    holding.engine.commands.flatten(EngineHarness.TRADER)
    holding.line.is_away = False
    again = holding.born_again()
    for _ in range(3):
        again.jobs.reconcile()
        again.jobs.housekeeping()
    assert holding.broker.positions() == ()
    assert told(holding, NoticeKind.FLAT)


def test_an_entry_that_was_on_its_way_does_not_leave(proposed: EngineHarness) -> None:
    submitted = proposed.submitted_but_not_sent()
    proposed.engine.commands.flatten(EngineHarness.TRADER)
    finish(proposed)
    proposed.clock.advance(121)
    proposed.look_for_it()
    assert proposed.broker.order(submitted.id) is None
    assert proposed.trade().state is TradeState.FAILED


def test_trading_resumes_only_once_everything_is_sold_or_anyway(holding: EngineHarness) -> None:
    holding.line.not_closed = (CloseFailure(what="IBM", reason="trading in IBM is halted"),)
    holding.engine.commands.flatten(EngineHarness.TRADER)
    with pytest.raises(FlattenUnderway):
        holding.engine.commands.resume(EngineHarness.ADMIN)
    assert holding.engine.queries.desk().state is DeskState.HALTED
    assert holding.engine.commands.resume(EngineHarness.ADMIN, anyway=True).state is DeskState.ACTIVE
    held = holding.broker.positions()
    finish(holding)
    assert holding.broker.positions() == held


def test_nothing_more_is_sold_once_the_desk_resumes_anyway_in_the_midst_of_it(holding: EngineHarness) -> None:
    def resume_at_the_first_sale() -> None:
        if trades(holding, TradeState.CLOSING):
            holding.engine.commands.resume(EngineHarness.ADMIN, anyway=True)

    holding.line.refuses = "insufficient qty available"
    holding.line.while_asked = resume_at_the_first_sale
    open_before, held = trades(holding, TradeState.OPEN), holding.broker.positions()
    holding.engine.commands.flatten(EngineHarness.TRADER)
    assert holding.engine.queries.desk().state is DeskState.ACTIVE
    assert len(trades(holding, TradeState.OPEN)) == len(open_before) - 1 > 0
    assert holding.broker.positions() == held


def test_a_trade_that_ends_by_itself_meanwhile_is_not_told_as_stuck(holding: EngineHarness) -> None:
    ended = list[str]()

    def end_the_others() -> None:
        if not trades(holding, TradeState.CLOSING):
            return
        for trade in trades(holding, TradeState.OPEN):
            with holding.store.writing() as transaction:
                transaction.move(trade, TradeState.CLOSED)
            ended.append(trade.symbol)

    holding.line.while_asked = end_the_others
    holding.engine.commands.flatten(EngineHarness.TRADER)
    assert ended
    assert not told(holding, NoticeKind.FLATTEN_STUCK)


@pytest.fixture
def at_alpaca(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        yield desk


def flatten_after_hours(desk: AtAlpaca, shares: int) -> None:
    """Let everything be sold after the close, where the account holds nothing but shares of NVDA."""
    desk.harness.engine.commands.close_all(EngineHarness.TRADER)
    desk.look()
    desk.fake.hold("NVDA", shares, "100")
    desk.fake.price("NVDA", "100")
    desk.harness.clock.advance(timedelta(hours=6).total_seconds())
    desk.harness.engine.commands.flatten(EngineHarness.TRADER)
    for _ in range(4):
        desk.harness.clock.advance(15)
        desk.harness.engine.jobs.housekeeping()


def look(desk: AtAlpaca, times: int) -> None:
    for _ in range(times):
        desk.harness.clock.advance(15)
        desk.harness.engine.jobs.housekeeping()


def flatten_with_others(desk: AtAlpaca) -> None:
    """Let everything be sold in regular hours, where the account holds shares of NVDA too, and nothing fills."""
    desk.buy()
    desk.fake.hold("NVDA", 40, "100")
    desk.fake.price("NVDA", "100")
    desk.fake.fill_by_hand()
    desk.harness.engine.commands.flatten(EngineHarness.TRADER)


def fill_our_sales(desk: AtAlpaca) -> None:
    for order in desk.broker.orders():
        desk.fake.fill(order.broker_id)


def test_what_is_not_ours_and_waits_for_a_sale_of_ours_that_does_not_fill_is_told(at_alpaca: AtAlpaca) -> None:
    flatten_with_others(at_alpaca)
    look(at_alpaca, 4)
    [stuck] = at_alpaca.harness.told_of(FlattenStuck)
    assert (stuck.what, stuck.trouble) == ("NVDA", AFTER_OURS)
    fill_our_sales(at_alpaca)
    at_alpaca.fake.reject_next()
    look(at_alpaca, 4)
    troubles = [(stuck.what, stuck.trouble) for stuck in at_alpaca.harness.told_of(FlattenStuck)]
    assert troubles == [("NVDA", AFTER_OURS), ("NVDA", NO_REASON)]


def test_what_the_broker_is_asked_to_sell_once_our_sales_are_through_is_not_told_as_rejected(
    at_alpaca: AtAlpaca,
) -> None:
    flatten_with_others(at_alpaca)
    fill_our_sales(at_alpaca)
    look(at_alpaca, 2)
    assert at_alpaca.harness.told_of(FlattenStuck) == []


def test_a_short_that_waits_for_the_open_to_be_bought_back_is_not_told_as_rejected(at_alpaca: AtAlpaca) -> None:
    flatten_after_hours(at_alpaca, -40)
    assert [order.side for order in at_alpaca.broker.orders() if order.symbol == "NVDA"] == [Side.BUY]
    asked = [each for each in at_alpaca.fake.requests if (each.method, each.path) == ("DELETE", "/v2/positions")]
    assert len(asked) == 1
    assert at_alpaca.harness.told_of(FlattenStuck) == []


def test_what_waited_for_the_open_and_is_held_a_moment_longer_than_its_sale_is_not_told_as_rejected(
    at_alpaca: AtAlpaca,
) -> None:
    flatten_after_hours(at_alpaca, 40)
    [sale] = [order for order in at_alpaca.broker.orders() if order.symbol == "NVDA"]
    at_alpaca.fake.cancel_by_hand(sale.broker_id)
    at_alpaca.harness.engine.jobs.housekeeping()
    assert at_alpaca.harness.told_of(FlattenStuck) == []


def test_shares_of_others_that_a_flatten_could_not_sell_get_their_stop_back_once_trading_resumes(
    tmp_path: Path,
) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        desk.fake.hold("NVDA", 40, "100")
        desk.fake.price("NVDA", "100")
        desk.look(4)
        assert [order.shares for order in desk.broker.orders() if order.symbol == "NVDA"] == [40]
        desk.fake.make_untradable("NVDA")
        desk.harness.engine.commands.flatten(EngineHarness.TRADER)
        desk.look()
        assert [order for order in desk.broker.orders() if order.symbol == "NVDA"] == []
        assert "NVDA" in {notice.what for notice in desk.harness.told_of(FlattenStuck)}
        desk.fake.make_tradable("NVDA")
        desk.harness.engine.commands.resume(EngineHarness.ADMIN, anyway=True)
        desk.look(4)
        assert [(order.shares, order.price) for order in desk.broker.orders() if order.symbol == "NVDA"] == [
            (40, Decimal("98.50"))
        ]
