"""What the database keeps of trades that are only simulated."""

from collections.abc import Collection
from typing import Protocol

from engine.model.shadow import ShadowState, ShadowTrade


class ShadowReader(Protocol):
    """Trades of strategies in shadow, and what would have come of proposals that were not taken."""

    def shadow_trades(self, states: Collection[ShadowState] = (), *, strategy: str = "") -> tuple[ShadowTrade, ...]:
        """Return simulated trades by their bars, of one fingerprint in shadow if it is named."""
        ...

    def last_shadow_exits(self, strategy: str) -> dict[str, ShadowTrade]:
        """Return the newest trade of each symbol that a strategy in shadow had, by symbol."""
        ...

    def shadow_keys(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of some keys that are kept."""
        ...


class ShadowWriter(Protocol):
    """Keeps them."""

    def save_shadow(self, trade: ShadowTrade, before: ShadowTrade | None = None) -> bool:
        """Keep a new trade, or what became of one; False, and nothing done, where another process was there first.

        A compare-and-set: on the key, and on how far the trade was looked at `before`.
        """
        ...
