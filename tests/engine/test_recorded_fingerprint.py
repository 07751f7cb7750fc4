"""Every score and every proposal on recorded prices, held against a fingerprint: no change for speed may change them.

Scores are whole tenths and prices whole cents, so the fingerprint is the same on every machine.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.factory import Adapters
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.replay import ReplayMarket, ReplayNews
from engine.adapters.sql.store import SqlStore
from engine.common.service_health import ServiceHealth
from engine.common.universe import Universe
from engine.model.trade import Trade
from engine.pipeline.bars import Bars
from engine.signals.slots import Slots
from engine.signals.technical import technical_scores
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.clock import ManualClock

KNOWN = json.loads((Path(__file__).parents[1] / "data" / "recorded-fingerprint.json").read_text(encoding="utf-8"))
CALENDAR = ExchangeCalendar()
SYMBOLS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
CASH = Decimal(100_000)
BAR = timedelta(minutes=5)
PASS = timedelta(seconds=5)
"""When a bar is read, counted from its close."""


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """How many there were, and the SHA-256 of all of them."""

    count: int
    sha256: str

    @classmethod
    def of(cls, lines: Iterator[str]) -> "Fingerprint":
        every = list(lines)
        return cls(count=len(every), sha256=sha256("\n".join(every).encode()).hexdigest())


def bars(first: date, last: date) -> Iterator[datetime]:
    """Yield the start of every bar of regular trading."""
    for number in range((last - first).days + 1):
        hours = CALENDAR.day(first + timedelta(days=number))
        at = hours.open if hours else None
        while hours and at and at < hours.close:
            yield at
            at += BAR


def scores(store: SqlStore, first: date, last: date) -> Iterator[str]:
    """Yield the score of every symbol after every bar."""
    clock = ManualClock(next(bars(first, last)))
    market, watched = ReplayMarket(clock, CALENDAR), Universe(SYMBOLS, bar_seconds=300)
    read = Bars(
        market=market,
        universe=watched,
        store=store,
        slots=Slots(CALENDAR, 300),
        clock=clock,
        services=ServiceHealth(store=store, clock=clock),
        delay=PASS,
    )
    for start in bars(first, last):
        clock.set(start + BAR + PASS)
        assert read() == start
        points = technical_scores(watched.board.indicators())
        for row, symbol in enumerate(watched.symbols):
            parts = (points.rsi, points.bollinger, points.macd, points.volume, points.total)
            tenths = ",".join(str(int(part[row])) for part in parts)
            yield f"{clock.now().isoformat()} {symbol} {tenths} {bool(points.valid[row])}"


def proposals(folder: Path, first: datetime, last: datetime) -> Iterator[Trade]:
    """Yield what an engine on the recorded prices and headlines proposes to a desk that never answers."""
    clock = ManualClock(first)

    def on(adapters: Adapters) -> Adapters:
        market = ReplayMarket(clock, CALENDAR)
        broker = PaperBroker(
            folder / "replay.db", market, clock, CALENDAR, cash=CASH, margin=False, slippage_bp=Decimal(0)
        )
        return replace(adapters, clock=clock, calendar=CALENDAR, market=market, news=ReplayNews(clock), broker=broker)

    harness = EngineHarness.build(folder, on=on, watchlist=SYMBOLS)
    harness.engine.jobs.start()
    while clock.now() < last:
        harness.engine.jobs.read_news()
        harness.engine.jobs.housekeeping()
        harness.engine.jobs.tick()
        clock.advance(5)
        harness.engine.jobs.process_bars()
        clock.advance(295)
    yield from sorted(harness.engine.queries.trades(), key=lambda trade: trade.id)
    harness.close()


def told(trade: Trade) -> str:
    return " ".join(
        str(part)
        for part in (trade.id, trade.signal.price, trade.signal.tenths, trade.shares, trade.stop, trade.target)
    )


def test_every_score_on_the_recorded_prices_is_the_one_it_always_was(harness: EngineHarness) -> None:
    found = Fingerprint.of(scores(harness.store, date(2012, 6, 4), date(2012, 6, 29)))
    assert found == Fingerprint(**KNOWN["scores"])


def test_every_proposal_on_the_recorded_prices_is_the_one_it_always_was(tmp_path: Path) -> None:
    at = datetime(2012, 6, 4, 13, 30, tzinfo=UTC)
    found = Fingerprint.of(told(trade) for trade in proposals(tmp_path, at, at + timedelta(hours=7)))
    assert found == Fingerprint(**KNOWN["proposals"])
