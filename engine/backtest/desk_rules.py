"""What of the desk's settings decides a trade, for the simulation as for the live desk."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Self

from engine.model.trade import ExitReason
from engine.risk.limits import Limits
from engine.settings import Settings
from engine.strategies.contract import Exits


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRules:
    """Limits, times and money of a desk that trades by itself.

    A bar is read `delay` after its close. For `quiet` after a trade, or a refused proposal, its symbol is left alone.
    No entry leaves in the `last_entry` of a session. What is held is sold `flat_before` the close, or after
    `longest_hold_days` sessions; None and 0 stand for never. With `margin` twice the equity may be held.
    """

    limits: Limits
    margin: bool = True
    delay: timedelta = timedelta(seconds=5)
    quiet: timedelta = timedelta(minutes=30)
    last_entry: timedelta = timedelta(minutes=1)
    flat_before: timedelta | None = None
    flat_reason: ExitReason = ExitReason.BEFORE_CLOSE
    longest_hold_days: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read them from a desk's settings."""
        overnight = settings.holding.hold_overnight
        return cls(
            limits=settings.risk.limits,
            margin=settings.paper.paper_margin,
            delay=timedelta(seconds=settings.market.bar_delay_seconds),
            quiet=timedelta(seconds=settings.desk.quiet_seconds),
            last_entry=timedelta(seconds=settings.risk.last_entry_seconds),
            flat_before=settings.holding.flat_before,
            flat_reason=ExitReason.BEFORE_CLOSE if overnight else ExitReason.OVERNIGHT,
            longest_hold_days=settings.holding.longest_hold_days,
        )

    def under(self, exits: Exits, bar_seconds: int) -> Self:
        """Return them with the exits of a strategy; what is sold before the close is so at the open of a whole bar.

        Where both desk and strategy sell before the close, the earlier one holds.
        """
        minutes = exits.before_close_minutes
        wanted = [each for each in (self.flat_before, timedelta(minutes=minutes) if minutes else None) if each]
        bar = timedelta(seconds=bar_seconds)
        target = self.limits.target_distance if exits.target is None else exits.target
        return replace(
            self,
            limits=replace(self.limits, stop_distance=exits.stop, target_distance=target),
            flat_before=bar * -(-max(wanted) // bar) if wanted else None,
        )

    def with_stop(self, distance: float | None) -> Limits:
        """Return the limits with the distance of a stop that a score brought, a part of the price; None for none."""
        if distance is None:
            return self.limits
        return replace(self.limits, stop_distance=Decimal(str(round(distance, 6))))
