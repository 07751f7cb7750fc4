"""What an exchange says of the trading in a symbol: that it is halted, paused, or goes on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from engine.model.json_values import plain, valued

SYMBOL_HALTS: Final = "symbol_halts"
"""The setting that has every halt that is known, as JSON: one place, so that all processes go by it."""


class HaltReason(StrEnum):
    """Why trading in a symbol is halted, as far as people act on it."""

    NEWS = "news"
    VOLATILITY = "volatility"
    MARKET_WIDE = "market_wide"
    REGULATORY = "regulatory"
    OPERATIONAL = "operational"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class SymbolHalt:
    """A halt of the trading in a symbol: since when (aware UTC), why, and the exchange's own code of the reason."""

    symbol: str
    since: datetime
    reason: HaltReason
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TradingStatus:
    """The last word on the trading in a symbol, of an instant (aware UTC); `halt` is None where trading goes on."""

    at: datetime
    halt: SymbolHalt | None


def halts_in(setting: str | None) -> Mapping[str, SymbolHalt]:
    """Return the halts that the setting has, by symbol."""
    return {halt.symbol: halt for halt in (valued(SymbolHalt, each) for each in json.loads(setting or "[]"))}


def setting_of(halts: Mapping[str, SymbolHalt]) -> str:
    """Return some halts as the setting has them."""
    return json.dumps([plain(halts[symbol]) for symbol in sorted(halts)])
