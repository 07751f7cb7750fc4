"""The window that says that a request is being worked on, and becomes its answer.

Slack lets nobody change or take back a message that one person sees, but for what was clicked in it: an answer to a
command cannot take the place of a line that was sent before it. A window can.
"""

from collections.abc import Callable
from threading import Lock


class WorkWindow:
    """At most one window of a request; once its answer is on its way none is opened any more."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_over = False
        self._view_id = ""

    def open(self, opened: Callable[[], str]) -> None:
        """Open the window, unless the answer is on its way; `opened` returns its id."""
        with self._lock:
            if not self._is_over:
                self._view_id = opened()

    def end(self) -> str:
        """Return the id of the window that waits for the answer, once; '' where there is none."""
        with self._lock:
            self._is_over = True
            view_id, self._view_id = self._view_id, ""
            return view_id
