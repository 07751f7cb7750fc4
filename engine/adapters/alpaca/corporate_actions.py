"""What companies announced, from Alpaca's market data."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import structlog

from engine.adapters.alpaca.client import AlpacaAccess, AlpacaClient, Params
from engine.adapters.alpaca.error_mapping import NONSENSE, reading
from engine.errors import MarketUnavailable
from engine.model.corporate_action import ActionKind, CorporateAction

log = structlog.get_logger()

Raw = Mapping[str, Any]

PAGE = 1000
MOST_PAGES = 20
CHUNK = 200
AROUND = timedelta(days=14)
"""Alpaca chooses by the day on which it processes an action, which need not be the ex-date."""


class AlpacaCorporateActions:
    """The port CorporateActions at Alpaca. A row that cannot be read is passed over."""

    def __init__(self, access: AlpacaAccess) -> None:
        self._wire = AlpacaClient(access.data, "v1", access)

    def stop(self) -> None:
        """Close the connections."""
        self._wire.stop()

    def between(self, symbols: Collection[str], first: date, last: date) -> tuple[CorporateAction, ...]:
        """Return the actions whose ex-date is one of these days, in their order."""
        wanted = sorted(set(symbols))
        with reading(MarketUnavailable):
            chunks = [wanted[begin : begin + CHUNK] for begin in range(0, len(wanted), CHUNK)]
            found = [action for chunk in chunks for action in self._actions(chunk, first, last)]
        once = {action.id: action for action in found if first <= action.ex_date <= last and action.symbol in wanted}
        return tuple(sorted(once.values(), key=lambda action: (action.ex_date, action.symbol, action.id)))

    def _actions(self, symbols: Sequence[str], first: date, last: date) -> Iterator[CorporateAction]:
        params: Params = {
            "symbols": ",".join(symbols),
            "types": ",".join(READERS),
            "start": (first - AROUND).isoformat(),
            "end": (last + AROUND).isoformat(),
            "limit": PAGE,
        }
        for _ in range(MOST_PAGES):
            answer = self._wire.read("/corporate-actions", params)
            for name, read in READERS.items():
                rows = answer["corporate_actions"].get(f"{name}s") or ()
                yield from filter(None, (_read(read, row) for row in rows))
            if not answer.get("next_page_token"):
                return
            params = params | {"page_token": answer["next_page_token"]}
        raise ValueError(f"more than {MOST_PAGES} pages of corporate actions")


def _read(read: Callable[[Raw], CorporateAction | None], row: Any) -> CorporateAction | None:
    try:
        return read(row)
    except NONSENSE as error:
        log.warning("corporate_action_broken", error=repr(error))
        return None


def _split(raw: Raw) -> CorporateAction:
    return _action(
        raw, ActionKind.SPLIT, raw["symbol"], _rate(raw, "new_rate"), _rate(raw, "old_rate"), raw.get("new_symbol")
    )


def _stock_dividend(raw: Raw) -> CorporateAction:
    return _action(raw, ActionKind.SPLIT, raw["symbol"], 1 + _rate(raw, "rate"))


def _unit_split(raw: Raw) -> CorporateAction:
    """Read what a unit comes apart into; of its parts the first is told, for the rest somebody has to look."""
    rates = _rate(raw, "new_rate"), _rate(raw, "old_rate")
    return _action(raw, ActionKind.MERGER, raw["old_symbol"], *rates, raw["new_symbol"])


def _spin_off(raw: Raw) -> CorporateAction:
    """Read a spin-off; until its terms are fixed the rates and the new company's symbol may be missing."""
    is_fixed = all(raw.get(name) for name in ("new_rate", "source_rate"))
    rates = (_rate(raw, "new_rate"), _rate(raw, "source_rate")) if is_fixed else (Decimal(0), Decimal(1))
    return _action(raw, ActionKind.SPIN_OFF, raw["source_symbol"], *rates, raw.get("new_symbol"))


def _cash_merger(raw: Raw) -> CorporateAction:
    return _action(raw, ActionKind.MERGER, raw["acquiree_symbol"], Decimal(0), cash=_rate(raw, "rate"))


def _stock_merger(raw: Raw) -> CorporateAction:
    rates = _rate(raw, "acquirer_rate"), _rate(raw, "acquiree_rate")
    cash = _rate(raw, "cash_rate") if "cash_rate" in raw else Decimal(0)
    return _action(raw, ActionKind.MERGER, raw["acquiree_symbol"], *rates, raw["acquirer_symbol"], cash)


def _reorganization(raw: Raw) -> CorporateAction:
    cash = _rate(raw, "cash_rate") if raw.get("cash_rate") else Decimal(0)
    return _action(raw, ActionKind.MERGER, raw["symbol"], Decimal(0), cash=cash)


def _redemption(raw: Raw) -> CorporateAction:
    return _action(raw, ActionKind.REMOVAL, raw["symbol"], Decimal(0), cash=_rate(raw, "rate"))


def _removal(raw: Raw) -> CorporateAction:
    return _action(raw, ActionKind.REMOVAL, raw["symbol"], Decimal(0))


def _name_change(raw: Raw) -> CorporateAction | None:
    if raw["old_symbol"] == raw["new_symbol"]:
        return None  # another CUSIP, the same ticker
    return _action(raw, ActionKind.RENAME, raw["old_symbol"], new_symbol=raw["new_symbol"])


READERS: Mapping[str, Callable[[Raw], CorporateAction | None]] = {
    "forward_split": _split,
    "reverse_split": _split,
    "unit_split": _unit_split,
    "stock_dividend": _stock_dividend,
    "spin_off": _spin_off,
    "cash_merger": _cash_merger,
    "stock_merger": _stock_merger,
    "stock_and_cash_merger": _stock_merger,
    "redemption": _redemption,
    "name_change": _name_change,
    "worthless_removal": _removal,
    "reorganization": _reorganization,
}
"""By the names that Alpaca's `types` has; its answer has them in the plural."""


def _action(
    raw: Raw,
    kind: ActionKind,
    symbol: str,
    new: Decimal = Decimal(1),
    old: Decimal = Decimal(1),
    new_symbol: str | None = None,
    cash: Decimal = Decimal(0),
) -> CorporateAction:
    """Return an action; those without an ex-date change over when they take effect, or are processed."""
    if old <= 0:
        raise ValueError(f"an action on {old} shares")
    on = raw.get("ex_date") or raw.get("effective_date") or raw["process_date"]
    return CorporateAction(
        id=str(raw["id"]),
        kind=kind,
        symbol=str(symbol),
        ex_date=date.fromisoformat(on),
        new_shares=new,
        old_shares=old,
        new_symbol=new_symbol or "",
        cash=cash,
    )


def _rate(raw: Raw, name: str) -> Decimal:
    rate = Decimal(str(raw[name]))
    if not rate.is_finite() or rate < 0:
        raise ValueError(f"{name} is no rate: {rate}")
    return rate
