"""What companies announced, as Alpaca's market data tells it."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from starlette.routing import Route

from engine.model.corporate_action import ActionKind, CorporateAction
from tests.support.fakes.alpaca.middleware import Asked, Door
from tests.support.fakes.alpaca.orders import Json
from tests.support.fakes.alpaca.rules import bad_request
from tests.support.fakes.alpaca.specification import specification

_TYPES: Final = frozenset(
    {
        "reverse_split",
        "forward_split",
        "unit_split",
        "cash_dividend",
        "stock_dividend",
        "spin_off",
        "cash_merger",
        "stock_merger",
        "stock_and_cash_merger",
        "redemption",
        "name_change",
        "worthless_removal",
        "rights_distribution",
        "partial_call",
        "reorganization",
        "capital_gains_distribution",
    }
)
_SYMBOLS: Final = ("symbol", "old_symbol", "source_symbol", "acquiree_symbol", "acquirer_symbol", "new_symbol")
_CUSIP: Final = "000000000"


@dataclass
class Announcements:
    """Rows by their type; `page` is the most that one answer holds."""

    rows: list[tuple[str, Json]] = field(default_factory=list)
    page: int = 1_000

    def add(self, action: CorporateAction) -> None:
        self.rows.append(_row(action))

    def routes(self, door: Door) -> list[Route]:
        return [door.route(specification("market-data"), "GET", "/v1/corporate-actions", self._told)]

    def _told(self, asked: Asked) -> Json:
        query = asked.query
        types = set(filter(None, query.get("types", "").split(",")))
        if types - _TYPES:
            raise bad_request(f"invalid types: {', '.join(sorted(types - _TYPES))}")
        symbols = set(filter(None, query.get("symbols", "").split(",")))
        start, end = _day(query, "start"), _day(query, "end")
        found = [
            (name, row)
            for name, row in sorted(self.rows, key=lambda named: str(named[1]["process_date"]))
            if (not types or name in types)
            and (not symbols or symbols & {row.get(key) for key in _SYMBOLS})
            and start <= date.fromisoformat(row["process_date"]) <= end
        ]
        begin = int(base64.b64decode(query["page_token"])) if query.get("page_token") else 0
        stop = begin + min(_limit(query), self.page)
        told: dict[str, list[Json]] = {}
        for name, row in found[begin:stop]:
            told.setdefault(f"{name}s", []).append(row)
        token = base64.b64encode(str(stop).encode()).decode() if stop < len(found) else None
        return {"corporate_actions": told, "next_page_token": token}


def _limit(query: Mapping[str, str]) -> int:
    limit = int(query.get("limit", "100"))
    if not 1 <= limit <= 1_000:
        raise bad_request("limit must be between 1 and 1000")
    return limit


def _day(query: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(query[name])
    except (KeyError, ValueError):
        raise bad_request(f"invalid {name}: {query.get(name)}") from None


def _row(action: CorporateAction) -> tuple[str, Json]:
    name, told = _kinds(action)
    return name, {"id": str(uuid.uuid4()), "process_date": action.ex_date.isoformat(), **told}


def _kinds(action: CorporateAction) -> tuple[str, dict[str, Any]]:
    ex, new, old = {"ex_date": action.ex_date.isoformat()}, float(action.new_shares), float(action.old_shares)
    match action.kind:
        case ActionKind.SPLIT if action.ratio >= 1:
            rates = {"new_rate": new, "old_rate": old}
            return "forward_split", {"symbol": action.symbol, "cusip": _CUSIP, **rates, **ex}
        case ActionKind.SPLIT:
            rates = {"new_rate": new, "old_rate": old}
            ids = {"old_cusip": _CUSIP, "new_cusip": "000000001", "new_symbol": action.new_symbol}
            return "reverse_split", {"symbol": action.symbol, **ids, **rates, **ex}
        case ActionKind.RENAME:
            ids = {"old_cusip": _CUSIP, "new_cusip": _CUSIP}
            return "name_change", {"old_symbol": action.symbol, "new_symbol": action.new_symbol, **ids}
        case ActionKind.SPIN_OFF:
            ids = {"source_symbol": action.symbol, "source_cusip": _CUSIP, "new_cusip": "000000002"}
            rates = {"source_rate": old, "new_rate": new}
            return "spin_off", {**ids, **rates, "new_symbol": action.new_symbol, **ex}
        case ActionKind.MERGER:
            return _merger(action)
        case ActionKind.REMOVAL:
            return "worthless_removal", {"symbol": action.symbol, "cusip": _CUSIP}


def _merger(action: CorporateAction) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = {"acquiree_symbol": action.symbol, "acquiree_cusip": _CUSIP}
    told["effective_date"] = action.ex_date.isoformat()
    if not action.new_symbol:
        return "cash_merger", told | {"rate": float(action.cash)}
    told |= {"acquirer_symbol": action.new_symbol, "acquirer_cusip": "000000003"}
    told |= {"acquirer_rate": float(action.new_shares), "acquiree_rate": float(action.old_shares)}
    return (
        ("stock_and_cash_merger", told | {"cash_rate": float(action.cash)}) if action.cash else ("stock_merger", told)
    )
