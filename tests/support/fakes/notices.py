"""One notice of every kind, as the engine writes them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.model.corporate_action import ActionKind, CorporateAction, MissingTerm
from engine.model.duty import DutyLine
from engine.model.journal import Grade
from engine.model.notices.account import (
    EntryChanged,
    ExitMoved,
    ForeignPosition,
    ForeignProtected,
    ForeignUnprotected,
    MoneyMove,
    MoneyMoved,
    OrderKept,
    SoldByHand,
    StopByHand,
    UnexplainedChange,
)
from engine.model.notices.base import Notice, NoticeKind, TradeNotice
from engine.model.notices.corporate_actions import (
    ActionDue,
    ActionLate,
    CashInLieu,
    SpinOffWaits,
    SpunOffPart,
    TradeRestated,
    TradeTerms,
)
from engine.model.notices.desk import (
    AutoModeChanged,
    DeskHalted,
    DeskReducing,
    DeskResumed,
    FlattenStarted,
    FlattenStuck,
    FlattenWaits,
    HaltReasonAdded,
    HaltTakenBack,
    LossLimitReached,
    RiskWarning,
    StrategySwitched,
    StrategyUnusable,
)
from engine.model.notices.duty import DirectCall, DutyHandedOver, MissedResult, UrgentDirectCall
from engine.model.notices.kinds import KINDS
from engine.model.notices.proposals import (
    KeptSignals,
    ProposalResized,
    SecondApprovalAsked,
    SignalKept,
    SignalsKept,
    StandingAsked,
    StandingChange,
    StandingStep,
    StandingUsed,
    TradeDecided,
)
from engine.model.notices.reports import ReportMade, ReportsMissed
from engine.model.notices.settings import (
    LooseningAsked,
    LooseningConfirmed,
    LooseningEnd,
    LooseningEnded,
    SettingChanged,
    StrategyChange,
    WatchlistChanged,
)
from engine.model.notices.systems import (
    BotStarted,
    EarningsUnreadable,
    EntriesSetAside,
    JobFailed,
    JobRecovered,
    LeaderLost,
    LeaderReplaced,
    ServiceBack,
    ServiceLost,
    SlackBack,
    TradeFaulted,
)
from engine.model.notices.trades import (
    CoveringShort,
    CoverRefused,
    ExitAsked,
    ExitChanged,
    ExitNotMoved,
    ExitSenseless,
    FilledLate,
    OversoldCause,
    PartSold,
    StopSold,
    SymbolHaltBegan,
    SymbolHaltEnded,
    TimeExit,
    TradeClosing,
    TradeGraded,
    TradeOversold,
    TradeUnprotected,
    TrailSet,
)
from engine.model.reason import Reason
from engine.model.report import ReportKind
from engine.model.risk import LimitUnit, RiskVerdict
from engine.model.runtime_settings import SettingUnit
from engine.model.standing import StandingApproval, StandingTerms
from engine.model.strategies import PendingPromotion, PromotionStage
from engine.model.symbol_halt import HaltReason, SymbolHalt
from engine.model.trade import ExitReason, OrderRole
from tests.support.fakes.choices import a_pending_change
from tests.support.fakes.reports import a_report
from tests.support.fakes.trades import PROPOSED_AT, TRADE

BY = {"by": "U0TRADER1"}
AAPL = {"symbol": "AAPL"}
CALL = {"to": "U0TRADER1", "copy_of": "halt:1"}
CHANGE = a_pending_change()
STANDING = StandingApproval(
    id="S1",
    terms=StandingTerms(
        symbols=("AAPL", "MSFT"),
        most_dollars=Decimal(20_000),
        least_tenths=9,
        until=PROPOSED_AT + timedelta(hours=5),
        uses=3,
    ),
    by="U0TRADER1",
    asked_at=PROPOSED_AT,
    needs_second=True,
)
PROMOTION = PendingPromotion(
    name="calm",
    source="calm.toml",
    fingerprint="5d41402abc4b2a76b9719d911017c592",
    before="seed",
    by="U0TRADER",
    asked_at=PROPOSED_AT,
    expires_at=PROPOSED_AT + timedelta(hours=1),
)
LOSS = RiskVerdict(
    rule="daily_loss", allowed=False, figure=Decimal("0.031"), limit=Decimal("0.03"), unit=LimitUnit.SHARE_OF_EQUITY
)
SPLIT = CorporateAction(
    id="split-1", kind=ActionKind.SPLIT, symbol="AAPL", ex_date=date(2025, 8, 20), new_shares=Decimal(2)
)
BEFORE = TradeTerms(shares=512, stop=Decimal("147.99"), target=Decimal("154.78"), symbol="AAPL")
AFTER = TradeTerms(shares=1024, stop=Decimal("73.995"), target=Decimal("77.39"), symbol="AAPL")
SPUN_OFF = SpunOffPart(symbol="NEWCO", shares=128, cost=Decimal("1234.56"), kept=Decimal("0.98395062"))

HALT = SymbolHalt(symbol="AAPL", since=PROPOSED_AT, reason=HaltReason.NEWS, code="T1")
"""A halt of the example's symbol that began with its proposal."""

