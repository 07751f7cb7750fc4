"""What a halt leaves behind, so that whoever gave it, and nobody else, may take it back for a moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from engine.common.doubt_reasons import DOUBTS
from engine.model.desk import ENGINE, FLATTENING, HALTED_FROM, HALTED_TOO, Desk, DeskState
from engine.model.reason import SEPARATOR
from engine.ports.store import Reader, Transaction

TAKEN_BACK_WITHIN: Final = timedelta(seconds=30)
"""Real time in which a person may take back their own halt."""
LONGEST_REASON: Final = 500
"""Characters that all reasons of a halt have together."""


def begin(transaction: Transaction, before: DeskState) -> None:
    """Note from which state the desk is halted now."""
    transaction.set_setting(HALTED_FROM, before)
    transaction.set_setting(HALTED_TOO, "")


def add(transaction: Transaction, by: str) -> None:
    """Note that somebody else halts as well, or would if the desk were not halted already."""
    if transaction.setting(HALTED_TOO) != by:
        transaction.set_setting(HALTED_TOO, by)


def with_reason(desk: Desk, reason: str) -> Desk:
    """Return a halted desk with one more reason; words of the engine's stay as they are, for they are read again."""
    if not reason or reason in desk.reason or desk.by == ENGINE:
        return desk
    joined = SEPARATOR.join(filter(None, (desk.reason, reason)))
    return replace(desk, reason=joined[:LONGEST_REASON])


def objection(reader: Reader, desk: Desk, *, by: str, given_at: datetime, now: datetime, speed: float) -> str:
    """Return in a word why a person may not take back the halt that they gave at an instant; '' where they may.

    `speed` is how fast the desk's clock goes. A record that is missing, of an older version, is an objection.
    """
    others = reader.setting(HALTED_TOO)
    within = timedelta(0) <= now - given_at <= TAKEN_BACK_WITHIN * speed
    found = {
        "not_halted": desk.state is not DeskState.HALTED,
        "not_yours": desk.by != by or desk.since != given_at,
        "too_late": not within,
        "flattening": bool(reader.setting(FLATTENING)) or others == FLATTENING,
        "halted_too": others != "",
        "doubt": reader.setting(HALTED_FROM) != DeskState.ACTIVE or reader.setting(DOUBTS) not in {None, "", "{}"},
    }
    return next((word for word, holds in found.items() if holds), "")
