"""All the wiring: settings -> adapters -> stages -> engine. Nothing else in the engine builds what it uses."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from engine.adapters.clock import SystemClock
from engine.engine import Engine
from engine.outside import Adapters, open_adapters
from engine.ports import Clock
from engine.schedule import Schedule
from engine.settings import Settings
from engine.signals.indicators import PriceBoard
from engine.stages.analyse import Analyse
from engine.stages.announce import Announce
from engine.stages.compare import Compare
from engine.stages.decide import Decide
from engine.stages.execute import Execute
from engine.stages.flatten import Flatten
from engine.stages.four_eyes import FourEyes
from engine.stages.gate import Gate
from engine.stages.hours import TradingHours
from engine.stages.learn import Learn
from engine.stages.lifeline import Lifeline
from engine.stages.observe import Observe
from engine.stages.propose import Propose
from engine.stages.protect import Protect
from engine.stages.read_news import ReadNews
from engine.stages.reconcile import Reconcile
from engine.stages.requests import Requests
from engine.stages.resize import Resize
from engine.stages.services import Services
from engine.stages.show import Show
from engine.stages.stages import Stages
from engine.stages.steer import Steer
from engine.stages.watch import Watch
from engine.truth import Store

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
    services = Services(store=adapters.store, clock=adapters.clock)
    eyes = _eyes(settings, adapters, services)
    hours = TradingHours(calendar=adapters.calendar, extended=settings.alpaca.extended_hours)
    desk = _desk(settings, adapters, services, eyes.observe, hours)
    hands = _hands(settings, adapters, services, hours)
    _first_start(adapters.store, auto=settings.desk.auto_mode)
    engine = Engine(
        stages=Stages(
            observe=eyes.observe,
            analyse=eyes.analyse,
            show=eyes.show,
            read_news=_read_news(settings, adapters, services),
            propose=desk.propose,
            decide=desk.decide,
            resize=desk.resize,
            execute=hands.execute,
            reconcile=hands.reconcile,
            compare=hands.compare,
            learn=hands.learn,
            protect=hands.protect,
            steer=hands.steer,
            flatten=hands.flatten,
            lifeline=_lifeline(settings, adapters),
            watch=hands.watch,
            services=services,
            announce=Announce(
                store=adapters.store, broker=adapters.broker, market=adapters.market, clock=adapters.clock
            ),
            requests=Requests(store=adapters.store, clock=adapters.clock),
        ),
        store=adapters.store,
        clock=adapters.clock,
        calendar=adapters.calendar,
    )
    adapters.broker.listen(engine.order_changed)
    return engine


class _Eyes(NamedTuple):
    """The stages that look at the market; they share the price board."""

    observe: Observe
    analyse: Analyse
    show: Show


def _eyes(settings: Settings, adapters: Adapters, services: Services) -> _Eyes:
    symbols, limits = settings.market.watchlist, settings.risk.limits
    board = PriceBoard(symbols, bar_seconds=settings.market.bar_seconds)
    board_lock = threading.Lock()
    observe = Observe(
        market=adapters.market,
        cache=adapters.cache,
        board=board,
        board_lock=board_lock,
        services=services,
        symbols=symbols,
        oldest=timedelta(seconds=limits.price_age_seconds),
        warm_up_bars=settings.market.warm_up_bars,
    )
    analyse = Analyse(
        board=board,
        board_lock=board_lock,
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
        limits=limits,
        symbols=symbols,
    )
    return _Eyes(observe=observe, analyse=analyse, show=show)


def _read_news(settings: Settings, adapters: Adapters, services: Services) -> ReadNews:
    return ReadNews(
        news=adapters.news,
        scorer=adapters.scorer,
        store=adapters.store,
        clock=adapters.clock,
        services=services,
        symbols=settings.market.watchlist,
        window=timedelta(hours=settings.market.news_hours),
    )


class _Desk(NamedTuple):
    """The stages in which a proposal is made and decided."""

    propose: Propose
    decide: Decide
    resize: Resize


def _desk(settings: Settings, adapters: Adapters, services: Services, observe: Observe, hours: TradingHours) -> _Desk:
    store, broker, limits = adapters.store, adapters.broker, settings.risk.limits
    propose = Propose(
        store=store,
        stream=adapters.stream,
        broker=broker,
        hours=hours,
        clock=adapters.clock,
        services=services,
        limits=limits,
        zone=settings.desk.zone,
        lifetime=timedelta(seconds=settings.desk.proposal_seconds),
        quiet=timedelta(seconds=settings.desk.quiet_seconds),
    )
    decide = Decide(
        store=store,
        stream=adapters.stream,
        broker=broker,
        hours=hours,
        clock=adapters.clock,
        observe=observe,
        services=services,
        limits=limits,
        four_eyes=FourEyes(settings.desk.second_approver_over),
    )
    resize = Resize(store=store, broker=broker, clock=adapters.clock, limits=limits)
    return _Desk(propose=propose, decide=decide, resize=resize)


class _Hands(NamedTuple):
    """The stages that speak to the broker; all entries of all of them pass the one gate."""

    execute: Execute
    reconcile: Reconcile
    compare: Compare
    learn: Learn
    protect: Protect
    steer: Steer
    flatten: Flatten
    watch: Watch


def _hands(settings: Settings, adapters: Adapters, services: Services, hours: TradingHours) -> _Hands:
    store, broker, clock, limits = adapters.store, adapters.broker, adapters.clock, settings.risk.limits
    gate = Gate(broker=broker, store=store, clock=clock, hours=hours)
    execute = Execute(store=store, broker=broker, clock=clock, gate=gate, hours=hours, services=services)
    steer = Steer(store=store, broker=broker, clock=clock, gate=gate, services=services)
    quiet = timedelta(seconds=settings.desk.quiet_seconds)
    protect = Protect(store=store, broker=broker, clock=clock, services=services, quiet=quiet)
    reconcile = Reconcile(store=store, broker=broker, clock=clock, execute=execute, services=services, limits=limits)
    compare = Compare(store=store, broker=broker, clock=clock, reconcile=reconcile)
    return _Hands(
        execute=execute,
        reconcile=reconcile,
        compare=compare,
        learn=Learn(store=store, reconcile=reconcile, compare=compare, steer=steer),
        protect=protect,
        steer=steer,
        flatten=Flatten(store=store, broker=broker, clock=clock, calendar=adapters.calendar, protect=protect),
        watch=Watch(store=store, broker=broker, clock=clock, steer=steer, services=services, limits=limits),
    )


def _lifeline(settings: Settings, adapters: Adapters) -> Lifeline:
    silence = timedelta(minutes=settings.desk.slack_silence_minutes)
    return Lifeline(store=adapters.store, clock=adapters.clock, silence=silence or None)


def _first_start(store: Store, *, auto: bool) -> None:
    with store.writing() as book:
        if book.setting(FIRST_START) is None:
            book.set_setting(FIRST_START, "1")
            book.set_desk(replace(book.desk(), auto=auto))
