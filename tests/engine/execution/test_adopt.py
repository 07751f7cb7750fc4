"""Orders of ours that the database does not know, or gave up: a trade stands for each again."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import create_engine, text

from engine.bootstrap import Engine, wire
from engine.errors import BrokerUnavailable
from engine.execution.account_activities import AccountActivities
from engine.execution.adopt import trade_of
from engine.model.notices.base import NoticeKind
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState, TradeState
from engine.ports.broker import Broker
from engine.risk.limits import Limits
from engine.strategies.loader import FOLDER
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import crossed
from tests.support.waiting import until

FORGET = (
    "DELETE FROM fills",
    "DELETE FROM orders",
    "DELETE FROM decisions",
    "DELETE FROM outbox WHERE trade_id = :trade",
    "DELETE FROM trades WHERE id = :trade",
    "DELETE FROM activities",
)

FORGET_ALL = (*FORGET, "DELETE FROM settings WHERE name = 'activities_since'")
"""As a database lacks it that was put back to before the desk's first look at its account, or was deleted."""


class OneOrderAMinute:
    """A broker that is asked for one order, and for no other until it says that its minute is not used up."""

    def __init__(self, broker: Broker) -> None:
        self.is_used_up = False
        self.activities = broker.activities
        self._broker = broker

    def order_of(self, broker_id: str) -> Order | None:
        if self.is_used_up:
            raise BrokerUnavailable("the minute's requests are used up")
        self.is_used_up = True
        return self._broker.order_of(broker_id)


REFUSE = (
    "UPDATE trades SET state = 'refused', filled_shares = 0, fill_price = NULL, filled_at = NULL, exit_shares = 0, "
    "exit_price = NULL, exit_reason = NULL, closed_at = NULL WHERE id = :trade"
)


