"""The rules that every entry must pass, one class a rule; each returns a verdict with its figure and its limit."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.model.market import exchange_date
from engine.model.overnight import EarningsGuard
from engine.model.portfolio import Portfolio
from engine.model.risk import LimitUnit, RiskVerdict, share_of
from engine.model.signal_outcome import ProtectionStatus
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.earnings import earnings_are_near
from engine.risk.limits import Limits
from engine.risk.overnight import overnight
from engine.risk.protections import PROTECTIONS
from engine.risk.rule import PriceRule, Rule
from engine.risk.verdicts import of_exits, of_exposure, of_one_trade, of_open_risk


class AtLeastOneShare(Rule):
    """The caps must leave something to buy; the verdict is named after the cap that left nothing."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the number of shares."""
        del limits
        shares = Decimal(plan.sizing.shares)
        return RiskVerdict(
            rule=plan.sizing.cap, allowed=shares >= 1, figure=shares, limit=Decimal(1), unit=LimitUnit.SHARES
        )


class RiskOfOneTrade(Rule):
    """A trade risks no more than its budget, but for the rounding of one share."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the planned risk in dollars."""
        return of_one_trade(plan.sizing.planned_risk, plan.sizing.budget, limits)


class OpenRisk(Rule):
    """All open risk together stays under the ceiling."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge open risk with the trade in it and every fill as bad as is allowed for, as a share of equity."""
        slips = plan.portfolio.slips(limits.slippage) + plan.sizing.cost * limits.slippage
        risk = plan.portfolio.risk + plan.sizing.planned_risk + slips
        return of_open_risk(share_of(risk, plan.portfolio.account.equity - slips), limits)


class BuyingPower(Rule):
    """The cost is no more than the broker lends and nobody was promised."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the cost in dollars."""
        del limits
        most = plan.portfolio.buying_power
        cost = plan.sizing.cost
        return RiskVerdict(rule="buying_power", allowed=cost <= most, figure=cost, limit=most, unit=LimitUnit.DOLLARS)


class Exposure(Rule):
    """No symbol takes more than its part of the account, where a part is set."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.exposure is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the value held of the symbol with the trade in it, as a share of equity."""
        held = plan.portfolio.exposure(plan.symbol)
        return of_exposure(share_of(held + plan.sizing.cost, plan.portfolio.account.equity), limits)


class OvernightRisk(Rule):
    """What the worst nights would cost stays under its limit, where one is set; what is not known is over it."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.overnight is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge overnight risk with the trade in it, as a share of equity, or the number of symbols of unknown risk."""
        held, loss = overnight(plan.portfolio, plan.outlook.nights), plan.outlook.nights.get(plan.symbol)
        unknown = {*held.unknown, *([] if loss else [plan.symbol])}
        if unknown and limits.overnight is not None:
            figure = Decimal(len(unknown))
            return RiskVerdict(
                rule="overnight_unknown", allowed=False, figure=figure, limit=Decimal(0), unit=LimitUnit.COUNT
            )
        added = plan.sizing.cost * loss.fall if loss else Decimal(0)
        after = share_of(held.dollars + added, plan.portfolio.account.equity)
        return RiskVerdict(
            rule="overnight_risk",
            allowed=limits.overnight is None or after <= limits.overnight,
            figure=after,
            limit=limits.overnight or Decimal(0),
            unit=LimitUnit.SHARE_OF_EQUITY,
        )


class Earnings(Rule):
    """A company's figures move its price over a night; nothing is bought shortly before them, where that is wanted."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.earnings_days is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the trading days to the symbol's next earnings; without readable dates nothing is bought.

        Where the guard only warns, or asks a second person, dates that are near refuse nothing.
        """
        least, days = limits.earnings_days, plan.outlook.earnings_in
        unreadable = least is not None and not plan.outlook.earnings_known
        blocks = limits.earnings_guard is EarningsGuard.BLOCK
        return RiskVerdict(
            rule="earnings_unknown" if unreadable else "earnings",
            allowed=not unreadable and not (blocks and earnings_are_near(plan.outlook, limits)),
            figure=Decimal(days or 0),
            limit=Decimal(least or 0),
            unit=LimitUnit.COUNT,
        )


class Tradable(Rule):
    """What the broker takes no orders in could be bought by nobody; a proposal of it would only take people's time."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge what the broker says of the symbol: unknown to it, inactive, or not tradable."""
        del limits
        tradable = plan.outlook.tradable
        return RiskVerdict(
            rule="not_tradable",
            allowed=tradable,
            figure=Decimal(int(tradable)),
            limit=Decimal(1),
            unit=LimitUnit.COUNT,
        )


class MinPrice(Rule):
    """Very cheap shares are traded by few and jump."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.min_price is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the entry in dollars a share."""
        price, least = plan.sizing.entry, limits.min_price
        return RiskVerdict(
            rule="min_price",
            allowed=least is None or price >= least,
            figure=price,
            limit=least or Decimal(0),
            unit=LimitUnit.PRICE,
        )


