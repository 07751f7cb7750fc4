"""Between notices and the rows of the outbox: the one place where a notice becomes text, and a notice again.

A row names the kind, what the notice is about, and in its detail every field of the kind as JSON, marked with the kind
so that it cannot pass for what an earlier version wrote there.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Row

from engine.adapters.sql.old_notices import fields_of_old
from engine.model.json_values import plain, valued
from engine.model.notices.base import Notice, UnreadableNotice, Waiting
from engine.model.notices.kinds import KINDS

MARK: Final = "notice"
"""The key of the detail's JSON that names the kind."""
UNREADABLE: Final = (ValueError, ArithmeticError, OSError, RecursionError)
"""What reading a row raises that says something else than its kind should."""
NAMED: Final[Mapping[str, type[Notice]]] = {kind.value: each for kind, each in KINDS.items()}
COLUMNS: Final = frozenset({"key", "at", "trade_id"})
"""Fields that have columns of their own."""
UNSAID: Final = {"called": (), "direct": ()}
"""What is left out where it says nothing: most notices call nobody."""


def columns_of_notice(notice: Notice) -> dict[str, Any]:
    """Return the columns that keep a notice."""
    said = {field.name: getattr(notice, field.name) for field in fields(notice) if field.name not in COLUMNS}
    own = {name: plain(value) for name, value in said.items() if name not in UNSAID or value != UNSAID[name]}
    return {
        "key": notice.key,
        "kind": notice.kind.value,
        "at": notice.at,
        "trade_id": notice.trade_id,
        "subject": notice.subject,
        "detail": json.dumps({MARK: notice.kind, **own}, ensure_ascii=False),
    }


def waiting_of(row: Row[Any]) -> Waiting:
    """Make a waiting notice from its row."""
    return Waiting(
        number=row.number,
        notice=notice_of(row),
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        attempted_at=row.attempted_at,
        trace=row.trace or "",
    )


def notice_of(row: Row[Any]) -> Notice:
    """Make a notice from its row; one that cannot be read is an UnreadableNotice: nothing else may wait for it."""
    kind = NAMED.get(row.kind)
    columns = {"key": row.key, "at": row.at, "trade_id": row.trade_id}
    try:
        if kind is None:
            raise ValueError(f"no notice is called {row.kind!r}")
        own = _own_fields(row.kind, row.detail)
        if own is None:
            own = fields_of_old(kind.kind, key=row.key, subject=row.subject, detail=row.detail)
        return valued(kind, own, **columns)
    except UNREADABLE:
        return UnreadableNotice(
            **columns,
            stored_kind=row.kind,
            stored_subject=row.subject,
            detail=row.detail,
            kept_as=kind or UnreadableNotice,
        )


def _own_fields(kind: str, detail: str) -> dict[str, Any] | None:
    """Return the fields that a detail has as JSON, None where an earlier version wrote it; raises ValueError."""
    if not detail.startswith("{"):
        return None
    try:
        written = json.loads(detail)
    except (ValueError, RecursionError):
        return None
    return written if isinstance(written, dict) and written.get(MARK) == kind else None
