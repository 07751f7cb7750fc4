"""From a price to a card, from a click to an order, from /halt to its commit."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

from benchmarks.figure import Figure, Peer
from benchmarks.universe import Universe
from bot.app import build_app
from bot.messages import Texts
from bot.notices import Notices, Waits
from bot.posting import Pace
from bot.seal import KEY, Seal
from bot.settings import SlackSettings
from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.budget import Budget
from engine.adapters.sql.store import open_store
from engine.model.market import BarHistory
from engine.model.trade import TradeState
from engine.outside import Adapters
from engine.signals.technical import technical_scores
from engine.stages.observe import Observation
from tests.engine.adapters.alpaca.access import access_to
from tests.fakes import worked_example
from tests.fakes.alpaca.server import FakeAlpaca
from tests.fakes.calendar import WeekdayCalendar
from tests.fakes.slack import Reply, ScriptedSlack
from tests.fakes.trades import a_signal
from tests.faults.clicks import click
from tests.faults.clock import MovingClock
from tests.faults.halting import halts
from tests.faults.victim import BOLD, propose_from
from tests.rig import Rig
from tests.servers import Postgres
from tests.waiting import until

DECISIONS = 60
CLICKS = 120
HALTS = 60
ASKED = 1_000
COMMANDS = (
    "/positions",
    "/trades today",
    "/risk",
    "/signals",
    "/size S0001",
    "/pnl",
    "/desk",
    "/news",
    "/inspect S0002",
)
LOAD = "while 10,000 symbols are scanned each second"
TRADER = "U0TRADER"
TEXTS = Texts("en", ZoneInfo("Asia/Seoul"))
SMALL: dict[str, Any] = {"risk_per_trade": "0.0001", **BOLD}
"""Settings of a desk that trades often and little, so that nothing stands in the way of the next trade."""


def names(count: int) -> tuple[str, ...]:
    """Return so many symbols."""
    return tuple(f"S{number:04d}" for number in range(count))


def trading_at(alpaca: FakeAlpaca, adapters: Adapters) -> Adapters:
    """Return adapters of which the broker is an Alpaca's."""
    access = access_to(alpaca, budget=Budget(1_000_000))
    return replace(adapters, broker=AlpacaBroker(access, adapters.clock, WeekdayCalendar()))


def decision() -> list[Figure]:
    """Time from a price to the stored proposal and its card on the wire, with keywords for Claude."""
    figures = []
    with tempfile.TemporaryDirectory() as folder, Postgres.running(Path(folder)) as postgres:
        for database in ("SQLite", "PostgreSQL"):
            url = postgres.new_database() if database == "PostgreSQL" else ""
            samples = [taken * 1000 for taken in _decisions(Path(folder) / database, url)]
            seed = Peer(name="seed", value=110)
            figures.append(
                Figure.of("decision", samples, unit="ms", goal=50, judged="p99", peers=(seed,), note=f"{database}")
            )
    return figures


class _StampedSlack(ScriptedSlack):
    """A Slack that knows when each card reached it."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived: dict[str, float] = {}

    def asked_at(self, symbol: str) -> float:
        """Return when the card of a symbol came, 0 before."""
        return next((at for text, at in list(self._arrived.items()) if f" {symbol} at" in text), 0.0)

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[Reply, bytes]:
        now = time.perf_counter()
        if method == "chat.postMessage":
            self._arrived.setdefault(str(arguments["text"]), now)
        return super().answer(method, arguments)


def _decisions(folder: Path, url: str) -> list[float]:
    """Let one symbol after another make the example's move; return the seconds from its tick to its card."""
    folder.mkdir()
    symbols = names(DECISIONS)
    with _StampedSlack() as slack, _desk(folder, symbols, lambda own: own, url) as rig:
        notices = _notices(rig, slack)
        rig.market.bars = _history(symbols)
        rig.clock.set(worked_example.AT - timedelta(seconds=30))
        rig.engine.deliver_with(notices)
        notices.start()
        rig.engine.start()
        early, dip, last = worked_example.looks()
        for second, snapshot in (early, dip):
            rig.clock.set(worked_example.AT + timedelta(seconds=second))
            for symbol in symbols:
                rig.market.put(replace(snapshot, symbol=symbol))
            rig.engine.tick()
        rig.clock.set(worked_example.AT + timedelta(seconds=last[0]))
        taken = []
        for symbol in symbols:
            until(lambda: not _waiting(rig))
            rig.market.put(replace(last[1], symbol=symbol))
            start = time.perf_counter()
            rig.engine.tick()
            taken.append(until(partial(slack.asked_at, symbol)) - start)
        notices.stop()
    return taken[5:]


def click_to_order() -> list[Figure]:
    """Time a click on Approve until its order is at the broker, under a full scan."""
    symbols, taken = names(CLICKS), []
    clock = MovingClock.starting(worked_example.AT)
    with _steered(symbols, clock) as (rig, alpaca, app):
        for symbol in symbols:
            value = _proposal(rig, alpaca, symbol)
            clicked = clock.now()
            app.dispatch(BoltRequest(mode="socket_mode", body=click(TRADER, value, "")))
            until(lambda: any(order.symbol == symbol for order in alpaca.ledger))  # noqa: B023 (at once)
            arrived = next(order.at for order in alpaca.ledger if order.symbol == symbol)
            taken.append((arrived - clicked).total_seconds() * 1000)
    seed = Peer(name="seed", value=200)
    return [Figure.of("click_to_order", taken[5:], unit="ms", goal=100, judged="p99", peers=(seed,), note=LOAD)]


