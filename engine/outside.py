"""The outside that the settings name: which adapter stands behind each port, and the servers that we bring along."""

import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.budget import Budget
from engine.adapters.alpaca.calendar import AlpacaCalendar
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.news import AlpacaNews
from engine.adapters.alpaca.wire import Access
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.clock import ReplayClock, SystemClock
from engine.adapters.keywords import KeywordScorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.redis import RedisPriceCache, RedisSignalStream, connect
from engine.adapters.replay import DEMO_START, ReplayMarket, ReplayNews
from engine.adapters.sql.store import open_store
from engine.adapters.valkey import EmbeddedValkey
from engine.errors import BrokerUnavailable
from engine.ports import Broker, Calendar, Clock, Market, News, NewsScorer, PriceCache, SignalStream
from engine.settings import AlpacaSettings, Settings
from engine.stages.watch import last_seen
from engine.truth import Store

PRICES_KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapters:
    """One adapter for each port."""

    clock: Clock
    calendar: Calendar
    market: Market
    news: News
    scorer: NewsScorer
    broker: Broker
    store: Store
    cache: PriceCache
    stream: SignalStream


def open_adapters(settings: Settings, stack: ExitStack) -> Adapters:
    """Open what the settings name, and leave on the stack how to close it; raises SettingsInvalid and MustHalt."""
    settings.place.data_dir.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.place.database)
    stack.callback(store.close)
    time, redis = _time(settings, store, stack), connect(_redis_url(settings, stack))
    stack.callback(redis.close)
    market, news = _market(settings, time, stack)
    return Adapters(
        clock=time.clock,
        calendar=time.calendar,
        market=market,
        news=news,
        scorer=KeywordScorer(),
        broker=_broker(settings, time, market, stack),
        store=store,
        cache=RedisPriceCache(redis, zone=settings.desk.zone, keep=PRICES_KEPT),
        stream=RedisSignalStream(redis, consumer=f"engine-{socket.gethostname()}"),
    )


class _Time(NamedTuple):
    """The clock and the calendar, and the way to Alpaca where there is one."""

    clock: Clock
    calendar: Calendar
    alpaca: Access | None


def _time(settings: Settings, store: Store, stack: ExitStack) -> _Time:
    offline = ExchangeCalendar()
    if settings.alpaca.market == "replay":
        with store.reading() as ledger:
            start = last_seen(ledger) or DEMO_START  # a replay goes on where its last life ended
        clock = ReplayClock(start, speed=settings.market.replay_speed, calendar=offline)
        return _Time(clock=clock, calendar=offline, alpaca=None)
    access = _access(settings.alpaca)
    calendar = AlpacaCalendar(access, SystemClock(), offline, KeptInSettings(store))
    stack.callback(calendar.stop)
    with suppress(BrokerUnavailable):  # what was read on an earlier day, or the offline calendar, will do
        calendar.refresh()
    return _Time(clock=SystemClock(), calendar=calendar, alpaca=access)


def _access(alpaca: AlpacaSettings) -> Access:
    return Access(
        key=alpaca.alpaca_key_id.get_secret_value(),
        secret=alpaca.alpaca_secret_key.get_secret_value(),
        budget=Budget(),
        live=alpaca.alpaca_live,
        trading_url=alpaca.alpaca_trading_url,
        data_url=alpaca.alpaca_data_url,
        stream_url=alpaca.alpaca_stream_url,
    )


def _market(settings: Settings, time: _Time, stack: ExitStack) -> tuple[Market, News]:
    seconds = settings.market.bar_seconds
    if time.alpaca is None:
        market = ReplayMarket(time.clock, time.calendar, settings.market.watchlist, bar_seconds=seconds)
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
    )
    stack.callback(paper.stop)
    return paper


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
        with self._store.reading() as ledger:
            return ledger.setting(key)

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        with self._store.writing() as book:
            book.set_setting(key, text)
