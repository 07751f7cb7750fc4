from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.model.market import Snapshot
from engine.model.overnight import Outlook
from engine.model.portfolio import Portfolio
from engine.model.risk import Sizing


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryPlan:
    """A purchase to be judged: its size, the portfolio without it, the time now (aware UTC), and what is to come."""

    symbol: str
    sizing: Sizing
    portfolio: Portfolio
    at: datetime
    outlook: Outlook = field(default_factory=Outlook)


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskContext(EntryPlan):
    """The same at the price of now; `planned` is the price at which it was proposed, dollars a share."""

    planned: Decimal
    snapshot: Snapshot
