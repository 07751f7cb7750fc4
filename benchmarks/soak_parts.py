"""What a soak trades: more symbols than were recorded, headlines without an end, and the adapters around them."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from pathlib import Path
from random import Random

import redis

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.circuit_breaker import GuardedBroker, GuardedMarket, GuardedNews
from engine.adapters.clock import ReplayClock
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.recorded.files import recorded_days
from engine.adapters.redis import RedisBreaker, RedisMemory, RedisPriceCache, RedisSignalStream
from engine.adapters.replay import NoCorporateActions, ReplayMarket
from engine.adapters.sql.store import open_store
from engine.bootstrap import read_settings
from engine.model.market import Headline
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.settings import Settings

MONDAY = datetime(2012, 6, 4, 13, 0, tzinfo=UTC)
"""Half an hour before the open."""
RUNNING = timedelta(hours=7.5)
"""What a replay shows of a day."""
SLOT = 7200
"""Market seconds in which each symbol has one headline."""
MONTH = 21
"""Trading days between the records of a symbol and of the one that was made of it."""
GOOD = (
    "{} beats estimates, orders strong",
    "{} raises outlook, demand robust",
    "{} upgraded by two brokers, sales strong",
)
BAD = ("{} misses estimates, orders weak", "{} cuts outlook, demand soft", "{} faces a lawsuit, sales weak")


class Crowd(ReplayMarket):
    """The recorded symbols, and as many more as are wanted: the same companies some months later, on other paths.

    Their names begin as the companies' do: no ticker has more than six characters.
    """

    def __init__(self, clock: Clock, calendar: Calendar, count: int) -> None:
        super().__init__(clock, calendar)
        recorded = recorded_days()
        long = [symbol for symbol in recorded if symbol != "FB"]  # recorded for some months only
        for number in range(count - len(recorded)):
            symbol, months = long[number % len(long)], 1 + number // len(long)
            days = recorded[symbol]
            self._days[f"{symbol[:3]}{months}"] = dict(zip(days, list(days.values())[MONTH * months :], strict=False))
        self._days = dict(list(self._days.items())[:count])


class EndlessNews:
    """A headline about each symbol every two hours, mostly good or mostly bad for a day."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        # As many as a day of twelve symbols has, so that this fills up on the first.
        self._made = lru_cache(maxsize=150)(lambda symbol, slot: _headline(symbol, slot, seed))

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant, up to now, about any of the symbols, oldest first."""
        now = self._clock.now()
        slots = range(int(since.timestamp()) // SLOT, int(now.timestamp()) // SLOT + 1)
        made = (self._made(symbol, slot) for slot in slots for symbol in symbols)
        return tuple(sorted((line for line in made if since < line.at <= now), key=lambda line: line.at))


def _headline(symbol: str, slot: int, seed: int) -> Headline:
    dice, mood = Random(f"{seed}{symbol}{slot}"), Random(f"{seed}{symbol}{slot * SLOT // 86_400}")  # noqa: S311 (a game)
    good = dice.random() < (0.9 if mood.random() < 0.7 else 0.1)
    return Headline(
        id=f"soak-{symbol}-{slot}",
        at=datetime.fromtimestamp(slot * SLOT + dice.randrange(SLOT), UTC),
        symbols=(symbol,),
        text=dice.choice(GOOD if good else BAD).format(symbol),
        source="made for the soak",
    )


def clock_since(began: float, speed: float) -> ReplayClock:
    """Return the market's time if it was MONDAY when the machine's clock showed `began`: the same in every process."""
    readings = chain((began,), iter(time.monotonic, None))
    return ReplayClock(MONDAY, speed=speed, calendar=ExchangeCalendar(), monotonic=readings.__next__)


def names(count: int) -> tuple[str, ...]:
    """Return so many symbols."""
    return Crowd(ReplayClock(MONDAY, calendar=ExchangeCalendar()), ExchangeCalendar(), count).symbols()


def adapters_of(settings: Settings, stack: ExitStack, valkey: redis.Redis, seed: int) -> Adapters:
    """Open what a demo opens, with the made symbols and news, and a price kept for a replay's day, not for 24 hours."""
    calendar, speed = ExchangeCalendar(), settings.market.replay_speed
    clock = ReplayClock(MONDAY, speed=speed, calendar=calendar)
    store = open_store(settings.place.database)
    stack.callback(store.close)
    market = GuardedMarket(Crowd(clock, calendar, len(settings.market.watchlist)), RedisBreaker(valkey, "market"))
    broker = PaperBroker(
        settings.place.data_dir / "paper.db",
        market,
        clock,
        calendar,
        cash=settings.paper.paper_cash,
        margin=settings.paper.paper_margin,
        slippage_bp=settings.paper.paper_slippage_bp,
        fees=settings.paper.fees,
        participation=settings.paper.paper_participation,
    )
    stack.callback(broker.stop)
    return Adapters(
        clock=clock,
        calendar=calendar,
        market=market,
        news=GuardedNews(EndlessNews(clock, seed), RedisBreaker(valkey, "news")),
        scorer=KeywordScorer(),
        broker=GuardedBroker(broker, RedisBreaker(valkey, "broker")),
        corporate_actions=NoCorporateActions(),
        store=store,
        cache=cache_of(settings, valkey),
        stream=RedisSignalStream(valkey, consumer=f"soak-{socket.gethostname()}"),
        memory=RedisMemory(valkey),
    )


def cache_of(settings: Settings, valkey: redis.Redis) -> RedisPriceCache:
    """Return where prices are kept for a replay's day, in real seconds, and not for 24 hours."""
    return RedisPriceCache(valkey, zone=settings.desk.zone, keep=RUNNING / settings.market.replay_speed)


def settings_of(folder: Path, speed: float, symbols: Sequence[str], redis_url: str, **more: str) -> Settings:
    """Return settings under which the desk trades often and little; what depends on real time is stretched."""
    return read_settings(
        **more,
        data_dir=folder,
        redis_url=redis_url,
        replay_speed=speed,
        watchlist=tuple(symbols),
        risk_per_trade="0.002",
        stop_distance="0.006",
        target_distance="0.008",
        stop_cooldown_seconds=600,
        losing_streak=0,
        quiet_seconds=900,
        max_trades_a_day=8,
        events="off",  # the bot posts at Slack's pace, which knows no speed
        max_daily_loss=0,
        max_drawdown=0,
        price_drift="0.03",
        max_price_age_seconds=max(90, int(3 * speed)),
        proposal_seconds=max(900, int(12 * speed)),
    )


@contextmanager
def beside(work: Callable[[], None], stopping: threading.Event, name: str) -> Iterator[None]:
    """Let work go on in a thread beside the block; `stopping` tells it that the block is over."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
