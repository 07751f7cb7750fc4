"""A desk to time: traders at its buttons, Alpaca behind it, and 10,000 symbols scanned beside."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from slack_bolt import App
from slack_sdk import WebClient

from benchmarks.universe import Universe
from bot.app import build_app
from bot.delivery.notices import DeliveryIntervals, NoticeDelivery
from bot.delivery.slack_poster import PostingRate
from bot.messages import Texts
from bot.settings import SlackSettings
from bot.signing import KEY, Signer
from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.factory import Adapters
from engine.adapters.sql.store import open_store
from engine.model.market import BarHistory
from engine.model.trade import TradeState
from engine.pipeline.observe import Observation
from engine.signals.prices import RecentPrices
from engine.signals.technical import technical_scores
from tests.engine.adapters.alpaca.access import access_to
from tests.faults.child_process import BOLD, propose_from
from tests.faults.clock import MovingClock
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.slack import ScriptedSlack
from tests.support.fakes.trades import a_signal

TRADER = "U0TRADER"
TEXTS = Texts("en", ZoneInfo("Asia/Seoul"))
SMALL: dict[str, Any] = {"risk_per_trade": "0.0001", **BOLD}
"""Settings of a desk that trades often and little, so that nothing stands in the way of the next trade."""


def names(count: int) -> tuple[str, ...]:
    """Return so many symbols."""
    return tuple(f"S{number:04d}" for number in range(count))


def trading_at(alpaca: FakeAlpaca, adapters: Adapters) -> Adapters:
    """Return adapters of which the broker is an Alpaca's."""
    access = access_to(alpaca, budget=RateLimiter(1_000_000))
    return replace(adapters, broker=AlpacaBroker(access, adapters.clock, WeekdayCalendar()))


@contextmanager
def steered(symbols: tuple[str, ...], clock: MovingClock) -> Iterator[tuple[EngineHarness, FakeAlpaca, App]]:
    """Give a desk that trades at Alpaca and is asked over Slack, while 10,000 other symbols are scanned."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedSlack() as slack,
        FakeAlpaca(clock, cash="10000000", strict=False) as alpaca,
        desk(Path(folder), symbols, lambda own: trading_at(alpaca, own)) as harness,
        scanned(),
    ):
        app = app_of(harness, slack)
        yield harness, alpaca, app
        app.listener_runner.listener_executor.shutdown()


@contextmanager
def desk(
    folder: Path, symbols: tuple[str, ...], on: Callable[[Adapters], Adapters], url: str = ""
) -> Iterator[EngineHarness]:
    """Give a desk that watches some symbols, on PostgreSQL where a URL is given; `on` puts adapters in."""
    store = open_store(url) if url else None

    def put_in(adapters: Adapters) -> Adapters:
        return on(replace(adapters, store=store) if store else adapters)

    harness = EngineHarness.build(folder, cash=Decimal(10_000_000), watchlist=symbols, on=put_in, **SMALL)
    harness = replace(harness, store=store or harness.store)
    try:
        yield harness
    finally:
        harness.close()


@contextmanager
def scanned() -> Iterator[None]:
    """Scan 10,000 symbols once a second."""
    universe, stop = Universe(), threading.Event()
    board, prices, ticks = universe.board(), RecentPrices(universe.names), universe.ticks(every=1)

    def scan() -> None:
        while not stop.wait(1):
            next(ticks).into(prices)
            technical_scores(board.indicators())

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def history(symbols: tuple[str, ...]) -> BarHistory:
    """Return the bars of the worked example, the same for each symbol."""
    one = worked_example.history()
    return BarHistory.of(symbols, one.starts, np.repeat(one.stacked, len(symbols), axis=2))


def notices_of(harness: EngineHarness, slack: ScriptedSlack) -> NoticeDelivery:
    """Return what delivers a desk's notices to a Slack, at any pace."""
    return NoticeDelivery(
        store=harness.store,
        client=WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]),
        channel="C0DESK",
        texts=TEXTS,
        source="alpaca-iex",
        ceiling=Decimal("0.02"),
        signer=Signer(harness.engine.commands.audit_log.secret(KEY), harness.engine.queries.now),
        pace=PostingRate(burst=1_000_000, gap=0),
        waits=DeliveryIntervals(look=1.0, first=0.05, longest=0.1),
    )


def app_of(harness: EngineHarness, slack: ScriptedSlack) -> App:
    """Return the App that a desk is steered with."""
    settings = SlackSettings.read(
        slack_bot_token="xoxb-test",
        slack_app_token="xapp-test",
        slack_api_url=slack.api_url,
        slack_channel="C0DESK",
        traders=(TRADER,),
    )
    return build_app(harness.engine.commands, harness.engine.queries, TEXTS, settings.access, settings)


def proposal(harness: EngineHarness, alpaca: FakeAlpaca, symbol: str) -> str:
    """Propose a symbol and return what its card's Approve carries."""
    harness.market.price(symbol, "150.25")
    alpaca.price(symbol, "150.25")
    now = harness.clock.now()
    shots = {shot.symbol: shot for shot in harness.market.snapshots((symbol,))}
    propose_from(
        harness.engine, [a_signal(symbol=symbol, at=now, price=Decimal("150.25"))], Observation(at=now, snapshots=shots)
    )
    harness.engine.jobs.decide_proposals()
    trade = next(trade for trade in harness.engine.queries.trades({TradeState.PROPOSED}) if trade.symbol == symbol)
    return Signer(harness.engine.commands.audit_log.secret(KEY), harness.engine.queries.now).value("approve", trade.id)
