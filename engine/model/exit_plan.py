"""How an open trade is left beside its stop and target, and what is on its way to the broker; kept with the trade."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitMove:
    """A stop or target that is to stand at another price, dollars a share, and does not yet, as far as is known.

    It is stored before the broker is asked, and ends once the broker shows it, or refuses it. `by` asked for it, `at`
    an instant.
    """

    price: Decimal
    before: Decimal
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitPlan:
    """Rules that only ever tighten a stop, or sell after a time; None stands for never.

    `trail` is how far under the highest close the stop follows, as a part of that (0.02 = 2 %); `trail_atr` the same
    in average true ranges. After a close of `breakeven` times what was risked over the entry the stop stands at the
    entry. After `longest_bars` bars the trade is sold. The target sells the `partial` of what was bought (0.5 = half),
    once, and `is_part_sold` then; the rest has only its stop.

    Closes count from `trailed_since` where somebody set the trail, else from `bought_at`, the first fill. With
    `target_is_set` a person chose the target, and it does not follow the fill any more. `stop` and `target` are moves
    on their way to the broker.
    """

    trail: Decimal | None = None
    trail_atr: Decimal | None = None
    breakeven: Decimal | None = None
    longest_bars: int | None = None
    partial: Decimal | None = None
    is_part_sold: bool = False
    bought_at: datetime | None = None
    trailed_since: datetime | None = None
    target_is_set: bool = False
    stop: ExitMove | None = None
    target: ExitMove | None = None

    @property
    def is_trailing(self) -> bool:
        """Whether the stop follows the price."""
        return self.trail is not None or self.trail_atr is not None

    @property
    def follows_closes(self) -> bool:
        """Whether a bar's close may move the stop."""
        return self.is_trailing or self.breakeven is not None

    @property
    def is_moving(self) -> bool:
        """Whether a stop or target is on its way to the broker."""
        return self.stop is not None or self.target is not None

    @property
    def needs_first_fill(self) -> bool:
        """Whether it matters when the first share was bought."""
        return self.follows_closes or self.longest_bars is not None

    def held_by_hand(self, asked_at: datetime) -> "ExitPlan":
        """Return it without what would tighten a stop again that was loosened on purpose, as somebody asked then.

        A trail that somebody set since is the later word, and stays.
        """
        held = replace(self, breakeven=None)
        if self.trailed_since is not None and self.trailed_since > asked_at:
            return held
        return replace(held, trail=None, trail_atr=None, trailed_since=None)


def running_shares(part: Decimal | None, bought: int) -> int:
    """Return the shares that run on once a target has sold its part of what was bought, cut to whole shares.

    None run on where no part is set, and where it is less than a share: then the target sells all of them.
    """
    sold = bought if part is None else int(bought * part)
    return bought - sold if sold else 0


AS_SENT = ExitPlan()
"""Stop and target stay where they are."""
