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
from tests.fakes import worked_example
from tests.fakes.alpaca.server import FakeAlpaca
from tests.fakes.calendar import WeekdayCalendar
from tests.fakes.slack import ScriptedSlack
from tests.fakes.trades import a_signal
from tests.faults.clock import MovingClock
from tests.faults.victim import BOLD, propose_from
from tests.rig import Rig

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
def steered(symbols: tuple[str, ...], clock: MovingClock) -> Iterator[tuple[Rig, FakeAlpaca, App]]:
    """Give a desk that trades at Alpaca and is asked over Slack, while 10,000 other symbols are scanned."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedSlack() as slack,
        FakeAlpaca(clock, cash="10000000", strict=False) as alpaca,
        desk(Path(folder), symbols, lambda own: trading_at(alpaca, own)) as rig,
        scanned(),
    ):
        app = app_of(rig, slack)
        yield rig, alpaca, app
        app.listener_runner.listener_executor.shutdown()


@contextmanager
def desk(folder: Path, symbols: tuple[str, ...], on: Callable[[Adapters], Adapters], url: str = "") -> Iterator[Rig]:
    """Give a desk that watches some symbols, on PostgreSQL where a URL is given; `on` puts adapters in."""
    store = open_store(url) if url else None

    def put_in(adapters: Adapters) -> Adapters:
        return on(replace(adapters, store=store) if store else adapters)

    rig = Rig.build(folder, cash=Decimal(10_000_000), watchlist=symbols, on=put_in, **SMALL)
    rig = replace(rig, store=store or rig.store)
    try:
        yield rig
    finally:
        rig.close()


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


def notices_of(rig: Rig, slack: ScriptedSlack) -> NoticeDelivery:
    """Return what delivers a desk's notices to a Slack, at any pace."""
    return NoticeDelivery(
        store=rig.store,
        client=WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]),
        channel="C0DESK",
        texts=TEXTS,
        source="alpaca-iex",
        ceiling=Decimal("0.02"),
        seal=Signer(rig.engine.commands.audit_log.secret(KEY), rig.engine.queries.now),
        pace=PostingRate(burst=1_000_000, gap=0),
        waits=DeliveryIntervals(look=1.0, first=0.05, longest=0.1),
    )


def app_of(rig: Rig, slack: ScriptedSlack) -> App:
    """Return the App that a desk is steered with."""
    settings = SlackSettings.read(
        slack_bot_token="xoxb-test",
        slack_app_token="xapp-test",
        slack_api_url=slack.api_url,
        slack_channel="C0DESK",
        traders=(TRADER,),
    )
    return build_app(rig.engine.commands, rig.engine.queries, TEXTS, settings.access, settings)


def proposal(rig: Rig, alpaca: FakeAlpaca, symbol: str) -> str:
    """Propose a symbol and return what its card's Approve carries."""
    rig.market.price(symbol, "150.25")
    alpaca.price(symbol, "150.25")
    now = rig.clock.now()
    shots = {shot.symbol: shot for shot in rig.market.snapshots((symbol,))}
    propose_from(
        rig.engine, [a_signal(symbol=symbol, at=now, price=Decimal("150.25"))], Observation(at=now, snapshots=shots)
    )
    rig.engine.jobs.decide_proposals()
    trade = next(trade for trade in rig.engine.queries.trades({TradeState.PROPOSED}) if trade.symbol == symbol)
    return Signer(rig.engine.commands.audit_log.secret(KEY), rig.engine.queries.now).value("approve", trade.id)
