from datetime import datetime
from typing import Final

from engine.ports.store import Reader

LOOKED: Final = "looked_at"
"""The setting that remembers when the risk monitor last looked."""


def last_seen(reader: Reader) -> datetime | None:
    """Return the market's time when the desk last did or looked at anything, None before its first start."""
    seen = [entry.at for entry in reader.audit(limit=1)]
    looked = reader.setting(LOOKED)
    return max([*seen, datetime.fromisoformat(looked)] if looked else seen, default=None)
