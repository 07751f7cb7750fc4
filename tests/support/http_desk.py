"""The desk of the blueprint's example behind the HTTP side, with parts that a test can break."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Self

from bot.http.dependencies import Check, Dependencies, ProcessName
from engine.model.account import Account
from engine.model.desk import Desk
from engine.model.signal import Signal
from engine.model.status import LeaderStatus
from engine.model.trade import Trade, TradeState
from engine.model.view import PortfolioView
from engine.queries import Queries
from tests.support.engine_harness import EngineHarness


class HttpDesk(Queries):
    """A real engine whose answers a test may bend: `trouble` is raised, `account` and `open_risk` are shown instead."""

    def __init__(self, harness: EngineHarness) -> None:
        self.harness = harness
        self.trouble: Exception | None = None
        self.account: Account | None = None
        self.open_risk: Decimal | None = None
        self.checks = [Check(name="database", ok=True), Check(name="market", ok=True, detail="replay", age=3.5)]
        self.listed: list[Signal] = []

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Open the desk as it stands at 23:44:30 in Seoul."""
        harness = EngineHarness.at_the_example(folder)
        try:
            yield cls(harness)
        finally:
            harness.close()

    @classmethod
    @contextmanager
    def priced(cls, folder: Path) -> Iterator[Self]:
        """Open it with a price of each symbol, so that what is asked for may be bought."""
        with cls.open(folder) as desk:
            for symbol, price in (("AAPL", "150.25"), ("MSFT", "420.80"), ("TSLA", "255.60")):
                desk.harness.market.price(symbol, price)
            yield desk

    @property
    def sources(self) -> Dependencies:
        """What the HTTP side is built on."""
        return Dependencies(
            queries=self,
            store=self.harness.store,
            health=lambda: self.checks,
            signals=lambda limit: self.listed[:limit],
            refused_prices=lambda: {"stale": 3},
            flawed_bars=lambda: {"crossed": 2},
            entries_set_aside=lambda: 2,
            process=ProcessName(role="scheduler", instance="host-1:17"),
            standing=lambda: LeaderStatus(leads=True, term=3, lease_age=0.5),
            queues=lambda: {"trading_signals": 4},
            job_delays=lambda: {"tick": 1.5},
        )

    def now(self) -> datetime:
        return self.harness.engine.queries.now()

    def desk(self) -> Desk:
        return self.harness.engine.queries.desk()

    def trade(self, asked: str, wanted_in: Collection[TradeState] = ()) -> Trade:
        return self.harness.engine.queries.trade(asked, wanted_in)

    def portfolio(self) -> PortfolioView:
        if self.trouble:
            raise self.trouble
        view = self.harness.engine.queries.portfolio()
        account = self.account or view.account
        open_risk = view.open_risk if self.open_risk is None else self.open_risk
        return replace(view, account=account, open_risk=open_risk)
