"""The money and the shares of the account, and what it may still buy."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.support.fakes.alpaca.orders import Json, asset_id, number

_ACCOUNT_ID: Final = "9b1a3f4e-3c55-4f0e-8a3b-0c3f6c1f4a10"
_NONE: Final = Decimal(0)


@dataclass
class Holding:
    """Shares of a symbol, negative when sold short, and what each cost; or options and coins, counted like shares."""

    shares: Decimal
    cost: Decimal
    asset_class: str = "us_equity"

    @property
    def units(self) -> Decimal:
        return self.shares * (100 if self.asset_class == "us_option" else 1)


class Portfolio:
    """Cash and holdings; prices are given where they are needed."""

    def __init__(self, cash: Decimal, *, margin: bool) -> None:
        self.cash = cash
        self.margin = margin
        self.holdings: dict[str, Holding] = {}

    def shares(self, symbol: str) -> Decimal:
        return self.holdings[symbol].shares if symbol in self.holdings else _NONE

    def hold(self, symbol: str, shares: Decimal, cost: Decimal, asset_class: str = "us_equity") -> None:
        """Set a holding; 0 shares end it."""
        self.holdings.pop(symbol, None)
        if shares:
            self.holdings[symbol] = Holding(shares, cost, asset_class)

    def transaction(self, symbol: str, shares: Decimal, price: Decimal) -> None:
        """Take shares in (negative: give away) at a price."""
        self.cash -= shares * price
        held = self.holdings.pop(symbol, Holding(_NONE, _NONE))
        now = held.shares + shares
        if not now:
            return
        if held.shares * shares >= 0:
            cost = (held.shares * held.cost + shares * price) / now
        else:
            cost = held.cost if held.shares * now > 0 else price
        self.holdings[symbol] = Holding(now, cost)

    def equity(self, prices: Mapping[str, Decimal]) -> Decimal:
        return self.cash + sum((held.units * self._price(symbol, prices) for symbol, held in self.items()), _NONE)

    def buying_power(self, prices: Mapping[str, Decimal], reserved: Decimal) -> Decimal:
        """Return what may still be bought: twice the equity less half of what is held, or the cash."""
        free = self.cash
        if self.margin:
            free = 2 * self.equity(prices) - self._gross(prices)
        return max(_NONE, free - reserved)

    def items(self) -> tuple[tuple[str, Holding], ...]:
        return tuple(self.holdings.items())

    def account(self, prices: Mapping[str, Decimal], reserved: Decimal) -> Json:
        equity, gross = self.equity(prices), self._gross(prices)
        long = sum(
            (held.units * self._price(symbol, prices) for symbol, held in self.items() if held.shares > 0), _NONE
        )
        power = number(self.buying_power(prices, reserved))
        figures = {
            "cash": self.cash,
            "equity": equity,
            "portfolio_value": equity,
            "last_equity": equity,
            "long_market_value": long,
            "short_market_value": long - gross,
            "initial_margin": gross / 2,
            "maintenance_margin": gross * Decimal("0.3"),
            "last_maintenance_margin": _NONE,
            "accrued_fees": _NONE,
            "sma": _NONE,
        }
        flags = ("trading_blocked", "transfers_blocked", "account_blocked", "trade_suspended_by_user")
        return {
            "id": _ACCOUNT_ID,
            "account_number": "PA0000000001",
            "status": "ACTIVE",
            "currency": "USD",
            "created_at": "2024-01-02T15:00:00.000000Z",
            "balance_asof": "2025-08-18",
            "multiplier": "2" if self.margin else "1",
            "shorting_enabled": self.margin,
            "buying_power": power,
            "regt_buying_power": power,
            "non_marginable_buying_power": number(max(_NONE, self.cash - reserved)),
            **{name: number(figure) for name, figure in figures.items()},
            **dict.fromkeys(flags, False),
        }

    def position(self, symbol: str, prices: Mapping[str, Decimal], available: Decimal) -> Json:
        held = self.holdings[symbol]
        price = self._price(symbol, prices)
        gain = held.units * (price - held.cost)
        part = gain / abs(held.units * held.cost) if held.cost else _NONE
        figures = {
            "qty": held.shares,
            "qty_available": available if held.shares > 0 else -available,
            "avg_entry_price": held.cost,
            "market_value": held.units * price,
            "cost_basis": held.units * held.cost,
            "unrealized_pl": gain,
            "unrealized_plpc": part,
            "unrealized_intraday_pl": gain,
            "unrealized_intraday_plpc": part,
            "current_price": price,
            "lastday_price": price,
            "change_today": _NONE,
        }
        return {
            "asset_id": asset_id(symbol),
            "symbol": symbol,
            "exchange": {"us_option": "", "crypto": "CRYPTO"}.get(held.asset_class, "NASDAQ"),
            "asset_class": held.asset_class,
            "asset_marginable": held.asset_class == "us_equity",
            "side": "long" if held.shares > 0 else "short",
            **{name: number(round(figure, 6)) for name, figure in figures.items()},
        }

    def _gross(self, prices: Mapping[str, Decimal]) -> Decimal:
        return sum((abs(held.units) * self._price(symbol, prices) for symbol, held in self.items()), _NONE)

    def _price(self, symbol: str, prices: Mapping[str, Decimal]) -> Decimal:
        return prices.get(symbol, self.holdings[symbol].cost)
