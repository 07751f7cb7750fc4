import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

log = structlog.get_logger()

Listener = Callable[[str], None]


class UpdateDispatcher:
    """Calls listeners back with the id of an order that changed, one after the other, from a thread of its own.

    Changes that come before a listener is called are told in one call: what it looks at then shows them all. `name` is
    the thread's.
    """

    def __init__(self, name: str) -> None:
        self._listeners: list[Listener] = []
        self._waiting: set[tuple[Listener, str]] = set()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def stop(self) -> None:
        """Let the listener that is being called finish; the others are not called any more."""
        self._thread.shutdown(cancel_futures=True)

    def finish(self) -> None:
        """Let every listener that is still to be called be called, and end then."""
        self._thread.shutdown()

    def listen(self, listener: Listener) -> bool:
        """Call a listener from now on; tell whether it is the first."""
        self._listeners.append(listener)
        return len(self._listeners) == 1

    def forget(self) -> None:
        """Call nobody any more."""
        self._listeners.clear()

    def dispatch(self, client_order_id: str) -> None:
        """Say that an order changed; returns at once."""
        for listener in self._listeners:
            call = (listener, client_order_id)
            with self._lock:
                is_waiting = call in self._waiting
                self._waiting.add(call)
            if not is_waiting:
                self._thread.submit(self._call, *call).add_done_callback(_log_failure)

    def _call(self, listener: Listener, client_order_id: str) -> None:
        with self._lock:
            self._waiting.discard((listener, client_order_id))
        listener(client_order_id)


def _log_failure(call: Future[None]) -> None:
    error = None if call.cancelled() else call.exception()
    if error is not None:
        log.error("a_listener_failed", exc_info=error)
