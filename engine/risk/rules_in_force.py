"""The rules for whoever asks them by the million, as a backtest does: in parts, and only those that can refuse."""

from dataclasses import dataclass
from typing import Self

from engine.model.risk import RiskVerdict
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.limits import Limits
from engine.risk.protections import EQUITY_RULES, PROTECTIONS
from engine.risk.rule import PriceRule, Rule
from engine.risk.rules import PRICE_RULES, SIZE_RULES, first_refusal, refusal_of_exits


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesInForce:
    """The rules that can refuse anything under some limits: those without a limit of their own need not be asked.

    `losses` and `protections` look at no size, so they can be asked before there is one. `protections` look at no
    dollar either, and while nothing is bought or sold each of them only lets go as time passes.
    """

    losses: tuple[Rule, ...]
    protections: tuple[Rule, ...]
    sizes: tuple[Rule, ...]
    prices: tuple[PriceRule, ...]

    @classmethod
    def under(cls, limits: Limits) -> Self:
        """Return those that some limits leave."""
        return cls(
            losses=tuple(rule for rule in EQUITY_RULES if not rule.is_off(limits)),
            protections=tuple(rule for rule in PROTECTIONS if rule not in EQUITY_RULES and not rule.is_off(limits)),
            sizes=tuple(rule for rule in SIZE_RULES if not rule.is_off(limits)),
            prices=tuple(rule for rule in PRICE_RULES if not rule.is_off(limits)),
        )

    def refusal_by_losses(self, plan: EntryPlan, limits: Limits) -> RiskVerdict | None:
        """Return the first verdict that refuses of what looks at the equity and its losses, None where all allow it."""
        return first_refusal(self.losses, plan, limits)

    def refusal_apart_from_losses(self, plan: EntryPlan, limits: Limits) -> RiskVerdict | None:
        """Return the first verdict of a protection that refuses, which counts only where losses allow the purchase."""
        return first_refusal(self.protections, plan, limits)

    def refusal_of_size(self, case: RiskContext, limits: Limits) -> RiskVerdict | None:
        """Return the first verdict of the other rules that refuses, as `refusal` does where the protections allow."""
        return (
            refusal_of_exits(case)
            or first_refusal(self.sizes, case, limits)
            or first_refusal(self.prices, case, limits)
        )
