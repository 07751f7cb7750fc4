"""The engine on a paper broker that calls nobody back: the engine looks itself, so everything comes in one order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.replay import NoCorporateActions
from engine.adapters.sql.store import SqlStore, open_store
from engine.bootstrap import Engine, wire
from engine.model.backtest import Costs
from engine.model.market import Headline
from engine.ports.market import Market
from engine.settings import Settings
from engine.strategies.runner import StrategyRunner
from tests.support.databases import sqlite_at
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.memory import FakeDeskMemory
from tests.support.fakes.news import FakeNews
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.fakes.stream import FakePriceCache, FakeSignalStream

ON: dict[str, Any] = {"auto_mode": True, "slack_silence_minutes": 0}
"""Settings by their field names: it trades by itself, and waits for nobody in Slack."""


@contextmanager
def unheard_desk(
    folder: Path,
    settings: Settings,
    market: Market,
    clock: ManualClock,
    *,
    cash: Decimal,
    costs: Costs,
    strategies: StrategyRunner | None = None,
    headlines: Sequence[Headline] = (),
) -> Iterator[tuple[Engine, SqlStore, PaperBroker]]:
    """Wire the engine as the demo does, with these headlines, on a market that plays by a clock."""
    news = FakeNews(clock)
    news.lines += headlines
    calendar, store = ExchangeCalendar(), open_store(sqlite_at(folder / "desk.db"))
    broker = _Unheard(
        ":memory:",
        market,
        clock,
        calendar,
        cash=cash,
        margin=settings.paper.paper_margin,
        slippage_bp=costs.slippage_bp,
        fees=costs.fees,
    )
    adapters = Adapters(
        clock=clock,
        calendar=calendar,
        market=market,
        news=news,
        scorer=KeywordScorer(),
        broker=broker,
        corporate_actions=NoCorporateActions(),
        store=store,
        cache=FakePriceCache(),
        stream=FakeSignalStream(),
        memory=FakeDeskMemory(),
        strategies=strategies or InProcessStrategies(),
    )
    engine = wire(settings, adapters)
    engine.commands.ask_about_people(lambda _user, _verb: True)
    try:
        yield engine, store, broker
    finally:
        broker.stop()
        store.close()


class _Unheard(PaperBroker):
    def listen(self, on_update: Any) -> None:
        del on_update
