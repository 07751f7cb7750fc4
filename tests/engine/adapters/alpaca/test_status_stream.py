import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from websockets.http11 import Request
from websockets.sync.server import ServerConnection, serve

from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.alpaca.status_stream import TradingStatusStream, status_of
from engine.model.symbol_halt import HaltReason, SymbolHalt
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock
from tests.support.waiting import until

WATCHED = ("AAPL", "MSFT")


@pytest.fixture
def stream(fake: FakeAlpaca) -> Iterator[TradingStatusStream]:
    stream = TradingStatusStream(access_to(fake), waits=(0.01, 0.05))
    yield stream
    stream.stop_listening()


def halts(stream: TradingStatusStream) -> dict[str, SymbolHalt | None]:
    return {symbol: status.halt for symbol, status in stream.listen(WATCHED).items()}


def hear(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    """Listen, and wait until everything that is asked for is heard."""
    stream.listen(WATCHED)
    until(lambda: fake.heard_of("lulds") == frozenset(WATCHED))


def told(**given: str) -> dict[str, str]:
    return {"T": "s", "S": "AAPL", "sc": "H", "rc": "", "z": "C", "t": "2025-08-19T14:40:00.123456789Z"} | given


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"sc": "H", "rc": "T1"}, HaltReason.NEWS),
        ({"sc": "H", "rc": "T2"}, HaltReason.NEWS),
        ({"sc": "H", "rc": "T12"}, HaltReason.REGULATORY),
        ({"sc": "H", "rc": "MWC1"}, HaltReason.MARKET_WIDE),
        ({"sc": "H", "rc": "O1"}, HaltReason.OPERATIONAL),
        ({"sc": "H", "rc": "Q7"}, HaltReason.OTHER),  # one that nobody has heard of is a halt all the same
        ({"sc": "H"}, HaltReason.OTHER),
        ({"sc": "P", "rc": "LUDP"}, HaltReason.VOLATILITY),
        ({"sc": "P"}, HaltReason.VOLATILITY),
        ({"sc": "2", "rc": "M", "z": "A"}, HaltReason.VOLATILITY),
        ({"sc": "2", "rc": "P", "z": "B"}, HaltReason.NEWS),
        ({"sc": "LUDP"}, HaltReason.VOLATILITY),  # the reason in the place of the status
        ({"sc": "T1"}, HaltReason.NEWS),
        ({"T": "l", "i": "D"}, HaltReason.OTHER),
    ],
)
def test_a_halt_is_one_by_the_codes_of_every_tape(message: dict[str, str], reason: HaltReason) -> None:
    status = status_of(told(**message))
    assert status is not None
    assert status.halt is not None
    assert (status.halt.symbol, status.halt.reason) == ("AAPL", reason)
    assert status.halt.since.isoformat() == "2025-08-19T14:40:00.123456+00:00"


@pytest.mark.parametrize("message", [{"sc": "T", "rc": "T3"}, {"sc": "3", "z": "A"}, {"T": "l", "i": "E"}])
def test_trading_goes_on_by_the_codes_of_every_tape(message: dict[str, str]) -> None:
    status = status_of(told(**message))
    assert status is not None
    assert status.halt is None


@pytest.mark.parametrize(
    "message",
    [
        {"sc": "Q", "rc": "T3"},  # quotes come again, and trading does not yet
        {"sc": "E", "z": "A"},  # a short sale restriction
        {"sc": ""},
        {"T": "l", "i": "B"},
        {"T": "l", "i": "D", "z": "A"},  # where D means something else
        {"T": "t"},
        {"T": "subscription"},
    ],
)
def test_what_is_no_halt_changes_nothing(message: dict[str, str]) -> None:
    assert status_of(told(**message)) is None


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "wss://stream.data.alpaca.markets/v2/sip"),
        ({"data_url": "https://data.sandbox.alpaca.markets"}, "wss://stream.data.sandbox.alpaca.markets/v2/sip"),
        ({"data_url": "http://127.0.0.1:8000"}, "ws://127.0.0.1:8000/v2/sip"),
    ],
)
def test_the_stream_is_beside_the_prices(given: dict[str, Any], url: str) -> None:
    assert AlpacaAccess(key="k", secret="s", budget=RateLimiter(100), **given).data_stream("sip") == url


def test_a_halt_is_heard_until_its_end_is(stream: TradingStatusStream, fake: FakeAlpaca, clock: ManualClock) -> None:
    hear(stream, fake)
    assert halts(stream) == {}
    fake.status("AAPL", "H", "T1")
    until(lambda: halts(stream))
    halt = halts(stream)["AAPL"]
    assert halt == SymbolHalt(symbol="AAPL", since=clock.now(), reason=HaltReason.NEWS, code="T1")
    clock.advance(300)
    fake.status("AAPL", "Q", "T3")
    fake.status("AAPL", "T", "T3")
    until(lambda: halts(stream) == {"AAPL": None})


