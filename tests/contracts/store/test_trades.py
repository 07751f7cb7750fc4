from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, strategies as st

from engine.errors import AlreadyDecided, UnknownTrade
from engine.model.risk import BindingLimit
from engine.model.signal import Component, Finding, Part, Readings
from engine.model.trade import ALIVE, MOVES, ExitReason, Trade, TradeState
from engine.ports.store import Store
from tests.contracts.store.samples import amounts, counts, instants, keep, kept, on_one_store, words
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_sizing, a_trade

MINUTE = timedelta(minutes=1)

numbers = count()
floats = st.floats(allow_nan=False)
readings = st.builds(
    Readings,
    **dict.fromkeys(("rsi", "lower", "middle", "upper", "low", "high", "macd", "macd_signal", "volume_ratio"), floats),
    macd_cross=st.sampled_from((-1, 0, 1)),
)
components = st.lists(st.builds(Component, part=st.sampled_from(Part), tenths=st.integers(-5, 5)), max_size=5)
findings = st.lists(
    st.builds(
        Finding,
        headline_id=words,
        symbol=words,
        at=instants,
        headline=words,
        tenths=st.integers(-3, 3),
        reason=words,
        url=words,
    ),
    max_size=3,
)
signals = st.builds(
    a_signal,
    symbol=words,
    at=instants,
    price=amounts,
    readings=readings,
    components=components.map(tuple),
    findings=findings.map(tuple),
    scorer=words,
)
sizings = st.builds(
    a_sizing,
    shares=counts,
    **dict.fromkeys(("entry", "stop", "target", "equity", "budget", "unrounded", "risk_before"), amounts),
    cap=st.sampled_from(BindingLimit),
)
progress: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("shares", "filled_shares", "exit_shares"), counts),
    **dict.fromkeys(("stop", "target"), amounts),
    **dict.fromkeys(("fill_price", "exit_price"), st.none() | amounts),
    **dict.fromkeys(("decided_at", "filled_at", "closed_at"), st.none() | instants),
    **dict.fromkeys(("decided_by", "closed_by", "reason"), words),
    "expires_at": instants,
    "exit_reason": st.none() | st.sampled_from(ExitReason),
}
trades = st.builds(
    a_trade,
    symbol=words,
    signal=signals,
    sizing=sizings,
    proposed_at=instants,
    state=st.sampled_from(TradeState),
    **progress,
)


def in_states(*states: TradeState) -> tuple[Trade, ...]:
    """Return a trade in each state, a minute apart; the ids count up."""
    return tuple(
        a_trade(id=f"T{number}", state=state, proposed_at=PROPOSED_AT + number * MINUTE)
        for number, state in enumerate(states)
    )


def ids(found: tuple[Trade, ...]) -> list[str]:
    return [trade.id for trade in found]


@on_one_store
@given(trade=trades)
def test_every_field_of_a_trade_is_kept_exactly(store: Store, trade: Trade) -> None:
    new = replace(trade, id=f"T{next(numbers)}")
    keep(store, new)
    assert kept(store, new.id) == new


@on_one_store
@given(changes=st.fixed_dictionaries(progress))
def test_an_update_keeps_whatever_has_changed(store: Store, changes: dict[str, Any]) -> None:
    trade = a_trade(id=f"T{next(numbers)}")
    keep(store, trade)
    with store.writing() as transaction:
        transaction.update(replace(trade, **changes))
    assert kept(store, trade.id) == replace(trade, **changes)


def test_a_price_keeps_its_cents_and_its_zeros(store: Store) -> None:
    keep(store, a_trade())
    assert str(kept(store).stop) == "147.99"
    assert str(kept(store).sizing.unrounded) == "511.8761061946902654867256637"


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="naive"):
        keep(store, a_trade(expires_at=PROPOSED_AT.replace(tzinfo=None)))


def test_an_id_cannot_be_proposed_twice(store: Store) -> None:
    keep(store, a_trade())
    with pytest.raises(ValueError, match="refused a value"):
        keep(store, a_trade())


def test_an_unknown_id_has_no_trade(store: Store) -> None:
    with store.reading() as reader:
        assert reader.trade("MSFT_20250819_234515") is None


def test_trades_come_newest_first(store: Store) -> None:
    keep(store, *in_states(TradeState.OPEN, TradeState.CLOSED, TradeState.PROPOSED))
    with store.reading() as reader:
        assert ids(reader.trades()) == ["T2", "T1", "T0"]


def test_trades_can_be_asked_for_by_state(store: Store) -> None:
    keep(store, *in_states(*TradeState))
    with store.reading() as reader:
        assert {trade.state for trade in reader.trades(ALIVE)} == ALIVE
        assert ids(reader.trades({TradeState.OPEN})) == ["T3"]


def test_trades_can_be_asked_for_by_symbol_time_and_number(store: Store) -> None:
    keep(store, *in_states(TradeState.CLOSED, TradeState.CLOSED, TradeState.OPEN), a_trade(id="MSFT", symbol="MSFT"))
    with store.reading() as reader:
        assert ids(reader.trades(symbol="MSFT")) == ["MSFT"]
        assert ids(reader.trades(since=PROPOSED_AT + MINUTE)) == ["T2", "T1"]
        assert ids(reader.trades(limit=1)) == ["T2"]
        assert ids(reader.trades({TradeState.CLOSED}, symbol="AAPL", since=PROPOSED_AT, limit=5)) == ["T1", "T0"]


