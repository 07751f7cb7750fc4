"""What the suite puts in, and short ways to put it in and get it out."""

from datetime import datetime, timedelta, timezone

from hypothesis import HealthCheck, settings, strategies as st

from engine.model.trade import Trade
from engine.ports.store import Store
from tests.support.fakes.trades import TRADE

amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=12)
instants = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 the strategy adds the time zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 likewise
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
counts = st.integers(0, 10**9)

on_one_store = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Examples share the fixture's store, so what they write must not collide."""


def keep(store: Store, *trades: Trade) -> None:
    with store.writing() as transaction:
        for trade in trades:
            transaction.propose(trade)


def kept(store: Store, trade_id: str = TRADE.id) -> Trade:
    with store.reading() as reader:
        trade = reader.trade(trade_id)
    if trade is None:
        raise LookupError(trade_id)
    return trade
