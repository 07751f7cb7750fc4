"""The rules that look at how the desk fares: what it lost, how often it bought, how much it holds."""

from datetime import datetime, timedelta
from decimal import Decimal

from engine.model.money import ZERO
from engine.model.portfolio import Portfolio
from engine.model.risk import LimitUnit, RiskVerdict, share_of
from engine.model.signal_outcome import ProtectionStatus
from engine.risk.context import EntryPlan
from engine.risk.limits import Limits
from engine.risk.rule import Rule


class Solvency(Rule):
    """Without equity there is nothing to risk a part of."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the equity in dollars."""
        del limits
        equity = plan.portfolio.account.equity
        return RiskVerdict(rule="solvency", allowed=equity > 0, figure=equity, limit=ZERO, unit=LimitUnit.DOLLARS)


class DailyLoss(Rule):
    """After a bad day nothing new is bought until the next."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.daily_loss is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge what today's ended trades and our open losses lost, as a share of the equity the day began with."""
        return self.look(plan.portfolio, limits)

    def look(self, portfolio: Portfolio, limits: Limits) -> RiskVerdict:
        """Judge the same without a purchase in mind."""
        began_with = portfolio.record.day_equity
        lost = max(ZERO, portfolio.open_loss - portfolio.record.realised)
        part = share_of(lost, portfolio.account.equity if began_with is None else began_with)
        return _under("daily_loss", part, limits.daily_loss)

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say how much was lost."""
        del at
        return (_looked(self.look(portfolio, limits), limits.daily_loss),)


class Drawdown(Rule):
    """Far below its peak the desk buys nothing new until it has looked at itself."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.drawdown is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge how far equity, open losses counted, is below its peak, as a share of that."""
        return self.look(plan.portfolio, limits)

    def look(self, portfolio: Portfolio, limits: Limits) -> RiskVerdict:
        """Judge the same without a purchase in mind."""
        equity = portfolio.account.equity + portfolio.owed  # what a company still owes is not lost
        peak = max(equity, portfolio.record.peak_equity or equity)
        return _under("drawdown", share_of(peak - equity, peak), limits.drawdown)

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say how far equity is below its peak."""
        del at
        return (_looked(self.look(portfolio, limits), limits.drawdown),)


class LosingStreak(Rule):
    """After so many losing trades in a row the desk rests for a while."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.losing_streak is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the number of losing trades in a row, while the rest after the last of them lasts."""
        record, most = plan.portfolio.record, limits.losing_streak
        rests = record.lost_at is not None and plan.at - record.lost_at < timedelta(
            seconds=limits.losing_streak_seconds
        )
        return RiskVerdict(
            rule="losing_streak",
            allowed=most is None or not rests or record.losses < most,
            figure=Decimal(record.losses),
            limit=Decimal(most or 0),
            unit=LimitUnit.COUNT,
        )

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say how many trades were lost in a row, and until when the desk waits for it."""
        record, most = portfolio.record, limits.losing_streak
        until = record.lost_at + timedelta(seconds=limits.losing_streak_seconds) if record.lost_at else None
        rests = most is not None and record.losses >= most and until is not None and at < until
        return (
            ProtectionStatus(
                rule="losing_streak",
                figure=Decimal(record.losses),
                limit=None if most is None else Decimal(most),
                unit=LimitUnit.COUNT,
                stops=rests,
                until=until if rests else None,
            ),
        )


class StopCooldown(Rule):
    """A symbol whose stop was just hit is left alone for a while."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.stop_cooldown_seconds is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the seconds since the symbol's last stop."""
        stopped = plan.portfolio.record.stopped.get(plan.symbol)
        least = limits.stop_cooldown_seconds
        since = ZERO if stopped is None else Decimal(str((plan.at - stopped).total_seconds()))
        return RiskVerdict(
            rule="stop_cooldown",
            allowed=stopped is None or least is None or since >= least,
            figure=since,
            limit=Decimal(least or 0),
            unit=LimitUnit.SECONDS,
        )

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say which symbols are in their cooldown, the one that ends first before the others; that none is, if so."""
        rest = limits.stop_cooldown_seconds
        limit = None if rest is None else Decimal(rest)
        ends = {name: stopped + timedelta(seconds=rest or 0) for name, stopped in portfolio.record.stopped.items()}
        resting = sorted((end, name) for name, end in ends.items() if at < end)
        none = ProtectionStatus(
            rule="stop_cooldown", figure=Decimal(0), limit=limit, unit=LimitUnit.SECONDS, stops=False
        )
        return tuple(
            ProtectionStatus(
                rule="stop_cooldown",
                figure=Decimal(round((end - at).total_seconds())),
                limit=limit,
                unit=LimitUnit.SECONDS,
                stops=True,
                until=end,
                symbol=name,
            )
            for end, name in resting
        ) or (none,)


class TradesADay(Rule):
    """A desk that trades too often pays for it."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.trades_a_day is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the number of today's trades with this one."""
        return _at_most("trades_a_day", plan.portfolio.record.entries + 1, limits.trades_a_day)

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say how many trades today had."""
        del at
        return (_counted("trades_a_day", portfolio.record.entries, limits.trades_a_day),)


class OpenPositions(Rule):
    """People can look after so many positions only."""

    def is_off(self, limits: Limits) -> bool:
        """Tell whether there is no limit."""
        return limits.open_positions is None

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the number of symbols held or about to be, with this one and those that are not ours."""
        return _at_most("open_positions", len(plan.portfolio.symbols | {plan.symbol}), limits.open_positions)

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say how many symbols are held or about to be."""
        del at
        return (_counted("open_positions", len(portfolio.symbols), limits.open_positions),)


LOSSES = (DailyLoss(), Drawdown())
"""The rules whose limit the desk is told of when it is reached, not only when something is refused."""

EQUITY_RULES = (Solvency(), *LOSSES)
"""The protections that look at the account's dollars; the others look at its record, and at what is held."""

PROTECTIONS = (*EQUITY_RULES, LosingStreak(), StopCooldown(), TradesADay(), OpenPositions())
"""Every protection, in the order in which their refusals are told."""


def _under(rule: str, part: Decimal, limit: Decimal | None) -> RiskVerdict:
    allowed = limit is None or part < limit
    return RiskVerdict(rule=rule, allowed=allowed, figure=part, limit=limit or ZERO, unit=LimitUnit.SHARE_OF_EQUITY)


def _looked(verdict: RiskVerdict, limit: Decimal | None) -> ProtectionStatus:
    """Return a verdict as it is shown; without a limit none is shown, where the verdict has 0."""
    return ProtectionStatus(
        rule=verdict.rule, figure=verdict.figure, limit=limit, unit=verdict.unit, stops=not verdict.allowed
    )


def _at_most(rule: str, count: int, limit: int | None) -> RiskVerdict:
    allowed = limit is None or count <= limit
    return RiskVerdict(
        rule=rule, allowed=allowed, figure=Decimal(count), limit=Decimal(limit or 0), unit=LimitUnit.COUNT
    )


def _counted(rule: str, count: int, most: int | None) -> ProtectionStatus:
    return ProtectionStatus(
        rule=rule,
        figure=Decimal(count),
        limit=None if most is None else Decimal(most),
        unit=LimitUnit.COUNT,
        stops=most is not None and count >= most,
    )
