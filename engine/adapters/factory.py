"""The outside that the settings name: which adapter stands behind each port, and the servers that we bring along."""

import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.calendar import AlpacaCalendar
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.corporate_actions import AlpacaCorporateActions
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.news import AlpacaNews
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.alpaca.status_stream import TradingStatusStream
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.circuit_breaker import GuardedBroker, GuardedMarket, GuardedNews
from engine.adapters.clock import ReplayClock
from engine.adapters.desk_memory import FileAnchors, FileMemory, JointMemory
from engine.adapters.earnings import EarningsFile, NoEarningsDates
from engine.adapters.files import PRIVATE_FOLDER, make_own_private, refuse_links
from engine.adapters.in_process import InProcessTaskQueue
from engine.adapters.news_scorer import open_answerer, open_scorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.redis import RedisBreaker, RedisMemory, RedisPriceCache, RedisSignalStream, connect
from engine.adapters.replay import DEMO_START, NoCorporateActions, NoTradingStatuses, ReplayMarket, ReplayNews
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.sql.tasks import SqlTasks
from engine.adapters.strategies.processes import StrategyProcesses
from engine.adapters.valkey import EmbeddedValkey
from engine.errors import BrokerUnavailable, SettingsInvalid
from engine.ports.answerer import Answerer
from engine.ports.broker import Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.earnings import EarningsDates
from engine.ports.lease import Lease
from engine.ports.market import CorporateActions, Market
from engine.ports.memory import AuditAnchors, DeskMemory
from engine.ports.news import News, NewsScorer
from engine.ports.store import Reader, Store
from engine.ports.stream import PriceCache, SignalStream
from engine.ports.task_queue import TaskQueue
from engine.ports.trading_status import TradingStatuses
from engine.settings import AlpacaSettings, Settings
from engine.strategies.runner import StrategyRunner

