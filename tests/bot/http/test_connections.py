"""Half-sent requests, idle connections and wrong lengths cost their senders a place, and nobody else anything."""

import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from fastapi import FastAPI
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from structlog.testing import capture_logs

from bot.http.app import build_http
from bot.http.server import HEAD, HttpServer
from bot.transport.slack_events import DEEPEST, LONG_ONES, SHORT, SlackEvents
from tests.support.http_desk import HttpDesk
from tests.support.waiting import until

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FEW = 16
THREADS_OF_FASTAPI = 40
MORE_THAN_THREADS = 50
PATIENT = 60.0
COMMAND = b"command=%2Fhello&team_id=T0&user_id=U0TRADER&text="
BEGUN = {
    "idle": b"",
    "slow headers": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-a: ",
    "slow body": b"POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nab",
    "a body that nobody asked for": b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nab",
    "chunks without an end": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
}


@pytest.fixture(name="bolt")
def _bolt() -> Iterator[App]:
    installed = AuthorizeResult(enterprise_id=None, team_id=None, bot_token="xoxb-local")
    bolt = App(signing_secret=SECRET, authorize=lambda: installed)
    bolt.command("/hello")(_hello)
    yield bolt
    bolt.listener_runner.listener_executor.shutdown()


@pytest.fixture(name="app")
def _app(bolt: App) -> Iterator[FastAPI]:
    events = SlackEvents(SECRET)
    app = FastAPI()
    app.add_api_route("/", lambda: {"here": True})
    app.include_router(events.router())
    with events.served_by(bolt):
        yield app


def _hello(ack: Ack) -> None:
    ack("hello")


def _address(server: HttpServer) -> tuple[str, int]:
    split = urlsplit(server.url)
    assert split.hostname
    assert split.port
    return split.hostname, split.port


def begun(server: HttpServer, start: bytes) -> socket.socket:
    taken = socket.create_connection(_address(server), timeout=10)
    taken.sendall(start)
    return taken


def rest_of(taken: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    said = b""
    try:
        while piece := taken.recv(65_536):
            said += piece
    except ConnectionResetError:
        pass
    return said


def exchange(server: HttpServer, sent: bytes) -> bytes:
    with closing(begun(server, sent)) as taken:
        return rest_of(taken)


@contextmanager
def answered(server: HttpServer, path: str = "/", body: bytes | None = None, **headers: str) -> Iterator[HTTPResponse]:
    with closing(HTTPConnection(*_address(server), timeout=10)) as connection:
        connection.request("POST" if body else "GET", path, body, headers)
        yield connection.getresponse()


def signed(body: bytes, timestamp: str = "") -> dict[str, str]:
    at = timestamp or str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    kind = "application/x-www-form-urlencoded"
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}


@pytest.mark.parametrize("start", BEGUN.values(), ids=BEGUN.keys())
def test_a_request_in_one_piece_is_served_while_others_only_begin(app: FastAPI, start: bytes) -> None:
    with HttpServer(app, host="127.0.0.1", port=0, connections=FEW, seconds=PATIENT) as server, ExitStack() as held:
        for _ in range(4 * FEW):
            held.enter_context(closing(begun(server, start)))
        with answered(server) as answer:
            assert answer.status == 200
        with answered(server, "/slack/events", COMMAND, **signed(COMMAND)) as answer:
            assert (answer.status, answer.read()) == (200, b"hello")


@pytest.mark.parametrize("start", BEGUN.values(), ids=BEGUN.keys())
def test_who_has_kept_us_waiting_the_longest_makes_room(app: FastAPI, start: bytes) -> None:
    with HttpServer(app, host="127.0.0.1", port=0, connections=FEW, seconds=PATIENT) as server, ExitStack() as held:
        first = held.enter_context(closing(begun(server, start)))
        for _ in range(FEW):
            held.enter_context(closing(begun(server, b"")))
        rest_of(first)  # returns, though nothing was sent on


@pytest.mark.parametrize("start", BEGUN.values(), ids=BEGUN.keys())
def test_a_request_that_does_not_come_in_whole_in_time_is_let_go(app: FastAPI, start: bytes) -> None:
    with HttpServer(app, host="127.0.0.1", port=0, seconds=0.2) as server, closing(begun(server, start)) as taken:
        said = rest_of(taken)
    if b"\r\n\r\n" in start:
        assert any(status in said for status in (b" 408 ", b" 401 ", b" 405 ", b" 200 "))
    else:
        assert said == b""  # nothing that could be answered was asked for


