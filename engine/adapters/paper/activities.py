"""What happened in the paper account, kept beside what it holds."""

import sqlite3
from datetime import datetime
from decimal import Decimal

from engine.model.activity import Activity, ActivityKind

TABLE = """
CREATE TABLE IF NOT EXISTS activities (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, symbol TEXT NOT NULL, shares TEXT NOT NULL, price TEXT,
    dollars TEXT NOT NULL, order_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS activities_by_time ON activities (at);
"""


class PaperActivities:
    """The account's activities, in the account's file and under its lock."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, activity: Activity) -> None:
        """Add an activity, whose id must be new."""
        self._db.execute(
            "INSERT INTO activities VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                activity.id,
                activity.kind,
                _text(activity.at),
                activity.symbol,
                str(activity.shares),
                None if activity.price is None else str(activity.price),
                str(activity.dollars),
                activity.order_id,
            ),
        )

    def since(self, at: datetime) -> tuple[Activity, ...]:
        """Return the activities since an instant, oldest first."""
        rows = self._db.execute("SELECT * FROM activities WHERE at >= ? ORDER BY at, rowid", (_text(at),))
        return tuple(_activity(*row) for row in rows)


def _activity(
    key: str, kind: str, at: str, symbol: str, shares: str, price: str | None, dollars: str, order_id: str
) -> Activity:
    return Activity(
        id=key,
        kind=ActivityKind(kind),
        at=datetime.fromisoformat(at),
        symbol=symbol,
        shares=Decimal(shares),
        price=None if price is None else Decimal(price),
        dollars=Decimal(dollars),
        order_id=order_id,
    )


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
