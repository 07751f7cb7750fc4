"""What the database keeps of share counts beside our trades: shares of others, and counts that nothing explains."""

import json

from engine.model.activity import EXCHANGES
from engine.ports.store import Reader

FOREIGN = "foreign_positions"
"""The setting that has the shares that were never ours as they were told, by symbol."""
UNEXPLAINED = "unexplained"
"""The setting that has the symbols whose quantity changed for no known reason: shares expected and found."""


def told_foreign(reader: Reader) -> dict[str, int]:
    """Return the shares that were never ours as they were told, by symbol; those sold short are below 0."""
    told: dict[str, int] = json.loads(reader.setting(FOREIGN) or "{}")
    return told


def unexplained(reader: Reader) -> dict[str, tuple[int, int]]:
    """Return the symbols whose quantity changed for no known reason: the shares expected, and those found."""
    kept: dict[str, list[int]] = json.loads(reader.setting(UNEXPLAINED) or "{}")
    return {symbol: (expected, found) for symbol, (expected, found) in kept.items()}


def unclaimed_exchanges(reader: Reader) -> frozenset[str]:
    """Return the symbols of which the account tells that shares were exchanged, and that is not carried out."""
    return frozenset(row.symbol for row in reader.unclaimed(EXCHANGES) if row.shares)
