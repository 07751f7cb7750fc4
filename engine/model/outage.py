from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """An outside system that a process finds lost: since when, and until when that holds unless it is repeated."""

    service: str
    process: str
    since: datetime
    until: datetime
