"""The account's history at Alpaca: its executions, and what came by no order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from engine.adapters.alpaca.client import AlpacaClient, Params
from engine.adapters.alpaca.error_mapping import NONSENSE
from engine.adapters.alpaca.orders import instant
from engine.model.activity import ACTIONS, Activity, ActivityKind
from engine.model.market import day_begin

log = structlog.get_logger()

Raw = Mapping[str, Any]

PAGE = 100
MOST_PAGES = 20
ONE_SECOND = timedelta(seconds=1)

KINDS: Mapping[str, ActivityKind] = {
    "FILL": ActivityKind.FILL,
    "SPLIT": ActivityKind.SPLIT,
    "NC": ActivityKind.RENAME,
    "SPIN": ActivityKind.SPIN_OFF,
    "MA": ActivityKind.MERGER,
    "REO": ActivityKind.MERGER,
    "REORG": ActivityKind.REMOVAL,
    "ACATS": ActivityKind.TRANSFER,
    "FOPT": ActivityKind.TRANSFER,
    "JNLS": ActivityKind.TRANSFER,
    "ACATC": ActivityKind.CASH,
    "CSD": ActivityKind.CASH,
    "CSW": ActivityKind.CASH,
    "JNLC": ActivityKind.CASH,
    "TRANS": ActivityKind.CASH,
    "CGD": ActivityKind.DIVIDEND,
    "CFEE": ActivityKind.FEE,
    "FEE": ActivityKind.FEE,
    "PTC": ActivityKind.FEE,
    "PTR": ActivityKind.FEE,
}
"""By `activity_type`; DIV... and INT... are dividends and fees, every other one is OTHER."""
WITH_SHARES = ACTIONS | {ActivityKind.TRANSFER, ActivityKind.OTHER}
"""Kinds whose `qty` came in or went out; a dividend's is what it was paid for."""
SIGNS: Mapping[str, int] = {"buy": 1, "sell": -1, "sell_short": -1}


def activities_since(wire: AlpacaClient, since: datetime) -> tuple[Activity, ...]:
    """Read what happened since an instant, oldest first; more than 2,000 rows are not read at once.

    Alpaca chooses by the second in which a row was made: one that it made late, of a day that has passed, is among
    them. A row that cannot be read is passed over.
    """
    found = dict[str, Activity]()
    for raw in _rows(wire, since):
        activity = _read(raw)
        if activity is not None and not (activity.kind is ActivityKind.FILL and activity.at < since):
            found[activity.id] = activity
    return tuple(sorted(found.values(), key=lambda activity: activity.at))


def activity_of(raw: Raw) -> Activity | None:
    """Read a row, None for one that was cancelled; raises one of NONSENSE where it is none."""
    if raw.get("status") == "canceled":
        return None
    if raw["activity_type"] == "FILL":
        return _fill(raw)
    kind = _kind(raw)
    return Activity(
        id=str(raw["id"]),
        kind=kind,
        at=_made(raw),
        symbol=str(raw.get("symbol") or ""),
        shares=_number(raw, "qty") if kind in WITH_SHARES else Decimal(0),
        dollars=_number(raw, "net_amount"),
    )


def _fill(raw: Raw) -> Activity:
    shares, price = Decimal(raw["qty"]), Decimal(raw["price"])
    if not (shares.is_finite() and shares > 0 and price.is_finite()):
        raise ValueError(f"a fill of {shares} at {price}")
    return Activity(
        id=str(raw["id"]),
        kind=ActivityKind.FILL,
        at=instant(raw["transaction_time"]),
        symbol=str(raw["symbol"]),
        shares=SIGNS[raw["side"]] * shares,
        price=price,
        order_id=str(raw["order_id"]),
    )


def _kind(raw: Raw) -> ActivityKind:
    name = str(raw["activity_type"])
    if name == "DIV" and raw.get("activity_sub_type") == "SDIV" and not _number(raw, "net_amount"):
        return ActivityKind.SPLIT  # a dividend in shares: more of them for nothing, as in a split
    if name.startswith("DIV"):
        return ActivityKind.DIVIDEND
    return ActivityKind.FEE if name.startswith("INT") else KINDS.get(name, ActivityKind.OTHER)


def _made(raw: Raw) -> datetime:
    """Return when a row was made, which is how Alpaca orders them.

    Where that is not said its day begins it: what a company does to its shares is done before the day's first trade.
    """
    if raw.get("created_at"):
        return instant(raw["created_at"])
    return day_begin(date.fromisoformat(str(raw["date"])[:10]))


def _number(raw: Raw, name: str) -> Decimal:
    value = Decimal(str(raw.get(name) or 0))
    if not value.is_finite():
        raise ValueError(f"{name} is no number: {value}")
    return value


def _read(raw: Any) -> Activity | None:
    try:
        return activity_of(raw)
    except NONSENSE as error:
        log.warning("activity_broken", error=repr(error))
        return None


def _rows(wire: AlpacaClient, since: datetime) -> Iterator[Any]:
    """Read page by page, each from the last row of the one before."""
    after = (since - ONE_SECOND).astimezone(UTC)
    params: Params = {"after": f"{after:%Y-%m-%dT%H:%M:%SZ}", "direction": "asc", "page_size": PAGE}
    for _ in range(MOST_PAGES):
        page = wire.read("/account/activities", params)
        if not isinstance(page, list):
            raise TypeError("the account's activities are no list")
        yield from page
        if len(page) < PAGE:
            return
        params = params | {"page_token": _last_id(page)}
    log.warning("activities_cut_short", pages=MOST_PAGES)  # the next look goes on from here


def _last_id(page: Sequence[Any]) -> str:
    ids = [str(row["id"]) for row in page if isinstance(row, dict) and row.get("id")]
    if not ids:
        raise ValueError("a page of activities without an id leaves no way to the next one")
    return ids[-1]
