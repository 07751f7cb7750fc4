"""A call of Slack's Web API ends in time, however the bytes of its answer come."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.request import HTTPSHandler

import pytest

from bot.transport.http_deadline import opener, trusted
from bot.transport.slack_calls import SlackAway, call, respond
from bot.transport.web_client import SlackClient

HEAD = b"HTTP/1.1 200 OK\r\n"
Speak = Callable[[socket.socket, Event], None]


@contextmanager
def speaking(speak: Speak) -> Iterator[str]:
    """Serve one connection after the other as told; the event is set at the end."""
    ends = Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                taken, _ = server.accept()
                with taken, suppress(OSError):
                    taken.recv(10_000)
                    speak(taken, ends)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/api/"
    finally:
        ends.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def trickle(before: bytes, drop: bytes) -> Speak:
    """Return what sends something, and then drop after drop for ever."""

    def speak(taken: socket.socket, ends: Event) -> None:
        taken.sendall(before)
        while not ends.wait(0.02):
            taken.sendall(drop)

    return speak


TRICKLES = {
    "nothing at all": trickle(b"", b""),
    "the status": trickle(b"", b"H"),
    "the headers": trickle(HEAD, b"X: y\r\n"),
    "the body": trickle(HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "pieces without an end": trickle(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "the body of an error": trickle(b"HTTP/1.1 503 Busy\r\nContent-Length: 100000\r\n\r\n", b" "),
}


@pytest.mark.parametrize("speak", TRICKLES.values(), ids=TRICKLES.keys())
def test_an_answer_that_trickles_ends_with_its_deadline(speak: Speak) -> None:
    with speaking(speak) as url:
        client = SlackClient(token="xoxb-test", base_url=url, timeout=0.3)
        with pytest.raises(SlackAway) as away:
            call(client.chat_postMessage, channel="C0DESK", text="hello")
        assert not away.value.took_nothing
        with pytest.raises(SlackAway):
            respond(url, {"text": "hello"}, within=0.3)


def test_a_token_does_not_go_where_an_answer_says() -> None:
    asked = list[bytes]()

    def speak(taken: socket.socket, _ends: Event) -> None:
        asked.append(b"")
        taken.sendall(b"HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")

    with speaking(speak) as url:
        client = SlackClient(token="xoxb-test", base_url=url, timeout=5)
        with pytest.raises(SlackAway):
            call(client.auth_test)
    assert len(asked) == 1


def test_a_slack_that_was_never_reached_took_nothing() -> None:
    client = SlackClient(token="xoxb-test", base_url="http://127.0.0.1:9/api/", timeout=5)
    with pytest.raises(SlackAway) as away:
        call(client.chat_postMessage, channel="C0DESK", text="hello")
    assert away.value.took_nothing


def test_the_certificates_of_the_system_are_read_once_and_not_for_every_connection() -> None:
    made = [each for _ in range(2) for each in opener(None, None).handlers if isinstance(each, HTTPSHandler)]  # type: ignore[attr-defined]  # urllib does not type it
    assert {vars(each)["_context"] for each in made} == {trusted()}
