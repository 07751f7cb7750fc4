"""The account's activities: every execution, and what came by no order."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from tests.support.fakes.alpaca.orders import Json, Order, moment, number
from tests.support.fakes.alpaca.rules import malformed
from tests.support.fakes.alpaca.session_hours import NEW_YORK

_PAGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Row:
    at: datetime
    told: Json


@dataclass
class History:
    """Rows in the order in which they were made."""

    rows: list[_Row] = field(default_factory=list)

    def filled(self, order: Order, shares: Decimal, price: Decimal, at: datetime) -> None:
        self._add(
            at,
            activity_type="FILL",
            type="partial_fill" if order.remaining else "fill",
            transaction_time=moment(at),
            order_id=order.id,
            order_status=order.status,
            symbol=order.symbol,
            side=order.side,
            qty=number(shares),
            price=number(price),
            cum_qty=number(order.filled_qty),
            leaves_qty=number(order.remaining),
        )

    def happened(
        self,
        at: datetime,
        kind: str,
        *,
        symbol: str = "",
        shares: Decimal | None = None,
        dollars: Decimal = Decimal(0),
        sub_type: str = "",
    ) -> str:
        """Note what came by no order, and return its id."""
        given = {"symbol": symbol, "activity_sub_type": sub_type, "qty": "" if shares is None else number(shares)}
        return self._add(
            at,
            activity_type=kind,
            created_at=moment(at),
            date=at.astimezone(NEW_YORK).date().isoformat(),
            net_amount=number(dollars),
            currency="USD",
            status="executed",
            **{name: value for name, value in given.items() if value},
        )

    def cancel(self, activity_id: str) -> None:
        """Take a row back, as Alpaca does with what it booked wrongly."""
        for row in self.rows:
            if row.told["id"] == activity_id:
                row.told["status"] = "canceled"

    def told(self, query: Mapping[str, str]) -> list[Json]:
        """Choose rows as Alpaca does, page by page."""
        size = _page_size(query)
        kinds = set(filter(None, query.get("activity_types", "").split(",")))
        after, until = (_instant(query.get(name)) for name in ("after", "until"))
        found = [
            row
            for row in self._sorted(query.get("direction", "desc"))
            if (after is None or row.at > after)
            and (until is None or row.at < until)
            and (not kinds or row.told["activity_type"] in kinds)
            and query.get("order_id") in {None, row.told.get("order_id")}
        ]
        ids = [row.told["id"] for row in found]
        token = query.get("page_token")
        if token and token not in ids:
            raise malformed(f"invalid page_token: {token}")
        begin = ids.index(token) + 1 if token else 0
        return [dict(row.told) for row in found[begin : begin + size]]

    def _sorted(self, direction: str) -> list[_Row]:
        rows = sorted(self.rows, key=lambda row: row.at)
        return rows if direction == "asc" else rows[::-1]

    def _add(self, at: datetime, **told: str) -> str:
        local = at.astimezone(NEW_YORK)
        activity_id = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}::{uuid.uuid4()}"
        self.rows.append(_Row(at=at, told={"id": activity_id, **told}))
        return activity_id


def _page_size(query: Mapping[str, str]) -> int:
    size = int(query.get("page_size", _PAGE))
    if not 1 <= size <= _PAGE:
        raise malformed(f"page_size must be between 1 and {_PAGE}")
    if query.get("direction", "desc") not in {"asc", "desc"}:
        raise malformed(f"invalid direction: {query['direction']}")
    return size


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise malformed(f"invalid time: {text}") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
