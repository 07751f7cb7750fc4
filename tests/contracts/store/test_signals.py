from datetime import timedelta

from engine.model.signal import Signal
from engine.model.survey import SignalFate
from engine.model.trade import TradeState
from engine.truth import Store
from tests.contracts.store.samples import keep
from tests.fakes.trades import PROPOSED_AT, a_signal, a_trade

MINUTE = timedelta(minutes=1)


def signal_after(minutes: int, symbol: str = "AAPL") -> Signal:
    return a_signal(symbol=symbol, at=PROPOSED_AT + minutes * MINUTE)


def test_signals_are_read_newest_first_whether_a_trade_came_of_them_or_not(store: Store) -> None:
    keep(store, a_trade(signal=signal_after(1)))
    with store.writing() as book:
        book.add_signal(signal_after(2, "MSFT"), "symbol_taken")
        book.add_signal(signal_after(0), "spread")
    with store.reading() as ledger:
        assert ledger.signals(10) == (signal_after(2, "MSFT"), signal_after(1), signal_after(0))


def test_signals_can_be_asked_for_by_symbol_and_number(store: Store) -> None:
    with store.writing() as book:
        for minutes in range(4):
            book.add_signal(signal_after(minutes, "MSFT" if minutes % 2 else "AAPL"), "spread")
        assert book.signals(1) == (signal_after(3, "MSFT"),)
        assert book.signals(10, "AAPL") == (signal_after(2), signal_after(0))
        assert book.signals(10, "TSLA") == ()


def test_a_signal_is_read_with_what_became_of_it(store: Store) -> None:
    keep(store, a_trade(signal=signal_after(1)))
    with store.writing() as book:
        book.add_signal(signal_after(2, "MSFT"), "symbol_taken")
        proposed = SignalFate(signal=signal_after(1), trade_id=a_trade().id, state=TradeState.PROPOSED)
        assert book.fates(10) == (SignalFate(signal=signal_after(2, "MSFT"), why_not="symbol_taken"), proposed)
        assert book.fates(10, "AAPL") == (proposed,)
        assert book.fates(1, "TSLA") == ()
