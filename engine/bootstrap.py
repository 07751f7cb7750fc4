"""All the wiring: settings -> adapters -> stages -> engine. Nothing else in the engine builds what it uses."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.adapters.clock import SystemClock
from engine.common.audit_log import AuditLog
from engine.common.desk_people import DeskPeople
from engine.common.service_health import Service, ServiceHealth
from engine.common.trading_hours import TradingHours
from engine.control.dead_mans_switch import DeadMansSwitch
from engine.control.lifecycle_notices import LifecycleNotices
from engine.engine import Engine
from engine.hands import action_calendar_of, hands_of, restate_of
from engine.outside import Adapters, open_adapters
from engine.parts import Live, choices_of, deciding_of, eyes_of, live_of, outlooks_of
from engine.pipeline.score_news import ScoreNews
from engine.ports import Clock
from engine.schedule import Schedule
from engine.settings import Settings
from engine.stages import Stages
from engine.truth import Store
from engine.views.performance import Perform
from engine.views.portfolio import Show
from engine.views.reports import Labels, Reports
from engine.views.status import Stand

FIRST_START = "first_start"
"""The setting that remembers that AUTO_MODE was taken from the environment; later /auto rules."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A wired engine with its timetable; `close` stops what `open_desk` started."""

    engine: Engine
    schedule: Schedule
    adapters: Adapters
    settings: Settings
    close: Callable[[], None]


def read_settings(**given: Any) -> Settings:
    """Read the engine's settings from the environment; what is given by field name goes before it."""
    return Settings.read(**given)


def open_desk(settings: Settings, wall: Clock | None = None) -> Desk:
    """Build the desk on the adapters that the settings name, and start the servers that it brings along.

    `wall` tells the time where it is not the system's.
    """
    with ExitStack() as stack:
        adapters = open_adapters(settings, stack, wall or SystemClock())
        engine = wire(settings, adapters)
        schedule = Schedule(engine=engine, clock=adapters.clock)
        stack.callback(schedule.stop)
        return Desk(
            engine=engine,
            schedule=schedule,
            adapters=adapters,
            settings=settings,
            close=stack.pop_all().close,
        )


def wire(settings: Settings, adapters: Adapters) -> Engine:
    """Build the engine on any adapters, and take AUTO_MODE from the settings if this is the desk's first start."""
    services = ServiceHealth(store=adapters.store, clock=adapters.clock)
    live = live_of(settings, adapters.store)
    _first_start(adapters.store, auto=settings.desk.auto_mode)
    engine = Engine(
        stages=_stages(settings, adapters, services, live),
        store=adapters.store,
        clock=adapters.clock,
        calendar=adapters.calendar,
    )
    adapters.broker.listen(engine.order_changed)
    return engine


def _stages(settings: Settings, adapters: Adapters, services: ServiceHealth, live: Live) -> Stages:
    hours = TradingHours(
        calendar=adapters.calendar,
        extended=settings.alpaca.extended_hours,
        last_entry=timedelta(seconds=settings.risk.last_entry_seconds),
        flat_before=settings.holding.flat_before,
    )
    people = DeskPeople()
    outlooks = outlooks_of(adapters, live)
    eyes = eyes_of(settings, adapters, services, live, outlooks)
    action_calendar = action_calendar_of(adapters)
    restate = restate_of(adapters, action_calendar)
    deciding = deciding_of(settings, adapters, services, live, eyes, hours, restate, people, outlooks)
    hands = hands_of(settings, adapters, services, live, eyes.observe, hours, action_calendar, restate)
    perform = Perform(store=adapters.store, market=adapters.market, clock=adapters.clock)
    dead_mans_switch = _dead_mans_switch(settings, adapters)
    return Stages(
        bars=eyes.bars,
        observe=eyes.observe,
        analyse=eyes.analyse,
        show=eyes.show,
        choices=choices_of(settings, adapters, live, outlooks, eyes, people),
        perform=perform,
        reports=_reports(settings, adapters, services, eyes.show, perform, dead_mans_switch),
        stand=_stand(adapters, services, eyes.show, perform),
        read_news=_read_news(settings, adapters, services, live),
        queue=deciding.queue,
        propose=deciding.propose,
        decide=deciding.decide,
        resize=deciding.resize,
        action_calendar=action_calendar,
        cover=hands.cover,
        execute=hands.execute,
        reconcile=hands.reconcile,
        compare=hands.compare,
        learn=hands.learn,
        protect=hands.protect,
        protect_foreign=hands.protect_foreign,
        kill_switch=hands.kill_switch,
        flatten=hands.flatten,
        time_exits=hands.time_exits,
        outlooks=outlooks,
        dead_mans_switch=dead_mans_switch,
        watch=hands.watch,
        services=services,
        announce=LifecycleNotices(
            store=adapters.store, broker=adapters.broker, market=adapters.market, clock=adapters.clock
        ),
        requests=AuditLog(store=adapters.store, clock=adapters.clock),
        people=people,
    )


def _reports(
    settings: Settings,
    adapters: Adapters,
    services: ServiceHealth,
    show: Show,
    perform: Perform,
    dead_mans_switch: DeadMansSwitch,
) -> Reports:
    return Reports(
        store=adapters.store,
        calendar=adapters.calendar,
        clock=adapters.clock,
        show=show,
        perform=perform,
        services=services,
        labels=Labels(broker=adapters.broker.label, source=adapters.market.label),
        telling=settings.telling.reports,
        is_silent=dead_mans_switch.is_silent,
        anchors=adapters.anchors,
    )


def _stand(adapters: Adapters, services: ServiceHealth, show: Show, perform: Perform) -> Stand:
    parts = [part for part in Service if part is not Service.CLAUDE or adapters.scorer.name == Service.CLAUDE]
    return Stand(
        store=adapters.store,
        calendar=adapters.calendar,
        clock=adapters.clock,
        show=show,
        perform=perform,
        services=services,
        parts=parts,
    )


def _read_news(settings: Settings, adapters: Adapters, services: ServiceHealth, live: Live) -> ScoreNews:
    return ScoreNews(
        news=adapters.news,
        scorer=adapters.scorer,
        store=adapters.store,
        clock=adapters.clock,
        services=services,
        watched=live.watched,
        window=timedelta(hours=settings.market.news_hours),
    )


def _dead_mans_switch(settings: Settings, adapters: Adapters) -> DeadMansSwitch:
    silence = timedelta(minutes=settings.desk.slack_silence_minutes)
    return DeadMansSwitch(store=adapters.store, clock=adapters.clock, silence=silence or None)


def _first_start(store: Store, *, auto: bool) -> None:
    with store.writing() as book:
        if book.setting(FIRST_START) is None:
            book.set_setting(FIRST_START, "1")
            book.set_desk(replace(book.desk(), auto=auto))
