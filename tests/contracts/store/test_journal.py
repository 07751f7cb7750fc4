"""Notes, grades and fills as both databases keep them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.adapters.sql.store import SqlStore
from engine.model.journal import Grade, JournalEntry, JournalKind
from engine.model.notices.base import Posted
from engine.model.notices.proposals import ApprovalAsked
from engine.model.signal import Side
from engine.model.tax_lots import Fill
from engine.model.trade import Order, OrderRole, OrderState
from tests.support.fakes.trades import PROPOSED_AT, TRADE, a_trade

NOTE = JournalEntry(
    key="note:C0DESK:1755614715.000100",
    trade_id=TRADE.id,
    kind=JournalKind.NOTE,
    at=PROPOSED_AT,
    by="U0TRADER",
    text="waited for the second test of the low",
    version=Decimal("1755614715.000100"),
)
GRADE = replace(NOTE, key=f"grade:{TRADE.id}", kind=JournalKind.GRADE, text=Grade.GOOD, at=PROPOSED_AT + timedelta(1))


def save(store: SqlStore, *entries: JournalEntry) -> list[bool]:
    with store.writing() as transaction:
        return [transaction.save_journal(entry) for entry in entries]


def kept(store: SqlStore) -> tuple[JournalEntry, ...]:
    with store.reading() as reader:
        return reader.journal()


def test_what_is_written_down_is_read_oldest_first_of_the_trades_that_are_named(store: SqlStore) -> None:
    other = replace(NOTE, key="note:C0DESK:2", trade_id="MSFT_20250819_234515", at=PROPOSED_AT + timedelta(2))
    assert save(store, GRADE, NOTE, other) == [True, True, True]
    assert kept(store) == (NOTE, GRADE, other)
    with store.reading() as reader:
        assert reader.journal([TRADE.id]) == (NOTE, GRADE)
        assert reader.journal([]) == ()
        assert reader.journal(since=GRADE.at) == (GRADE, other)


def test_an_edit_replaces_a_note_once_and_an_older_copy_brings_nothing_back(store: SqlStore) -> None:
    edited = replace(NOTE, text="chased it", version=NOTE.version + 60)
    assert save(store, NOTE, edited, edited, NOTE) == [True, True, False, False]
    assert kept(store) == (edited,)


def test_a_note_that_was_taken_back_is_gone_also_where_its_text_comes_late(store: SqlStore) -> None:
    gone = replace(NOTE, text="", version=Decimal(10**12))
    assert save(store, gone, NOTE, replace(NOTE, version=NOTE.version + 60)) == [True, False, False]
    assert kept(store) == ()


def test_a_trade_is_found_by_where_its_card_stands_and_by_no_other_message(store: SqlStore) -> None:
    card, other = Posted(channel="C0DESK", ts="1.0"), Posted(channel="C0DESK", ts="2.0")
    with store.writing() as transaction:
        transaction.propose(TRADE)
        for key, posted in ((f"{TRADE.id}:card", card), (f"{TRADE.id}:filled", other)):
            transaction.enqueue_notice(ApprovalAsked(key=key, at=PROPOSED_AT, trade_id=TRADE.id))
            [waiting] = [each for each in transaction.waiting(10) if each.notice.key == key]
            transaction.delivered(waiting.number, posted)
    with store.reading() as reader:
        assert reader.trade_of_card(card) == TRADE.id
        assert reader.trade_of_card(other) == ""
        assert reader.trade_of_card(replace(card, channel="C0OTHER")) == ""


def test_fills_of_trades_are_told_with_their_side_and_their_own_price(store: SqlStore) -> None:
    entry = Order(
        broker_id="b-1",
        client_order_id=TRADE.id,
        role=OrderRole.ENTRY,
        symbol="AAPL",
        side=Side.BUY,
        shares=512,
        state=OrderState.PARTLY_FILLED,
        filled_shares=100,
        fill_price=Decimal(150),
        filled_at=PROPOSED_AT,
    )
    later = PROPOSED_AT + timedelta(seconds=5)
    whole = replace(entry, state=OrderState.FILLED, filled_shares=200, fill_price=Decimal("150.50"), filled_at=later)
    with store.writing() as transaction:
        transaction.propose(a_trade())
        transaction.save_order(TRADE.id, entry)
        transaction.save_order(TRADE.id, whole)
    with store.reading() as reader:
        found = reader.fills([TRADE.id, "MSFT_20250819_234515"])
    assert found == {
        TRADE.id: (
            Fill(side=Side.BUY, shares=Decimal(100), price=Decimal(150), at=PROPOSED_AT),
            Fill(side=Side.BUY, shares=Decimal(100), price=Decimal(151), at=later),
        ),
        "MSFT_20250819_234515": (),
    }


@pytest.mark.parametrize("at", [datetime(2025, 8, 19, 14, 45, 15, 1, tzinfo=UTC)])
def test_a_note_keeps_its_instant_and_its_version_to_the_last_digit(store: SqlStore, at: datetime) -> None:
    exact = replace(NOTE, at=at, version=Decimal("1755614715.123456"))
    save(store, exact)
    assert kept(store) == (exact,)
