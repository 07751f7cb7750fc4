"""The rules that every entry must pass, one class a rule; each returns a verdict with its figure and its limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from engine.model.market import Snapshot
from engine.model.portfolio import Portfolio
from engine.model.risk import Sizing, Unit, Verdict
from engine.risk.limits import Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An entry to be judged: its size, the portfolio without it, the price now and the time now (aware UTC).

    `planned` is the price at which it was proposed, dollars a share.
    """

    symbol: str
    planned: Decimal
    sizing: Sizing
    portfolio: Portfolio
    snapshot: Snapshot
    at: datetime


class Rule(Protocol):
    """One reason for which a trade may be refused."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Look at one figure of a case and say whether it is within its limit."""
        ...


class AtLeastOneShare:
    """The caps must leave something to buy; the verdict is named after the cap that left nothing."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the number of shares."""
        del limits
        shares = Decimal(case.sizing.shares)
        return Verdict(rule=case.sizing.cap, allowed=shares >= 1, figure=shares, limit=Decimal(1), unit=Unit.SHARES)


class RiskOfOneTrade:
    """A trade risks no more than its budget, but for the rounding of one share."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the planned risk in dollars."""
        most = case.sizing.budget * (1 + limits.rounding)
        risk = case.sizing.planned_risk
        return Verdict(rule="risk_of_one_trade", allowed=risk <= most, figure=risk, limit=most, unit=Unit.DOLLARS)


class OpenRisk:
    """All open risk together stays under the ceiling."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge open risk with the trade in it, as a share of equity."""
        after = case.portfolio.open_risk + case.sizing.planned_risk / case.portfolio.account.equity
        return Verdict(
            rule="open_risk",
            allowed=after < limits.ceiling,
            figure=after,
            limit=limits.ceiling,
            unit=Unit.SHARE_OF_EQUITY,
        )


class BuyingPower:
    """The cost is no more than the broker lends."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the cost in dollars."""
        del limits
        most = case.portfolio.account.buying_power
        cost = case.sizing.cost
        return Verdict(rule="buying_power", allowed=cost <= most, figure=cost, limit=most, unit=Unit.DOLLARS)


class Spread:
    """A wide spread means that the last price is not what one would pay."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the spread in basis points."""
        spread, most = Decimal(case.snapshot.spread_bp), Decimal(limits.spread_bp)
        return Verdict(rule="spread", allowed=spread <= most, figure=spread, limit=most, unit=Unit.BASIS_POINTS)


class PriceAge:
    """An old price is no price."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the age of the snapshot in seconds."""
        age = Decimal(str((case.at - case.snapshot.at).total_seconds()))
        most = Decimal(limits.price_age_seconds)
        return Verdict(rule="price_age", allowed=age <= most, figure=age, limit=most, unit=Unit.SECONDS)


class PriceDrift:
    """A price that ran away from the proposal makes it another trade."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the distance of the price now from the proposal's, as a fraction of that."""
        drift = abs(case.snapshot.price - case.planned) / case.planned
        return Verdict(
            rule="price_drift",
            allowed=drift <= limits.price_drift,
            figure=drift,
            limit=limits.price_drift,
            unit=Unit.SHARE_OF_EQUITY,
        )


class Exposure:
    """No symbol takes more than its part of the account, where a part is set."""

    def judge(self, case: Case, limits: Limits) -> Verdict:
        """Judge the value held of the symbol with the trade in it, as a share of equity."""
        position = case.portfolio.position(case.symbol)
        held = position.value if position else Decimal(0)
        part = (held + case.sizing.cost) / case.portfolio.account.equity
        most = limits.exposure
        return Verdict(
            rule="exposure",
            allowed=most is None or part <= most,
            figure=part,
            limit=Decimal(0) if most is None else most,
            unit=Unit.SHARE_OF_EQUITY,
        )


RULES: tuple[Rule, ...] = (
    AtLeastOneShare(),
    RiskOfOneTrade(),
    OpenRisk(),
    BuyingPower(),
    Exposure(),
    Spread(),
    PriceAge(),
    PriceDrift(),
)
"""Every rule, in the order in which their refusals are told."""


def refusal(case: Case, limits: Limits, rules: Sequence[Rule] = RULES) -> Verdict | None:
    """Return the first verdict that refuses, None when every rule allows the trade."""
    verdicts = (rule.judge(case, limits) for rule in rules)
    return next((verdict for verdict in verdicts if not verdict.allowed), None)
