"""What the desk asks to see of its signals, its news and its risk, ready to be rendered."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model.market import Headline
from engine.model.overnight import Overnight
from engine.model.risk import LimitUnit
from engine.model.signal import Signal
from engine.model.trade import TradeState


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalOutcome:
    """A signal and what became of it: the trade that it brought and how that stands, or why it brought none."""

    signal: Signal
    why_not: str = ""
    trade_id: str = ""
    state: TradeState | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredHeadline:
    """A headline as it was scored for a symbol: its tenths, why, and by whom ('' where nothing was found in it)."""

    symbol: str
    headline: Headline
    tenths: int = 0
    reason: str = ""
    scorer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskLine:
    """The dollars that one symbol puts at risk; `stop` (dollars a share) is None where there is none.

    No trade of ours holds the symbol then, or the one that does is being sold, or `awaits` that a
    corporate action is carried out or its count of shares is explained.
    """

    symbol: str
    dollars: Decimal
    stop: Decimal | None = None
    trade_id: str = ""
    awaits: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionStatus:
    """A protection and how it stands: its figure, its limit (None: switched off), and whether it stops buying now.

    A rest ends at `until` (aware UTC); that of one symbol names it.
    """

    rule: str
    figure: Decimal
    limit: Decimal | None
    unit: LimitUnit
    stops: bool
    until: datetime | None = None
    symbol: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskView:
    """The risk meter; `open_risk`, `warning` and `ceiling` are shares of equity (0.02 = 2 %), equity is in dollars.

    `overnight_limit` is a share of equity, too, None where there is no limit.
    """

    equity: Decimal
    open_risk: Decimal
    warning: Decimal
    ceiling: Decimal
    lines: tuple[RiskLine, ...]
    protections: tuple[ProtectionStatus, ...]
    overnight: Overnight
    overnight_limit: Decimal | None = None

    @property
    def headroom(self) -> Decimal:
        """What is left under the ceiling, as a share of equity."""
        return max(Decimal(0), self.ceiling - self.open_risk)