def test_a_head_that_drips_in_is_cut_off_at_the_same_moment(app: FastAPI) -> None:
    with HttpServer(app, host="127.0.0.1", port=0, seconds=0.3) as server:
        for start in (b"GET / HT", BEGUN["slow headers"]):
            assert dripped(server, start) == b""


def test_a_body_that_drips_in_is_refused_in_words_at_the_same_moment(app: FastAPI) -> None:
    signed_as_now = "".join(f"{name}: {value}\r\n" for name, value in signed(b"").items())
    start = f"POST /slack/events HTTP/1.1\r\nHost: localhost\r\n{signed_as_now}Content-Length: 9000\r\n\r\nab".encode()
    with HttpServer(app, host="127.0.0.1", port=0, seconds=0.3) as server:
        said = dripped(server, start)
    assert b" 408 Request Timeout\r\n" in said
    assert b"did not come in whole within 0.3 s" in said


def dripped(server: HttpServer, start: bytes) -> bytes:
    """Return what comes while a request goes on without an end."""
    with closing(begun(server, start)) as taken:
        ends = threading.Event()
        dripping = threading.Thread(target=_drip, args=(taken, ends))
        dripping.start()
        said = rest_of(taken)
        ends.set()
        dripping.join()
    return said


def _drip(taken: socket.socket, ends: threading.Event) -> None:
    while not ends.wait(0.02):
        try:
            taken.sendall(b"x")
        except OSError:
            return


def test_an_answer_under_way_is_never_thrown_out_for_a_newcomer(app: FastAPI) -> None:
    gate, begins = threading.Event(), threading.Event()

    def slow() -> dict[str, bool]:
        begins.set()
        return {"whole": gate.wait(10)}

    app.add_api_route("/slow", slow)
    with HttpServer(app, host="127.0.0.1", port=0, connections=FEW, seconds=PATIENT) as server, ExitStack() as held:
        whole = b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        asked = held.enter_context(closing(begun(server, whole)))
        assert begins.wait(10)
        for _ in range(4 * FEW):
            held.enter_context(closing(begun(server, b"")))
        with answered(server) as answer:
            assert answer.status == 200
        gate.set()
        assert rest_of(asked).endswith(b'{"whole":true}')


def test_a_head_of_a_megabyte_is_refused_in_words(app: FastAPI) -> None:
    with HttpServer(app, host="127.0.0.1", port=0) as server:
        taken = begun(server, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-a: ")
        sending = threading.Thread(target=_send, args=(taken, b"a" * 1_000_000))
        sending.start()
        first = b"".join(iter(lambda: taken.recv(65_536), b""))
        sending.join()
        taken.close()
        with answered(server) as answer:
            assert answer.status == 200
    assert first.startswith(b"HTTP/1.1 400 ")
    assert f"may have {HEAD} bytes".encode() in first


def _send(taken: socket.socket, what: bytes) -> None:
    try:
        taken.sendall(what)
    except OSError:
        return


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"\x00" * 20_000,
    ],
    ids=["negative", "no-number", "two-lengths", "huge", "bad-chunk", "no-host", "tls", "zeros"],
)
def test_what_is_no_request_or_lies_about_its_length_is_refused(app: FastAPI, sent: bytes) -> None:
    with HttpServer(app, host="127.0.0.1", port=0, seconds=0.3) as server:
        status = exchange(server, sent).split(b" ")[1]
        with answered(server) as answer:
            assert answer.status == 200
    assert status in {b"400", b"405", b"408"}


def test_a_body_longer_than_it_says_is_no_second_request(app: FastAPI) -> None:
    sent = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nabGET /"
    with HttpServer(app, host="127.0.0.1", port=0, seconds=0.3) as server:
        said = exchange(server, sent)
    assert said.count(b"HTTP/1.1 200 ") == 1
    assert said.count(b"HTTP/1.1 ") == 1


def test_long_bodies_of_many_take_little_memory_and_keep_no_command_out(app: FastAPI) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed(b"").items())
    head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n{headers}\r\n".encode()
    with HttpServer(app, host="127.0.0.1", port=0, seconds=PATIENT) as server, ExitStack() as held:
        long_ones = [held.enter_context(closing(begun(server, head))) for _ in range(LONG_ONES + 1)]
        for taken in long_ones:
            taken.sendall(b"x" * (SHORT + 1))
        refused = [taken for taken in long_ones if _has_answer(taken)]
        with answered(server, "/slack/events", COMMAND, **signed(COMMAND)) as answer:
            assert (answer.status, answer.read()) == (200, b"hello")
        assert len(refused) == 1


