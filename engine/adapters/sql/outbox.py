from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from engine.adapters.sql.desk_tables import OutboxRow, UnfinishedRow
from engine.adapters.sql.notice_rows import waiting_of
from engine.adapters.sql.values import value_of
from engine.model.desk import Request, Unfinished
from engine.model.notices.base import Waiting


class SqlClaims:
    """The part of the port Transaction that keeps several bots on one database out of each other's way."""

    _connection: Connection

    def claim(self, number: int, by: str, *, now: datetime, until: datetime, over: str = "") -> Waiting | None:
        """Take a waiting notice to post it, until an instant, and return it as it was before; None where it is taken.

        No other write runs beside, so to look and then to write is safe.
        """
        free = or_(
            OutboxRow.claimed_by.in_(("", by, over)), OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until <= now
        )
        mine = select(OutboxRow).where(OutboxRow.number == number, OutboxRow.delivered.is_(False), free)
        row = self._connection.execute(mine).first()
        if row is None:
            return None
        claimed = {"claimed_by": by, "claimed_until": until, "attempted_at": row.attempted_at or now}
        self._connection.execute(update(OutboxRow).where(OutboxRow.number == number), claimed)
        return waiting_of(row)

    def give_back(self, number: int, by: str, *, attempted_at: datetime | None) -> None:
        """Give up one's claim on a notice; `attempted_at` is None where it is sure that nothing was posted."""
        mine = update(OutboxRow).where(OutboxRow.number == number, OutboxRow.claimed_by == by)
        self._connection.execute(mine, {"claimed_by": "", "claimed_until": None, "attempted_at": attempted_at})

    def begin_request(self, unfinished: Unfinished, by: str, until: datetime) -> None:
        """Note that a request is acknowledged before it is finished, by whom, and until when that bot surely lives."""
        request = unfinished.request
        columns = {
            "request_id": request.id,
            "request_by": request.by,
            "request_said": request.said,
            "action": unfinished.action,
            "at": unfinished.at,
            "channel": unfinished.channel,
            "ts": unfinished.ts,
        }
        self.end_request(request.id)
        self._connection.execute(insert(UnfinishedRow), columns | {"claimed_by": by, "claimed_until": until})

    def end_request(self, request_id: str) -> None:
        """Note that a request is finished; nothing happens where it was never noted."""
        self._connection.execute(delete(UnfinishedRow).where(UnfinishedRow.request_id == request_id))

    def take_unfinished(self, by: str, *, now: datetime, until: datetime) -> tuple[Unfinished, ...]:
        """Prolong one's own requests, and take over, until an instant, those of bots that live no more."""
        left = select(UnfinishedRow).where(UnfinishedRow.claimed_by != by, UnfinishedRow.claimed_until <= now)
        rows = self._connection.execute(left.order_by(UnfinishedRow.at)).all()
        theirs = UnfinishedRow.request_id.in_([row.request_id for row in rows])
        taken = update(UnfinishedRow).where(or_(UnfinishedRow.claimed_by == by, theirs))
        self._connection.execute(taken, {"claimed_by": by, "claimed_until": until})
        return tuple(
            Unfinished(
                request=value_of(Request, row, prefix="request_"),
                action=row.action,
                at=row.at,
                channel=row.channel,
                ts=row.ts,
            )
            for row in rows
        )
