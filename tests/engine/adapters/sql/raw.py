"""Servers below HTTP: they count every byte that comes, and send theirs as slowly as a test wants."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Send = Callable[[bytes], None]
Answer = Callable[["RawServer", socket.socket], None]


class RawServer:
    """Accepts connections and lets each be answered by a function, in a thread of its own."""

    def __init__(self, answer: Answer) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self._open: list[socket.socket] = []
        self.connections = 0
        self.received = b""
        self.stopped = threading.Event()
        self.hung_up = threading.Event()
        """Set once a client has ended its connection."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def read(self, connection: socket.socket) -> bool:
        """Take in what comes next; False when the client has gone."""
        part = connection.recv(65_536)
        self.received += part
        return bool(part)

    def run(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._answer(self, connection)
        except OSError:
            self.hung_up.set()


def silently(server: RawServer, connection: socket.socket) -> None:
    """Read for ever and say nothing."""
    while server.read(connection):
        pass
    server.hung_up.set()


def trickling(head: bytes, drop: bytes = b"x") -> Answer:
    """Answer with a head at once, and then with a drop every 20 ms for ever."""

    def answer(server: RawServer, connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(head)
        while not server.stopped.wait(0.02):
            connection.sendall(drop)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
TRICKLES = {
    "a head without end": trickling(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "interim answers": trickling(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a long body": trickling(HEAD + b"Content-Length: 1000000\r\n\r\n"),
    "chunks without end": trickling(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a body without end": trickling(HEAD + b"\r\n[]", b" "),
}


@contextmanager
def raw_server(answer: Answer) -> Iterator[RawServer]:
    server = RawServer(answer)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)
