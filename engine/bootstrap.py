"""The composition root: settings become adapters, adapters become the engine, and the engine gets its timetable."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from socket import gethostname
from typing import Any

from engine import spans
from engine.adapters.clock import SystemClock
from engine.adapters.factory import Adapters, open_adapters
from engine.commands import Commands
from engine.common.last_seen import last_seen
from engine.common.outage_guard import NoticeWakeup
from engine.composition.facades import Composition
from engine.control.follow_changes import FollowChanges
from engine.control.known_strategies import KnownStrategies
from engine.control.leadership import Leadership
from engine.errors import SettingsInvalid, TemporaryError
from engine.jobs import Jobs
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.queries import Queries
from engine.scheduler import Scheduler
from engine.settings import Settings, TracingSettings

FIRST_START = "first_start"
"""The setting that remembers that AUTO_MODE was taken from the environment; later /auto rules."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """The three facades of one engine: what the timetable runs, what people ask for, and what they look at.

    `notices` is woken when there may be something to deliver, `leadership` tells whether the jobs are this one's, and
    `follow_changes` is for every process, each second.
    """

    jobs: Jobs
    commands: Commands
    queries: Queries
    notices: NoticeWakeup
    leadership: Leadership
    follow_changes: FollowChanges


@dataclass(frozen=True, kw_only=True, slots=True)
class TradingDesk:
    """An engine with its timetable; `close` stops what was started for it."""

    engine: Engine
    scheduler: Scheduler
    adapters: Adapters
    settings: Settings
    close: Callable[[], None]


def read_settings(**given: Any) -> Settings:
    """Read the engine's settings from the environment; what is given by field name goes before it."""
    return Settings.read(**given)


def open_desk(settings: Settings, wall: Clock | None = None, *, has_workers: bool = False) -> TradingDesk:
    """Build the desk on the adapters that the settings name, and start the servers that it brings along.

    `wall` tells the time where it is not the system's. With `has_workers` they do what may run twice, while there are
    any.
    """
    with ExitStack() as stack:
        adapters = open_adapters(settings, stack, wall or SystemClock(), last_seen, has_workers=has_workers)
        return desk_on(settings, adapters, stack)


def desk_on(settings: Settings, adapters: Adapters, stack: ExitStack) -> TradingDesk:
    """Build the desk on any adapters; its `close` does what is left on the stack, which is empty from then on."""
    engine = wire(settings, adapters)
    scheduler = _scheduler(adapters, engine)
    stack.callback(scheduler.stop)
    return TradingDesk(
        engine=engine, scheduler=scheduler, adapters=adapters, settings=settings, close=stack.pop_all().close
    )


@contextmanager
def tracing(settings: TracingSettings, role: str) -> Iterator[None]:
    """Keep the spans of this process, which has a role, while the block runs, where the settings name a collector.

    Raises SettingsInvalid where OpenTelemetry is not installed. It is loaded here and nowhere else: a bot that is not
    traced neither needs it nor waits for it.
    """
    if not settings.otel_exporter_otlp_endpoint:
        yield
        return
    try:
        adapter = import_module("engine.adapters.otel")
    except ModuleNotFoundError as error:
        raise SettingsInvalid(
            "OTEL_EXPORTER_OTLP_ENDPOINT: traces need OpenTelemetry; expected trading-bot[otel] to be installed"
        ) from error
    recorder = adapter.OtelRecorder({"service.name": "trading-bot", "service.role": role, "host.name": gethostname()})
    spans.record_with(recorder)
    try:
        yield
    finally:
        spans.record_with(None)
        recorder.close()


def wire(settings: Settings, adapters: Adapters) -> Engine:
    """Build the engine on any adapters, and take AUTO_MODE from the settings if this is the desk's first start.

    Raises SettingsInvalid for a strategy that cannot be used at the first start of a desk that holds nothing; later
    the desk starts and takes exits only.
    """
    market = settings.market
    strategies = KnownStrategies.read(market.strategy, market.shadow_strategies, adapters.store, adapters.strategies)
    if strategies.unusable and _has_nothing_to_lose(adapters):
        raise SettingsInvalid(strategies.unusable[0])
    _first_start(adapters.store, auto=settings.desk.auto_mode)
    leadership = Leadership(lease=adapters.lease, clock=adapters.clock)
    made = Composition(settings, adapters, leadership, strategies)
    if adapters.lease is None:  # else only who leads may hear the broker, which lets one process at a time
        adapters.broker.listen(made.jobs.order_changed)
    return Engine(
        jobs=made.jobs,
        commands=made.commands,
        queries=made.queries,
        notices=made.notices,
        leadership=leadership,
        follow_changes=made.follow_changes,
    )


def _scheduler(adapters: Adapters, engine: Engine) -> Scheduler:
    if adapters.lease is None:
        return Scheduler(jobs=engine.jobs, clock=adapters.clock, leadership=engine.leadership)

    def hang_up() -> None:
        adapters.broker.stop_listening()
        adapters.statuses.stop_listening()

    def order_changed(client_order_id: str) -> None:
        with engine.leadership.in_charge():
            engine.jobs.order_changed(client_order_id)

    return Scheduler(
        jobs=engine.jobs,
        clock=adapters.clock,
        leadership=engine.leadership,
        listen=partial(adapters.broker.listen, order_changed),
        hang_up=hang_up,
    )


def _has_nothing_to_lose(adapters: Adapters) -> bool:
    """Tell whether no desk ever ran here and the broker says that nothing is held: then nothing needs to be watched."""
    with adapters.store.reading() as reader:
        if reader.setting(FIRST_START) is not None:
            return False
    try:
        return not adapters.broker.positions()
    except TemporaryError:
        return False


def _first_start(store: Store, *, auto: bool) -> None:
    with store.writing() as transaction:
        if transaction.setting(FIRST_START) is None:
            transaction.set_setting(FIRST_START, "1")
            transaction.set_desk(replace(transaction.desk(), auto=auto))
