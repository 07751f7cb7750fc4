from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

import pytest

from engine.adapters.sql.signals import AT_ONCE, KnownSignals
from engine.errors import AlreadyDecided
from engine.model.signal import Signal
from engine.model.signal_outcome import SignalOutcome
from engine.model.trade import Trade, TradeState
from engine.ports.store import Store
from tests.contracts.store.samples import keep, kept
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_trade

MINUTE = timedelta(minutes=1)


def signal_after(minutes: int, symbol: str = "AAPL") -> Signal:
    return a_signal(symbol=symbol, at=PROPOSED_AT + minutes * MINUTE)


def propose_and_fail(store: Store, trade: Trade) -> None:
    with store.writing() as transaction:
        transaction.propose(trade)
        assert transaction.trade(trade.id) == trade
        transaction.update(replace(trade, state=TradeState.OPEN))


def test_signals_are_read_newest_first_whether_a_trade_came_of_them_or_not(store: Store) -> None:
    keep(store, a_trade(signal=signal_after(1)))
    with store.writing() as transaction:
        transaction.add_signal(signal_after(2, "MSFT"), "symbol_taken")
        transaction.add_signal(signal_after(0), "spread")
    with store.reading() as reader:
        assert reader.signals(10) == (signal_after(2, "MSFT"), signal_after(1), signal_after(0))


def test_signals_can_be_asked_for_by_symbol_and_number(store: Store) -> None:
    with store.writing() as transaction:
        for minutes in range(4):
            transaction.add_signal(signal_after(minutes, "MSFT" if minutes % 2 else "AAPL"), "spread")
        assert transaction.signals(1) == (signal_after(3, "MSFT"),)
        assert transaction.signals(10, "AAPL") == (signal_after(2), signal_after(0))
        assert transaction.signals(10, "TSLA") == ()


def test_a_signal_is_read_with_what_became_of_it(store: Store) -> None:
    keep(store, a_trade(signal=signal_after(1)))
    with store.writing() as transaction:
        transaction.add_signal(signal_after(2, "MSFT"), "symbol_taken")
        proposed = SignalOutcome(signal=signal_after(1), trade_id=a_trade().id, state=TradeState.PROPOSED)
        assert transaction.signal_outcomes(10) == (
            SignalOutcome(signal=signal_after(2, "MSFT"), why_not="symbol_taken"),
            proposed,
        )
        assert transaction.signal_outcomes(10, "AAPL") == (proposed,)
        assert transaction.signal_outcomes(1, "TSLA") == ()


def test_a_signal_that_was_undone_is_never_taken_for_the_one_that_came_after_it(store: Store) -> None:
    undone, lasting = a_trade(signal=signal_after(1)), a_trade(signal=signal_after(2))
    with pytest.raises(AlreadyDecided):
        propose_and_fail(store, undone)
    keep(store, lasting)
    assert kept(store) == lasting


def test_many_trades_are_read_with_the_signal_of_each_again_and_again(store: Store) -> None:
    trades = [a_trade(id=f"T{number:04d}", signal=signal_after(number)) for number in range(AT_ONCE + 1)]
    keep(store, *trades)
    for _ in range(2):
        with store.reading() as reader:
            assert sorted(reader.trades(), key=attrgetter("id")) == trades


def test_no_more_signals_are_remembered_than_wanted_and_those_learnt_first_go_first() -> None:
    signals = {(number, f"T{number}"): signal_after(number) for number in range(5)}
    known = KnownSignals(most=3)
    for place, signal in signals.items():
        known.keep({place: signal})
    assert known.among(signals) == {place: signals[place] for place in list(signals)[2:]}
