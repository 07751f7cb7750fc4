import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.01
LONGEST_PAUSE = 0.2


def until(condition: Callable[[], T], seconds: float = 30.0) -> T:
    """Return what a condition holds once it holds something; raises TimeoutError.

    What takes long to ask is asked less often, so that asking leaves the machine to what is waited for.
    """
    give_up = time.monotonic() + seconds
    while True:
        asked = time.monotonic()
        if found := condition():
            return found
        answered = time.monotonic()
        if answered > give_up:
            raise TimeoutError("it never came true")
        time.sleep(min(LONGEST_PAUSE, max(PAUSE, 3 * (answered - asked))))
