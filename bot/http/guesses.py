"""Guesses at HTTP_TOKEN: who sent wrong ones waits longer for each answer, and may have few guesses under way."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

FREE: Final = 3
"""Wrong guesses of an address that are answered at once: somebody has mistyped."""
FIRST_WAIT: Final = 0.25
LONGEST_WAIT: Final = 10.0
FORGOTTEN_AFTER: Final = 600.0
"""Seconds without a wrong guess after which an address starts afresh."""
AT_ONCE: Final = 4
"""Wrong guesses of an address that wait at once; while so many do, nothing that it sends is looked at."""
ALL_AT_ONCE: Final = 64
ADDRESSES: Final = 4_096
"""Addresses that are remembered, those that guessed last."""


@dataclass(slots=True)
class _Guesser:
    wrong: int = 0
    last: float = 0.0


class Guesses:
    """Counts wrong guesses by address; belongs to one event loop's thread."""

    def __init__(
        self,
        timer: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._timer = timer
        self._sleep = sleep
        self._guessers: OrderedDict[str, _Guesser] = OrderedDict()
        self._waiting: Counter[str] = Counter()

    def may_guess(self, address: str) -> bool:
        """Tell whether another guess of an address is looked at now."""
        return self._waiting[_network(address)] < AT_ONCE and self._waiting.total() < ALL_AT_ONCE

    @asynccontextmanager
    async def wrong(self, address: str) -> AsyncIterator[int]:
        """Note a wrong guess and let it wait, twice as long as the one before; gives how many there were."""
        network = _network(address)
        guesser = self._note(network)
        self._waiting[network] += 1
        try:
            if guesser.wrong > FREE:
                exponent = min(guesser.wrong - FREE - 1, 16)
                await self._sleep(min(LONGEST_WAIT, FIRST_WAIT * 2**exponent))
            yield guesser.wrong
        finally:
            self._waiting[network] -= 1
            if not self._waiting[network]:
                del self._waiting[network]

    def _note(self, network: str) -> _Guesser:
        now = self._timer()
        guesser = self._guessers.pop(network, None)
        if guesser is None or now - guesser.last > FORGOTTEN_AFTER:
            guesser = _Guesser()
        guesser.wrong += 1
        guesser.last = now
        self._guessers[network] = guesser
        if len(self._guessers) > ADDRESSES:
            self._guessers.popitem(last=False)
        return guesser


def _network(address: str) -> str:
    """Return what one person has: an address, of IPv6 the first half."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or known.exploded[:19])
