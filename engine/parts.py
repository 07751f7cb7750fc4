"""The wiring of the stages in groups: those that choose, look and decide."""

from datetime import timedelta
from typing import NamedTuple

from engine.choices import Choices
from engine.common.desk_people import DeskPeople
from engine.common.outlook import Nights, Outlooks
from engine.common.service_health import ServiceHealth
from engine.common.trading_hours import TradingHours
from engine.common.universe import Watched
from engine.control.loosening import Loosening
from engine.control.runtime_settings import RuntimeSettings, risk_in_force
from engine.control.watchlist import Watchlist, watched_symbols
from engine.execution.corporate_actions import Restate
from engine.outside import Adapters
from engine.pipeline.analyse import Analyse
from engine.pipeline.bars import Bars
from engine.pipeline.decide import Decide
from engine.pipeline.four_eyes import FourEyes
from engine.pipeline.observe import Observe
from engine.pipeline.propose import Propose
from engine.pipeline.recording import Recording
from engine.pipeline.resize import Resize
from engine.pipeline.signal_queue import SignalQueue
from engine.risk.limits import LimitsInForce
from engine.settings import RiskSettings, Settings
from engine.signals.slots import Slots
from engine.truth import Store
from engine.views.portfolio import Show
from engine.views.signals import Survey
from engine.views.sizing import Calculate


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
        adjust=RuntimeSettings(
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


def eyes_of(settings: Settings, adapters: Adapters, services: ServiceHealth, live: Live, outlooks: Outlooks) -> Eyes:
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
    services: ServiceHealth,
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
