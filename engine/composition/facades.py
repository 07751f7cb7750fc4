"""How the engine is put together: each stage once, room by room, and then the three facades."""

from functools import cached_property

from engine.adapters.factory import Adapters
from engine.commands import Commands, ManualBuys
from engine.common.audit_log import AuditLog
from engine.composition.control import ControlStages
from engine.composition.exits import ExitStages
from engine.composition.market import MarketStages
from engine.composition.orders import OrderStages
from engine.composition.proposals import ProposalStages
from engine.composition.shared import SharedParts
from engine.composition.views import ViewStages
from engine.control.duty_roster import DutyRoster
from engine.control.follow_changes import FollowChanges
from engine.control.journal import Journal
from engine.control.known_strategies import KnownStrategies
from engine.control.leadership import Leadership
from engine.exit_commands import ExitCommands
from engine.jobs import Jobs
from engine.order_flow import OrderFlow
from engine.queries import Queries
from engine.settings import Settings


class Composition:
    """The stages of one engine on one set of adapters. Each room is given those that it takes stages from."""

    def __init__(
        self, settings: Settings, adapters: Adapters, leadership: Leadership, strategies: KnownStrategies
    ) -> None:
        self._leadership = leadership
        self._shared = SharedParts(settings, adapters, strategies)
        self._market = MarketStages(self._shared)
        self._orders = OrderStages(self._shared, self._market)
        self._control = ControlStages(self._shared, self._market, self._orders)
        self._exits = ExitStages(self._shared, self._market, self._orders, self._control)
        self._proposals = ProposalStages(self._shared, self._market, self._orders)
        self._views = ViewStages(self._shared, self._market, self._proposals, self._control)
        self.notices = self._shared.notices

    @cached_property
    def order_flow(self) -> OrderFlow:
        """From an approved trade to what became of its orders."""
        return self._shared.make(
            OrderFlow,
            execute=self._orders.execute,
            reconcile_orders=self._orders.reconcile_orders,
            protect=self._exits.protect,
            risk_monitor=self._control.risk_monitor,
        )

    @cached_property
    def commands(self) -> Commands:
        """What people ask for."""
        return self._shared.make(
            Commands,
            adopt_position=self._exits.adopt_position,
            audit_log=self._shared.make(AuditLog),
            buys=self._manual_buys(),
            close_trades=self._exits.close_trades,
            decide=self._proposals.decide,
            exits=self._exit_commands(),
            flatten=self._exits.flatten,
            journal=self._shared.make(Journal),
            kill_switch=self._control.kill_switch,
            order_flow=self.order_flow,
            portfolio=self._views.portfolio,
            promotion=self._control.promotion,
            resize=self._proposals.resize,
            roster=self._shared.make(DutyRoster),
            runtime_settings=self._control.runtime_settings,
            standing=self._proposals.standing,
            watchlist=self._control.watchlist,
        )

    def _manual_buys(self) -> ManualBuys:
        return self._shared.make(
            ManualBuys,
            kill_switch=self._control.kill_switch,
            present=self._proposals.present,
            propose=self._proposals.propose_manually,
            runtime_settings=self._control.runtime_settings,
        )

    def _exit_commands(self) -> ExitCommands:
        return self._shared.make(
            ExitCommands,
            change_exits=self._exits.change_exits,
            order_flow=self.order_flow,
            portfolio=self._views.portfolio,
            runtime_settings=self._control.runtime_settings,
        )

    @cached_property
    def follow_changes(self) -> FollowChanges:
        """What every process does each second."""
        return self._shared.make(
            FollowChanges,
            leads=self._leadership.leads,
            kill_switch=self._control.kill_switch,
            runtime_settings=self._control.runtime_settings,
            watchlist=self._control.watchlist,
        )

    @cached_property
    def queries(self) -> Queries:
        """What people look at."""
        return self._shared.make(
            Queries,
            duty=self._views.duty,
            health=self._views.health,
            review=self._views.journal_report,
            people_report=self._views.people_report,
            performance=self._views.performance,
            portfolio=self._views.portfolio,
            promotion=self._control.promotion,
            questions=self._views.questions,
            reports=self._views.reports,
            runtime_settings=self._control.runtime_settings,
            signals=self._views.signals,
            sizing=self._views.sizing,
            status=self._views.status,
            watchlist=self._control.watchlist,
        )

    @cached_property
    def jobs(self) -> Jobs:
        """What the timetable runs."""
        market, orders, exits = self._market, self._orders, self._exits
        control, proposals = self._control, self._proposals
        return self._shared.make(
            Jobs,
            action_calendar=orders.action_calendar,
            analyse=market.analyse,
            bar_decisions=market.bar_decisions,
            bars=market.bars,
            broker_sync=control.broker_sync,
            candidates=market.candidates,
            close_trades=exits.close_trades,
            commands=self.commands,
            cover=exits.cover,
            dead_mans_switch=control.dead_mans_switch,
            decide=proposals.decide,
            execute=orders.execute,
            external_positions=exits.external_positions,
            flatten=exits.flatten,
            four_eyes=proposals.four_eyes,
            halt_watch=control.halt_watch,
            kill_switch=control.kill_switch,
            lifecycle_notices=control.lifecycle_notices,
            move_exits=exits.move_exits,
            observe=market.observe,
            order_flow=self.order_flow,
            outlooks=self._shared.outlooks,
            present=proposals.present,
            promotion=control.promotion,
            propose=proposals.propose,
            protect=exits.protect,
            reconcile_positions=orders.reconcile_positions,
            remind=proposals.remind,
            reports=self._views.reports,
            risk_monitor=control.risk_monitor,
            runtime_settings=control.runtime_settings,
            score_news=market.score_news,
            shadow=market.shadow,
            signal_digest=proposals.signal_digest,
            signal_exits=exits.signal_exits,
            signal_queue=proposals.signal_queue,
            standing=proposals.standing,
            strategy_scores=market.strategy_scores,
            strategy_switch=control.strategy_switch,
            time_exits=exits.time_exits,
            trail_stops=exits.trail_stops,
            withdraw_entries=orders.withdraw_entries,
        )
