"""How the engine is put together: each stage once, made when the first one that needs it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache, cached_property
from inspect import signature
from typing import Any, TypeVar

from engine.adapters.factory import Adapters
from engine.adapters.news_scorer import longest_scoring, scoring_name
from engine.backtest.desk_rules import DeskRules
from engine.commands import Commands, ManualBuys
from engine.common.approvals import Approvals
from engine.common.audit_log import AuditLog
from engine.common.desk_people import DeskPeople
from engine.common.duty_calls import DutyCalls
from engine.common.outage_guard import NoticeWakeup, OutageGuard
from engine.common.outlook import Nights, Outlooks
from engine.common.recall import Recall
from engine.common.service_health import Service, ServiceHealth
from engine.common.strategy_in_force import StrategyInForce
from engine.common.trading_hours import TradingHours
from engine.common.universe import Universe
from engine.control.broker_sync import BrokerSync
from engine.control.dead_mans_switch import DeadMansSwitch
from engine.control.duty_roster import DutyRoster
from engine.control.follow_changes import FollowChanges
from engine.control.halt_watch import HaltWatch
from engine.control.journal import Journal
from engine.control.kill_switch import KillSwitch
from engine.control.known_strategies import KnownStrategies
from engine.control.leadership import Leadership
from engine.control.lifecycle_notices import LifecycleNotices
from engine.control.loosening import Loosening
from engine.control.promotion import Promotion
from engine.control.risk_monitor import RiskMonitor
from engine.control.runtime_settings import RuntimeSettings, risk_in_force
from engine.control.strategy_switch import NoStrategy, StrategySwitch
from engine.control.trading_doubts import ClockDiffers, Doubts, StalePrices
from engine.control.watchlist import Watchlist, watched_symbols
from engine.execution.account_activities import AccountActivities
from engine.execution.action_calendar import ActionCalendar
from engine.execution.adopt import Adopt
from engine.execution.adopt_position import AdoptPosition
from engine.execution.change_exits import ChangeExits
from engine.execution.close_trades import CloseTrades
from engine.execution.corporate_actions import Restate
from engine.execution.cover import CoverShorts, Oversold
from engine.execution.execute import Execute
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.exit_gate import ExitGate
from engine.execution.external_positions import ExternalPositions
from engine.execution.flatten import Flatten
from engine.execution.found_executions import FoundExecutions
from engine.execution.hand_sales import HandSales
from engine.execution.move_exits import MoveExits
from engine.execution.order_gate import OrderGate
from engine.execution.protect import Protect
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.reconcile_positions import ReconcilePositions
from engine.execution.signal_exits import SignalExits
from engine.execution.spin_off_terms import SpinOffTerms
from engine.execution.spin_offs import AskedAboutSpinOffs, SpinOffs
from engine.execution.time_exits import TimeExits
from engine.execution.trail_stops import TrailStops
from engine.execution.unexplained import Unexplained
from engine.exit_commands import ExitCommands
from engine.jobs import Jobs
from engine.model.backtest import Costs
from engine.order_flow import OrderFlow
from engine.pipeline.analyse import Analyse
from engine.pipeline.bars import Bars
from engine.pipeline.candidates import Candidates
from engine.pipeline.decide import Decide
from engine.pipeline.four_eyes import FourEyes
from engine.pipeline.headline_task import headline_task
from engine.pipeline.latest_scores import BoardScores, CodeScores, StrategyScores
from engine.pipeline.manual import ProposeManually
from engine.pipeline.missed import Missed
from engine.pipeline.new_proposal import NewProposal
from engine.pipeline.observe import Observe
from engine.pipeline.present import Present
from engine.pipeline.propose import Propose
from engine.pipeline.recording import Recording
from engine.pipeline.remind import Remind
from engine.pipeline.resize import Resize
from engine.pipeline.score_news import ScoreNews
from engine.pipeline.shadow import Shadow
from engine.pipeline.signal_digest import SignalDigest
from engine.pipeline.signal_queue import SignalQueue
from engine.pipeline.standing_approvals import StandingApprovals
from engine.pipeline.whole_bars import WholeBars
from engine.ports.store import Reader
from engine.queries import Queries
from engine.risk.limits import LimitsInForce
from engine.settings import Settings
from engine.signals.slots import Slots
from engine.strategies.code_strategy import CodeStrategy
from engine.strategies.contract import Strategy
from engine.strategies.live_strategy import with_exits_of
from engine.views.duty import DutyQuery
from engine.views.journal_report import JournalQuery
from engine.views.people import PeopleQuery
from engine.views.performance import PerformanceQuery
from engine.views.portfolio import PortfolioQueries
from engine.views.questions import QuestionQueries
from engine.views.reports import Labels, Reports
from engine.views.signals import SignalQueries
from engine.views.sizing import SizingQueries
from engine.views.status import StatusQuery

Stage = TypeVar("Stage")


@cache
def _parameters(kind: Callable[..., Any]) -> frozenset[str]:
    return frozenset(signature(kind).parameters)


class Composition:
    """The stages of one engine on one set of adapters; the order in which they are made does not matter.

    Ports, and the few parts that most stages share, reach a stage by the names of its parameters. What else it needs
    stands where it is made.
    """

    def __init__(
        self, settings: Settings, adapters: Adapters, leadership: Leadership, strategies: KnownStrategies
    ) -> None:
        strategy = strategies.live
        self._strategies = strategies
        self._as_set = settings
        settings = with_exits_of(strategy, settings)
        self._settings = settings
        self._leadership = leadership
        self._adapters = adapters
        with adapters.store.reading() as reader:  # what is configured, with what the desk changed since
            self._risk = risk_in_force(settings.risk, reader)
            symbols = watched_symbols(reader, settings.market.watchlist)
        self._news_window = timedelta(hours=settings.market.news_hours)
        self._quiet = timedelta(seconds=settings.desk.quiet_seconds)
        self.notices = NoticeWakeup()
        me = adapters.lease.me if adapters.lease else ""
        services = ServiceHealth(store=adapters.store, clock=adapters.clock, me=me)
        people, zone = DeskPeople(), settings.desk.zone
        self._shared: Mapping[str, Any] = {
            "approvals": Approvals(clock=adapters.clock),
            "broker": adapters.broker,
            "calendar": adapters.calendar,
            "calls": DutyCalls(store=adapters.store, people=people, zone=zone, usual=settings.telling.duty_calls),
            "clock": adapters.clock,
            "exits": ExitGate(store=adapters.store, clock=adapters.clock),
            "limits": LimitsInForce(self._risk.limits),
            "limits_of": lambda reader: risk_in_force(settings.risk, reader).limits,
            "market": adapters.market,
            "notices": self.notices,
            "people": people,
            "recall": Recall(store=adapters.store, memory=adapters.memory),
            "outage_guard": OutageGuard(services=services, notices=self.notices),
            "services": services,
            "slots": Slots(adapters.calendar, settings.market.bar_seconds),
            "store": adapters.store,
            "strategies": strategies,
            "strategy": strategy,
            "strategy_in_force": StrategyInForce(name=strategy.name, fingerprint=strategy.fingerprint),
            "zone": zone,
            "universe": Universe(symbols, bar_seconds=settings.market.bar_seconds, rules=strategy.rules),
        }

    def _made(self, kind: Callable[..., Stage], **own: Any) -> Stage:
        """Make a stage: what is shared by the names of its parameters, and what is its own."""
        wanted = _parameters(kind)
        return kind(**{name: part for name, part in self._shared.items() if name in wanted and name not in own}, **own)

    # What many of them share

    @cached_property
    def _trading_hours(self) -> TradingHours:
        return self._made(
            TradingHours,
            extended=self._settings.alpaca.extended_hours,
            last_entry=timedelta(seconds=self._settings.risk.last_entry_seconds),
            flat_before=self._settings.holding.flat_before,
        )

    @cached_property
    def _outlooks(self) -> Outlooks:
        return self._made(Outlooks, nights=self._made(Nights), earnings=self._adapters.earnings)

    @cached_property
    def _audit_log(self) -> AuditLog:
        return self._made(AuditLog)

    # Pipeline

    @cached_property
    def _bars(self) -> Bars:
        return self._made(Bars, delay=timedelta(seconds=self._settings.market.bar_delay_seconds))

    @cached_property
    def _strategy_scores(self) -> StrategyScores:
        if isinstance(self._strategies.live, CodeStrategy):
            return self._made(CodeScores, whole_bars=self._made(WholeBars))
        return self._made(BoardScores)

    @cached_property
    def _observe(self) -> Observe:
        return self._made(
            Observe, cache=self._adapters.cache, oldest=timedelta(seconds=self._settings.risk.max_price_age_seconds)
        )

    @cached_property
    def _analyse(self) -> Analyse:
        return self._made(
            Analyse,
            scores=self._strategy_scores,
            bar_length=timedelta(seconds=self._settings.market.bar_seconds),
            scorer=self._adapters.scorer.name,
            news_window=self._news_window,
        )

    @cached_property
    def _score_news(self) -> ScoreNews:
        scorer = self._adapters.scorer
        return self._made(
            ScoreNews,
            news=self._adapters.news,
            scorer=scorer.name,
            tasks=self._adapters.tasks,
            task=headline_task(
                scoring_name(self._settings.claude), longest_scoring(self._settings.claude), lambda: scorer
            ),
            window=self._news_window,
        )

    @cached_property
    def _signal_queue(self) -> SignalQueue:
        return self._made(SignalQueue, stream=self._adapters.stream)

    @cached_property
    def _propose(self) -> Propose:
        return self._made(Propose, **self._what_proposes)

    @cached_property
    def _what_proposes(self) -> Mapping[str, Any]:
        """What a proposal goes through, whoever asks for it."""
        new_proposal = self._made(
            NewProposal,
            hours=self._trading_hours,
            outlooks=self._outlooks,
            recording=self._made(Recording, bars=self._bars, bar_seconds=self._settings.market.bar_seconds),
            lifetime=timedelta(seconds=self._settings.desk.proposal_seconds),
            quiet=self._quiet,
            exit_plan=self._shared["strategy"].exits.plan,
        )
        return {
            "queue": self._signal_queue,
            "hours": self._trading_hours,
            "restate": self._restate,
            "outlooks": self._outlooks,
            "new_proposal": new_proposal,
        }

    @cached_property
    def _present(self) -> Present:
        return self._made(Present)

    @cached_property
    def _four_eyes(self) -> FourEyes:
        return self._made(
            FourEyes, over=self._settings.desk.second_approver_over, earnings_guard=self._settings.risk.earnings_guard
        )

    @cached_property
    def _standing(self) -> StandingApprovals:
        return self._made(StandingApprovals, guarded=self._four_eyes.may_be_needed)

    @cached_property
    def _decide(self) -> Decide:
        return self._made(
            Decide,
            hours=self._trading_hours,
            observe=self._observe,
            restate=self._restate,
            outlooks=self._outlooks,
            four_eyes=self._four_eyes,
            standing=self._standing,
        )

    @cached_property
    def _resize(self) -> Resize:
        return self._made(Resize, outlooks=self._outlooks)

    @cached_property
    def _shadow(self) -> Shadow:
        paper, strategy = self._settings.paper, self._shared["strategy"]
        return self._made(
            Shadow,
            bars=self._bars,
            missed=self._made(Missed),
            whole_bars=self._made(WholeBars),
            live=strategy,
            shadows=tuple(self._strategies.shadows.values()),
            rules_of=self._rules_of,
            costs=Costs(slippage_bp=paper.paper_slippage_bp, fees=paper.fees),
            bar_seconds=self._settings.market.bar_seconds,
        )

    def _rules_of(self, reader: Reader, strategy: Strategy) -> DeskRules:
        """Return the rules of a desk that trades by a strategy, with what the desk changed while it runs."""
        risk = risk_in_force(self._as_set.risk, reader)
        return DeskRules.of(replace(self._as_set, risk=risk), strategy.exits)

    # Execution

    @cached_property
    def _action_calendar(self) -> ActionCalendar:
        return self._made(ActionCalendar, announced=self._adapters.corporate_actions)

    @cached_property
    def _restate(self) -> Restate:
        return self._made(Restate, calendar=self._action_calendar)

    @cached_property
    def _spin_offs(self) -> SpinOffs:
        return self._made(
            SpinOffs,
            calendar=self._action_calendar,
            restate=self._restate,
            terms=self._made(SpinOffTerms, calendar=self._action_calendar, price=self._observe.price),
        )

    @cached_property
    def _order_gate(self) -> OrderGate:
        return self._made(OrderGate, hours=self._trading_hours, price=self._observe.price)

    @cached_property
    def _execute(self) -> Execute:
        return self._made(Execute, gate=self._order_gate, hours=self._trading_hours)

    @cached_property
    def _exit_doubts(self) -> ExitDoubts:
        return ExitDoubts(restate=self._restate)

    @cached_property
    def _activities(self) -> AccountActivities:
        return self._made(AccountActivities)

    @cached_property
    def _reconcile_orders(self) -> ReconcileOrders:
        return self._made(
            ReconcileOrders,
            execute=self._execute,
            adopt=self._made(Adopt),
            restate=self._restate,
            doubts=self._exit_doubts,
        )

    @cached_property
    def _reconcile_positions(self) -> ReconcilePositions:
        return self._made(
            ReconcilePositions,
            reconcile_orders=self._reconcile_orders,
            restate=self._restate,
            doubts=self._exit_doubts,
            sales=self._made(HandSales, reconcile_orders=self._reconcile_orders),
            spin_offs=self._spin_offs,
        )

    @cached_property
    def _protect(self) -> Protect:
        return self._made(Protect, restate=self._restate)

    @cached_property
    def _close_trades(self) -> CloseTrades:
        return self._made(CloseTrades)

    @cached_property
    def _signal_exits(self) -> SignalExits:
        return self._made(SignalExits, restate=self._restate, close_trades=self._close_trades, quiet=self._quiet)

    @cached_property
    def _move_exits(self) -> MoveExits:
        return self._made(MoveExits, restate=self._restate)

    @cached_property
    def _trail_stops(self) -> TrailStops:
        return self._made(
            TrailStops,
            restate=self._restate,
            move=self._move_exits,
            lately=self._bars.lately,
            bar_length=timedelta(seconds=self._settings.market.bar_seconds),
        )

    @cached_property
    def _change_exits(self) -> ChangeExits:
        return self._made(ChangeExits, restate=self._restate, move=self._move_exits)

    @cached_property
    def _external_positions(self) -> ExternalPositions:
        return self._made(ExternalPositions, hours=self._trading_hours, wanted=self._settings.risk.protect_foreign)

    @cached_property
    def _cover(self) -> CoverShorts:
        wanted = self._settings.risk.cover_shorts
        return self._made(CoverShorts, hours=self._trading_hours, restate=self._restate, wanted=wanted)

    @cached_property
    def _flatten(self) -> Flatten:
        return self._made(Flatten, close_trades=self._close_trades)

    @cached_property
    def _time_exits(self) -> TimeExits:
        return self._made(
            TimeExits,
            close_trades=self._close_trades,
            restate=self._restate,
            holding=self._settings.holding,
            cancel_entries=self._kill_switch.cancel_entries,
        )

    # Control

    @cached_property
    def _kill_switch(self) -> KillSwitch:
        return self._made(KillSwitch, gate=self._order_gate)

    @cached_property
    def _dead_mans_switch(self) -> DeadMansSwitch:
        silence = timedelta(minutes=self._settings.desk.slack_silence_minutes)
        return self._made(DeadMansSwitch, silence=silence or None)

    @cached_property
    def _risk_monitor(self) -> RiskMonitor:
        return self._made(RiskMonitor, kill_switch=self._kill_switch, read_activities=self._activities)

    @cached_property
    def _doubts(self) -> Doubts:
        return self._made(Doubts, kill_switch=self._kill_switch)

    @cached_property
    def _broker_sync(self) -> BrokerSync:
        return BrokerSync(
            activities=self._activities,
            reconcile_orders=self._reconcile_orders,
            found=self._made(FoundExecutions, reconcile_orders=self._reconcile_orders),
            reconcile_positions=self._reconcile_positions,
            doubts=self._doubts,
            others=(
                self._made(StalePrices, observe=self._observe),
                self._made(ClockDiffers),
                self._made(Oversold),
                self._made(Unexplained),
                self._made(AskedAboutSpinOffs, calendar=self._action_calendar),
                self._made(NoStrategy),
            ),
        )

    @cached_property
    def _lifecycle_notices(self) -> LifecycleNotices:
        return self._made(LifecycleNotices)

    @cached_property
    def _watchlist(self) -> Watchlist:
        return self._made(Watchlist, bars=self._bars, most=self._settings.market.max_watched)

    @cached_property
    def _promotion(self) -> Promotion:
        market = self._settings.market
        return self._made(
            Promotion,
            trades=market.promotion_trades,
            days=market.promotion_days,
            broker=self._adapters.broker.label,
            runner=self._adapters.strategies,
        )

    @cached_property
    def _runtime_settings(self) -> RuntimeSettings:
        settings = self._settings
        return self._made(
            RuntimeSettings,
            shown=[group for group in settings.groups if group.is_shown],
            configured=settings.risk,
            risk=self._risk,
            loosening=self._made(
                Loosening,
                delay=timedelta(seconds=settings.desk.loosen_after_seconds),
                guarded=settings.desk.second_approver_over is not None,
            ),
        )

    # Views

    @cached_property
    def _portfolio(self) -> PortfolioQueries:
        return self._made(
            PortfolioQueries,
            observe=self._observe,
            analyse=self._analyse,
            outlooks=self._outlooks,
            bars=self._bars,
            queue=self._signal_queue,
        )

    @cached_property
    def _performance(self) -> PerformanceQuery:
        return self._made(PerformanceQuery)

    @cached_property
    def _duty(self) -> DutyQuery:
        return self._made(DutyQuery, usual=self._settings.telling.duty_calls)

    @cached_property
    def _status(self) -> StatusQuery:
        unused = {Service.CLAUDE} if self._adapters.scorer.name != Service.CLAUDE else set[Service]()
        if not isinstance(self._strategies.live, CodeStrategy):
            unused.add(Service.STRATEGY)
        if self._adapters.statuses.is_heard is None:
            unused.add(Service.HALTS)
        return self._made(
            StatusQuery,
            portfolio=self._portfolio,
            performance=self._performance,
            duty=self._duty,
            standing=self._standing,
            parts=[part for part in Service if part not in unused],
        )

    @cached_property
    def _reports(self) -> Reports:
        return self._made(
            Reports,
            portfolio=self._portfolio,
            performance=self._performance,
            duty=self._duty,
            labels=Labels(broker=self._adapters.broker.label, source=self._adapters.market.label),
            telling=self._settings.telling.reports,
            is_silent=self._dead_mans_switch.is_silent,
            anchors=self._adapters.anchors,
        )

    # The three facades, and what two of them share

    @cached_property
    def order_flow(self) -> OrderFlow:
        """From an approved trade to what became of its orders."""
        return self._made(
            OrderFlow,
            execute=self._execute,
            reconcile_orders=self._reconcile_orders,
            protect=self._protect,
            risk_monitor=self._risk_monitor,
        )

    @cached_property
    def commands(self) -> Commands:
        """What people ask for."""
        return self._made(
            Commands,
            adopt_position=self._made(
                AdoptPosition, restate=self._restate, protect=self._protect, zone=self._settings.desk.zone
            ),
            audit_log=self._audit_log,
            buys=self._made(
                ManualBuys,
                kill_switch=self._kill_switch,
                present=self._present,
                propose=self._made(ProposeManually, observe=self._observe, **self._what_proposes),
                runtime_settings=self._runtime_settings,
            ),
            close_trades=self._close_trades,
            decide=self._decide,
            exits=self._made(
                ExitCommands,
                change_exits=self._change_exits,
                order_flow=self.order_flow,
                portfolio=self._portfolio,
                runtime_settings=self._runtime_settings,
            ),
            flatten=self._flatten,
            journal=self._made(Journal),
            kill_switch=self._kill_switch,
            order_flow=self.order_flow,
            portfolio=self._portfolio,
            promotion=self._promotion,
            resize=self._resize,
            roster=self._made(DutyRoster),
            runtime_settings=self._runtime_settings,
            standing=self._standing,
            watchlist=self._watchlist,
        )

    @cached_property
    def follow_changes(self) -> FollowChanges:
        """What every process does each second."""
        return self._made(
            FollowChanges,
            leads=self._leadership.leads,
            kill_switch=self._kill_switch,
            runtime_settings=self._runtime_settings,
            watchlist=self._watchlist,
        )

    @cached_property
    def queries(self) -> Queries:
        """What people look at."""
        return self._made(
            Queries,
            duty=self._duty,
            review=self._made(JournalQuery),
            people_report=self._made(PeopleQuery),
            performance=self._performance,
            portfolio=self._portfolio,
            promotion=self._promotion,
            questions=self._made(
                QuestionQueries, settings=self._runtime_settings.lines, answerer=self._adapters.answerer
            ),
            reports=self._reports,
            runtime_settings=self._runtime_settings,
            signals=self._made(SignalQueries, outlooks=self._outlooks),
            sizing=self._made(
                SizingQueries,
                outlooks=self._outlooks,
                observe=self._observe,
                portfolio=self._portfolio,
                resize=self._resize,
            ),
            status=self._status,
            watchlist=self._watchlist,
        )

    @cached_property
    def jobs(self) -> Jobs:
        """What the timetable runs."""
        return self._made(
            Jobs,
            action_calendar=self._action_calendar,
            analyse=self._analyse,
            bars=self._bars,
            broker_sync=self._broker_sync,
            candidates=self._made(Candidates, scores=self._strategy_scores),
            close_trades=self._close_trades,
            commands=self.commands,
            cover=self._cover,
            dead_mans_switch=self._dead_mans_switch,
            decide=self._decide,
            execute=self._execute,
            external_positions=self._external_positions,
            flatten=self._flatten,
            four_eyes=self._four_eyes,
            halt_watch=self._made(HaltWatch, statuses=self._adapters.statuses),
            kill_switch=self._kill_switch,
            lifecycle_notices=self._lifecycle_notices,
            move_exits=self._move_exits,
            observe=self._observe,
            order_flow=self.order_flow,
            outlooks=self._outlooks,
            present=self._present,
            promotion=self._promotion,
            propose=self._propose,
            protect=self._protect,
            reconcile_positions=self._reconcile_positions,
            remind=self._made(Remind),
            reports=self._reports,
            risk_monitor=self._risk_monitor,
            runtime_settings=self._runtime_settings,
            score_news=self._score_news,
            shadow=self._shadow,
            signal_digest=self._made(SignalDigest),
            signal_exits=self._signal_exits,
            signal_queue=self._signal_queue,
            standing=self._standing,
            strategy_scores=self._strategy_scores,
            strategy_switch=self._made(StrategySwitch, doubts=self._doubts),
            time_exits=self._time_exits,
            trail_stops=self._trail_stops,
            watchlist=self._watchlist,
        )
