"""The watch over calls, without any protocol above it."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.adapters.deadline import Call, Stopped, current_call, within
from tests.support.waiting import until


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        yield ours, theirs


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_whoever_reads_is_free_once_the_time_is_over(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with within(0.05) as call:
        call.watch(ours)
        assert ours.recv(1) == b""  # for ever, were it not shut
    assert call.is_over


def test_a_connection_that_is_made_too_late_is_shut_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with within(0.0) as call:
        until(lambda: call.is_over)
        call.watch(ours)
        assert ours.recv(1) == b""


def test_a_call_that_is_done_in_time_keeps_its_connection(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with within(60.0) as call:
        call.watch(ours)
    call.expire()
    theirs.sendall(b"x")
    assert (ours.recv(1), call.is_over) == (b"x", False)


def test_the_shorter_of_two_calls_ends_first(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with within(60.0) as longer, within(0.05) as shorter:
        shorter.watch(ours)
        assert ours.recv(1) == b""
        assert (shorter.is_over, longer.is_over) == (True, False)


def test_nothing_stays_open_of_what_was_watched(pair: tuple[socket.socket, socket.socket]) -> None:
    before = open_files()
    for _ in range(50):
        with within(60.0) as call:
            call.watch(pair[0])
            call.watch(pair[1])
    assert open_files() <= before


def test_a_call_is_current_while_it_is_made() -> None:
    with within(60.0) as outer:
        with within(60.0) as inner:
            assert current_call() is inner
        assert current_call() is outer
    assert current_call() is None


def test_the_last_look_is_taken_once() -> None:
    looks: list[str] = []
    call = Call(lambda: looks.append("looked"))
    call.leave()
    call.leave()
    assert (looks, call.has_left) == (["looked"], True)


def test_what_a_look_stopped_has_not_left() -> None:
    def stop() -> None:
        raise KeyError("gone")

    call = Call(stop)
    with pytest.raises(Stopped) as caught:
        call.leave()
    assert (type(caught.value.error), call.has_left) == (KeyError, False)


def test_only_a_call_that_was_connected_can_say_that_nothing_left(pair: tuple[socket.socket, socket.socket]) -> None:
    call = Call()
    assert call.is_unsent is False
    call.watch(pair[0])
    connected = call.is_unsent
    call.leave()
    call.finish()
    assert (connected, call.is_unsent) == (True, False)
