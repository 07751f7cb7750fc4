from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.adapters.sql.store import SqlStore, open_store
from engine.model.decision_record import DecisionKind, DecisionRecord
from engine.model.trade import Approved, Trade, TradeState
from tests.contracts.store.test_track_record import gone_to
from tests.support.fakes.trades import PROPOSED_AT, a_trade

TRADE = a_trade()
RECORD = DecisionRecord(
    trade_id=TRADE.id,
    kind=DecisionKind.PROPOSED,
    at=PROPOSED_AT,
    by="engine",
    shares=512,
    entry=Decimal("150.25"),
    shown_shares=512,
    shown_entry=Decimal("150.2500"),
    evidence={"figure": "511.8761061946902654867256637", "why": "가격 150", "ratio": 0.1 + 0.2, "none": None},
    bars=bytes(range(256)),
)
APPROVAL = replace(
    RECORD, kind=DecisionKind.APPROVED, by="U0TRADER1", shares=510, entry=Decimal("150.90"), bars=b"", evidence={}
)


def keep(store: SqlStore, *records: DecisionRecord) -> None:
    with store.writing() as transaction:
        for record in records:
            transaction.save_decision(record)


def proposed(store: SqlStore, trade: Trade = TRADE) -> Trade:
    with store.writing() as transaction:
        transaction.propose(trade)
    return trade


def test_a_record_is_read_as_it_was_kept_to_the_last_digit_and_byte(store: SqlStore) -> None:
    proposed(store)
    keep(store, RECORD, APPROVAL)
    with store.reading() as reader:
        first, second = reader.decision_records(TRADE.id)
        assert reader.decision_records("MSFT_20250819_234515") == ()
        assert reader.trade_ids() == (TRADE.id,)
    assert (first.record, second.record) == (RECORD, APPROVAL)
    assert str(first.record.shown_entry) == "150.2500"
    assert first.is_as_kept
    assert second.is_as_kept


def test_a_record_outlives_the_process_that_kept_it(store: SqlStore, url: str) -> None:
    proposed(store)
    keep(store, RECORD)
    again = open_store(url)
    with again.reading() as reader:
        assert [kept.record for kept in reader.decision_records(TRADE.id)] == [RECORD]
    again.close()


def test_a_trade_says_what_was_approved_of_it_beside_what_was_shown(store: SqlStore) -> None:
    proposed(store)
    keep(store, RECORD)
    approved = Approved(shares=510, entry=Decimal("150.90"), shown_shares=512, shown_entry=Decimal("150.2500"))
    with store.reading() as reader:
        assert [trade.approved for trade in (reader.trade(TRADE.id), *reader.trades()) if trade] == [None, None]
    keep(store, replace(APPROVAL, kind=DecisionKind.APPROVED_FIRST), APPROVAL)
    with store.reading() as reader:
        assert [trade.approved for trade in (reader.trade(TRADE.id), *reader.trades()) if trade] == 2 * [approved]
        assert reader.unpublished()[0].approved == approved


def test_the_slippage_is_told_over_what_was_shown_and_without_a_record_over_the_plan(store: SqlStore) -> None:
    plan = replace(TRADE.sizing, entry=Decimal("150.90"))
    fill: dict[str, Any] = {
        "filled_shares": 100,
        "fill_price": Decimal(151),
        "exit_shares": 100,
        "exit_price": Decimal(152),
    }
    for trade_id in (TRADE.id, "AAPL_20250819_100000"):
        trade = replace(TRADE, id=trade_id, sizing=plan, closed_at=PROPOSED_AT + timedelta(hours=1), **fill)
        proposed(store, replace(TRADE, id=trade_id, sizing=plan))
        if trade_id == TRADE.id:
            keep(store, APPROVAL)
        with store.writing() as transaction:
            transaction.update(replace(trade, state=TradeState.PROPOSED))
    with store.reading() as reader:
        done = reader.performance(None, PROPOSED_AT + timedelta(days=1))
    assert done.slippage == 100 * Decimal("0.75") + 100 * Decimal("0.10")


def test_every_state_of_a_trade_and_the_sum_of_its_fills_are_told(store: SqlStore) -> None:
    trade = gone_to(store, TradeState.OPEN)
    with store.reading() as reader:
        assert reader.states_of(trade.id) == {TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN}
        assert reader.shares_in_fills(trade.id) == {}