def _has_answer(taken: socket.socket) -> bool:
    taken.settimeout(0.5)
    try:
        return taken.recv(100).startswith(b"HTTP/1.1 503 ")
    except TimeoutError:
        return False


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 2_000, 9_000, 60_000, 200_000])
@pytest.mark.parametrize(("opening", "closing_"), [('{"a":', "}"), ('{"event":', "}"), ('{"a":[', "]}")])
def test_json_nested_without_end_is_refused_though_it_is_signed(
    app: FastAPI, depth: int, opening: str, closing_: str
) -> None:
    assert statuses(app, opening * depth + "1" + closing_ * depth) <= {400, 413}


def test_json_nested_as_deep_as_any_of_slacks_is_handed_on(app: FastAPI) -> None:
    assert statuses(app, '{"a":' * DEEPEST + "1" + "}" * DEEPEST) == {404}  # no listener wants it


def statuses(app: FastAPI, content: str) -> set[int]:
    """Send this as an event and as a click, signed, and return the answers' statuses."""
    event, click = content.encode(), f"payload={quote(content)}".encode()
    found = set()
    with HttpServer(app, host="127.0.0.1", port=0) as server:
        with answered(server, "/slack/events", event, **signed(event) | {"Content-Type": "application/json"}) as answer:
            found.add(answer.status)
        with answered(server, "/slack/events", click, **signed(click)) as answer:
            found.add(answer.status)
    return found


@pytest.mark.parametrize(
    "timestamp",
    ["9" * 400, "9" * 5_000, "-1", "1_000", "+1", "٣", " ", "nan", "1e9", "0x10"],
)
def test_a_timestamp_that_is_none_of_slacks_is_a_401(app: FastAPI, timestamp: str) -> None:
    head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slack-Request-Timestamp: {timestamp}\r\n"
    head += f"X-Slack-Signature: v0={'0' * 64}\r\nContent-Length: {len(COMMAND)}\r\nConnection: close\r\n\r\n"
    with HttpServer(app, host="127.0.0.1", port=0) as server:
        assert exchange(server, head.encode() + COMMAND).startswith(b"HTTP/1.1 401 ")


def test_a_sender_that_leaves_in_the_middle_of_its_body_is_no_fault_of_the_bot(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed(b"").items())
    head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n{headers}\r\nab".encode()
    with HttpServer(app, host="127.0.0.1", port=0) as server:
        begun(server, head).close()
        with answered(server) as answer:
            assert answer.status == 200
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_thousand_that_begin_and_stay_are_held_at_the_cap(app: FastAPI) -> None:
    with (
        capture_logs() as lines,
        HttpServer(app, host="127.0.0.1", port=0, connections=FEW, seconds=PATIENT) as server,
        ExitStack() as held,
    ):
        every = [held.enter_context(closing(begun(server, BEGUN["slow headers"]))) for _ in range(1_000)]
        for taken in every:
            taken.settimeout(0)
        until(lambda: sum(_is_open(taken) for taken in every) <= FEW)
        with answered(server) as answer:
            assert answer.status == 200
    assert {line["event"] for line in lines} <= {"http_crowded", "http_too_slow"}


def _is_open(taken: socket.socket) -> bool:
    try:
        return bool(taken.recv(100))
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_slack_is_served_while_every_other_address_hangs(tmp_path: Path, bolt: App) -> None:
    gate, asked = threading.Event(), threading.Semaphore(0)

    def hang() -> tuple[()]:
        asked.release()
        assert gate.wait(60)
        return ()

    events = SlackEvents(SECRET)
    with HttpDesk.open(tmp_path) as desk, events.served_by(bolt):
        sources = replace(desk.sources, health=hang, signals=lambda _limit: hang())
        app = build_http(sources, host="127.0.0.1", slack=events)
        with HttpServer(app, host="127.0.0.1", port=0, seconds=PATIENT) as server, ExitStack() as held:
            for path in ("/health", "/signals", "/metrics"):
                for _ in range(MORE_THAN_THREADS):
                    whole = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
                    held.enter_context(closing(begun(server, whole)))
            for _ in range(THREADS_OF_FASTAPI):
                assert asked.acquire(timeout=30)
            with answered(server, "/slack/events", COMMAND, **signed(COMMAND)) as answer:
                assert (answer.status, answer.read()) == (200, b"hello")
            gate.set()
