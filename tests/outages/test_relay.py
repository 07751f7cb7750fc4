import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.outages.relay import Relay
from tests.support.waiting import until


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server


def called(relay: Relay, server: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Call through a relay, and return both ends."""
    outside = socket.create_connection(("127.0.0.1", relay.port), timeout=5)
    inside, _ = server.accept()
    inside.settimeout(5)
    return outside, inside


def test_a_line_carries_what_is_said_both_ways(server: socket.socket) -> None:
    with Relay(server.getsockname()[1]) as relay:
        outside, inside = called(relay, server)
        with outside, inside:
            outside.sendall(b"ping")
            assert inside.recv(4) == b"ping"
            inside.sendall(b"pong")
            assert outside.recv(4) == b"pong"


def test_a_cut_line_hangs_up_and_refuses_until_it_is_mended(server: socket.socket) -> None:
    with Relay(server.getsockname()[1]) as relay:
        outside, inside = called(relay, server)
        with outside, inside:
            relay.cut()
            assert outside.recv(1) == b""
            assert inside.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", relay.port), timeout=5)
        relay.mend()
        for end in called(relay, server):
            end.close()


def test_a_stalled_line_delivers_once_it_is_mended(server: socket.socket) -> None:
    with Relay(server.getsockname()[1]) as relay:
        outside, inside = called(relay, server)
        with outside, inside:
            relay.stall()
            outside.sendall(b"late")
            inside.setblocking(False)
            with pytest.raises(BlockingIOError):
                inside.recv(4)
            relay.mend()
            until(lambda: heard(inside) == b"late")


def heard(end: socket.socket) -> bytes:
    try:
        return end.recv(4)
    except BlockingIOError:
        return b""
