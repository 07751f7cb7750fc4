"""A fingerprint of each trade, with its orders and fills, in the audit: so the chain covers what the trades say.

Whatever changes a trade adds a row about it to the audit in the same transaction, after all that it did. The columns
of a format never change: a column that a table gains later goes into a new format, beside the old ones.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from engine.adapters.sql.desk_tables import AuditRow
from engine.adapters.sql.signals import at_once
from engine.adapters.sql.tables import FillRow, OrderRow, TradeRow
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
    "sizing_overnight_before",
    "sizing_night_loss",
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
LEFT_OUT: Final = frozenset(
    {
        ("trades", "id"),
        ("trades", "published"),
        ("trades", "exit_plan"),
        ("trades", "closed_by"),
        ("trades", "sizing_earnings_in"),
        ("orders", "trade_id"),
    }
)
"""What no fingerprint holds: the trade's own id, which the row names, whether the stream has it, rules that can only
tighten its stop or sell it, of which each change has a row of its own, who had it closed, which the row of that says,
and what the card says of earnings, which the record of each decision has."""

UNREADABLE: Final = (LookupError, ArithmeticError, ValueError, TypeError)
"""What reading a row raises that holds no state, no amount or no time where one must be."""

# Of the tables rather than their classes, and made once: it stands in every transaction that changes a trade.
_TRADES, _ORDERS, _FILLS, _AUDIT = (row.__table__.c for row in (TradeRow, OrderRow, FillRow, AuditRow))
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
TRADES = select(_TRADES.id, *(_TRADES[name] for name in TRADE)).where(_TRADES.id.in_(_THESE)).order_by(_TRADES.id)
ORDERS = (
    select(_ORDERS.trade_id, *(_ORDERS[name] for name in ORDER))
    .where(_ORDERS.trade_id.in_(_THESE))
    .order_by(_ORDERS.id)
)
FILLS = (
    select(_ORDERS.trade_id, *(_FILLS[name] for name in FILL))
    .where(_FILLS.order_id == _ORDERS.id, _ORDERS.trade_id.in_(_THESE))
    .order_by(_FILLS.id)
)
LAST = (
    select(_AUDIT.why)
    .where(_AUDIT.subject == bindparam("this"), _AUDIT.action == ACTION, _AUDIT.actor == ENGINE)
    .order_by(_AUDIT.number.desc())
    .limit(1)
)
"""What the audit last said of a trade."""


@dataclass(frozen=True, slots=True)
class TradeFingerprint:
    """How a trade stands: the newest instant in it, and the fingerprint of all of it."""

    at: datetime
    fingerprint: str


def stands(connection: Connection, trade_ids: Sequence[str]) -> Mapping[str, TradeFingerprint]:
    """Return how each of these trades stands now; one that is not there is missing."""
    found: dict[str, TradeFingerprint] = {}
    for some in at_once(trade_ids):
        these = {"these": some}
        orders = _by_trade(connection.execute(ORDERS, these))
        fills = _by_trade(connection.execute(FILLS, these)) if orders else orders
        for row in connection.execute(TRADES, these):
            at = max(filter(None, (row.proposed_at, row.decided_at, row.filled_at, row.closed_at)))
            content = [_plain(row[1:]), orders.get(row.id, []), fills.get(row.id, [])]
            found[row.id] = TradeFingerprint(at, _hash(content))
    return found


def entries(connection: Connection, trade_ids: Sequence[str]) -> Iterator[AuditEntry]:
    """Yield an entry for each of these trades that is not as the audit last said; the instant is the trade's newest."""
    for entry in every_entry(connection, trade_ids):
        if entry.why != connection.scalar(LAST, {"this": entry.subject}):
            yield entry


def every_entry(connection: Connection, trade_ids: Sequence[str]) -> Iterator[AuditEntry]:
    """Yield an entry for each of these trades."""
    for trade_id, stand in stands(connection, trade_ids).items():
        yield OWN_ACCORD.entry(stand.at, ACTION, trade_id, FORMAT, stand.fingerprint)


def again(trade_id: str, fingerprint: str, at: datetime) -> AuditEntry:
    """Return an entry that says of a trade what the last one said, which may not be how it stands."""
    return OWN_ACCORD.entry(at, ACTION, trade_id, FORMAT, fingerprint)


def is_fingerprint(entry: Any) -> bool:
    """Tell whether an entry, or a row, of the audit is the fingerprint of a trade."""
    return bool(entry.action == ACTION and entry.actor == ENGINE)


def differing(connection: Connection, known: Mapping[str, str]) -> Iterator[str]:
    """Yield in words each trade that is not as its last fingerprint, by trade id, says."""
    ids = list(connection.scalars(select(TradeRow.id).order_by(TradeRow.id)))
    for some in at_once(ids):
        for trade_id, fingerprint in _readable(connection, some).items():
            if trade_id not in known:
                yield f"trade {trade_id}, which the audit does not know, was added"
            elif known[trade_id] != fingerprint:
                yield f"trade {trade_id}, its orders or its fills were changed"
    for trade_id in sorted(known.keys() - set(ids)):
        yield f"trade {trade_id} was taken away"


def _readable(connection: Connection, trade_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the fingerprint of each of these trades, '' where a value in it makes no sense any more."""
    try:
        return {trade_id: stand.fingerprint for trade_id, stand in stands(connection, trade_ids).items()}
    except UNREADABLE:
        if len(trade_ids) == 1:
            return {trade_ids[0]: ""}
        return {each: found for each in trade_ids for found in _readable(connection, [each]).values()}


def _by_trade(rows: Iterable[Row[Any]]) -> Mapping[str, list[list[object]]]:
    found: dict[str, list[list[object]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_plain(row[1:]))
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
