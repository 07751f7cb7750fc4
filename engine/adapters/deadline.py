"""A total deadline for a call over the network, however its bytes come.

A time-out between two bytes ends no call whose peer sends one byte a second. One thread watches all calls, and shuts
the connection of one that takes too long: whoever reads from it is free at once. What a call connects to, it lets be
watched: see `watched`. Only the resolving of a host's name is outside it, and bounded by the system's resolver.
"""

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from engine.ports.broker import nothing_more


class Stopped(Exception):
    """A look before the first byte raised `error`: nothing was sent."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def with_last_looks() -> Iterator[None]:
    """Raise what a last look raised as it was raised there."""
    try:
        yield
    except Stopped as stopped:
        raise stopped.error from None


class Call:
    """One call: `has_left` once its first byte was about to leave, `is_over` once its time was, `is_done` once made."""

    def __init__(self, last_look: Callable[[], None] = nothing_more) -> None:
        self.has_left = False
        self.is_over = False
        self._last_look = last_look
        self._lock = threading.Lock()
        self.is_done = False
        self._is_known = False
        self._watched: list[socket.socket] = []

    @property
    def is_unsent(self) -> bool:
        """Whether nothing of it left, on a connection that would have said so."""
        return self._is_known and not self.has_left

    def watch(self, connection: socket.socket) -> None:
        """Let a connection be shut when the time is over; at once where it is."""
        # A copy of the connection's number is ours alone, whatever becomes of the one that TLS takes over or closes.
        copy = socket.socket(fileno=os.dup(connection.fileno()))
        self._is_known = True
        with self._lock:
            self._watched.append(copy)
            if self.is_over:
                _shut(copy)

    def leave(self) -> None:
        """Take the last look, once, before the first byte; raises Stopped."""
        if self.has_left:
            return
        try:
            self._last_look()
        except Exception as error:
            raise Stopped(error) from error
        self.has_left = True

    def expire(self) -> None:
        """Shut what is watched, unless the call is done."""
        with self._lock:
            if not self.is_done:
                self.is_over = True
                for copy in self._watched:
                    _shut(copy)

    def finish(self) -> None:
        """Watch it no more."""
        with self._lock:
            self.is_done = True
            for copy in self._watched:
                copy.close()
            self._watched.clear()


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def current_call() -> Call | None:
    """Return the call that this thread is making."""
    return _current.get()


@contextmanager
def within(seconds: float, last_look: Callable[[], None] = nothing_more) -> Iterator[Call]:
    """Make one call, in this thread, that ends within so many seconds; what it raises then is the connection's end."""
    call = Call(last_look)
    _watchdog.watch(call, seconds)
    before = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(before)
        call.finish()


class _Watchdog:
    """The thread; it begins with the first call, and lives as long as the process."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Call]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        os.register_at_fork(after_in_child=self._forget)

    def watch(self, call: Call, seconds: float) -> None:
        due = (time.monotonic() + seconds, next(self._numbers), call)
        with self._changed:
            heapq.heappush(self._due, due)
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                thread.start()  # may fail where there are too many: the next call tries again
                self._thread = thread
            elif self._due[0] is due:  # else it wakes soon enough by itself, and each call would wake it for nothing
                self._changed.notify()

    def _forget(self) -> None:
        """Begin anew: a forked process has no thread, and makes its own calls."""
        self._due, self._changed, self._thread = [], threading.Condition(), None

    def _run(self) -> None:
        while True:
            self._next().expire()

    def _next(self) -> Call:
        """Wait for the next call whose time is over."""
        with self._changed:
            while True:
                while self._due and self._due[0][2].is_done:  # else each would wake this once more, for nothing
                    heapq.heappop(self._due)
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # the peer may have been quicker
        connection.shutdown(socket.SHUT_RDWR)


_watchdog = _Watchdog()
