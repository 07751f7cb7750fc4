"""A standing approval: what people approved beforehand, within bounds, until an hour."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model.origin import Source
from engine.model.signal import Side
from engine.model.trade import Trade


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingTerms:
    """What somebody wants to approve beforehand: buys of `symbols`, at most `most_dollars` each, `uses` of them in all.

    Only what the strategy scored at `least_tenths` or more is bought, before `until` (aware UTC).
    """

    symbols: tuple[str, ...]
    most_dollars: Decimal
    least_tenths: int
    until: datetime
    uses: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingApproval:
    """Such an approval by its id: who gave it, and how often it was used; `confirmed_by` is the second person.

    It `needs_second` where two people must approve. `revoked_by` is '' until somebody takes it back.
    """

    id: str
    terms: StandingTerms
    by: str
    asked_at: datetime
    needs_second: bool
    confirmed_by: str = ""
    revoked_by: str = ""
    used: int = 0

    @property
    def is_given(self) -> bool:
        """Whether as many people gave it as must."""
        return bool(self.confirmed_by) or not self.needs_second

    @property
    def left(self) -> int:
        """How many more buys it is good for."""
        return max(0, self.terms.uses - self.used)

    @property
    def givers(self) -> tuple[str, ...]:
        """Whoever gave it."""
        return (self.by, self.confirmed_by) if self.confirmed_by else (self.by,)

    def is_over(self, now: datetime) -> bool:
        """Tell whether nothing more can come of it."""
        return bool(self.revoked_by) or not self.left or now >= self.terms.until

    def covers(self, trade: Trade, now: datetime, slippage: Decimal = Decimal(0)) -> bool:
        """Tell whether a purchase is within all of its bounds now, the price it may be filled at included."""
        terms, signal = self.terms, trade.signal
        cost = trade.shares * trade.sizing.entry * (1 + slippage)
        is_wanted = trade.symbol in terms.symbols and signal.side is Side.BUY and trade.source is Source.STRATEGY
        is_within = signal.tenths >= terms.least_tenths and cost <= terms.most_dollars
        return self.is_given and not self.is_over(now) and is_wanted and is_within
