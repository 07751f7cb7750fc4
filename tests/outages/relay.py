import socket
import threading
from contextlib import suppress
from typing import Self

PIECE = 65_536
HOST = "127.0.0.1"


class Relay:
    """A line from a port on loopback to a local server, which a test cuts, stalls and mends.

    `target` is the server's port on loopback, or the path of its Unix socket. A context manager opens and closes it.
    """

    def __init__(self, target: int | str) -> None:
        self._target = target
        self._listener = _holder(0)
        self.port: int = self._listener.getsockname()[1]
        self._is_up = False
        self._ends: set[socket.socket] = set()
        self._changing = threading.Lock()
        self._flowing = threading.Event()

    def cut(self) -> None:
        """Hang up on everybody, and refuse whoever calls; the port stays ours."""
        with self._changing:
            self._is_up = False
            hang_up(self._listener)
            self._listener.close()
            self._listener = _holder(self.port)
            for end in self._ends:
                hang_up(end)

    def stall(self) -> None:
        """Take calls and keep connections, and let nothing through."""
        self._flowing.clear()

    def mend(self) -> None:
        """Let everything through again; what was stalled arrives."""
        self._flowing.set()
        with self._changing:
            if not self._is_up:
                self._is_up = True
                self._listener.listen()
                threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_error: object) -> None:
        self.cut()
        self._flowing.set()
        self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                outside, _ = listener.accept()
                threading.Thread(target=self._relay, args=(outside,), daemon=True).start()

    def _relay(self, outside: socket.socket) -> None:
        with outside, suppress(OSError), self._inside() as inside:
            if not self._is_kept(outside, inside):
                return
            outside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._carry(outside, inside)
            with self._changing:
                self._ends -= {outside, inside}

    def _carry(self, outside: socket.socket, inside: socket.socket) -> None:
        """Carry what is said on one connection, both ways, until somebody hangs up."""
        back = threading.Thread(target=self._pump, args=(inside, outside), daemon=True)
        back.start()
        self._pump(outside, inside)
        back.join()

    def _inside(self) -> socket.socket:
        if isinstance(self._target, int):
            inside = socket.create_connection((HOST, self._target))
            inside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            inside = socket.socket(socket.AF_UNIX)
            inside.connect(self._target)
        return inside

    def _is_kept(self, *ends: socket.socket) -> bool:
        with self._changing:
            if self._is_up:
                self._ends.update(ends)
            return self._is_up

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                self._flowing.wait()
                target.sendall(data)
        hang_up(source)
        hang_up(target)


def _holder(port: int) -> socket.socket:
    """Return a socket that holds a port, and refuses whoever calls until it listens."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((HOST, port))
    return holder


def hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
