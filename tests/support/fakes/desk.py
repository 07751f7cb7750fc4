"""The engine's verbs in memory, for tests of what people type and click."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self

from engine.commands import Commands
from engine.common.audit_log import AuditLog
from engine.common.desk_people import Asked, AskedMembers, no_members
from engine.control.journal import Journal
from engine.control.runtime_settings import RuntimeSettings
from engine.errors import (
    AlreadyDecided,
    Ambiguous,
    HaltedMeanwhile,
    HaltStands,
    Repeated,
    RiskRefused,
    SizeChanged,
    UnknownSymbol,
    UnknownTrade,
)
from engine.execution.adopt_position import AdoptPosition
from engine.model.account import Account
from engine.model.adoption import Adoption
from engine.model.calculation import Amount, Calculation
from engine.model.chart import Chart
from engine.model.desk import Desk, DeskState, Request, Unfinished
from engine.model.fact import AnsweredQuestion
from engine.model.journal import Grade, JournalEntry
from engine.model.journal_report import JournalReport, ProcessLine
from engine.model.market import Session
from engine.model.notices.base import Posted
from engine.model.people_report import Sum
from engine.model.performance import Performance, Period, Span
from engine.model.report import Report, ReportKind
from engine.model.runtime_settings import PendingChange, SettingChange, SettingLine, WatchChange, WatchOutcome
from engine.model.sale import Sale
from engine.model.signal_outcome import RiskView, ScoredHeadline, SignalOutcome
from engine.model.status import Status
from engine.model.strategies import StrategySources
from engine.model.trade import Trade, TradeState
from engine.model.view import Inspection, PortfolioView, PositionLine, SizeView
from engine.queries import Queries, StrategyQueries
from engine.views.journal_report import JournalQuery
from engine.views.questions import QuestionQueries
from engine.views.signals import SignalQueries
from engine.views.sizing import SizingQueries
from tests.support.fakes.charts import a_chart
from tests.support.fakes.choices import (
    a_calculation,
    a_fate,
    a_pending_change,
    a_risk_view,
    a_scored_headline,
    a_setting,
)
from tests.support.fakes.reports import GOOD_DAY, NOTHING_DONE, a_report
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import OVERNIGHT, a_trade

NOW = datetime(2025, 8, 19, 14, 45, 30, tzinfo=UTC)
MOST_SHARES = 600


class FakeAuditLog(AuditLog):
    """Remembers what was recorded; `rows` has (who asked, what they said, action, outcome, why)."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str, str]] = []
        self.served: set[str] = set()
        self.unfinished: dict[str, Unfinished] = {}
        self.of_the_dead: tuple[Unfinished, ...] = ()

    def is_served(self, request: Request) -> bool:
        return request.id in self.served

    def write_audit(self, request: Request, action: str, outcome: str, why: str = "") -> None:
        if request.id not in self.served:
            self.rows.append((request.by, request.said, action, outcome, why))
        self.served.update({request.id} - {""})

    def claim(self, request: Request, action: str) -> None:
        if request.id in self.served:
            raise Repeated
        self.rows.append((request.by, request.said, action, "", ""))
        self.served.add(request.id)

    def begin(self, request: Request, action: str, *, channel: str = "", ts: str = "") -> None:
        self.unfinished[request.id] = Unfinished(request=request, action=action, at=NOW, channel=channel, ts=ts)

    def end(self, request: Request) -> None:
        self.unfinished.pop(request.id, None)

    def left(self) -> tuple[Unfinished, ...]:
        return self.of_the_dead

    def secret(self, name: str) -> str:
        return f"the {name} of a fake"


class FakeAdoptPosition(AdoptPosition):
    """Makes a trade of what a fake engine is asked to adopt."""

    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    def __call__(self, asked: Adoption, request: Request) -> Trade:
        self._engine.call("adopt", asked, request.by)
        return a_trade(
            state=TradeState.OPEN, filled_shares=40, symbol=asked.symbol, stop=asked.stop, target=asked.target
        )


class FakeJournal(Journal):
    """Remembers what a fake engine is to write down."""

    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    def note(self, thread: Posted, entry: JournalEntry) -> bool:
        self._engine.call("note", thread, entry)
        return True

    def grade(self, trade_id: str, grade: Grade, request: Request) -> Trade:
        self._engine.call("grade", trade_id, grade, request.by)
        return self._engine.existing(trade_id)


