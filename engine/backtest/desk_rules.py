"""What of the desk's settings decides a trade, for the simulation as for the live desk."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from engine.model.exit_plan import AS_SENT, ExitPlan
from engine.model.trade import ExitReason
from engine.risk.limits import Limits
from engine.settings import Settings
from engine.strategies.contract import Exits, stop_part


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRules:
    """Limits, times and money of a desk that trades by itself.

    A bar is read `delay` after its close. For `quiet` after a trade, or a refused proposal, its symbol is left alone.
    No entry leaves in the `last_entry` of a session. What is held is sold `flat_before` the close, after
    `longest_hold_days` sessions or after `longest_bars` bars; None and 0 stand for never. With `margin` twice the
    equity may be held. `plan` says how stops follow closes.
    """

    limits: Limits
    has_target: bool = True
    margin: bool = True
    delay: timedelta = timedelta(seconds=5)
    quiet: timedelta = timedelta(minutes=30)
    last_entry: timedelta = timedelta(minutes=1)
    flat_before: timedelta | None = None
    flat_reason: ExitReason = ExitReason.BEFORE_CLOSE
    longest_hold_days: int = 0
    longest_bars: int | None = None
    plan: ExitPlan = AS_SENT

    @classmethod
    def of(cls, settings: Settings, exits: Exits) -> Self:
        """Read them from a desk's settings, and from the exits of a strategy where the desk set none, as it does live.

        What is sold before the close is sold at the open of the bar in which that instant lies.
        """
        risk, holding = settings.risk, settings.holding
        if exits.before_close_minutes and "flatten_before_close_minutes" not in holding.model_fields_set:
            holding = holding.model_copy(update={"flatten_before_close_minutes": exits.before_close_minutes})
        limits = replace(
            risk.limits,
            stop_distance=risk.stop_distance or exits.stop,
            target_distance=risk.target_distance or exits.target or risk.limits.target_distance,
        )
        bar, flat = timedelta(seconds=settings.market.bar_seconds), holding.flat_before
        return cls(
            limits=limits,
            has_target=exits.target is not None or risk.target_distance is not None,
            margin=settings.paper.paper_margin,
            delay=timedelta(seconds=settings.market.bar_delay_seconds),
            quiet=timedelta(seconds=settings.desk.quiet_seconds),
            last_entry=timedelta(seconds=risk.last_entry_seconds),
            flat_before=None if flat is None else bar * -(-flat // bar),
            flat_reason=ExitReason.BEFORE_CLOSE if holding.hold_overnight else ExitReason.OVERNIGHT,
            longest_hold_days=holding.longest_hold_days,
            longest_bars=exits.longest_bars,
            plan=exits.plan,
        )

    def with_stop(self, distance: float | None) -> Limits:
        """Return the limits with the distance of a stop that a score brought, a part of the price; None for none."""
        if distance is None:
            return self.limits
        return replace(self.limits, stop_distance=stop_part(distance))
