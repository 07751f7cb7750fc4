"""What a rule is: one reason for which a trade may be refused, and how it stands without a trade in mind."""

from abc import ABC, abstractmethod
from datetime import datetime

from engine.model.portfolio import Portfolio
from engine.model.risk import RiskVerdict
from engine.model.signal_outcome import ProtectionStatus
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.limits import Limits


class Rule(ABC):
    """One reason for which a trade may be refused."""

    @abstractmethod
    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Look at one figure of a purchase and say whether it is within its limit."""

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say how it stands at an instant, for people to look at; nothing where that depends on the purchase."""
        del portfolio, limits, at
        return ()

    def is_off(self, limits: Limits) -> bool:
        """Tell whether it refuses nothing, because no limit is set for it."""
        del limits
        return False


class PriceRule(ABC):
    """One reason for which a trade may be refused at the price of now."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether it refuses nothing, because no limit is set for it."""
        del limits
        return False

    @abstractmethod
    def judge(self, case: RiskContext, limits: Limits) -> RiskVerdict:
        """Look at one figure of the price and say whether it is within its limit."""
