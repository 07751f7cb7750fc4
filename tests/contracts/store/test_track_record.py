from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from engine.model.account import Account
from engine.model.signal import Side
from engine.model.trade import ExitReason, Order, OrderRole, OrderState, Trade, TradeState
from engine.model.trade_record import TradeOutcome
from engine.ports.store import Store
from tests.support.fakes.trades import PROPOSED_AT, a_trade

ACCOUNT = Account(equity=Decimal(100_000), cash=Decimal(0), buying_power=Decimal(0), margin=False)
HOUR = timedelta(hours=1)
PATH = (TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSED)

numbers = count()


def gone_to(store: Store, state: TradeState, **changes: Any) -> Trade:
    """Keep a trade that went the way of most trades up to a state."""
    trade = a_trade(**{"id": f"T{next(numbers)}", **changes})
    with store.writing() as transaction:
        transaction.propose(trade)
        for step in PATH[: PATH.index(state) + 1]:
            trade = transaction.move(trade, step)
    return trade


def closed(store: Store, gain: str, *, hours: float, **changes: Any) -> None:
    """Keep a trade of ten shares bought at 150, that ended so many hours after the example's proposal."""
    bought = {"filled_shares": 10, "fill_price": Decimal(150), "filled_at": PROPOSED_AT, "exit_shares": 10}
    sold = {
        "exit_price": 150 + Decimal(gain) / 10,
        "exit_reason": ExitReason.STOP,
        "closed_at": PROPOSED_AT + hours * HOUR,
    }
    gone_to(store, TradeState.CLOSED, **bought, **sold, **changes)


def entry(trade: Trade, state: OrderState, filled: int) -> Order:
    return Order(
        broker_id=f"b-{trade.id}",
        client_order_id=trade.id,
        role=OrderRole.ENTRY,
        symbol=trade.symbol,
        side=Side.BUY,
        shares=trade.shares,
        state=state,
        filled_shares=filled,
        fill_price=Decimal(150) if filled else None,
    )


def test_outcomes_are_what_ended_newest_first_with_dollars_and_reason(store: Store) -> None:
    closed(store, "-20.5", hours=1)
    closed(store, "30", hours=3, symbol="MSFT")
    closed(store, "0", hours=2)
    gone_to(store, TradeState.OPEN)
    with store.reading() as reader:
        newest, *rest = reader.outcomes()
        assert [outcome.result for outcome in rest] == [Decimal(0), Decimal("-20.5")]
        assert newest == TradeOutcome(
            symbol="MSFT", result=Decimal(30), reason=ExitReason.STOP, at=PROPOSED_AT + 3 * HOUR
        )
        assert len(reader.outcomes(limit=2)) == 2
        assert len(reader.outcomes(since=PROPOSED_AT + 2 * HOUR)) == 2


def test_entries_count_what_was_approved_and_came_to_something(store: Store) -> None:
    gone_to(store, TradeState.APPROVED)
    gone_to(store, TradeState.OPEN)
    closed(store, "1", hours=1)
    yesterday = PROPOSED_AT - 24 * HOUR
    gone_to(store, TradeState.OPEN, proposed_at=yesterday)
    with store.writing() as transaction:
        transaction.propose(a_trade(id="waits"))
        transaction.propose(a_trade(id="rejected"))
        transaction.move(a_trade(id="rejected"), TradeState.REJECTED)
    failed = gone_to(store, TradeState.SUBMITTED)
    with store.writing() as transaction:
        transaction.move(failed, TradeState.FAILED)
    with store.reading() as reader:
        assert (reader.entries(PROPOSED_AT), reader.entries(yesterday)) == (3, 4)


def test_unfilled_is_what_the_entries_of_open_trades_may_still_buy(store: Store) -> None:
    partly, whole, cancelled = (gone_to(store, TradeState.OPEN) for _ in range(3))
    waiting = gone_to(store, TradeState.SUBMITTED)
    sights = (
        (partly, OrderState.PARTLY_FILLED, 100),
        (whole, OrderState.FILLED, 512),
        (cancelled, OrderState.CANCELLED, 100),
        (waiting, OrderState.ACCEPTED, 0),
    )
    with store.writing() as transaction:
        for trade, state, filled in sights:
            order = entry(trade, state, filled)
            stop = replace(order, broker_id=f"s-{trade.id}", role=OrderRole.STOP, side=Side.SELL, filled_shares=0)
            transaction.save_order(trade.id, replace(order, legs=(stop,)))
        assert transaction.unfilled() == {partly.id: 412}


def test_bids_are_the_limits_of_entries_that_may_still_buy(store: Store) -> None:
    partly, whole, at_the_market = (gone_to(store, TradeState.OPEN) for _ in range(3))
    waiting, ended = gone_to(store, TradeState.SUBMITTED), gone_to(store, TradeState.SUBMITTED)
    sights = (
        (partly, OrderState.PARTLY_FILLED, Decimal("150.10")),
        (whole, OrderState.FILLED, Decimal("150.20")),
        (at_the_market, OrderState.PARTLY_FILLED, None),
        (waiting, OrderState.ACCEPTED, Decimal("150.30")),
        (ended, OrderState.REPLACED, Decimal("150.40")),
    )
    with store.writing() as transaction:
        for trade, state, limit in sights:
            order = replace(entry(trade, state, 0), price=limit)
            stop = replace(order, broker_id=f"s-{trade.id}", role=OrderRole.STOP, side=Side.SELL)
            transaction.save_order(trade.id, replace(order, legs=(stop,)))
        assert transaction.bids() == {partly.id: Decimal("150.10"), waiting.id: Decimal("150.30")}


def test_the_equity_of_an_instant_is_the_last_before_it_else_the_first_after_it(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.equity_at(PROPOSED_AT) is None
        transaction.save_equity(PROPOSED_AT + HOUR, ACCOUNT, Decimal(0))
        assert transaction.equity_at(PROPOSED_AT) == 100_000
        for hours, equity in ((-2, 90_000), (-1, 95_000), (0, 96_000)):
            transaction.save_equity(PROPOSED_AT + hours * HOUR, replace(ACCOUNT, equity=Decimal(equity)), Decimal(0))
        assert transaction.equity_at(PROPOSED_AT) == 95_000


def test_the_peak_is_the_highest_as_a_number_and_not_as_a_text(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.peak_equity(PROPOSED_AT) is None
        for hours, equity in enumerate(("300000", "99999.5", "100000.25", "-5")):
            transaction.save_equity(PROPOSED_AT + hours * HOUR, replace(ACCOUNT, equity=Decimal(equity)), Decimal(0))
        assert transaction.peak_equity(PROPOSED_AT) == 300_000
        assert transaction.peak_equity(PROPOSED_AT + HOUR) == Decimal("100000.25")


def test_the_last_fill_grows_with_every_fill_and_with_nothing_else(store: Store) -> None:
    trade = gone_to(store, TradeState.SUBMITTED)
    with store.writing() as transaction:
        transaction.save_order(trade.id, entry(trade, OrderState.ACCEPTED, 0))
        assert transaction.last_fill() == 0
        transaction.save_order(trade.id, entry(trade, OrderState.PARTLY_FILLED, 100))
        first = transaction.last_fill()
        transaction.save_order(trade.id, entry(trade, OrderState.PARTLY_FILLED, 100))
        assert transaction.last_fill() == first
        transaction.save_order(trade.id, entry(trade, OrderState.FILLED, 512))
        assert transaction.last_fill() > first > 0
