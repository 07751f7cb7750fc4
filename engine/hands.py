"""The wiring of the stages that follow companies and speak to the broker."""

from datetime import timedelta
from typing import NamedTuple

from engine.common.approvals import Approvals
from engine.common.recall import Recall
from engine.common.service_health import ServiceHealth
from engine.common.trading_hours import TradingHours
from engine.control.broker_sync import BrokerSync
from engine.control.kill_switch import KillSwitch
from engine.control.risk_monitor import Watch
from engine.control.trading_doubts import ClockDiffers, Doubts, StalePrices
from engine.execution.account_activities import AccountActivities
from engine.execution.action_calendar import ActionCalendar
from engine.execution.adopt import Adopt
from engine.execution.corporate_actions import Restate
from engine.execution.cover import CoverShorts, Oversold
from engine.execution.execute import Execute
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.external_positions import ExternalPositions
from engine.execution.flatten import Flatten
from engine.execution.found_executions import FoundExecutions
from engine.execution.hand_sales import HandSales
from engine.execution.order_gate import Gate
from engine.execution.protect import Protect
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.reconcile_positions import ReconcilePositions
from engine.execution.spin_off_terms import SpinOffTerms
from engine.execution.spin_offs import AskedAboutSpinOffs, SpinOffs
from engine.execution.time_exits import TimeExits
from engine.execution.unexplained import Unexplained
from engine.outside import Adapters
from engine.parts import Live
from engine.pipeline.observe import Observe
from engine.settings import Settings


class Hands(NamedTuple):
    """The stages that speak to the broker; all entries of all of them pass the one gate."""

    activities: AccountActivities
    cover: CoverShorts
    execute: Execute
    reconcile: ReconcileOrders
    compare: ReconcilePositions
    learn: BrokerSync
    protect: Protect
    protect_foreign: ExternalPositions
    kill_switch: KillSwitch
    flatten: Flatten
    time_exits: TimeExits
    watch: Watch


def action_calendar_of(adapters: Adapters) -> ActionCalendar:
    """Return the stage that learns of corporate actions."""
    return ActionCalendar(
        store=adapters.store,
        clock=adapters.clock,
        calendar=adapters.calendar,
        announced=adapters.corporate_actions,
    )


def restate_of(adapters: Adapters, calendar: ActionCalendar) -> Restate:
    """Return the stage that follows corporate actions."""
    return Restate(store=adapters.store, broker=adapters.broker, clock=adapters.clock, calendar=calendar)


def spin_offs_of(adapters: Adapters, calendar: ActionCalendar, restate: Restate, observe: Observe) -> SpinOffs:
    """Return the stage that carries out spin-offs."""
    return SpinOffs(
        store=adapters.store,
        broker=adapters.broker,
        clock=adapters.clock,
        calendar=calendar,
        restate=restate,
        terms=SpinOffTerms(store=adapters.store, calendar=calendar, price=observe.price),
    )


class Truth(NamedTuple):
    """The stages that make the broker's truth ours, in the order in which they look."""

    activities: AccountActivities
    reconcile: ReconcileOrders
    found: FoundExecutions
    compare: ReconcilePositions


def truth_of(
    adapters: Adapters, services: ServiceHealth, execute: Execute, restate: Restate, spin_offs: SpinOffs
) -> Truth:
    """Return the stages that make the broker's truth ours; they share the exits that are held back."""
    store, broker, clock = adapters.store, adapters.broker, adapters.clock
    doubts = ExitDoubts(restate=restate)
    reconcile = ReconcileOrders(
        store=store,
        broker=broker,
        clock=clock,
        execute=execute,
        services=services,
        adopt=Adopt(store=store, broker=broker, clock=clock),
        restate=restate,
        doubts=doubts,
    )
    compare = ReconcilePositions(
        store=store,
        broker=broker,
        clock=clock,
        reconcile=reconcile,
        restate=restate,
        doubts=doubts,
        sales=HandSales(store=store, broker=broker, clock=clock, reconcile=reconcile),
        spin_offs=spin_offs,
    )
    return Truth(
        activities=AccountActivities(store=store, broker=broker, clock=clock),
        reconcile=reconcile,
        found=FoundExecutions(store=store, broker=broker, reconcile=reconcile),
        compare=compare,
    )


def learn_of(
    adapters: Adapters, live: Live, observe: Observe, calendar: ActionCalendar, kill_switch: KillSwitch, truth: Truth
) -> BrokerSync:
    """Return the stage that learns the truth, and takes exits only for as long as it is in doubt."""
    store, broker, clock = adapters.store, adapters.broker, adapters.clock
    return BrokerSync(
        activities=truth.activities,
        reconcile=truth.reconcile,
        found=truth.found,
        compare=truth.compare,
        doubts=Doubts(store=store, clock=clock, kill_switch=kill_switch),
        others=(
            StalePrices(observe=observe, calendar=adapters.calendar, clock=clock),
            ClockDiffers(broker=broker, clock=clock, limits=live.limits),
            Oversold(store=store),
            Unexplained(store=store),
            AskedAboutSpinOffs(store=store, calendar=calendar),
        ),
    )


def hands_of(
    settings: Settings,
    adapters: Adapters,
    services: ServiceHealth,
    live: Live,
    observe: Observe,
    hours: TradingHours,
    calendar: ActionCalendar,
    restate: Restate,
) -> Hands:
    """Return the stages that speak to the broker."""
    store, broker, clock, limits = adapters.store, adapters.broker, adapters.clock, live.limits
    recall, approvals = Recall(store=store, memory=adapters.memory), Approvals(clock=clock)
    gate = Gate(
        broker=broker,
        store=store,
        clock=clock,
        hours=hours,
        price=observe.price,
        limits=limits,
        approvals=approvals,
        recall=recall,
    )
    execute = Execute(
        store=store, broker=broker, clock=clock, gate=gate, hours=hours, services=services, approvals=approvals
    )
    kill_switch = KillSwitch(store=store, broker=broker, clock=clock, gate=gate, services=services, recall=recall)
    quiet = timedelta(seconds=settings.desk.quiet_seconds)
    protect = Protect(store=store, broker=broker, clock=clock, services=services, restate=restate, quiet=quiet)
    spin_offs = spin_offs_of(adapters, calendar, restate, observe)
    truth = truth_of(adapters, services, execute, restate, spin_offs)
    return Hands(
        activities=truth.activities,
        cover=CoverShorts(store=store, broker=broker, clock=clock, hours=hours, wanted=settings.risk.cover_shorts),
        execute=execute,
        reconcile=truth.reconcile,
        compare=truth.compare,
        learn=learn_of(adapters, live, observe, calendar, kill_switch, truth),
        protect=protect,
        protect_foreign=ExternalPositions(
            store=store, broker=broker, clock=clock, hours=hours, limits=limits, wanted=settings.risk.protect_foreign
        ),
        kill_switch=kill_switch,
        flatten=Flatten(store=store, broker=broker, clock=clock, calendar=adapters.calendar, protect=protect),
        time_exits=TimeExits(
            store=store,
            clock=clock,
            calendar=adapters.calendar,
            protect=protect,
            restate=restate,
            holding=settings.holding,
            cancel_entries=kill_switch.cancel_entries,
        ),
        watch=Watch(
            store=store,
            broker=broker,
            clock=clock,
            kill_switch=kill_switch,
            services=services,
            limits=limits,
            read_activities=truth.activities,
        ),
    )