class Spread(PriceRule):
    """A wide spread means that the last price is not what one would pay; an old quote gives none."""

    def judge(self, case: RiskContext, limits: Limits) -> RiskVerdict:
        """Judge the spread in basis points, or the age of the quote where it is too old for one."""
        quoted_at, oldest = case.snapshot.quoted_at or case.snapshot.at, timedelta(seconds=limits.price_age_seconds)
        if not case.snapshot.is_quoted(case.at, oldest):
            age = Decimal(str((case.at - quoted_at).total_seconds()))
            most = Decimal(limits.price_age_seconds)
            return RiskVerdict(rule="no_quote", allowed=False, figure=age, limit=most, unit=LimitUnit.SECONDS)
        spread, most = Decimal(case.snapshot.spread_bp), Decimal(limits.spread_bp)
        return RiskVerdict(
            rule="spread", allowed=spread <= most, figure=spread, limit=most, unit=LimitUnit.BASIS_POINTS
        )


class PriceAge(PriceRule):
    """An old price is no price."""

    def judge(self, case: RiskContext, limits: Limits) -> RiskVerdict:
        """Judge the age of the snapshot in seconds."""
        age = Decimal(str((case.at - case.snapshot.at).total_seconds()))
        most = Decimal(limits.price_age_seconds)
        return RiskVerdict(rule="price_age", allowed=age <= most, figure=age, limit=most, unit=LimitUnit.SECONDS)


class PriceDrift(PriceRule):
    """A price that ran away from the proposal makes it another trade."""

    def judge(self, case: RiskContext, limits: Limits) -> RiskVerdict:
        """Judge the distance of the price now from the proposal's, as a fraction of that."""
        drift = abs(case.snapshot.price - case.planned) / case.planned
        return RiskVerdict(
            rule="price_drift",
            allowed=drift <= limits.price_drift,
            figure=drift,
            limit=limits.price_drift,
            unit=LimitUnit.SHARE_OF_EQUITY,
        )


class MinVolume(PriceRule):
    """What hardly anybody traded today is hard to sell."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return not limits.min_volume

    def judge(self, case: RiskContext, limits: Limits) -> RiskVerdict:
        """Judge the day's volume in shares; one of another day is none."""
        today = exchange_date(case.at)
        volume, least = Decimal(case.snapshot.volume_on(today) or 0), Decimal(limits.min_volume or 0)
        return RiskVerdict(
            rule="min_volume", allowed=volume >= least, figure=volume, limit=least, unit=LimitUnit.SHARES
        )


SIZE_RULES: tuple[Rule, ...] = (
    Tradable(),
    AtLeastOneShare(),
    RiskOfOneTrade(),
    OpenRisk(),
    BuyingPower(),
    Exposure(),
    MinPrice(),
    OvernightRisk(),
    Earnings(),
)
"""Every rule that looks at the size, or at what is to come, in the order in which their refusals are told."""

RULES: tuple[Rule, ...] = (*PROTECTIONS, *SIZE_RULES)
"""Every rule that needs no price of now, in the order in which their refusals are told."""

PRICE_RULES: tuple[PriceRule, ...] = (PriceAge(), Spread(), PriceDrift(), MinVolume())
"""Every rule of the price of now; they come after the others."""


def refusal(plan: EntryPlan, limits: Limits) -> RiskVerdict | None:
    """Return the first verdict that refuses, None when every rule allows it; a RiskContext meets PRICE_RULES, too.

    Its exits are looked at before its size: at a stop that the price has reached there are no shares.
    """
    return (
        first_refusal(PROTECTIONS, plan, limits)
        or refusal_of_exits(plan)
        or first_refusal(SIZE_RULES, plan, limits)
        or (first_refusal(PRICE_RULES, plan, limits) if isinstance(plan, RiskContext) else None)
    )


def first_refusal(rules: Iterable[Any], plan: EntryPlan, limits: Limits) -> RiskVerdict | None:
    """Return the first verdict of some rules that refuses, None where all allow it."""
    for rule in rules:
        verdict: RiskVerdict = rule.judge(plan, limits)
        if not verdict.allowed:
            return verdict
    return None


def refusal_of_exits(plan: EntryPlan) -> RiskVerdict | None:
    """Return what speaks against its stop or target at the price of now, None where that is not known."""
    return of_exits(plan.sizing, plan.snapshot.price) if isinstance(plan, RiskContext) else None


def verdicts(plan: EntryPlan, limits: Limits) -> Iterator[RiskVerdict]:
    """Yield what every rule says, in the order in which they are asked."""
    yield from (rule.judge(plan, limits) for rule in RULES)
    if isinstance(plan, RiskContext):
        yield from (rule.judge(plan, limits) for rule in PRICE_RULES)


def statuses(portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
    """Return how the rules stand that say so without a purchase, in the order in which they are asked."""
    return tuple(status for rule in RULES for status in rule.status(portfolio, limits, at))