MEMORY = "desk-state.json"
"""The file in DATA_DIR with what the desk last knew of its own state."""
ANCHORS = "audit-anchors.jsonl"
"""The file in DATA_DIR with the last row of the audit at the end of each day."""
PRICES_KEPT = timedelta(hours=24)
CONNECT_WITHIN = 3.0
"""Seconds that Alpaca may take to answer a call for a connection."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapters:
    """One adapter for each port; no lease where a database belongs to one process, no answerer without a key."""

    clock: Clock
    calendar: Calendar
    market: Market
    news: News
    scorer: NewsScorer
    broker: Broker
    corporate_actions: CorporateActions
    store: Store
    cache: PriceCache
    stream: SignalStream
    memory: DeskMemory
    anchors: AuditAnchors | None = None
    lease: Lease | None = None
    answerer: Answerer | None = None
    earnings: EarningsDates = field(default_factory=NoEarningsDates)
    statuses: TradingStatuses = field(default_factory=NoTradingStatuses)
    tasks: TaskQueue = field(default_factory=InProcessTaskQueue)
    strategies: StrategyRunner = field(default_factory=StrategyProcesses)


def open_adapters(
    settings: Settings,
    stack: ExitStack,
    wall: Clock,
    last_seen: Callable[[Reader], datetime | None],
    *,
    has_workers: bool = False,
) -> Adapters:
    """Open what the settings name, and leave on the stack how to close it; raises SettingsInvalid and StoreUnavailable.

    `wall` tells the time to all but a replay, whose time is its own: it goes on where its last life ended, which
    `last_seen` reads. With `has_workers` what may run twice is handed to them, over a broker.
    """
    _make_usable(settings.place.data_dir)
    store = open_store(settings.place.database)
    stack.callback(store.close)
    time, redis = _time(settings, store, stack, wall, last_seen), connect(_redis_url(settings, stack))
    stack.callback(redis.close)
    market, news = _market(settings, time, stack)
    rest = timedelta(seconds=settings.desk.breaker_seconds)
    market = GuardedMarket(market, RedisBreaker(redis, "market", open_for=rest))
    strategies = StrategyProcesses()
    stack.callback(strategies.close)
    return Adapters(
        clock=time.clock,
        calendar=time.calendar,
        market=market,
        news=GuardedNews(news, RedisBreaker(redis, "news", open_for=rest)),
        scorer=open_scorer(settings.claude, store, stack, wall),
        answerer=open_answerer(settings.claude, settings.desk.zone, store, stack, wall),
        broker=GuardedBroker(_broker(settings, time, market, stack), RedisBreaker(redis, "broker", open_for=rest)),
        corporate_actions=_corporate_actions(time, stack),
        store=store,
        cache=RedisPriceCache(redis, zone=settings.desk.zone, keep=PRICES_KEPT),
        stream=RedisSignalStream(redis, consumer=f"engine-{socket.gethostname()}"),
        earnings=_earnings(settings.risk.earnings_file),
        statuses=_statuses(settings, time, stack),
        memory=JointMemory((FileMemory(settings.place.data_dir / MEMORY), RedisMemory(redis))),
        anchors=FileAnchors(settings.place.data_dir / ANCHORS),
        lease=SqlLease(store) if settings.place.database.startswith("postgresql") else None,
        tasks=_workers(settings, store) if has_workers else InProcessTaskQueue(),
        strategies=strategies,
    )


def _workers(settings: Settings, store: SqlStore) -> TaskQueue:
    # Brought in only where a desk may have workers.
    from engine.adapters.celery import CeleryTaskQueue, celery_app

    return CeleryTaskQueue(celery=celery_app(settings.place.task_broker), rows=SqlTasks(store))


def _earnings(path: str) -> EarningsDates:
    return EarningsFile(Path(path)) if path else NoEarningsDates()


def _make_usable(folder: Path) -> None:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        refuse_links(folder)
        make_own_private(folder)
    except OSError as error:
        raise SettingsInvalid(f"DATA_DIR: {folder} is no folder that can be written to ({error.strerror})") from error


class _Time(NamedTuple):
    """The clock and the calendar, and the way to Alpaca where there is one."""

    clock: Clock
    calendar: Calendar
    alpaca: AlpacaAccess | None


def _time(
    settings: Settings,
    store: Store,
    stack: ExitStack,
    wall: Clock,
    last_seen: Callable[[Reader], datetime | None],
) -> _Time:
    offline = ExchangeCalendar()
    if settings.alpaca.market == "replay":
        with store.reading() as reader:
            start = last_seen(reader) or DEMO_START
        clock = ReplayClock(start, speed=settings.market.replay_speed, calendar=offline)
        return _Time(clock=clock, calendar=offline, alpaca=None)
    access = alpaca_access(settings.alpaca)
    calendar = AlpacaCalendar(access, wall, offline, KeptInSettings(store))
    stack.callback(calendar.stop)
    with suppress(BrokerUnavailable):  # what was read on an earlier day, or the offline calendar, will do
        calendar.refresh()
    return _Time(clock=wall, calendar=calendar, alpaca=access)


def alpaca_access(alpaca: AlpacaSettings) -> AlpacaAccess:
    """Return the way to the account that the settings name."""
    return AlpacaAccess(
        key=alpaca.alpaca_key_id.get_secret_value(),
        secret=alpaca.alpaca_secret_key.get_secret_value(),
        budget=RateLimiter(alpaca.alpaca_requests),
        live=alpaca.alpaca_live,
        trading_url=alpaca.alpaca_trading_url,
        data_url=alpaca.alpaca_data_url,
        stream_url=alpaca.alpaca_stream_url,
        timeouts=(min(CONNECT_WITHIN, alpaca.alpaca_seconds), alpaca.alpaca_seconds),
    )


def _market(settings: Settings, time: _Time, stack: ExitStack) -> tuple[Market, News]:
    seconds = settings.market.bar_seconds
    if time.alpaca is None:
        market = ReplayMarket(time.clock, time.calendar, bar_seconds=seconds)
        return market, ReplayNews(time.clock)
    feed = settings.alpaca.alpaca_feed
    prices = AlpacaMarket(time.alpaca, time.clock, time.calendar, feed=feed, bar_seconds=seconds)
    news = AlpacaNews(time.alpaca, time.clock)
    stack.callback(prices.stop)
    stack.callback(news.stop)
    return prices, news


def _broker(settings: Settings, time: _Time, market: Market, stack: ExitStack) -> Broker:
    if settings.alpaca.broker == "alpaca" and time.alpaca is not None:
        alpaca = AlpacaBroker(time.alpaca, time.clock, time.calendar)
        stack.callback(alpaca.stop)
        return alpaca
    paper = PaperBroker(
        settings.place.data_dir / "paper.db",
        market,
        time.clock,
        time.calendar,
        cash=settings.paper.paper_cash,
        margin=settings.paper.paper_margin,
        slippage_bp=settings.paper.paper_slippage_bp,
        participation=settings.paper.paper_participation,
        fees=settings.paper.fees,
    )
    stack.callback(paper.stop)
    return paper


def _corporate_actions(time: _Time, stack: ExitStack) -> CorporateActions:
    if time.alpaca is None:
        return NoCorporateActions()
    actions = AlpacaCorporateActions(time.alpaca)
    stack.callback(actions.stop)
    return actions


def _statuses(settings: Settings, time: _Time, stack: ExitStack) -> TradingStatuses:
    if time.alpaca is None:
        return NoTradingStatuses()
    statuses = TradingStatusStream(time.alpaca, feed=settings.alpaca.alpaca_feed)
    stack.callback(statuses.stop_listening)
    return statuses


def _redis_url(settings: Settings, stack: ExitStack) -> str:
    if settings.place.redis_url:
        return settings.place.redis_url
    server = EmbeddedValkey(settings.place.data_dir / "valkey")
    stack.callback(server.stop)
    return server.start()


class KeptInSettings:
    """Texts that outlive a restart, in the database's table of settings."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str) -> str | None:
        """Return a text, None when there is none."""
        with self._store.reading() as reader:
            return reader.setting(key)

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        with self._store.writing() as transaction:
            transaction.set_setting(key, text)