def test_a_trade_that_ended_since_is_one_of_that_time_however_old_it_is(store: Store) -> None:
    old = a_trade(id="OLD", state=TradeState.CLOSED, closed_at=PROPOSED_AT + 5 * MINUTE)
    keep(store, old, a_trade(id="OLDER", state=TradeState.CLOSED, closed_at=PROPOSED_AT + MINUTE))
    with store.reading() as reader:
        assert ids(reader.trades(since=PROPOSED_AT + 5 * MINUTE)) == ["OLD"]
        assert ids(reader.trades(since=PROPOSED_AT + 6 * MINUTE)) == []


def test_it_can_be_asked_which_of_some_symbols_have_a_trade_in_some_states(store: Store) -> None:
    closed, opened = in_states(TradeState.CLOSED, TradeState.OPEN)
    keep(store, closed, opened, a_trade(id="MSFT", symbol="MSFT"), replace(closed, id="IBM", symbol="IBM"))
    with store.reading() as reader:
        assert reader.symbols(ALIVE, ["AAPL", "IBM", "TSLA"]) == {"AAPL"}
        assert reader.symbols(ALIVE, []) == frozenset()


def test_unpublished_proposals_come_oldest_first_until_they_are_published(store: Store) -> None:
    keep(store, *in_states(TradeState.PROPOSED, TradeState.PROPOSED, TradeState.PROPOSED))
    with store.writing() as transaction:
        transaction.mark_published("T1")
    with store.reading() as reader:
        assert ids(reader.unpublished()) == ["T0", "T2"]


def test_proposals_of_one_instant_are_published_in_the_order_in_which_they_were_proposed(store: Store) -> None:
    """The strongest is proposed first, so AUTO_MODE gives it what room there is, whatever its name."""
    keep(store, *(a_trade(id=f"{symbol}_1", symbol=symbol) for symbol in ("TSLA", "AAPL", "MSFT")))
    with store.reading() as reader:
        assert ids(reader.unpublished()) == ["TSLA_1", "AAPL_1", "MSFT_1"]


def test_a_decided_trade_is_not_published_any_more(store: Store) -> None:
    keep(store, a_trade())
    with store.writing() as transaction:
        transaction.move(a_trade(), TradeState.EXPIRED)
        assert transaction.unpublished() == ()


def test_an_update_leaves_a_published_proposal_published(store: Store) -> None:
    keep(store, a_trade())
    with store.writing() as transaction:
        transaction.mark_published(a_trade().id)
        transaction.update(a_trade(shares=200))
        assert transaction.unpublished() == ()


@pytest.mark.parametrize(("state", "to"), [(state, to) for state, ends in MOVES.items() for to in ends])
def test_a_move_keeps_the_new_state_and_what_changed_with_it(store: Store, state: TradeState, to: TradeState) -> None:
    keep(store, a_trade(state=state))
    with store.writing() as transaction:
        moved = transaction.move(a_trade(state=state, decided_by="U1", shares=200), to)
    assert moved == a_trade(state=to, decided_by="U1", shares=200)
    assert kept(store) == moved


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (TradeState.PROPOSED, TradeState.OPEN),
        (TradeState.APPROVED, TradeState.APPROVED),
        (TradeState.CLOSED, TradeState.CLOSING),
        (TradeState.REJECTED, TradeState.APPROVED),
    ],
)
def test_a_move_that_does_not_exist_is_an_error(store: Store, state: TradeState, to: TradeState) -> None:
    keep(store, a_trade(state=state))
    with pytest.raises(ValueError, match=f"from {state} to {to}"), store.writing() as transaction:
        transaction.move(a_trade(state=state), to)
    assert kept(store).state is state


def test_a_trade_that_has_moved_on_says_where_it_is_and_who_decided(store: Store) -> None:
    keep(store, a_trade())
    with store.writing() as transaction:
        transaction.move(a_trade(decided_by="U1"), TradeState.REJECTED)
    with pytest.raises(AlreadyDecided) as refused, store.writing() as transaction:
        transaction.move(a_trade(decided_by="U2"), TradeState.APPROVED)
    assert refused.value.facts == {"trade_id": a_trade().id, "state": "rejected", "by": "U1"}
    assert kept(store) == a_trade(state=TradeState.REJECTED, decided_by="U1")


def test_a_trade_that_has_moved_on_is_not_updated(store: Store) -> None:
    keep(store, a_trade(state=TradeState.APPROVED))
    with pytest.raises(AlreadyDecided), store.writing() as transaction:
        transaction.update(a_trade(shares=200))
    assert kept(store).shares == a_trade().shares


def test_a_trade_that_was_never_proposed_is_unknown(store: Store) -> None:
    with store.writing() as transaction:
        with pytest.raises(UnknownTrade):
            transaction.move(a_trade(), TradeState.APPROVED)
        with pytest.raises(UnknownTrade):
            transaction.update(a_trade())
        with pytest.raises(UnknownTrade):
            transaction.mark_published(a_trade().id)
