from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st

from engine.model.news import ModelCall, TokenCounts
from engine.ports.store import Store
from tests.contracts.store.samples import amounts, counts, instants, on_one_store, words
from tests.support.fakes.trades import PROPOSED_AT

TODAY = date(2025, 8, 19)
CALL = ModelCall(
    model="claude-haiku-5-5",
    symbol="AAPL",
    at=PROPOSED_AT,
    instructions="0123456789ab",
    request="Symbol: AAPL",
    answer='{"findings": []}',
    stop_reason="end_turn",
    tokens=TokenCounts(input=120, output=12, cache_write=4_000, cache_read=3),
    dollars=Decimal("0.0051803"),
)


def in_the_book(store: Store, *calls: ModelCall) -> None:
    with store.writing() as transaction:
        for call in calls:
            transaction.save_call(call)


@on_one_store
@given(
    call=st.builds(
        ModelCall,
        model=words,
        symbol=words,
        at=instants,
        instructions=words,
        request=words,
        answer=words,
        stop_reason=words,
        tokens=st.builds(TokenCounts, input=counts, output=counts, cache_write=counts, cache_read=counts),
        dollars=amounts,
    ),
)
def test_every_field_of_a_call_is_kept_exactly(store: Store, call: ModelCall) -> None:
    in_the_book(store, call)
    with store.reading() as reader:
        assert call in reader.calls(limit=1_000)


def test_calls_come_newest_first_to_a_limit(store: Store) -> None:
    calls = [replace(CALL, request=str(number)) for number in range(3)]
    in_the_book(store, *calls, replace(CALL, request="late to come", at=PROPOSED_AT - timedelta(hours=1)))
    with store.reading() as reader:
        assert [call.request for call in reader.calls()] == ["2", "1", "0", "late to come"]
        assert [call.request for call in reader.calls(limit=2)] == ["2", "1"]


def test_calls_can_be_asked_for_by_symbol(store: Store) -> None:
    other = replace(CALL, symbol="MSFT")
    in_the_book(store, other, CALL)
    with store.reading() as reader:
        assert reader.calls(symbol="MSFT") == (other,)
        assert reader.calls(symbol="AAPL") == (CALL,)


def test_what_is_spent_on_a_day_adds_up_exactly_and_the_next_day_begins_at_nothing(store: Store) -> None:
    with store.writing() as transaction:
        transaction.add_spending(TODAY, Decimal("0.1"))
        transaction.add_spending(TODAY, Decimal("0.2"))
        transaction.add_spending(TODAY - timedelta(days=1), Decimal(4))
    with store.reading() as reader:
        assert reader.spent(TODAY) == Decimal("0.3")
        assert reader.spent(TODAY + timedelta(days=1)) == Decimal(0)