OWN_FIELDS: Mapping[type[Notice], Mapping[str, Any]] = {
    ProposalResized: BY | {"before": 512, "after": 400},
    SecondApprovalAsked: BY,
    TradeDecided: BY,
    MissedResult: {
        "shares": 512,
        "entry": Decimal("150.28"),
        "exit": Decimal("154.78"),
        "result": Decimal("2304.00"),
        "multiple": Decimal("1.96"),
        "exit_reason": ExitReason.TARGET,
    },
    DirectCall: CALL,
    UrgentDirectCall: CALL,
    DutyHandedOver: BY | {"line": DutyLine.SECOND, "until": PROPOSED_AT + timedelta(hours=6)},
    SignalKept: AAPL | {"why_not": Reason(word="outside_regular_hours")},
    SignalsKept: {
        "since": PROPOSED_AT - timedelta(minutes=30),
        "groups": (
            KeptSignals(why_not=Reason(word="desk_halted"), symbols=("AAPL", "IBM")),
            KeptSignals(why_not=Reason(word="no_quote"), symbols=("MSFT",)),
        ),
    },
    ExitAsked: {"tenths": -9},
    TradeClosing: BY | {"why": "news", "opens_at": PROPOSED_AT + timedelta(hours=10)},
    TimeExit: {"reason": ExitReason.OVERNIGHT},
    SymbolHaltBegan: {"halt": HALT},
    SymbolHaltEnded: {"halt": HALT},
    ExitSenseless: {"role": OrderRole.STOP, "price": Decimal("147.99"), "market": Decimal("75.10")},
    ExitChanged: {
        "role": OrderRole.STOP,
        "by": "U0TRADER",
        "before": Decimal("147.99"),
        "after": Decimal("149.20"),
        "risk_before": Decimal("0.005100"),
        "risk_after": Decimal("0.002400"),
    },
    ExitNotMoved: {"role": OrderRole.STOP, "wanted": Decimal("149.20"), "trouble": "the order is not open"},
    PartSold: {"shares": 256, "price": Decimal("154.78")},
    StopSold: {"shares": 200, "price": Decimal("147.90")},
    TrailSet: {"by": "U0TRADER"},
    TradeUnprotected: {"trouble": "the symbol is halted"},
    TradeOversold: {"shares": 2212, "cause": OversoldCause.BOTH_EXITS, "is_bought_back": True},
    CoveringShort: {"shares": 512},
    CoverRefused: {"shares": 512, "trouble": "the account is restricted"},
    FilledLate: {"shares": 512, "price": Decimal("150.28")},
    ExitMoved: {
        "role": OrderRole.STOP,
        "before": Decimal("147.99"),
        "after": Decimal("1.00"),
        "risk_before": Decimal("0.005100"),
        "risk_after": Decimal("0.330000"),
    },
    EntryChanged: {
        "shares_before": 512,
        "shares_after": 600,
        "limit_before": Decimal("150.25"),
        "limit_after": Decimal("150.75"),
        "risk_before": Decimal("0.005001"),
        "risk_after": Decimal("0.007157"),
    },
    TradeGraded: BY | {"grade": Grade.GOOD},
    StopByHand: {"shares": 512, "held": 512, "price": Decimal("140.00"), "planned": Decimal("147.99")},
    SoldByHand: {"shares": 112, "price": Decimal("149.10"), "is_estimate": True},
    UnexplainedChange: AAPL
    | {"before": 512, "found": 1536, "price_before": Decimal("150.25"), "price_now": Decimal("50.10")},
    MoneyMoved: {"move": MoneyMove.DIVIDEND, "dollars": Decimal("128.40"), "symbol": "AAPL"},
    ForeignPosition: AAPL | {"shares": 40},
    ForeignProtected: AAPL | {"shares": 40, "stop": Decimal("147.99")},
    OrderKept: AAPL | {"role": OrderRole.STOP, "shares": 512, "is_pending": False},
    ForeignUnprotected: AAPL | {"trouble": "trading is halted"},
    ActionDue: {"action": SPLIT},
    TradeRestated: {
        "action": ActionKind.SPLIT,
        "new_shares": Decimal(2),
        "old_shares": Decimal(1),
        "before": BEFORE,
        "after": AFTER,
    },
    SpinOffWaits: {
        "new_shares": Decimal(1),
        "old_shares": Decimal(4),
        "new_symbol": "NEWCO",
        "missing": MissingTerm.PRICE,
        "unpriced": "NEWCO",
    },
    ActionLate: {"action": SPLIT, "bare": 512},
    CashInLieu: {"dollars": Decimal("75.12")},
    DeskHalted: BY | {"reason": Reason.NONE},
    DeskReducing: BY | {"reason": Reason.NONE},
    DeskResumed: BY,
    HaltReasonAdded: BY | {"reason": Reason(word="CPI at 8:30")},
    HaltTakenBack: BY,
    AutoModeChanged: BY | {"is_on": False},
    FlattenStarted: BY,
    StrategyUnusable: {
        "trouble": "STRATEGY: calm.toml:4: [rsi] has no 'bar', did you mean 'bars'?; expected bars, low, high, tenths",
        "is_live": True,
    },
    StrategySwitched: {"before": "seed (3fa91c02)", "after": "wide (b7710e4d)"},
    FlattenWaits: {"opens_at": PROPOSED_AT + timedelta(hours=10)},
    FlattenStuck: {"what": "IBM", "trouble": "trading in IBM is halted"},
    RiskWarning: {"open_risk": Decimal("0.0165")},
    LossLimitReached: {"verdict": LOSS},
    WatchlistChanged: BY | {"is_added": True, "symbols": ("NVDA", "AMD")},
    StrategyChange: BY | {"change": PROMOTION, "stage": PromotionStage.ASKED},
    SettingChanged: BY | {"name": "max_daily_loss", "before": Decimal("0.03"), "after": None, "unit": SettingUnit.PART},
    StandingAsked: BY | {"approval": STANDING},
    StandingChange: BY | {"approval": replace(STANDING, confirmed_by="U0OTHER"), "step": StandingStep.GIVEN},
    StandingUsed: {"approval": replace(STANDING, confirmed_by="U0OTHER", used=1)},
    LooseningAsked: BY | {"change": CHANGE},
    LooseningConfirmed: BY | {"change": replace(CHANGE, effective_at=PROPOSED_AT + timedelta(hours=4))},
    LooseningEnded: BY | {"change": CHANGE, "why": LooseningEnd.EXPIRED},
    ReportMade: {"report": a_report()},
    ReportsMissed: {"kinds": (ReportKind.OPEN, ReportKind.DAY), "count": 3},
    BotStarted: {"broker": "paper", "source": "replay"},
    LeaderLost: {"leader": "desk-1 (pid 68)", "since": PROPOSED_AT - timedelta(seconds=30)},
    LeaderReplaced: {
        "leader": "desk-2 (pid 71)",
        "before": "desk-1 (pid 68)",
        "silent_since": PROPOSED_AT - timedelta(seconds=7),
        "broker": "alpaca-paper",
        "source": "alpaca-iex",
    },
    TradeFaulted: {"what": TRADE.id},
    JobFailed: {"job": "observe", "error_id": "ab12"},
    JobRecovered: {"job": "observe"},
    ServiceLost: {"service": "broker", "trouble": "timed out"},
    ServiceBack: {"service": "broker"},
    SlackBack: {"minutes": 11},
    EntriesSetAside: {"count": 2},
    EarningsUnreadable: {"file": "earnings.csv", "line": 3},
}
"""The fields of each kind that has any of its own."""


def a_notice(kind: type[Notice] | NoticeKind, **changes: Any) -> Notice:
    """Return a notice of a kind; one about a trade is about the example's."""
    made = KINDS[kind] if isinstance(kind, NoticeKind) else kind
    trade = {"trade_id": TRADE.id} if issubclass(made, TradeNotice) else {}
    given = {"key": "k", "at": PROPOSED_AT, **trade, **OWN_FIELDS.get(made, {}), **changes}
    return made(**given)