SUBMITTED = (
    "DELETE FROM fills",
    "DELETE FROM orders",
    "DELETE FROM activities",
    "DELETE FROM outbox WHERE trade_id = :trade",
    REFUSE.replace("'refused'", "'submitted'"),
)
"""What makes the trade one of which nothing was heard since its order left."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.harness.play_the_signal()
        yield desk


@pytest.fixture
def wide(tmp_path: Path) -> Iterator[AtAlpaca]:
    """A desk by a strategy whose stop is 4 % under the price and whose target 8 % over it."""
    text = (FOLDER / "seed.toml").read_text("utf-8")
    for old, new in (('"seed"', '"wide"'), ("stop = 0.015", "stop = 0.04"), ("target = 0.03", "target = 0.08")):
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "wide.toml"
    file.write_text(text, "utf-8")
    with AtAlpaca.open(tmp_path, strategy=str(file)) as desk:
        desk.harness.play_the_signal()
        yield desk


def approve(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()


def forget_the_trade(folder: Path) -> None:
    """Take everything about the trade out of the database, as one that was put back would lack it."""
    run(folder, *FORGET)


def run(folder: Path, *statements: str) -> None:
    engine = create_engine(f"sqlite:///{folder / 'desk.db'}")
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), {"trade": TRADE_ID} if ":trade" in statement else {})
    engine.dispose()


def refuse_the_trade(folder: Path) -> None:
    """Let the trade be one that was refused before it was sent, as in a database of the time before its approval."""
    run(folder, *FORGET[:4], "DELETE FROM activities", REFUSE)


def sell_at_the_stop(desk: AtAlpaca) -> Decimal:
    """Let the stop be hit, and return the price."""
    desk.price("AAPL", "147.50")
    until(lambda: desk.harness.trade().state is TradeState.CLOSED)
    sold = desk.harness.trade().exit_price
    assert sold is not None
    return sold


def next_life(desk: AtAlpaca) -> Engine:
    engine = wire(desk.harness.settings, desk.adapters)
    engine.jobs.start()
    for _ in range(3):
        engine.jobs.reconcile()
        desk.harness.clock.advance(3)
        engine.jobs.poll_unconfirmed()
        engine.jobs.housekeeping()
    return engine


def kinds(desk: AtAlpaca) -> list[NoticeKind]:
    return [notice.kind for notice in desk.harness.told() if notice.trade_id == TRADE_ID]


def stops(desk: AtAlpaca) -> int:
    return sum(part.shares for part in desk.parts() if part.role is OrderRole.STOP and not part.state.is_over)


def test_a_position_whose_trade_the_database_lost_is_a_trade_again_with_its_stop(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    forget_the_trade(tmp_path)
    engine = next_life(desk)
    trade = engine.queries.trade(TRADE_ID)
    assert (trade.state, trade.held_shares, trade.stop) == (TradeState.OPEN, 512, desk.harness.trade().stop)
    assert NoticeKind.ADOPTED in kinds(desk)
    assert stops(desk) == 512


def exits(desk: AtAlpaca, engine: Engine) -> tuple[tuple[Decimal | None, ...], tuple[Decimal, ...]]:
    """Return the prices of stop and target, those that are live and those of the trade."""
    trade = engine.queries.trade(TRADE_ID)
    return tuple(desk.live(role).price for role in (OrderRole.STOP, OrderRole.TARGET)), (trade.stop, trade.target)


def test_an_adopted_trade_keeps_its_stop_and_target_whatever_the_strategy_is(wide: AtAlpaca, tmp_path: Path) -> None:
    approve(wide)
    wide.look()
    before = exits(wide, wide.harness.engine)
    assert before == ((Decimal("144.24"), Decimal("162.27")),) * 2
    forget_the_trade(tmp_path)
    assert exits(wide, next_life(wide)) == before


def test_an_adopted_trade_keeps_the_target_of_an_order_that_fills_afterwards(wide: AtAlpaca, tmp_path: Path) -> None:
    wide.fake.fill_by_hand()
    approve(wide)
    planned = wide.live(OrderRole.TARGET).price
    forget_the_trade(tmp_path)
    engine = next_life(wide)
    wide.price("AAPL", "150.00")
    wide.fake.fill(TRADE_ID)
    wide.look()
    assert engine.queries.trade(TRADE_ID).fill_price == Decimal("150.00")
    assert (wide.live(OrderRole.TARGET).price, engine.queries.trade(TRADE_ID).target) == (planned, planned)


def test_an_adopted_trade_keeps_a_target_that_somebody_had_moved(desk: AtAlpaca, tmp_path: Path) -> None:
    approve(desk)
    desk.fake.move_by_hand(desk.live(OrderRole.TARGET).broker_id, limit="160.00")
    desk.look()
    forget_the_trade(tmp_path)
    (_, live), (_, target) = exits(desk, next_life(desk))
    assert live == target == Decimal(160)
    assert NoticeKind.EXIT_MOVED not in kinds(desk)


@pytest.mark.parametrize(("stop", "target"), [("0.04", "0.08"), ("0.005", "0.012")])
def test_an_order_without_legs_becomes_a_trade_by_the_limits_in_force(desk: AtAlpaca, stop: str, target: str) -> None:
    entry = Order(
        broker_id="7", client_order_id=TRADE_ID, role=OrderRole.ENTRY, symbol="AAPL", side=Side.BUY, shares=100,
        state=OrderState.ACCEPTED, price=Decimal(200),
    )  # fmt: skip
    limits = Limits(stop_distance=Decimal(stop), target_distance=Decimal(target))
    trade = trade_of(entry, Decimal(100_000), limits, desk.harness.clock.now())
    assert (trade.stop, trade.target) == (200 * (1 - Decimal(stop)), 200 * (1 + Decimal(target)))
    assert trade.sizing.target_distance == Decimal(target)


def test_one_whose_bracket_is_gone_too_is_found_by_its_execution_and_gets_a_stop(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    order = desk.broker.order(TRADE_ID)
    stop = order and order.leg(OrderRole.STOP)
    assert stop
    desk.fake.cancel_by_hand(stop.broker_id)
    forget_the_trade(tmp_path)
    engine = next_life(desk)
    assert engine.queries.trade(TRADE_ID).held_shares == 512
    assert stops(desk) == 512


def test_a_trade_that_was_resized_in_the_time_that_the_database_lost_is_of_as_many_shares_as_its_order(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    refuse_the_trade(tmp_path)
    run(tmp_path, "UPDATE trades SET state = 'proposed', shares = 256 WHERE id = :trade")
    trade = next_life(desk).queries.trade(TRADE_ID)
    assert (trade.state, trade.shares, trade.filled_shares) == (TradeState.OPEN, 512, 512)
    assert stops(desk) == 512


def test_what_was_bought_and_sold_in_the_time_that_the_database_lost_is_a_trade_with_its_result(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    sold = sell_at_the_stop(desk)
    forget_the_trade(tmp_path)
    trade = next_life(desk).queries.trade(TRADE_ID)
    assert (trade.state, trade.filled_shares, trade.exit_shares) == (TradeState.CLOSED, 512, 512)
    assert trade.exit_price == sold


def test_what_was_closed_by_an_order_of_its_own_in_that_time_is_found_too(desk: AtAlpaca, tmp_path: Path) -> None:
    approve(desk)
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    until(lambda: desk.harness.trade().state is TradeState.CLOSED)
    forget_the_trade(tmp_path)
    trade = next_life(desk).queries.trade(TRADE_ID)
    assert (trade.state, trade.exit_shares) == (TradeState.CLOSED, 512)
    assert NoticeKind.SOLD_BY_HAND not in kinds(desk)


def test_a_database_that_is_empty_is_told_hours_later_what_was_bought_and_partly_sold(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    for leg in desk.parts():
        desk.fake.cancel_by_hand(leg.broker_id)
    desk.fake.sell_by_hand("AAPL", 184, "151.00")
    run(tmp_path, *FORGET_ALL)
    desk.harness.clock.advance(3 * 3600)
    trade = next_life(desk).queries.trade(TRADE_ID)
    assert (trade.state, trade.filled_shares, trade.exit_shares) == (TradeState.OPEN, 512, 184)
    assert trade.exit_price == Decimal("151.00")


def test_the_first_look_at_a_busy_account_goes_on_where_the_requests_of_a_minute_ended_it(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    for _ in range(3):
        desk.fake.buy_by_hand("AAPL", 1, "150.25")
        desk.harness.clock.advance(1)
    run(tmp_path, *FORGET_ALL)
    line = OneOrderAMinute(desk.broker)
    look = AccountActivities(store=desk.harness.store, broker=cast(Broker, line), clock=desk.harness.clock)
    for _ in range(3):
        line.is_used_up = False
        with pytest.raises(BrokerUnavailable):
            look()
    line.is_used_up = False
    look()
    with desk.harness.store.reading() as reader:
        assert sum(activity.shares for activity in reader.activities()) == 515


def test_an_empty_database_takes_no_execution_from_before_its_own_orders_for_one_since(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    desk.fake.buy_by_hand("AAPL", 30, "150.25")
    desk.fake.deposit("1000")
    desk.harness.clock.advance(600)
    run(tmp_path, *FORGET_ALL)
    next_life(desk)
    with desk.harness.store.reading() as reader:
        assert reader.activities() == ()
    assert NoticeKind.MONEY_MOVED not in [notice.kind for notice in desk.harness.told()]


def test_a_trade_that_was_refused_after_a_restore_is_found_where_it_was_bought_before(
    desk: AtAlpaca, tmp_path: Path
) -> None:
    approve(desk)
    sell_at_the_stop(desk)
    refuse_the_trade(tmp_path)
    trade = next_life(desk).queries.trade(TRADE_ID)
    assert (trade.state, trade.filled_shares, trade.exit_shares) == (TradeState.CLOSED, 512, 512)
    assert NoticeKind.FILLED_LATE in kinds(desk)


def test_an_entry_that_the_database_lost_belongs_to_a_halts_cancel(desk: AtAlpaca, tmp_path: Path) -> None:
    desk.fake.fill_by_hand()
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    forget_the_trade(tmp_path)
    desk.harness.engine.commands.halt(EngineHarness.ADMIN, "stop")
    order = desk.broker.order(TRADE_ID)
    assert order
    assert order.state is OrderState.CANCELLED


@pytest.mark.parametrize("end", [TradeState.FAILED, TradeState.CANCELLED])
def test_a_trade_that_was_given_up_or_cancelled_opens_where_the_broker_filled_it_all_the_same(
    desk: AtAlpaca, end: TradeState
) -> None:
    trade = desk.harness.approved_but_not_sent()
    with desk.harness.store.writing() as transaction:
        over = transaction.move(transaction.move(trade, TradeState.SUBMITTED), end)
    desk.send(over)
    for _ in range(3):
        desk.harness.engine.jobs.reconcile()
        desk.harness.engine.jobs.housekeeping()
    assert (desk.harness.trade().state, desk.harness.trade().held_shares) == (TradeState.OPEN, 512)
    assert NoticeKind.FILLED_LATE in kinds(desk)
    assert stops(desk) == 512


def test_a_trade_whose_last_moves_were_lost_is_brought_to_where_its_order_is(desk: AtAlpaca) -> None:
    trade = desk.harness.approved_but_not_sent()
    desk.send(trade)
    for _ in range(2):
        desk.harness.engine.jobs.reconcile()
    assert (desk.harness.trade().state, desk.harness.trade().held_shares) == (TradeState.OPEN, 512)


def test_orders_of_others_are_left_alone(desk: AtAlpaca) -> None:
    desk.fake.hold("NVDA", 10, "100")
    before = len(desk.fake.reader)
    next_life(desk)
    assert len(desk.fake.reader) == before


@pytest.mark.parametrize(
    ("new", "old", "way", "lost"),
    [
        (*ratio, way, lost)
        for ratio, way, lost in crossed(
            [(2, 1), (3, 2), (5, 4), (1, 2), (1, 10)], ["adjusted", "cancelled"], [FORGET, SUBMITTED], most=5
        )
    ],
)
def test_a_split_after_the_time_that_the_database_has_is_carried_out_on_what_the_order_bought(
    desk: AtAlpaca, tmp_path: Path, new: int, old: int, way: str, lost: tuple[str, ...]
) -> None:
    approve(desk)
    desk.end()
    run(tmp_path, *lost)
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", new, old, orders=way, activity=False)
    with desk.next_life() as later:
        later.look()
        later.harness.clock.advance(31)
        later.look(4)
        trade, held = later.harness.trade(), 512 * new // old
        assert (trade.state, trade.held_shares) == (TradeState.OPEN, held)
        assert trade.stop == pytest.approx(Decimal("147.99") * old / new, abs=Decimal("0.02"))
        assert trade.target == pytest.approx(Decimal("154.75") * old / new, abs=Decimal("0.02"))
        live = {(part.role, part.shares, part.price) for part in later.parts() if not part.state.is_over}
        assert live == {(OrderRole.STOP, held, trade.stop), (OrderRole.TARGET, held, trade.target)}
    assert NoticeKind.EXIT_MOVED not in kinds(desk)