class FakeSignalQueries(SignalQueries):
    """What a fake engine says of signals, news and risk."""

    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    def signals(self, symbol: str = "") -> tuple[SignalOutcome, ...]:
        self._engine.call("signals", symbol)
        return (a_fate(),)

    def news(self, symbol: str = "") -> tuple[ScoredHeadline, ...]:
        self._engine.call("news", symbol)
        return (a_scored_headline(),)

    def risk(self) -> RiskView:
        self._engine.call("risk")
        return a_risk_view()


class FakeSizingQueries(SizingQueries):
    """What a fake engine works out."""

    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    def calculation(self, asked: str, amount: Amount | None = None) -> Calculation:
        self._engine.call("calculate", asked, amount)
        trade = self._engine.trade(asked)
        shares = trade.shares if amount is None else int(amount.figure)
        return a_calculation(trade=trade, symbol=trade.symbol, shares=shares, most=MOST_SHARES, bound_by="headroom")

    def preview(self, trade_id: str, shares: int | None = None) -> SizeView:
        self._engine.call("size", trade_id, shares)
        trade = self._engine.existing(trade_id)
        wanted = trade.shares if shares is None else shares
        return SizeView(
            trade=trade,
            shares=wanted,
            most=MOST_SHARES,
            cost=wanted * trade.entry,
            risk=wanted * (trade.entry - trade.stop),
            equity=trade.sizing.equity,
            risk_before=trade.sizing.risk_before,
            risk_after=trade.sizing.risk_before + wanted * (trade.entry - trade.stop) / trade.sizing.equity,
            bound_by="headroom",
        )


class FakeRuntimeSettings(RuntimeSettings):
    """Writes down who changes what."""

    def __init__(self, call: Callable[..., None]) -> None:
        self._call = call

    def change(self, name: str, text: str, request: Request) -> SettingChange:
        self._call("change", name, text, request.by)
        return SettingChange(before=a_setting(), after=a_setting(value=Decimal("0.02")))

    def confirm(self, name: str, request: Request, number: str = "") -> PendingChange:
        self._call("confirm", name, number, request.by)
        return a_pending_change(confirmed_by=request.by, effective_at=a_pending_change().expires_at)

    def withdraw(self, name: str, request: Request, number: str = "") -> PendingChange:
        self._call("withdraw", name, number, request.by)
        return a_pending_change()


class FakeQuestionQueries(QuestionQueries):
    """A fake engine that asks no model."""

    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    def answer(self, question: str) -> AnsweredQuestion:
        self._engine.call("ask", question)
        return AnsweredQuestion()


class FakeReview(JournalQuery):
    """A fake engine's journal, in which nothing happened."""

    def __init__(self, engine: "FakeEngine") -> None:
        self._engine = engine

    def __call__(self, span: Span) -> JournalReport:
        self._engine.call("review", span)
        process = tuple(ProcessLine(grade=grade, won=Sum(), lost=Sum(), flat=Sum()) for grade in (*Grade, None))
        return JournalReport(span=span, process=process, reasons=(), not_taken={}, notes=(), more_notes=0)


class FakeStrategyQueries(StrategyQueries):
    """Those of a desk that trades by the seed's strategy."""

    def __init__(self) -> None:
        """Hold nothing."""

    def sources(self) -> StrategySources:
        return StrategySources(live="seed", sources={"seed": "seed"})


