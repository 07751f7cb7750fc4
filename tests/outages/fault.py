"""A line whose server is in trouble: it refuses, hangs, is slow, answers with an error or nonsense, or breaks off."""

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.outages.relay import PIECE, Relay, hang_up


class Trouble(StrEnum):
    """What a server does instead of answering well."""

    REFUSE = "refuse"
    HANG = "hang"
    SLOW = "slow"
    TOO_MANY = "429"
    BROKEN = "500"
    GARBAGE = "garbage"
    CUT = "cut in the middle"


def _http(status: str, body: bytes) -> bytes:
    kind = "Content-Type: application/json\r\nRetry-After: 1\r\nConnection: close"
    return f"HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _postgresql(code: str, words: str) -> bytes:
    """Write an error as PostgreSQL sends it, before a login as well as after one."""
    fields = b"".join(part.encode() + b"\0" for part in ("SFATAL", "VFATAL", f"C{code}", f"M{words}"))
    return b"E" + (len(fields) + 5).to_bytes(4, "big") + fields + b"\0"


Answers = Mapping[Trouble, bytes]

HTTP: Final[Answers] = {
    Trouble.TOO_MANY: _http("429 Too Many Requests", b'{"code": 42910000, "message": "too many requests"}'),
    Trouble.BROKEN: _http("500 Internal Server Error", b'{"code": 50010000, "message": "the server is broken"}'),
    Trouble.GARBAGE: _http("200 OK", b"<html>\x00\xff not what was asked for"),
}
POSTGRESQL: Final[Answers] = {
    Trouble.TOO_MANY: _postgresql("53300", "sorry, too many clients already"),
    Trouble.BROKEN: _postgresql("57P03", "the database system is in recovery mode"),
    Trouble.GARBAGE: b"<html>\x00\xff not what was asked for",
}
VALKEY: Final[Answers] = {
    Trouble.TOO_MANY: b"-ERR max number of clients reached\r\n",
    Trouble.BROKEN: b"-LOADING Valkey is loading the dataset in memory\r\n",
    Trouble.GARBAGE: b"<html>\x00\xff not what was asked for\r\n",
}
ANSWER_TAKES: Final = 0.5
PIECE_TAKES: Final = 0.03
"""Seconds by which each piece of an answer is late where a server is slow: of HTTP, and of what takes many pieces."""
BEGINS: Final = re.compile(rb"(GET|POST|PATCH|PUT|DELETE) ")


@dataclass(kw_only=True)
class _Call:
    """One connection: the beginning of the request that it carries."""

    head: bytes = b""


class TroubledLine(Relay):
    """A Relay that can let its server be in any trouble; `answers` are what the server says in it."""

    def __init__(self, target: int | str, answers: Answers | None = None) -> None:
        super().__init__(target)
        self._answers = answers or HTTP
        self._late = PIECE_TAKES if answers else ANSWER_TAKES
        self._trouble: tuple[Trouble, re.Pattern[bytes]] | None = None
        self._mended = threading.Event()

    @contextmanager
    def troubled(self, trouble: Trouble, only: str = "") -> Iterator[None]:
        """Let the server be in trouble for a while: with every request, or those only that begin like a pattern."""
        self._mended.clear()
        self._trouble = (trouble, re.compile(only.encode()))
        if trouble is Trouble.REFUSE and not only:
            self.cut()
        try:
            yield
        finally:
            self._trouble = None
            self._mended.set()
            self.mend()

    def widen(self, only: str = "") -> None:
        """Let the trouble strike other requests from now on: all, or those that begin like a pattern."""
        if self._trouble:
            self._trouble = (self._trouble[0], re.compile(only.encode()))

    def _carry(self, outside: socket.socket, inside: socket.socket) -> None:
        call = _Call()
        back = threading.Thread(target=self._answer, args=(inside, outside, call), daemon=True)
        back.start()
        with suppress(OSError):
            self._ask(outside, inside, call)
        hang_up(outside)
        hang_up(inside)
        back.join()

    def _ask(self, outside: socket.socket, inside: socket.socket, call: _Call) -> None:
        """Carry requests inside, and answer those that the trouble strikes."""
        while data := outside.recv(PIECE):
            if not call.head or BEGINS.match(data):
                call.head = data[:200]
            trouble = self._struck(call)
            answer = self._answers.get(trouble, b"") if trouble else b""
            outside.sendall(answer)
            if trouble is Trouble.HANG:
                self._mended.wait()  # and it is never heard: what was not carried out now must not be later
            if answer or trouble in {Trouble.REFUSE, Trouble.HANG}:
                return
            inside.sendall(data)

    def _answer(self, inside: socket.socket, outside: socket.socket, call: _Call) -> None:
        """Carry answers outside."""
        with suppress(OSError):
            while data := inside.recv(PIECE):
                trouble = self._struck(call)
                if trouble is Trouble.HANG:
                    self._mended.wait()
                if trouble is Trouble.SLOW:
                    self._mended.wait(self._late)
                if trouble is Trouble.CUT:
                    outside.sendall(data[: len(data) // 2])
                    break
                outside.sendall(data)
        hang_up(inside)
        hang_up(outside)

    def _struck(self, call: _Call) -> Trouble | None:
        now = self._trouble
        return now[0] if now and now[1].match(call.head) else None
