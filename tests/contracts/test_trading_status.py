"""What every source of trading statuses does: tell the last word on each symbol, and forget it with its connection."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from engine.adapters.alpaca.status_stream import TradingStatusStream
from engine.ports.trading_status import TradingStatuses
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.statuses import FakeStatuses
from tests.support.waiting import until

AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
WATCHED = ("AAPL", "MSFT")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A port, and a hand on what it hears."""

    port: TradingStatuses
    halt: Callable[[str], object]
    resume: Callable[[str], object]
    cut: Callable[[], object]

    def halted(self) -> dict[str, bool]:
        """Return whether each symbol is halted of which something was told."""
        return {symbol: status.halt is not None for symbol, status in self.port.listen(WATCHED).items()}


@contextmanager
def at_alpaca() -> Iterator[Source]:
    with FakeAlpaca(ManualClock(AT)) as fake:
        port = TradingStatusStream(access_to(fake), waits=(0.01, 0.05))
        port.listen(WATCHED)
        until(lambda: fake.heard_of("lulds"))

        def cut() -> None:
            before = fake.data_streams
            fake.drop_data_stream()
            until(lambda: fake.data_streams > before and fake.heard_of("lulds"))

        yield Source(
            port=port,
            halt=lambda symbol: fake.status(symbol, "H", "T1"),
            resume=lambda symbol: fake.status(symbol, "T"),
            cut=cut,
        )
        port.stop_listening()


@contextmanager
def faked() -> Iterator[Source]:
    port = FakeStatuses()
    yield Source(
        port=port,
        halt=lambda symbol: port.halt(symbol, AT),
        resume=lambda symbol: port.resume(symbol, AT),
        cut=port.cut,
    )


@pytest.fixture(params=[at_alpaca, faked], ids=["alpaca", "fake"])
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    with request.param() as made:
        yield made


def test_the_last_word_on_each_symbol_is_told(source: Source) -> None:
    assert source.halted() == {}
    source.halt("AAPL")
    source.halt("MSFT")
    source.resume("MSFT")
    until(lambda: source.halted() == {"AAPL": True, "MSFT": False})


def test_nothing_is_told_of_a_symbol_that_nobody_asked_for(source: Source) -> None:
    source.halt("IBM")
    source.halt("AAPL")
    until(lambda: source.halted() == {"AAPL": True})


def test_what_was_told_before_the_connection_was_lost_is_forgotten(source: Source) -> None:
    source.halt("AAPL")
    until(source.halted)
    source.cut()
    assert source.halted() == {}
    source.halt("MSFT")
    until(lambda: source.halted() == {"MSFT": True})


def test_whoever_hangs_up_may_listen_again(source: Source) -> None:
    source.port.stop_listening()
    source.port.stop_listening()
    assert source.halted() == {}


def test_it_is_known_whether_the_stream_is_heard(source: Source) -> None:
    source.port.listen(WATCHED)
    until(lambda: source.port.is_heard is True)
    source.port.stop_listening()
    assert source.port.is_heard is False
