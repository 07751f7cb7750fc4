import json

from engine.truth import Ledger

FOREIGN = "foreign_positions"
"""The setting that has the shares that were never ours as they were told, by symbol."""


def told_foreign(ledger: Ledger) -> dict[str, int]:
    """Return the shares that were never ours as they were told, by symbol; those sold short are below 0."""
    told: dict[str, int] = json.loads(ledger.setting(FOREIGN) or "{}")
    return told