def ack() -> list[Figure]:
    """Time 1,000 commands and clicks of four people at once until Slack has its acknowledgement, under a full scan."""
    symbols = names(40)
    with _steered(symbols, MovingClock.starting(worked_example.AT)) as (rig, alpaca, app):
        values = [_proposal(rig, alpaca, symbol) for symbol in symbols]
        bodies = [
            click(TRADER, values[number % len(values)], str(number))
            if number % 4 == 0
            else command(COMMANDS[number % len(COMMANDS)], str(number))
            for number in range(ASKED)
        ]

        def acknowledged(body: dict[str, Any]) -> float:
            start = time.perf_counter()
            app.dispatch(BoltRequest(mode="socket_mode", body=body))
            return (time.perf_counter() - start) * 1000

        with ThreadPoolExecutor(4) as people:
            taken = list(people.map(acknowledged, bodies))
    note = f"{LOAD}; the slowest {max(taken):.0f} ms"
    return [Figure.of("ack", taken, unit="ms", goal=50, judged="p99", note=note)]


def command(typed: str, trigger: str) -> dict[str, Any]:
    """Return the body of a slash command."""
    name, _, text = typed.partition(" ")
    return {
        "command": name,
        "text": text,
        "user_id": TRADER,
        "team_id": "T0LOCAL",
        "channel_id": "C0DESK",
        "api_app_id": "A0LOCALBOT",
        "trigger_id": trigger,
    }


def halt() -> list[Figure]:
    """Time /halt until it is committed on a desk that trades as hard as it can, and count the orders after it."""
    with tempfile.TemporaryDirectory() as folder:
        found = halts(Path(folder), HALTS, seed=7)
    samples = [seconds * 1000 for seconds in found.seconds]
    note = f"{len(found.too_late)} of {found.entries} entries after a halt"
    return [Figure.of("halt", samples, unit="ms", goal=50, judged="p99", note=note)]


@contextmanager
def _steered(symbols: tuple[str, ...], clock: MovingClock) -> Iterator[tuple[Rig, FakeAlpaca, App]]:
    """Give a desk that trades at Alpaca and is asked over Slack, while 10,000 other symbols are scanned."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedSlack() as slack,
        FakeAlpaca(clock, cash="10000000", strict=False) as alpaca,
        _desk(Path(folder), symbols, lambda own: trading_at(alpaca, own)) as rig,
        _scanning(),
    ):
        app = _app(rig, slack)
        yield rig, alpaca, app
        app.listener_runner.listener_executor.shutdown()


@contextmanager
def _desk(folder: Path, symbols: tuple[str, ...], on: Callable[[Adapters], Adapters], url: str = "") -> Iterator[Rig]:
    store = open_store(url) if url else None

    def put_in(adapters: Adapters) -> Adapters:
        return on(replace(adapters, store=store) if store else adapters)

    rig = Rig.build(folder, cash=Decimal(10_000_000), watchlist=symbols, on=put_in, **SMALL)
    rig = replace(rig, store=store or rig.store)
    try:
        yield rig
    finally:
        rig.close()


def _history(symbols: tuple[str, ...]) -> BarHistory:
    one = worked_example.history()
    wide = {
        name: np.repeat(getattr(one, name), len(symbols), axis=1) for name in ("open", "high", "low", "close", "volume")
    }
    return replace(one, symbols=symbols, **wide)


def _notices(rig: Rig, slack: ScriptedSlack) -> Notices:
    return Notices(
        store=rig.store,
        client=WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]),
        channel="C0DESK",
        texts=TEXTS,
        source="alpaca-iex",
        ceiling=Decimal("0.02"),
        seal=Seal(rig.engine.requests.secret(KEY), rig.engine.now),
        pace=Pace(burst=1_000_000, gap=0),
        waits=Waits(look=1.0, first=0.05, longest=0.1),
    )


def _app(rig: Rig, slack: ScriptedSlack) -> App:
    settings = SlackSettings.read(
        slack_bot_token="xoxb-test",
        slack_app_token="xapp-test",
        slack_api_url=slack.api_url,
        slack_channel="C0DESK",
        traders=(TRADER,),
    )
    return build_app(rig.engine, TEXTS, settings.access, settings)


def _proposal(rig: Rig, alpaca: FakeAlpaca, symbol: str) -> str:
    """Propose a symbol and return what its card's Approve carries."""
    rig.market.price(symbol, "150.25")
    alpaca.price(symbol, "150.25")
    now = rig.clock.now()
    shots = {shot.symbol: shot for shot in rig.market.snapshots((symbol,))}
    propose_from(
        rig.engine, [a_signal(symbol=symbol, at=now, price=Decimal("150.25"))], Observation(at=now, snapshots=shots)
    )
    rig.engine.decide()
    trade = next(trade for trade in rig.engine.trades({TradeState.PROPOSED}) if trade.symbol == symbol)
    return Seal(rig.engine.requests.secret(KEY), rig.engine.now).value("approve", trade.id)


def _waiting(rig: Rig) -> int:
    with rig.store.reading() as ledger:
        return len(ledger.waiting(1))


@contextmanager
def _scanning() -> Iterator[None]:
    """Scan 10,000 symbols once a second."""
    universe, stop = Universe(), threading.Event()
    board, ticks = universe.board(), universe.ticks(every=1)

    def scan() -> None:
        while not stop.wait(1):
            next(ticks).into(board)
            technical_scores(board.indicators())

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
