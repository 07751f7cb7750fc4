from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """That a process finds an outside system lost, since when, and until when that holds unless it says so again."""

    service: str
    process: str
    since: datetime
    until: datetime
