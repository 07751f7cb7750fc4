import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass(kw_only=True, eq=False)
class _Waiting:
    """Somebody who waits, and is woken when it is their turn."""

    is_urgent: bool
    called: threading.Event = field(default_factory=threading.Event)


class WriteLock:
    """A lock of this process's threads that is handed on: to who is in a hurry first, then in the order they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting = deque[_Waiting]()

    def __len__(self) -> int:
        """Tell how many wait."""
        return len(self._waiting)

    def take(self, patience: float, *, is_urgent: bool = False) -> bool:
        """Wait for the turn; False where it is not had within so many seconds."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = _Waiting(is_urgent=is_urgent)
            self._waiting.append(mine)
        if mine.called.wait(patience):
            return True
        with self._lock:
            if mine.called.is_set():
                return True  # it came at the last moment
            self._waiting.remove(mine)
            return False

    def end(self) -> None:
        """Hand the turn on."""
        with self._lock:
            following = next((one for one in self._waiting if one.is_urgent), None) or next(iter(self._waiting), None)
            if following is None:
                self._is_taken = False
                return
            self._waiting.remove(following)
            following.called.set()
