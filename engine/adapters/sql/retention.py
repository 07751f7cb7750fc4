"""Old rows of the audit and the outbox go into files by month; what is left of the audit begins at an anchor.

The anchor is the number, the count and the hash of the last row that was archived. The first row that is left is
chained to it, and so are the files, so the whole chain can be verified as long as the files are kept.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from engine.adapters.sql.audit_chain import append
from engine.adapters.sql.desk_tables import AuditRow, MessageRow, OutboxRow, SettingRow
from engine.adapters.sql.fingerprints import ACTION, again
from engine.adapters.sql.tables import TradeRow
from engine.model.desk import ENGINE
from engine.model.trade import OVER

ANCHOR: Final = "audit_anchor"
"""The setting that has the anchor; the database lets rows up to its number be deleted, and no others."""
KEPT_ANCHOR = select(SettingRow.value).where(SettingRow.name == ANCHOR)
AT_ONCE: Final = 2_000
"""Rows that are deleted in one transaction: nobody waits long for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveEnd:
    """The last row of the audit that was archived: its number, how many rows that made, and its hash."""

    number: int = 0
    count: int = 0
    hash: str = ""


def archive_end(connection: Connection) -> ArchiveEnd:
    """Return where the audit begins."""
    kept = connection.scalar(KEPT_ANCHOR)
    if not kept:
        return ArchiveEnd()
    number, count, last = kept.split(" ")
    return ArchiveEnd(number=int(number), count=int(count), hash=last)


def old_audit(connection: Connection, before: datetime) -> Iterator[Row[Any]]:
    """Yield the rows of the audit, oldest first, that come before the first one of `before` or later."""
    newer = connection.scalar(select(func.min(AuditRow.number)).where(AuditRow.at >= before))
    query = select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=AT_ONCE)
    yield from connection.execute(query if newer is None else query.where(AuditRow.number < newer))


def forget_audit(connection: Connection, upto: int, now: datetime) -> int:
    """Delete rows of the audit that are archived, up to a number, and move the anchor; return how many there were.

    Of a trade whose last fingerprint goes with them the same one is added anew, so the database covers every trade.
    """
    query = select(AuditRow.number, AuditRow.hash).where(AuditRow.number <= upto).order_by(AuditRow.number)
    rows = connection.execute(query.limit(AT_ONCE)).all()
    if not rows:
        return 0
    last, before = rows[-1], archive_end(connection)
    value = f"{last.number} {before.count + len(rows)} {last.hash}"
    if not connection.execute(update(SettingRow).where(SettingRow.name == ANCHOR).values(value=value)).rowcount:
        connection.execute(insert(SettingRow), {"name": ANCHOR, "value": value})
    for trade_id, fingerprint in _last_fingerprints(connection, last.number):
        append(connection, again(trade_id, fingerprint, now))
    connection.execute(delete(AuditRow).where(AuditRow.number <= last.number))
    return len(rows)


def _last_fingerprints(connection: Connection, upto: int) -> Sequence[tuple[str, str]]:
    """Return each trade whose last fingerprint is in a row up to a number, with that fingerprint."""
    is_one = (AuditRow.action == ACTION) & (AuditRow.actor == ENGINE)
    last = select(func.max(AuditRow.number)).where(is_one).group_by(AuditRow.subject)
    query = select(AuditRow.subject, AuditRow.why).where(AuditRow.number <= upto, AuditRow.number.in_(last))
    return [(row.subject, row.why) for row in connection.execute(query.order_by(AuditRow.number))]


def old_notices(connection: Connection, before: datetime) -> Iterator[Row[Any]]:
    """Yield the notices that were delivered before an instant, and are of no trade that goes on, oldest first."""
    over = select(TradeRow.id).where(TradeRow.state.in_(OVER))
    query = select(OutboxRow).where(
        OutboxRow.delivered.is_(True),
        OutboxRow.at < before,
        or_(OutboxRow.trade_id == "", OutboxRow.trade_id.in_(over)),
    )
    yield from connection.execute(query.order_by(OutboxRow.number).execution_options(yield_per=AT_ONCE))


def forget_notices(connection: Connection, numbers: list[int]) -> None:
    """Delete notices that are archived, and where their messages stand."""
    keys = select(OutboxRow.key).where(OutboxRow.number.in_(numbers))
    connection.execute(delete(MessageRow).where(MessageRow.key.in_(keys)))
    connection.execute(delete(OutboxRow).where(OutboxRow.number.in_(numbers)))


def line_of(row: Row[Any]) -> str:
    """Write a row as a line of JSON, with every column."""
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()  # noqa: SLF001 SQLAlchemy's name
    }
    return json.dumps(plain, ensure_ascii=True)
