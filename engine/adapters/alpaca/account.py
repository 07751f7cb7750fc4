"""What the account holds, in Alpaca's words and in ours; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.model.account import Account, AssetKind, Position

Raw = Mapping[str, Any]

KINDS: Mapping[str, AssetKind] = {
    "us_equity": AssetKind.STOCK,
    "us_option": AssetKind.OPTION,
    "crypto": AssetKind.CRYPTO,
    "crypto_perp": AssetKind.CRYPTO,
}
"""By `asset_class`; every other one is OTHER."""
OPTION_MULTIPLIER = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """What can be traded: its ticker, name and exchange, and whether Alpaca takes orders for it."""

    symbol: str
    name: str
    exchange: str
    tradable: bool


def account_of(raw: Raw) -> Account:
    """Read the account's money; an account has margin where it can buy for more than it holds."""
    return Account(
        equity=Decimal(raw["equity"]),
        cash=Decimal(raw["cash"]),
        buying_power=Decimal(raw["buying_power"]),
        margin=Decimal(raw["multiplier"]) > 1,
    )


def asset_of(raw: Raw) -> Asset:
    """Read an asset."""
    is_active = str(raw.get("status", "active")) == "active"
    return Asset(
        symbol=raw["symbol"],
        name=raw["name"],
        exchange=raw["exchange"],
        tradable=is_active and bool(raw["tradable"]),
    )


def position_of(raw: Raw) -> Position:
    """Read a position: of a stock in whole shares, which alone can be protected; its `quantity` has the parts too."""
    quantity, cost = Decimal(raw["qty"]), Decimal(raw["avg_entry_price"])
    kind = KINDS.get(str(raw.get("asset_class", "us_equity")), AssetKind.OTHER)
    shares = int(quantity) if kind is AssetKind.STOCK else 0
    return Position(
        symbol=str(raw["symbol"]),
        shares=shares,
        cost=cost,
        price=Decimal(raw.get("current_price") or cost),
        kind=kind,
        quantity=None if shares == quantity else quantity,
        multiplier=OPTION_MULTIPLIER if kind is AssetKind.OPTION else 1,
    )
