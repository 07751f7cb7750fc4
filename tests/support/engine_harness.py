"""The real engine on real books, with a market, news, a clock and a stream that a test holds in its hands."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from engine.adapters.desk_memory import FileAnchors, FileMemory
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.sql.store import SqlStore, open_store
from engine.bootstrap import Engine, wire
from engine.errors import SettingsInvalid, StoreUnavailable
from engine.model.desk import Request
from engine.model.manual_proposal import ManualProposal
from engine.model.market import BarHistory
from engine.model.notices.base import Notice, NoticeKind
from engine.model.origin import Source
from engine.model.trade import Order, OrderRole, Trade, TradeState
from engine.settings import Settings
from engine.signals.slots import instant
from tests.support.databases import sqlite_at
from tests.support.fakes import worked_example
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.corporate_actions import FakeCorporateActions
from tests.support.fakes.hand_dealt_broker import HandDealtBroker
from tests.support.fakes.market import FakeMarket
from tests.support.fakes.news import FakeNews
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.fakes.stream import FakePriceCache, FakeSignalStream

N = TypeVar("N", bound=Notice)


@dataclass(frozen=True, kw_only=True)
class EngineHarness:
    """An engine and all that it touches."""

    TRADER: ClassVar = Request(by="U0TRADER", said="/approve")
    ADMIN: ClassVar = Request(by="U0ADMIN", said="/resume")

    engine: Engine
    clock: ManualClock
    market: FakeMarket
    news: FakeNews
    stream: FakeSignalStream
    cache: FakePriceCache
    broker: HandDealtBroker
    put_in: PaperBroker | None
    """The paper broker that stands in the place of `broker`, where one was put there."""
    line: TroubledBroker
    actions: FakeCorporateActions
    store: SqlStore
    memory: FileMemory
    anchors: FileAnchors
    strategies: InProcessStrategies
    settings: Settings

    @classmethod
    def build(
        cls,
        folder: Path,
        *,
        at: datetime = worked_example.AT,
        cash: Decimal = Decimal(100_000),
        on: Callable[[Adapters], Adapters] = lambda adapters: adapters,
        strategies: InProcessStrategies | None = None,
        **given: Any,
    ) -> Self:
        """Build an engine; `given` are settings by their field names, `on` may put other adapters in place."""
        settings = _settings({"watchlist": ("AAPL", "MSFT", "TSLA"), "timezone": "Asia/Seoul"} | given)
        clock, calendar = ManualClock(at), WeekdayCalendar()
        market = FakeMarket(clock, calendar, bar_seconds=settings.market.bar_seconds)
        news = FakeNews(clock)
        stream, cache = FakeSignalStream(), FakePriceCache()
        store = open_store(sqlite_at(folder / "desk.db"))
        broker = HandDealtBroker(
            folder / "paper.db",
            market,
            clock,
            calendar,
            cash=cash,
            margin=settings.paper.paper_margin,
            slippage_bp=settings.paper.paper_slippage_bp,
            fees=settings.paper.fees,
        )
        line, actions = TroubledBroker(broker), FakeCorporateActions()
        adapters = Adapters(
            clock=clock,
            calendar=calendar,
            market=market,
            news=news,
            scorer=KeywordScorer(),
            broker=line,
            corporate_actions=actions,
            store=store,
            cache=cache,
            stream=stream,
            memory=(memory := FileMemory(folder / "desk-state.json")),
            anchors=(anchors := FileAnchors(folder / "audit-anchors.jsonl")),
            strategies=(strategies := strategies or InProcessStrategies()),
        )
        used = on(adapters)
        try:
            engine = wire(settings, used)
        except SettingsInvalid:
            broker.stop()
            store.close()
            raise
        engine.commands.ask_about_people(lambda _user, _verb: True)
        return cls(
            engine=engine,
            clock=clock,
            market=market,
            news=news,
            stream=stream,
            cache=cache,
            broker=broker,
            put_in=used.broker if isinstance(used.broker, PaperBroker) else None,
            line=line,
            actions=actions,
            store=store,
            memory=memory,
            anchors=anchors,
            strategies=strategies,
            settings=settings,
        )

    @classmethod
    def at_the_example(cls, folder: Path, *, over: datetime = worked_example.AT, **given: Any) -> Self:
        """Build the desk of the blueprint's example, as it stands half a minute before its bar is over."""
        harness = cls.build(folder, cash=worked_example.CASH, **given)
        harness.begin_the_example(over)
        return harness

    def begin_the_example(self, over: datetime = worked_example.AT) -> None:
        """Let it be 23:44:30 in Seoul on the day of the example, and start the engine."""
        self.broker.seed(worked_example.POSITIONS)
        worked_example.hold_msft_and_tsla(self.store)
        self.market.recorded = worked_example.history(over)
        self.news.lines.append(replace(worked_example.HEADLINE, at=over + timedelta(seconds=1)))
        self.clock.set(over - timedelta(seconds=30))
        self.engine.jobs.start()

    def play_the_signal(self, *, over: datetime = worked_example.AT, reads_news: bool = True) -> Trade | None:
        """Let the example's prices and its bar come in; return the proposal that they bring, if they do."""
        for at, snapshot in worked_example.looks(over):
            self.clock.set(at)
            self.market.put(snapshot)
            for symbol, _, price in worked_example.PRICES:
                self.market.price(symbol, price)
            self.engine.jobs.tick()
            self.engine.jobs.process_bars()
            if reads_news:
                self.engine.jobs.read_news()
        with self.store.reading() as reader:
            return reader.trade(worked_example.TRADE_ID)

    def buy_by_hand(self, source: Source, *, by: str = "U0TRADER") -> Trade:
        """Let somebody ask for the example's trade at its prices and its second, instead of the strategy."""
        for at, snapshot in worked_example.looks():
            self.clock.set(at)
            self.market.put(snapshot)
        for symbol, _, price in worked_example.PRICES:
            self.market.price(symbol, price)
        wanted = ManualProposal(source=source, by=by, symbol="AAPL", key="" if source is Source.DESK else "example")
        actor = by if source is Source.DESK else source.value
        return self.engine.commands.buys.propose(wanted, Request(by=actor)).trade

    def play_another_signal(self) -> Trade | None:
        """Let the example's bars and prices come in again a day later; return the proposal that they bring, if any."""
        tomorrow = worked_example.AT + timedelta(days=1)
        self.market.recorded = worked_example.history(tomorrow)
        self.play_the_signal(over=tomorrow)
        return next(iter(self.engine.queries.trades({TradeState.PROPOSED})), None)

    def close_a_bar(self, *closes: float, symbol: str = "AAPL", volume: float = worked_example.BAR_VOLUME) -> None:
        """Let bars with these closes come after the newest one that is recorded, and the engine take them in."""
        bars = self.market.recorded
        column = bars.symbols.index(symbol)
        for close in closes:
            last = instant(int(bars.starts[-1]))
            start = int(self.market.slots.between(last + timedelta(seconds=1), last + timedelta(days=5))[0])
            bar = np.full((5, 1, len(bars.symbols)), np.nan)
            bar[:, 0, column] = (close, close + 0.05, close - 0.05, close, volume)
            starts = np.append(bars.starts, start)
            bars = BarHistory.of(bars.symbols, starts, np.concatenate([bars.stacked, bar], axis=1))
            self.market.recorded = bars
            self.clock.set(instant(start) + timedelta(seconds=315))
            self.market.price(symbol, f"{close:.2f}")
            self.engine.jobs.process_bars()

    def trade(self, trade_id: str = worked_example.TRADE_ID) -> Trade:
        """Return a trade as it is stored now."""
        return self.engine.queries.trade(trade_id)

    def put_stop(self, trade: Trade, price: Decimal) -> None:
        """Let the live stop of a trade stand at a price, by all that the database knows."""
        with self.store.writing() as transaction:
            transaction.update(replace(trade, stop=price))
            for order in transaction.orders(trade.id):
                if order.role is OrderRole.STOP and not order.state.is_over:
                    transaction.save_order(trade.id, replace(order, price=price))

    def told(self) -> list[Notice]:
        """Return every notice that waits in the outbox."""
        with self.store.reading() as reader:
            return [waiting.notice for waiting in reader.waiting(1_000)]

    def faults(self) -> list[str]:
        """Return the trades and symbols that a fault of the engine's own ever kept from their turn, with the fault."""
        with self.store.reading() as reader:
            rows = reader.audit(limit=10_000)
        return [f"{row.subject}: {row.why}" for row in rows if (row.action, row.outcome) == ("trade fault", "began")]

    def told_of(self, kind: type[N]) -> list[N]:
        """Return the notices of a kind that wait in the outbox."""
        return [notice for notice in self.told() if isinstance(notice, kind)]

    def kept(self) -> list[tuple[str, str]]:
        """Return the signals that were kept, and why no proposal came of each, oldest first."""
        with self.store.reading() as reader:
            found = reader.signal_outcomes(1_000)
        return [(each.signal.symbol, each.why_not) for each in reversed(found) if each.why_not]

    def look_for_it(self, rounds: int = 6) -> None:
        """Let seconds pass in which the engine looks again and again for what had no clear answer."""
        for _ in range(rounds):
            self.clock.advance(1)
            self.engine.jobs.poll_unconfirmed()

    def approved_but_not_sent(self) -> Trade:
        """Leave the example's trade as a death between its approval and its order would."""
        with self.store.writing() as transaction:
            return transaction.move(
                replace(self.trade(), decided_by="U0TRADER", decided_at=self.clock.now()), TradeState.APPROVED
            )

    def submitted_but_not_sent(self) -> Trade:
        """Leave the example's trade as a death just before its order leaves would."""
        approved = self.approved_but_not_sent()
        with self.store.writing() as transaction:
            return transaction.move(approved, TradeState.SUBMITTED)

    def born_again(self) -> Engine:
        """Return an engine of a next life, on what the last one left."""
        adapters = Adapters(
            clock=self.clock,
            calendar=WeekdayCalendar(),
            market=self.market,
            news=self.news,
            scorer=KeywordScorer(),
            broker=self.line,
            corporate_actions=self.actions,
            store=self.store,
            cache=self.cache,
            stream=self.stream,
            memory=self.memory,
            anchors=self.anchors,
            strategies=self.strategies,
        )
        return wire(self.settings, adapters)

    def stops(self) -> list[Order]:
        """Return what would sell AAPL at a stop."""
        parts = [part for order in self.broker.orders() for part in order.parts]
        return [
            part for part in parts if (part.symbol, part.role) == ("AAPL", OrderRole.STOP) and not part.state.is_over
        ]

    def asked(self) -> list[str]:
        """Return the ids of the trades about which the desk was asked."""
        return [notice.trade_id for notice in self.told() if notice.kind is NoticeKind.APPROVAL_ASKED]

    def close(self, *, has_faults: bool = False) -> None:
        """Close the books; unless a trade's faults are what a test is about (`has_faults`), there must be none.

        The engine goes on without such a trade, so that no test would notice.
        """
        with suppress(StoreUnavailable):
            if not has_faults and (faults := self.faults()):
                raise ValueError(f"the engine could not handle {faults}")
        self.broker.stop()
        if self.put_in is not None:
            self.put_in.stop()
        self.store.close()


def _settings(given: Mapping[str, Any]) -> Settings:
    """Read settings, which never change, once for what is given and stands in the environment."""
    return _read(_Given(given), frozenset(os.environ.items()))


class _Given(dict[str, Any]):
    """What is given, as a key: values of many kinds, by what they look like."""

    def __hash__(self) -> int:  # type: ignore[override]  # it is never changed
        return hash(tuple(sorted((name, repr(value)) for name, value in self.items())))


@cache
def _read(given: _Given, _environment: frozenset[tuple[str, str]]) -> Settings:
    return Settings.read(**given)
