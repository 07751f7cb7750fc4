"""How the demo passes for a visitor: the first proposal comes soon, and something happens again and again.

Time is the wall's, at the demo's speed; what happens is whatever the desk is told.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from inspect import signature
from itertools import pairwise
from pathlib import Path

import pytest

from bot.cli.demo import pace_of
from bot.cli.main import demo_command
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.clock import ReplayClock
from engine.adapters.factory import Adapters
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.replay import DEMO_START, ReplayMarket, ReplayNews
from engine.errors import RequestRefused
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from engine.scheduler import timetable
from engine.views.reports import due_between
from tests.support.engine_harness import EngineHarness

SPEED: float = signature(demo_command).parameters["speed"].default
"""Market seconds a real second, unless told."""
CASH = Decimal(100_000)
WATCHLIST = ("AAPL", "IBM", "MSFT", "GOOG", "FB")
MINUTE, HOUR = 60.0, 3600.0
STEP = 300 / SPEED
"""Wall seconds between two looks of a test at the desk: a bar."""
AFTER_A_BAR = 6 / SPEED
"""Wall seconds after a bar's close at which it is taken in."""


class Wall:
    """The wall's seconds, which a test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def longest_wait(happened: Iterable[float], until: float) -> float:
    return max(later - earlier for earlier, later in pairwise([0.0, *happened, until]))


def test_the_reports_alone_let_nobody_wait_for_three_minutes() -> None:
    """Whatever visitors do, and if they halt the desk: a session is shorter than that."""
    wall, calendar = Wall(), ExchangeCalendar()
    clock = ReplayClock(DEMO_START, speed=SPEED, calendar=calendar, monotonic=wall)
    last, told = clock.now(), list[float]()
    while wall.seconds < HOUR:
        wall.seconds += 0.5
        now = clock.now()
        told += [wall.seconds for _ in due_between(calendar, last, now)]
        last = now
    assert longest_wait(told, HOUR) < 3 * MINUTE


@pytest.mark.parametrize(("speed", "market_seconds"), [(0.5, 90), (1, 90), (160, 14_400)])
def test_a_price_of_the_demo_is_good_for_ninety_real_seconds(speed: float, market_seconds: int) -> None:
    assert pace_of(speed)["max_price_age_seconds"] == market_seconds


class Visit:
    """The demo's desk, and what it was told so far: the kinds of notices by the wall's seconds."""

    def __init__(self, folder: Path) -> None:
        self.wall = Wall()
        self.told: dict[float, set[NoticeKind]] = {}
        self._clock = ReplayClock(DEMO_START, speed=SPEED, calendar=ExchangeCalendar(), monotonic=self.wall)
        self._ran: dict[str, datetime] = {}
        self._seen = 0
        self.harness = EngineHarness.build(
            folder, on=lambda adapters: self._on(adapters, folder), watchlist=WATCHLIST, **pace_of(SPEED)
        )
        self.harness.engine.jobs.start()
        self.wall.seconds = AFTER_A_BAR

    def _on(self, adapters: Adapters, folder: Path) -> Adapters:
        clock, calendar = self._clock, ExchangeCalendar()
        market = ReplayMarket(clock, calendar)
        broker = PaperBroker(
            folder / "demo.db", market, clock, calendar, cash=CASH, margin=True, slippage_bp=Decimal(2)
        )
        return replace(adapters, clock=clock, calendar=calendar, market=market, news=ReplayNews(clock), broker=broker)

    def step(self) -> None:
        """Let what is due run, note what the desk was told, and go on by a bar."""
        now = self._clock.now()
        for job in timetable(self.harness.engine.jobs):
            if job.name not in self._ran or (now - self._ran[job.name]).total_seconds() >= job.seconds:
                self._ran[job.name] = now
                job.verb()
        told = self.harness.told()
        if len(told) > self._seen:
            self.told[self.wall.seconds] = {notice.kind for notice in told[self._seen :]}
            self._seen = len(told)
        self.wall.seconds += STEP

    @property
    def proposals(self) -> list[float]:
        """When proposals came."""
        return [second for second, kinds in self.told.items() if NoticeKind.APPROVAL_ASKED in kinds]


def nobody(visit: Visit) -> None:
    del visit


def approves_all(visit: Visit) -> None:
    for trade in visit.harness.engine.queries.trades():
        if trade.state is TradeState.PROPOSED:
            with suppress(RequestRefused):
                visit.harness.engine.commands.approve(trade.id, EngineHarness.TRADER)


@pytest.mark.parametrize("visitor", [nobody, approves_all])
def test_the_first_proposal_comes_within_a_minute_and_there_is_always_something_to_see(
    tmp_path: Path, visitor: Callable[[Visit], None]
) -> None:
    visit, until = Visit(tmp_path), 7 * MINUTE
    while visit.wall.seconds < until:
        visit.step()
        visitor(visit)
    visit.harness.close()
    assert visit.proposals[0] < MINUTE
    assert len(visit.proposals) >= 4
    assert longest_wait(visit.proposals, until) < 3 * MINUTE
    assert longest_wait(visit.told, until) < 3 * MINUTE


def test_no_proposal_of_the_demo_waits_past_the_close_of_its_day(tmp_path: Path) -> None:
    visit, calendar = Visit(tmp_path), ExchangeCalendar()
    while visit.wall.seconds < 3 * MINUTE:
        visit.step()
    trades = visit.harness.engine.queries.trades()
    visit.harness.close()
    assert trades
    for trade in trades:
        day = calendar.day(exchange_date(trade.proposed_at))
        assert day is not None
        assert trade.proposed_at < trade.expires_at <= day.close
