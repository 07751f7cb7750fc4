"""How the desk trades, who or what changed that, and which limits were reached."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model.notices.base import Notice, NoticeKind
from engine.model.reason import Reason
from engine.model.risk import RiskVerdict


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskHalted(Notice):
    """A person, or the engine, halted trading; the reason's word is '' where none was given."""

    kind = NoticeKind.HALTED
    about = "by"
    is_urgent = True
    goes_before_all = True
    is_steering = True

    by: str
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class HaltReasonAdded(Notice):
    """Somebody halted a halted desk, and gave a reason of their own."""

    kind = NoticeKind.HALT_REASON
    about = "by"
    is_steering = True

    by: str
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class HaltTakenBack(Notice):
    """Whoever halted took it back at once: trading runs again."""

    kind = NoticeKind.HALT_TAKEN_BACK
    about = "by"
    text = "halt-taken-back"
    is_urgent = True
    is_steering = True

    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskReducing(Notice):
    """The desk takes exits only; the reason's word is '' where none was given."""

    kind = NoticeKind.REDUCING
    about = "by"
    is_urgent = True
    is_steering = True

    by: str
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskResumed(Notice):
    """Trading runs again."""

    kind = NoticeKind.RESUMED
    about = "by"
    text = "resumed"
    is_steering = True

    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoModeChanged(Notice):
    """AUTO_MODE was switched."""

    kind = NoticeKind.AUTO_CHANGED
    about = "by"
    is_steering = True

    by: str
    is_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategySwitched(Notice):
    """The desk trades by another strategy since its start; both by name and the start of the fingerprint."""

    kind = NoticeKind.STRATEGY_SWITCHED
    about = "after"
    text = "strategy-switched"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyUnusable(Notice):
    """A strategy could not be used at the start, and why: the desk's own (`is_live`), or one that runs in shadow."""

    kind = NoticeKind.STRATEGY_UNUSABLE
    about = "trouble"
    is_urgent = True

    trouble: str
    is_live: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FlattenStarted(Notice):
    """Everything is being sold."""

    kind = NoticeKind.FLATTENING
    about = "by"
    text = "flattening"
    is_urgent = True
    goes_before_all = True
    is_steering = True

    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FlattenWaits(Notice):
    """What is being sold waits for the exchange to open."""

    kind = NoticeKind.FLATTEN_WAITS
    text = "flatten-waits"
    is_steering = True

    opens_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FlattenStuck(Notice):
    """Something could not be sold or cancelled, and why."""

    kind = NoticeKind.FLATTEN_STUCK
    about = "what"
    text = "flatten-stuck"
    is_urgent = True
    is_steering = True

    what: str
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskFlat(Notice):
    """Nothing is held and no order stands any more."""

    kind = NoticeKind.FLAT
    text = "flat"
    is_steering = True


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskWarning(Notice):
    """Open risk, a share of equity, reached the warning."""

    kind = NoticeKind.RISK_WARNING
    text = "risk-warning"

    open_risk: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class LossLimitReached(Notice):
    """A rule about losses stops new entries."""

    kind = NoticeKind.LOSS_LIMIT
    about = "rule"
    text = "loss-limit"

    verdict: RiskVerdict

    @property
    def rule(self) -> str:
        """The name of the rule."""
        return self.verdict.rule