def test_the_price_bands_tell_a_pause_too_and_its_reason_is_kept(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    hear(stream, fake)
    fake.status("AAPL", "P", "LUDP")
    fake.price_bands("AAPL", "D")
    fake.price_bands("MSFT", "D")
    until(lambda: len(halts(stream)) == 2)
    reasons = {symbol: halt and halt.reason for symbol, halt in halts(stream).items()}
    assert reasons == {"AAPL": HaltReason.VOLATILITY, "MSFT": HaltReason.OTHER}
    fake.price_bands("AAPL", "E")
    until(lambda: halts(stream)["AAPL"] is None)


def test_what_an_earlier_connection_told_is_not_told_again(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    hear(stream, fake)
    fake.status("AAPL", "H", "T1")
    until(lambda: halts(stream))
    fake.drop_data_stream()
    until(lambda: fake.data_streams == 2 and fake.heard_of("lulds"))
    assert halts(stream) == {}
    fake.status("MSFT", "H", "T1")
    until(lambda: halts(stream).keys() == {"MSFT"})


def test_without_a_connection_nothing_is_known(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    hear(stream, fake)
    fake.status("AAPL", "H", "T1")
    until(lambda: halts(stream))
    fake.stop()
    until(lambda: not halts(stream))
    fake.start()
    until(lambda: fake.heard_of("statuses"))


def test_whoever_leaves_hangs_up_and_may_come_again(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    hear(stream, fake)
    stream.stop_listening()
    until(lambda: not fake.heard_of("statuses"))
    hear(stream, fake)
    assert fake.data_streams == 2


def test_who_leaves_while_it_connects_waits_for_no_message(fake: FakeAlpaca) -> None:
    knocked, may_enter = threading.Event(), threading.Event()

    def hold(_connection: ServerConnection, _request: Request) -> None:
        knocked.set()
        assert may_enter.wait(timeout=10)

    def welcome(connection: ServerConnection) -> None:
        for answer in ({"T": "success", "msg": "authenticated"}, {"T": "subscription"}):
            connection.recv()
            connection.send(json.dumps([answer]))
        for _ in connection:
            pass

    with serve(welcome, "127.0.0.1", 0, process_request=hold) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.socket.getsockname()
        stream = TradingStatusStream(access_to(fake, data_url=f"http://{host}:{port}"))
        stream.listen(WATCHED)
        assert knocked.wait(timeout=10)
        leaving = threading.Thread(target=stream.stop_listening, daemon=True)
        leaving.start()
        until(stream._stopped.is_set)  # noqa: SLF001 (it has found no connection by then, and nobody is told)
        may_enter.set()
        leaving.join(timeout=10)
        assert not leaving.is_alive()


def test_symbols_that_join_and_leave_are_asked_for_and_forgotten(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    hear(stream, fake)
    stream.listen(("MSFT", "TSLA"))
    until(lambda: fake.heard_of("lulds") == {"MSFT", "TSLA"})
    assert fake.data_streams == 1


def test_more_symbols_than_the_subscription_allows_leave_the_statuses(
    stream: TradingStatusStream, fake: FakeAlpaca
) -> None:
    fake.allow_symbols(1)
    stream.listen(WATCHED)
    until(lambda: fake.heard_of("statuses"))
    fake.status("AAPL", "H", "T1")
    until(lambda: halts(stream))
    assert fake.heard_of("lulds") == frozenset()


@pytest.mark.parametrize("frame", ["no json", "{}", "[7, null]", '[{"T": "s", "S": "AAPL", "sc": "H", "t": "soon"}]'])
def test_trap_what_cannot_be_read_ends_nothing(stream: TradingStatusStream, fake: FakeAlpaca, frame: str) -> None:
    hear(stream, fake)
    fake.tell_raw(frame)
    fake.status("AAPL", "H", "T1")
    until(lambda: halts(stream))
    assert fake.data_streams == 1


def test_trap_a_message_that_comes_late_does_not_undo_a_newer_one(
    stream: TradingStatusStream, fake: FakeAlpaca, clock: ManualClock
) -> None:
    hear(stream, fake)
    fake.status("AAPL", "H", "T1")
    fake.status("AAPL", "T", at=clock.now() - timedelta(minutes=1))
    fake.status("MSFT", "T")
    until(lambda: len(halts(stream)) == 2)
    assert halts(stream)["AAPL"] is not None


def test_trap_bad_keys_are_not_tried_for_ever(fake: FakeAlpaca) -> None:
    stream = TradingStatusStream(access_to(fake, secret="wrong"), waits=(0.01, 0.01))
    stream.listen(WATCHED)
    until(lambda: fake.data_streams == 5)
    assert stream.listen(WATCHED) == {}
    stream.stop_listening()
    assert fake.data_streams == 5


def test_trap_a_place_that_another_program_takes_is_tried_again(stream: TradingStatusStream, fake: FakeAlpaca) -> None:
    other = TradingStatusStream(access_to(fake))
    hear(other, fake)
    stream.listen(())
    other.stop_listening()
    hear(stream, fake)


def test_the_keys_are_in_no_log(
    stream: TradingStatusStream, fake: FakeAlpaca, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    hear(stream, fake)
    assert fake.secret not in caplog.text
    assert fake.key not in caplog.text
