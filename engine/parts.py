"""The wiring of the stages in groups: those that choose, look, decide, and speak to the broker."""

from datetime import timedelta
from typing import NamedTuple

from engine.outside import Adapters
from engine.risk.limits import LimitsInForce
from engine.settings import RiskSettings, Settings
from engine.signals.slots import Slots
from engine.stages.account_activities import AccountActivities
from engine.stages.action_calendar import ActionCalendar
from engine.stages.adjust import Adjust, risk_in_force
from engine.stages.adopt import Adopt
from engine.stages.analyse import Analyse
from engine.stages.approvals import Approvals
from engine.stages.bars import Bars
from engine.stages.calculate import Calculate
from engine.stages.choices import Choices
from engine.stages.compare import Compare
from engine.stages.corporate_actions import Restate
from engine.stages.cover import CoverShorts, Oversold
from engine.stages.decide import Decide
from engine.stages.desk_people import DeskPeople
from engine.stages.doubts import ClockDiffers, Doubts, StalePrices
from engine.stages.execute import Execute
from engine.stages.exit_doubts import ExitDoubts
from engine.stages.flatten import Flatten
from engine.stages.foreign import ProtectForeign
from engine.stages.found_executions import FoundExecutions
from engine.stages.four_eyes import FourEyes
from engine.stages.gate import Gate
from engine.stages.hand_sales import HandSales
from engine.stages.hours import TradingHours
from engine.stages.learn import Learn
from engine.stages.loosening import Loosening
from engine.stages.observe import Observe
from engine.stages.outlook import Nights, Outlooks
from engine.stages.propose import Propose
from engine.stages.protect import Protect
from engine.stages.recall import Recall
from engine.stages.reconcile import Reconcile
from engine.stages.recording import Recording
from engine.stages.resize import Resize
from engine.stages.services import Services
from engine.stages.show import Show
from engine.stages.signal_queue import SignalQueue
from engine.stages.spin_off_terms import SpinOffTerms
from engine.stages.spin_offs import AskedAboutSpinOffs, SpinOffs
from engine.stages.steer import Steer
from engine.stages.survey import Survey
from engine.stages.time_exits import TimeExits
from engine.stages.unexplained import Unexplained
from engine.stages.watch import Watch
from engine.stages.watched import Watched
from engine.stages.watchlist import Watchlist, watched_symbols
from engine.truth import Store


class Live(NamedTuple):
    """What people change while the desk runs."""

    risk: RiskSettings
    limits: LimitsInForce
    watched: Watched


def live_of(settings: Settings, store: Store) -> Live:
    """Return what holds at the start: what is configured, with what the desk changed since."""
    with store.reading() as ledger:
        risk = risk_in_force(settings.risk, ledger)
        symbols = watched_symbols(ledger, settings.market.watchlist)
    return Live(
        risk=risk,
        limits=LimitsInForce(risk.limits),
        watched=Watched(symbols, bar_seconds=settings.market.bar_seconds),
    )


def outlooks_of(adapters: Adapters, live: Live) -> Outlooks:
    """Return the stage that knows of the nights and days to come."""
    return Outlooks(
        nights=Nights(market=adapters.market, clock=adapters.clock, calendar=adapters.calendar),
        earnings=adapters.earnings,
        broker=adapters.broker,
        store=adapters.store,
        clock=adapters.clock,
        calendar=adapters.calendar,
        limits=live.limits,
    )


def choices_of(
    settings: Settings, adapters: Adapters, live: Live, outlooks: Outlooks, eyes: "Eyes", people: DeskPeople
) -> Choices:
    """Return the stages with which people look, work out and change."""
    store, broker, clock = adapters.store, adapters.broker, adapters.clock
    limits, watched = live.limits, live.watched
    return Choices(
        survey=Survey(store=store, broker=broker, clock=clock, limits=limits, outlooks=outlooks, watched=watched),
        calculate=Calculate(
            store=store,
            broker=broker,
            clock=clock,
            limits=limits,
            outlooks=outlooks,
            observe=eyes.observe,
            show=eyes.show,
            watched=watched,
        ),
        watchlist=Watchlist(
            store=store,
            broker=broker,
            clock=clock,
            watched=watched,
            bars=eyes.bars,
            most=settings.market.max_watched,
        ),
        adjust=Adjust(
            store=store,
            clock=clock,
            limits=limits,
            shown=(settings.risk, settings.holding, settings.desk, settings.market, settings.telling),
            configured=settings.risk,
            risk=live.risk,
            loosening=Loosening(
                store=store,
                clock=clock,
                people=people,
                delay=timedelta(seconds=settings.desk.loosen_after_seconds),
                guarded=settings.desk.second_approver_over is not None,
            ),
        ),
    )


class Eyes(NamedTuple):
    """The stages that look at the market; they share the board."""

    bars: Bars
    observe: Observe
    analyse: Analyse
    show: Show


