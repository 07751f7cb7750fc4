"""The blueprint's account and its case, of which each test changes one thing."""

from decimal import Decimal
from typing import Any

from engine.model.account import Account
from engine.model.market import Snapshot
from engine.model.portfolio import Portfolio
from engine.model.trade_record import TradeRecord
from engine.risk.context import RiskContext
from engine.risk.limits import Limits
from tests.support.fakes.trades import PROPOSED_AT, a_sizing

EQUITY = Decimal(231_368)
SNAPSHOT = Snapshot(
    symbol="AAPL",
    at=PROPOSED_AT,
    price=Decimal("150.25"),
    volume=2_500_000,
    bid=Decimal("150.24"),
    ask=Decimal("150.25"),
)


def an_account(*, cash: str = "66788", buying_power: str = "298156", equity: Decimal = EQUITY) -> Account:
    return Account(equity=equity, cash=Decimal(cash), buying_power=Decimal(buying_power), margin=True)


def a_portfolio(**changes: Any) -> Portfolio:
    """Return the blueprint's account with nothing in it and nothing behind it."""
    fields = {
        "account": an_account(),
        "positions": (),
        "trades": (),
        "buying": {},
        "stops": {},
        "record": TradeRecord(),
    }
    parts = {"stopless": Limits().foreign_risk, "other_assets": Limits().other_assets_risk}
    return Portfolio(**{**parts, **fields, **changes})


def a_case(**changes: Any) -> RiskContext:
    """Return 512 shares of AAPL at $150.25, which every rule allows; what is of the portfolio goes into that."""
    of_portfolio = {name: changes.pop(name) for name in list(changes) if name in Portfolio.__dataclass_fields__}
    fields = {
        "symbol": "AAPL",
        "planned": Decimal("150.25"),
        "sizing": a_sizing(),
        "portfolio": a_portfolio(**of_portfolio),
        "snapshot": SNAPSHOT,
        "at": PROPOSED_AT,
    }
    return RiskContext(**{**fields, **changes})