class FakeEngine(Commands, Queries):
    """Holds trades, does at once what is asked, and remembers it.

    `calls` has (verb, what it was called with ..., who asked); `refusals` has (who asked, what they said, action, why).
    `trouble`, once set, is raised by every verb. While it `is_idle` no trade ever ended.
    """

    audit_log: FakeAuditLog

    def __init__(self, *trades: Trade) -> None:
        self.runtime_settings = FakeRuntimeSettings(self.call)
        self.signals, self.sizing = FakeSignalQueries(self), FakeSizingQueries(self)
        self.questions, self.review = FakeQuestionQueries(self), FakeReview(self)
        self.adopt_position, self.journal = FakeAdoptPosition(self), FakeJournal(self)
        self.strategies = FakeStrategyQueries()
        self.begin(*trades)

    @property
    def commands(self) -> Self:
        """It is its own commands."""
        return self

    @property
    def queries(self) -> Self:
        """It is its own queries."""
        return self

    @property
    def facades(self) -> tuple[Commands, Queries]:
        """What an App is built on."""
        return self, self

    @property
    def refusals(self) -> list[tuple[str, str, str, str]]:
        return [
            (by, said, action, why) for by, said, action, outcome, why in self.audit_log.rows if outcome == "refused"
        ]

    def begin(self, *trades: Trade) -> None:
        """Forget everything, and hold these trades."""
        self.held = {trade.id: trade for trade in trades}
        self.state = Desk(state=DeskState.ACTIVE, auto=False)
        self.halts = 0
        self.calls: list[tuple[object, ...]] = []
        self.audit_log = FakeAuditLog()
        self.trouble: Exception | None = None
        self.is_idle = False
        self.lines: tuple[PositionLine, ...] = ()

    def approve(self, trade_id: str, request: Request, *, shares: int | None = None, under: str = "") -> Trade:
        trade = self.held.get(trade_id)
        if trade and shares not in {None, trade.shares}:
            raise SizeChanged(trade_id, trade.shares)
        return self._decided(trade_id, TradeState.APPROVED, replace(request, by=under or request.by))

    def reject(self, trade_id: str, request: Request, reason: str = "") -> Trade:
        return self._decided(trade_id, TradeState.REJECTED, request, reason)

    def resize(self, trade_id: str, shares: int, request: Request) -> Trade:
        self.call("resize", trade_id, shares, request.by)
        trade = self._proposal(trade_id)
        if shares > MOST_SHARES:
            raise RiskRefused("headroom", Decimal(shares), Decimal(MOST_SHARES), "shares")
        return self._hold(replace(trade, shares=shares))

    def close(self, trade_id: str, request: Request, reason: str = "") -> Sale:
        self.call("close", trade_id, *filter(None, [reason]), request.by)
        trade = self.existing(trade_id)
        if trade.state is not TradeState.OPEN:
            raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
        return self._closing(trade, request)

    def close_all(self, request: Request, reason: str = "") -> tuple[Sale, ...]:
        self.call("close_all", *filter(None, [reason]), request.by)
        sold = [trade for trade in self.held.values() if trade.state is TradeState.OPEN]
        return tuple(self._closing(trade, request) for trade in sold)

    def _closing(self, trade: Trade, request: Request) -> Sale:
        return Sale(trade=self._hold(replace(trade, state=TradeState.CLOSING, closed_by=request.by)))

    def change_watchlist(self, symbols: Sequence[str], request: Request, *, more: bool) -> WatchChange:
        self.call("change_watchlist", tuple(symbols), more, request.by)
        outcome = WatchOutcome.ADDED if more else WatchOutcome.REMOVED
        return WatchChange(symbols=("AAPL", "IBM"), outcomes=tuple((symbol, outcome) for symbol in symbols))

    def pending_changes(self) -> tuple[PendingChange, ...]:
        self._check()
        return (a_pending_change(),)

    def ask_about_people(self, may: Asked, members: AskedMembers = no_members) -> None:
        self.may, self.members_of = may, members

    def keep(self, trade_id: str, request: Request) -> Trade:
        self.call("keep", trade_id, request.by)
        trade = self.existing(trade_id)
        if trade.state is not TradeState.OPEN:
            raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
        return trade

    def halt(self, request: Request, reason: str = "") -> Desk:
        self.call("halt", reason, request.by)
        self.halts += 1
        self.state = replace(self.state, state=DeskState.HALTED, by=request.by, reason=reason, since=NOW)
        return self.state

    def flatten(self, request: Request, reason: str = "") -> Desk:
        self.call("flatten", reason, request.by)
        self.halts += 1
        self.state = replace(self.state, state=DeskState.HALTED, by=request.by, reason=reason, since=NOW)
        return self.state

    def resume(self, request: Request, *, anyway: bool = False, shown: int | None = None) -> Desk:
        self.call("resume", *(["anyway"] if anyway else []), request.by)
        if shown not in {None, self.halts} and self.state.state is DeskState.HALTED:
            raise HaltedMeanwhile(self.state.by)
        self.state = replace(self.state, state=DeskState.ACTIVE, by=request.by, reason="", since=NOW)
        return self.state

    def take_back_halt(self, request: Request, halted_at: datetime) -> Desk:
        self.call("take_back_halt", halted_at, request.by)
        if self.state.state is not DeskState.HALTED or self.state.by != request.by:
            raise HaltStands("not_yours")
        self.state = replace(self.state, state=DeskState.ACTIVE, by=request.by, reason="", since=NOW)
        return self.state

    def set_auto(self, *, on: bool, request: Request) -> Desk:
        self.call("set_auto", on, request.by)
        self.state = replace(self.state, auto=on, by=request.by, since=NOW)
        return self.state

    def now(self) -> datetime:
        return NOW

    def desk(self) -> Desk:
        self.call("desk")
        return self.state

    def trade(self, asked: str, wanted_in: Collection[TradeState] = ()) -> Trade:
        self._check()
        found = [trade for trade in self.held.values() if trade.id.startswith(asked) and asked]
        found = [trade for trade in found if trade.state in wanted_in] or found
        if len(found) > 1:
            raise Ambiguous(asked, [trade.id for trade in found])
        if not found:
            raise UnknownTrade(asked, next(iter(self.held), ""))
        return found[0]

    def trades(self, states: Collection[TradeState] = (), *, since: datetime | None = None) -> tuple[Trade, ...]:
        self.call("trades", frozenset(states), since)
        return tuple(trade for trade in self.held.values() if trade.state in states or not states)

    def portfolio(self) -> PortfolioView:
        self.call("portfolio")
        money = Decimal(66_788)
        return PortfolioView(
            at=NOW,
            account=Account(equity=Decimal(231_368), cash=money, buying_power=money, margin=False),
            lines=self.lines,
            open_risk=Decimal("0.01"),
            warning=Decimal("0.016"),
            ceiling=Decimal("0.02"),
            per_trade=Decimal("0.005"),
            overnight=OVERNIGHT,
        )

    def watchlist(self) -> tuple[str, ...]:
        self._check()  # who is refused is shown a symbol of it: that is no call of anybody's
        return ("AAPL", "IBM")

    def settings(self) -> tuple[SettingLine, ...]:
        self.call("settings")
        return (a_setting(),)

    def status(self) -> Status:
        self.call("status")
        waiting = tuple(trade for trade in self.held.values() if trade.state is TradeState.PROPOSED)
        decided = tuple(trade for trade in self.held.values() if trade.state is not TradeState.PROPOSED)
        return a_status(desk=self.state, pending=waiting, decided=decided, newest_halt=self.halts)

    def chart(self, symbol: str) -> Chart:
        self.call("chart", symbol)
        return replace(a_chart(), symbol=symbol)

    def performance(self, period: Period | Span, symbol: str | None = None) -> Performance:
        self.call("performance", period, symbol)
        if symbol and symbol not in {"AAPL", "IBM", *(trade.symbol for trade in self.held.values())}:
            raise UnknownSymbol(symbol)
        return replace(NOTHING_DONE if self.is_idle else GOOD_DAY, symbol=symbol or "")

    def report(self, kind: ReportKind) -> Report:
        self.call("report", kind)
        return a_report(kind=kind)

    def inspect(self, symbol: str) -> Inspection:
        self.call("inspect", symbol)
        if symbol not in {trade.symbol for trade in self.held.values()}:
            raise UnknownSymbol(symbol)
        return Inspection(symbol=symbol, session=Session.CLOSED, snapshot=None, signal=None, panel=(), trades=())

    def _decided(self, trade_id: str, to: TradeState, request: Request, reason: str = "") -> Trade:
        self.call("approve" if to is TradeState.APPROVED else "reject", trade_id, reason, request.by)
        decided = replace(self._proposal(trade_id), state=to, decided_by=request.by, decided_at=NOW, reason=reason)
        return self._hold(decided)

    def _proposal(self, trade_id: str) -> Trade:
        trade = self.existing(trade_id)
        if trade.state is not TradeState.PROPOSED:
            raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
        return trade

    def existing(self, trade_id: str) -> Trade:
        if trade_id not in self.held:
            raise UnknownTrade(trade_id)
        return self.held[trade_id]

    def _hold(self, trade: Trade) -> Trade:
        self.held[trade.id] = trade
        return trade

    def call(self, *call: object) -> None:
        self._check()
        self.calls.append(call)

    def _check(self) -> None:
        if self.trouble:
            raise self.trouble
