from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeskState(StrEnum):
    """Whether the desk may trade: all, exits only, or nothing new at all."""

    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


ENGINE = "engine"
"""The actor of what the engine does by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The desk's state, who set it, when (aware UTC) and why; `auto` is AUTO_MODE."""

    state: DeskState
    auto: bool
    by: str = ""
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """Who did what to which subject, what was typed or clicked, what came of it and why."""

    at: datetime
    actor: str
    action: str
    subject: str = ""
    said: str = ""
    outcome: str = ""
    why: str = ""
