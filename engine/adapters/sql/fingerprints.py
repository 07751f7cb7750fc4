"""A fingerprint of each trade, with its orders and fills, in the audit: so the chain covers what the trades say.

Whatever changes a trade adds a row about it to the audit in the same transaction, after all that it did. The columns
of a format never change: a column that a table gains later goes into a new format, beside the old ones.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from engine.adapters.sql.signals import at_once
from engine.adapters.sql.tables import AuditRow, FillRow, OrderRow, TradeRow
from engine.model.desk import ENGINE, OWN_ACCORD, AuditEntry

ACTION: Final = "fingerprint"
"""The action of these rows; `subject` is the trade, `outcome` the format, `why` the fingerprint."""
FORMAT: Final = "1"
TRADE: Final = (
    "symbol",
    "state",
    "signal_id",
    "sizing_shares",
    "sizing_entry",
    "sizing_stop",
    "sizing_target",
    "sizing_equity",
    "sizing_budget",
    "sizing_unrounded",
    "sizing_cap",
    "sizing_risk_before",
    "sizing_target_distance",
    "shares",
    "stop",
    "target",
    "proposed_at",
    "expires_at",
    "first_by",
    "decided_by",
    "decided_at",
    "reason",
    "filled_shares",
    "fill_price",
    "filled_at",
    "exit_shares",
    "exit_price",
    "exit_reason",
    "closed_at",
    "restated_bought_shares",
    "restated_bought_dollars",
    "restated_sold_shares",
    "restated_sold_dollars",
    "restated_cash",
)
ORDER: Final = (
    "id",
    "parent_id",
    "broker_id",
    "client_order_id",
    "role",
    "symbol",
    "side",
    "shares",
    "state",
    "price",
    "filled_shares",
    "fill_price",
    "filled_at",
    "reason",
)
FILL: Final = ("id", "order_id", "shares", "price", "at")
LEFT_OUT: Final = frozenset({("trades", "id"), ("trades", "published"), ("orders", "trade_id")})
"""What no fingerprint holds: the trade's own id, which the row names, and whether the stream has it."""

UNREADABLE: Final = (LookupError, ArithmeticError, ValueError, TypeError)
"""What reading a row raises that holds no state, no amount or no time where one must be."""

TRADES = select(TradeRow.id, *(getattr(TradeRow, name) for name in TRADE)).order_by(TradeRow.id)
ORDERS = select(OrderRow.trade_id, *(getattr(OrderRow, name) for name in ORDER)).order_by(OrderRow.id)
FILLS = (
    select(OrderRow.trade_id, *(getattr(FillRow, name) for name in FILL))
    .join(OrderRow, OrderRow.id == FillRow.order_id)
    .order_by(FillRow.id)
)
LATEST = (TradeRow.proposed_at, TradeRow.decided_at, TradeRow.filled_at, TradeRow.closed_at)
IS_ONE: Final[tuple[ColumnElement[bool], ...]] = (AuditRow.action == ACTION, AuditRow.actor == ENGINE)


def fingerprints(connection: Connection, trade_ids: Collection[str]) -> Mapping[str, str]:
    """Return the fingerprint of each of these trades as it stands now; one that is not there is missing."""
    found: dict[str, str] = {}
    for some in at_once(list(trade_ids)):
        orders = _by_trade(connection, ORDERS.where(OrderRow.trade_id.in_(some)))
        fills = _by_trade(connection, FILLS.where(OrderRow.trade_id.in_(some)))
        for row in connection.execute(TRADES.where(TradeRow.id.in_(some))):
            found[row.id] = _hash([_plain(row[1:]), orders[row.id], fills[row.id]])
    return found


def entries(connection: Connection, trade_ids: Collection[str]) -> Iterator[AuditEntry]:
    """Yield an entry for each of these trades that is not as the audit last said; the instant is the trade's newest."""
    for entry in every_entry(connection, trade_ids):
        if entry.why != _last(connection, entry.subject):
            yield entry


def every_entry(connection: Connection, trade_ids: Collection[str]) -> Iterator[AuditEntry]:
    """Yield an entry for each of these trades."""
    now = fingerprints(connection, trade_ids)
    times = _times(connection, now)
    for trade_id, fingerprint in now.items():
        yield OWN_ACCORD.entry(times[trade_id], ACTION, trade_id, FORMAT, fingerprint)


def is_fingerprint(entry: Any) -> bool:
    """Tell whether an entry, or a row, of the audit is the fingerprint of a trade."""
    return bool(entry.action == ACTION and entry.actor == ENGINE)


def differing(connection: Connection, known: Mapping[str, str], *, all_known: bool) -> Iterator[str]:
    """Yield in words each trade that is not as its last fingerprint, by trade id, says.

    Where not `all_known`, a trade without any fingerprint may have one in an archive, and is let be.
    """
    ids = list(connection.scalars(select(TradeRow.id).order_by(TradeRow.id)))
    for some in at_once(ids):
        for trade_id, fingerprint in _readable(connection, some).items():
            if trade_id not in known:
                if all_known:
                    yield f"trade {trade_id}, which the audit does not know, was added"
            elif known[trade_id] != fingerprint:
                yield f"trade {trade_id}, its orders or its fills were changed"
    for trade_id in sorted(known.keys() - set(ids)):
        yield f"trade {trade_id} was taken away"


def _readable(connection: Connection, trade_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the fingerprint of each of these trades, '' where a value in it makes no sense any more."""
    try:
        return fingerprints(connection, trade_ids)
    except UNREADABLE:
        if len(trade_ids) == 1:
            return {trade_ids[0]: ""}
        return {each: found for each in trade_ids for found in _readable(connection, [each]).values()}


def _last(connection: Connection, trade_id: str) -> str | None:
    mine = select(AuditRow.why).where(AuditRow.subject == trade_id, *IS_ONE)
    return connection.scalar(mine.order_by(AuditRow.number.desc()).limit(1))


def _times(connection: Connection, trade_ids: Collection[str]) -> Mapping[str, datetime]:
    found: dict[str, datetime] = {}
    for some in at_once(list(trade_ids)):
        for trade_id, *times in connection.execute(select(TradeRow.id, *LATEST).where(TradeRow.id.in_(some))):
            found[trade_id] = max(filter(None, times))
    return found


def _by_trade(connection: Connection, query: Any) -> Mapping[str, list[list[object]]]:
    found = defaultdict[str, list[list[object]]](list)
    for row in connection.execute(query):
        found[row.trade_id].append(_plain(row[1:]))
    return found


def _plain(cells: Sequence[object]) -> list[object]:
    return [_cell(cell) for cell in cells]


def _cell(cell: object) -> object:
    """Write a value so that it is the same whichever database kept it."""
    match cell:
        case Decimal():
            return _without_zeros(f"{cell:f}") if cell else "0"
        case datetime():
            return cell.astimezone(UTC).isoformat()
        case str():
            return str(cell)
        case _:
            return cell


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _hash(content: object) -> str:
    return sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