def eyes_of(settings: Settings, adapters: Adapters, services: Services, live: Live, outlooks: Outlooks) -> Eyes:
    """Return the stages that look at the market."""
    slots = Slots(adapters.calendar, settings.market.bar_seconds)
    bars = Bars(
        market=adapters.market,
        watched=live.watched,
        store=adapters.store,
        slots=slots,
        clock=adapters.clock,
        services=services,
        delay=timedelta(seconds=settings.market.bar_delay_seconds),
    )
    observe = Observe(
        market=adapters.market,
        cache=adapters.cache,
        watched=live.watched,
        clock=adapters.clock,
        services=services,
        oldest=timedelta(seconds=settings.risk.max_price_age_seconds),
    )
    analyse = Analyse(
        watched=live.watched,
        store=adapters.store,
        scorer=adapters.scorer.name,
        news_window=timedelta(hours=settings.market.news_hours),
    )
    show = Show(
        store=adapters.store,
        broker=adapters.broker,
        market=adapters.market,
        calendar=adapters.calendar,
        clock=adapters.clock,
        observe=observe,
        analyse=analyse,
        services=services,
        limits=live.limits,
        outlooks=outlooks,
        watched=live.watched,
        bars=bars,
        slots=slots,
    )
    return Eyes(bars=bars, observe=observe, analyse=analyse, show=show)


class Deciding(NamedTuple):
    """The stages in which a proposal is made and decided."""

    queue: SignalQueue
    propose: Propose
    decide: Decide
    resize: Resize


def deciding_of(
    settings: Settings,
    adapters: Adapters,
    services: Services,
    live: Live,
    eyes: Eyes,
    hours: TradingHours,
    restate: Restate,
    people: DeskPeople,
    outlooks: Outlooks,
) -> Deciding:
    """Return the stages in which a proposal is made and decided."""
    observe = eyes.observe
    recording = Recording(watched=live.watched, bars=eyes.bars, bar_seconds=settings.market.bar_seconds)
    store, broker, limits = adapters.store, adapters.broker, live.limits
    queue = SignalQueue(store=store, stream=adapters.stream, clock=adapters.clock, services=services)
    propose = Propose(
        store=store,
        queue=queue,
        broker=broker,
        hours=hours,
        clock=adapters.clock,
        services=services,
        limits=limits,
        restate=restate,
        outlooks=outlooks,
        recording=recording,
        zone=settings.desk.zone,
        lifetime=timedelta(seconds=settings.desk.proposal_seconds),
        quiet=timedelta(seconds=settings.desk.quiet_seconds),
    )
    decide = Decide(
        store=store,
        broker=broker,
        hours=hours,
        clock=adapters.clock,
        observe=observe,
        services=services,
        limits=limits,
        restate=restate,
        outlooks=outlooks,
        four_eyes=FourEyes(settings.desk.second_approver_over, people),
    )
    resize = Resize(store=store, broker=broker, clock=adapters.clock, limits=limits, outlooks=outlooks)
    return Deciding(queue=queue, propose=propose, decide=decide, resize=resize)


class Hands(NamedTuple):
    """The stages that speak to the broker; all entries of all of them pass the one gate."""

    activities: AccountActivities
    cover: CoverShorts
    execute: Execute
    reconcile: Reconcile
    compare: Compare
    learn: Learn
    protect: Protect
    protect_foreign: ProtectForeign
    steer: Steer
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
    reconcile: Reconcile
    found: FoundExecutions
    compare: Compare


def truth_of(adapters: Adapters, services: Services, execute: Execute, restate: Restate, spin_offs: SpinOffs) -> Truth:
    """Return the stages that make the broker's truth ours; they share the exits that are held back."""
    store, broker, clock = adapters.store, adapters.broker, adapters.clock
    doubts = ExitDoubts(restate=restate)
    reconcile = Reconcile(
        store=store,
        broker=broker,
        clock=clock,
        execute=execute,
        services=services,
        adopt=Adopt(store=store, broker=broker, clock=clock),
        restate=restate,
        doubts=doubts,
    )
    compare = Compare(
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


def hands_of(
    settings: Settings,
    adapters: Adapters,
    services: Services,
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
    steer = Steer(store=store, broker=broker, clock=clock, gate=gate, services=services, recall=recall)
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
        learn=Learn(
            activities=truth.activities,
            reconcile=truth.reconcile,
            found=truth.found,
            compare=truth.compare,
            doubts=Doubts(store=store, clock=clock, steer=steer),
            others=(
                StalePrices(observe=observe, calendar=adapters.calendar, clock=clock),
                ClockDiffers(broker=broker, clock=clock, limits=limits),
                Oversold(store=store),
                Unexplained(store=store),
                AskedAboutSpinOffs(store=store, calendar=calendar),
            ),
        ),
        protect=protect,
        protect_foreign=ProtectForeign(
            store=store, broker=broker, clock=clock, hours=hours, limits=limits, wanted=settings.risk.protect_foreign
        ),
        steer=steer,
        flatten=Flatten(store=store, broker=broker, clock=clock, calendar=adapters.calendar, protect=protect),
        time_exits=TimeExits(
            store=store,
            clock=clock,
            calendar=adapters.calendar,
            protect=protect,
            restate=restate,
            holding=settings.holding,
            cancel_entries=steer.cancel_entries,
        ),
        watch=Watch(
            store=store,
            broker=broker,
            clock=clock,
            steer=steer,
            services=services,
            limits=limits,
            read_activities=truth.activities,
        ),
    )
