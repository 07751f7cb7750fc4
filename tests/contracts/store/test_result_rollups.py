"""What is summed as trades end is what the trades themselves come to, whatever happens to them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Connection, create_engine

from engine.adapters.sql.performance import TABLES
from engine.adapters.sql.result_rollups import DAY, MONTH, YEAR, RollupHours, Whole, cut, make_all
from engine.model.market import day_start
from engine.model.performance import Ending, Performance, SymbolResult
from engine.model.trade import Trade, TradeState
from engine.ports.store import Store
from tests.contracts.store.samples import on_one_store
from tests.support.fakes.trades import PROPOSED_AT, a_trade

SYMBOLS = ("AAPL", "MSFT", "TSLA")
FIRST, LAST = PROPOSED_AT - timedelta(days=500), PROPOSED_AT + timedelta(days=500)

numbers = count()

prices = st.decimals(min_value=1, max_value=500, places=2)
instants = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC)) | st.integers(
    -500, 500
).map(lambda days: day_start(PROPOSED_AT + timedelta(days=days)))
endings = st.fixed_dictionaries(
    {
        "fill_price": st.none() | prices,
        "filled_shares": st.integers(1, 500),
        "exit_price": st.none() | prices,
        "exit_shares": st.integers(1, 500),
        "closed_at": st.none() | instants,
    }
)
changes = st.lists(st.tuples(st.sampled_from(SYMBOLS), st.lists(endings, min_size=1, max_size=3)), max_size=8)


def changed(store: Store, symbol: str, steps: Iterable[dict[str, Any]]) -> Trade:
    """Keep a trade that ends, and ends anew, or not at all, with every step."""
    trade = a_trade(id=f"R{next(numbers)}", symbol=symbol, state=TradeState.OPEN)
    with store.writing() as transaction:
        transaction.propose(trade)
        for step in steps:
            trade = replace(trade, **step)
            transaction.update(trade)
    return trade


def check(came: Performance, trades: Iterable[Trade], since: datetime | None, until: datetime, symbol: str) -> None:
    """Hold a look back against what the trades themselves say."""
    found = [
        (trade, trade.result)
        for trade in trades
        if trade.result is not None and trade.closed_at and trade.closed_at <= until
        if (since is None or trade.closed_at >= since) and symbol in {"", trade.symbol}
    ]
    results = defaultdict[str, list[Decimal]](list)
    for trade, result in found:
        results[trade.symbol].append(result)
    assert set(came.by_symbol) == {
        SymbolResult(symbol=name, trades=len(those), wins=sum(one > 0 for one in those), result=sum(those, Decimal(0)))
        for name, those in results.items()
    }
    assert [line.result for line in came.by_symbol] == sorted((line.result for line in came.by_symbol), reverse=True)
    assert (came.trades, came.wins) == (len(found), sum(result > 0 for _, result in found))
    assert came.result == sum((result for _, result in found), Decimal(0))
    assert came.slippage == sum(
        (trade.filled_shares * (trade.entry - trade.sizing.entry) for trade, _ in found), Decimal(0)
    )
    multiples = [trade.multiple for trade, _ in found if trade.multiple is not None]
    assert (came.multiple is None) == (not multiples)
    assert abs((came.multiple or 0) - sum(multiples, Decimal(0)) / max(1, len(multiples))) <= Decimal("0.0001")
    ends = [Ending(trade_id=trade.id, symbol=trade.symbol, result=result) for trade, result in found]
    assert [end in ends for end in (came.best, came.worst)] == [bool(ends)] * 2
    if came.best and came.worst:
        assert came.best.result == max(end.result for end in ends)
        assert came.worst.result == min(end.result for end in ends)


def all_rows(connection: Connection) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in connection.execute(TABLES.results.select()))


@on_one_store
@given(happened=changes, since=st.none() | instants, until=instants, symbol=st.sampled_from(("", *SYMBOLS)))
def test_a_look_back_over_any_time_is_the_sum_of_its_trades_however_they_changed(
    store: Store,
    happened: list[tuple[str, list[dict[str, Any]]]],
    since: datetime | None,
    until: datetime,
    symbol: str,
) -> None:
    for name, steps in happened:
        changed(store, name, steps)
    with store.reading() as reader:
        check(reader.performance(since, until, symbol), reader.trades(), since, until, symbol)


def test_what_is_summed_at_once_is_what_was_summed_as_the_trades_ended(store: Store, url: str) -> None:
    for number in range(40):
        closed = PROPOSED_AT + timedelta(days=number % 5 * 40, hours=number)
        step = {"exit_price": Decimal(140 + number), "exit_shares": 10, "fill_price": Decimal(150), "closed_at": closed}
        changed(store, SYMBOLS[number % 3], [step | {"closed_at": PROPOSED_AT}, step])
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        before = all_rows(connection)
        connection.execute(TABLES.results.delete())
        make_all(connection, TABLES)
        assert all_rows(connection) == before
        assert {row[0] for row in before} == {DAY, MONTH, YEAR}
    engine.dispose()


def test_a_trade_that_holds_shares_again_has_not_ended_any_more(store: Store) -> None:
    sold = {"exit_price": Decimal(155), "exit_shares": 10, "fill_price": Decimal(150), "closed_at": PROPOSED_AT}
    changed(store, "AAPL", [sold, sold | {"closed_at": None}])
    with store.reading() as reader:
        assert reader.performance(None, LAST).trades == 0


@given(since=st.none() | instants, until=instants)
def test_a_time_is_cut_without_a_gap_and_without_an_overlap(since: datetime | None, until: datetime) -> None:
    parts = cut(since, until)
    ends = [(_instant(part.since), _instant(part.before)) for part in parts]
    if since is None or since < until:
        assert ends[0][0] == since or since is None
        assert ends[-1][1] == until
    assert all(end == begin for (_, end), (begin, _) in pairwise(ends))
    assert all(
        part.since.day == part.before.day == 1 for part in parts if isinstance(part, Whole) and part.span == MONTH
    )


def _instant(at: datetime | date | None) -> datetime | None:
    if at is None or isinstance(at, datetime):
        return at
    return None if at == date.min else day_start(datetime(at.year, at.month, at.day, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("since", "spans", "hours"),
    [
        (datetime(2025, 8, 1, 4, tzinfo=UTC), {DAY: 18}, 1),
        (datetime(2025, 6, 20, 15, tzinfo=UTC), {DAY: 10 + 18, MONTH: 1}, 2),
        (datetime(2023, 11, 30, 5, tzinfo=UTC), {DAY: 1 + 18, MONTH: 1 + 7, YEAR: 1}, 1),
        (datetime(2025, 8, 19, 4, tzinfo=UTC), {}, 1),
        (datetime(2025, 8, 19, 14, tzinfo=UTC), {}, 1),
    ],
    ids=["this month", "since a day of June", "since the year before last", "today", "an hour"],
)
def test_a_time_is_made_of_the_longest_spans_that_fit(since: datetime, spans: dict[str, int], hours: int) -> None:
    parts = cut(since, PROPOSED_AT)
    counted = Counter[str]()
    for part in parts:
        if isinstance(part, Whole):
            counted[part.span] += round(
                (part.before - part.since).days / {DAY: 1, MONTH: 30.4, YEAR: 365.25}[part.span]
            )
    assert (counted, sum(isinstance(part, RollupHours) for part in parts)) == (spans, hours)
