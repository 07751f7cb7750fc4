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
FLATTENING = "flattening"
"""The setting that has the instant since when everything is being sold, empty when nothing is."""
FLATTENED = "flattened"
"""The setting that has when the newest flatten that was written was asked for."""
RESUMED = "resumed"
"""The setting that has when a person last resumed."""
HALTED_FROM = "halted_from"
"""The setting that has the state of the desk before the halt that holds."""
HALTED_TOO = "halted_too"
"""The setting that has who else halted, or would have, since the halt that holds; '' where nobody did.

It is FLATTENING where everything was to be sold.
"""
NEWEST_HALT = "newest_halt"
"""The setting that has the newest halt that was written, and which entries it is to end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The desk's state, who set it, when (aware UTC) and why; `auto` is AUTO_MODE."""

    state: DeskState
    auto: bool
    by: str = ""
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A time in charge of the way to the broker: its number, which only rises, and the process whose it is."""

    number: int
    holder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """Who did what to which subject, what was typed or clicked, what came of it and why; `request` is its id."""

    at: datetime
    actor: str
    action: str
    subject: str = ""
    said: str = ""
    outcome: str = ""
    why: str = ""
    request: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Who asks (a Slack user id, or ENGINE) and what they typed or clicked, as the audit keeps it.

    `id` tells this request from every other however often it is delivered; the audit takes one entry of it.
    """

    by: str
    said: str = ""
    id: str = ""

    def entry(self, at: datetime, action: str, subject: str = "", outcome: str = "", why: str = "") -> AuditEntry:
        """Return the audit entry of what came of this request."""
        return AuditEntry(
            at=at,
            actor=self.by,
            action=action,
            subject=subject,
            said=self.said,
            outcome=outcome,
            why=why,
            request=self.id,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfinished:
    """A request that Slack was told is taken while it was still worked on: what was asked for, and when.

    `channel` and `ts` are where the message stands that says how far it is, '' where there is none.
    """

    request: Request
    action: str
    at: datetime
    channel: str = ""
    ts: str = ""


OWN_ACCORD = Request(by=ENGINE)
"""The request behind what the engine does by itself."""
