"""Takes as many connections to a port as it is told, keeps each half-used, and takes again what was closed.

Run in a process of its own: python -m tests.floods.flooder PORT SHAPE CONNECTIONS
"""

import socket
import sys
import time
from enum import StrEnum
from typing import Final

EVERY: Final = 0.1
"""Seconds between two rounds."""
DRIPS_EVERY: Final = 10
"""Rounds between two drips: each connection looks alive."""
A_ROUND: Final = 100
"""Connections that are taken in a round at most: a thousand a second."""
HEAD: Final = b"Host: localhost\r\n"


class Shape(StrEnum):
    """What a flooder does with a connection."""

    SLOW_HEADERS = "slow headers"
    SLOW_BODIES = "slow bodies"
    IDLE = "idle"


BEGINS: Final = {
    Shape.SLOW_HEADERS: b"GET /health HTTP/1.1\r\n" + HEAD + b"X-a: ",
    Shape.SLOW_BODIES: b"POST /slack/events HTTP/1.1\r\n" + HEAD + b"Content-Length: 100000\r\n\r\n",
    Shape.IDLE: b"",
}


class Flooder:
    """The connections of one flood."""

    def __init__(self, port: int, shape: Shape, connections: int) -> None:
        self._port = port
        self._shape = shape
        self._connections = connections
        self._held: list[socket.socket] = []

    def run(self) -> None:
        """Flood until this process is ended."""
        rounds = 0
        while True:
            rounds += 1
            self._held = [each for each in self._held if _is_open(each)]
            for _ in range(min(A_ROUND, self._connections - len(self._held))):
                self._take()
            if rounds % DRIPS_EVERY == 0 and BEGINS[self._shape]:
                self._drip()
            time.sleep(EVERY)

    def _take(self) -> None:
        taken = socket.socket()
        taken.settimeout(EVERY)
        try:
            taken.connect(("127.0.0.1", self._port))
            taken.sendall(BEGINS[self._shape])
        except OSError:
            taken.close()
            return
        taken.setblocking(False)
        self._held.append(taken)

    def _drip(self) -> None:
        for each in self._held:
            try:
                each.send(b"a")
            except OSError:
                continue


def _is_open(taken: socket.socket) -> bool:
    try:
        is_open = bool(taken.recv(4_096))
    except BlockingIOError:
        return True
    except OSError:
        is_open = False
    if not is_open:
        taken.close()
    return is_open


if __name__ == "__main__":
    Flooder(int(sys.argv[1]), Shape(sys.argv[2]), int(sys.argv[3])).run()
