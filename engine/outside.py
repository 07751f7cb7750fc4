"""The outside that the settings name: which adapter stands behind each port, and the servers that we bring along."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.clock import ReplayClock
from engine.adapters.keywords import KeywordScorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.redis import RedisPriceCache, RedisSignalStream, connect
from engine.adapters.replay import DEMO_START, ReplayMarket, ReplayNews
from engine.adapters.sql.store import open_store
from engine.adapters.valkey import EmbeddedValkey
from engine.ports import Broker, Calendar, Clock, Market, News, NewsScorer, PriceCache, SignalStream, Store
from engine.settings import Settings
from engine.stages.watch import last_seen

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
    """Recorded prices, the paper broker, SQLite and a Valkey of our own, where the settings do not say otherwise."""
    place, paper = settings.place, settings.paper
    place.data_dir.mkdir(parents=True, exist_ok=True)
    store = open_store(place.database)
    stack.callback(store.close)
    calendar = ExchangeCalendar()
    with store.reading() as ledger:
        start = last_seen(ledger) or DEMO_START  # a replay goes on where its last life ended
    clock = ReplayClock(start, speed=settings.market.replay_speed, calendar=calendar)
    market = ReplayMarket(clock, calendar, settings.market.watchlist, bar_seconds=settings.market.bar_seconds)
    redis = connect(_redis_url(settings, stack))
    stack.callback(redis.close)
    broker = PaperBroker(
        place.data_dir / "paper.db",
        market,
        clock,
        calendar,
        cash=paper.paper_cash,
        margin=paper.paper_margin,
        slippage_bp=paper.paper_slippage_bp,
        participation=paper.paper_participation,
    )
    stack.callback(broker.stop)
    return Adapters(
        clock=clock,
        calendar=calendar,
        market=market,
        news=ReplayNews(clock),
        scorer=KeywordScorer(),
        broker=broker,
        store=store,
        cache=RedisPriceCache(redis, zone=settings.desk.zone, keep=PRICES_KEPT),
        stream=RedisSignalStream(redis, consumer=f"engine-{socket.gethostname()}"),
    )


def _redis_url(settings: Settings, stack: ExitStack) -> str:
    if settings.place.redis_url:
        return settings.place.redis_url
    server = EmbeddedValkey(settings.place.data_dir / "valkey")
    stack.callback(server.stop)
    return server.start()
