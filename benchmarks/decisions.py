"""From a price to a card, from a click to an order, from /halt to its commit."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from slack_bolt import App
from slack_bolt.request import BoltRequest

from benchmarks.desk import TRADER, desk, history, names, notices_of, proposal, steered
from benchmarks.figure import Figure, Floor, Peer
from benchmarks.floors import RARE, USUAL, broker_request, commit, postgres_commit, slack_request
from tests.faults.clicks import click
from tests.faults.clock import MovingClock
from tests.faults.halting import halts
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.servers import Postgres
from tests.support.waiting import until

DECISIONS = 60
CLICKS = 120
HALTS = 60
ASKED, PEOPLE, BREATH = 400, 4, 0.4
"""So many requests in all, of so many people, each of whom acts every so many seconds."""
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


def decision() -> list[Figure]:
    """Time from a price to the stored proposal and its card on the wire, with keywords for Claude."""
    figures = []
    with tempfile.TemporaryDirectory() as folder, Postgres.running(Path(folder)) as postgres:
        for database in ("SQLite", "PostgreSQL"):
            url = postgres.new_database() if database == "PostgreSQL" else ""
            kept = postgres_commit(postgres.new_database()) if url else commit()
            samples = [taken * 1000 for taken in _decisions(Path(folder) / database, url)]
            seed = Peer(name="seed", value=110)
            floor = _floor(kept + slack_request(), "a commit, a request to Slack")
            figures.append(
                Figure.of(
                    "decision", samples, unit="ms", goal=50, judged="p99", peers=(seed,), floor=floor, note=database
                )
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
    """Let one symbol after another make the example's move; return the seconds from the pass to its card."""
    folder.mkdir()
    symbols = names(DECISIONS)
    with _StampedSlack() as slack, desk(folder, symbols, lambda own: own, url) as harness:
        notices = notices_of(harness, slack)
        harness.market.recorded = history(symbols)
        harness.engine.notices.deliver_with(notices)
        notices.start()
        harness.engine.jobs.start()
        *_, (at, last) = worked_example.looks()
        taken = []
        for symbol in symbols:
            until(lambda: not _waiting(harness))
            harness.clock.set(worked_example.AT - timedelta(seconds=30))
            harness.engine.jobs.process_bars()  # the board as it is before the bar
            harness.clock.set(at)
            harness.market.put(replace(last, symbol=symbol))
            start = time.perf_counter()
            harness.engine.jobs.process_bars()
            taken.append(until(partial(slack.asked_at, symbol)) - start)
        notices.stop()
    return taken[5:]


def click_to_order() -> list[Figure]:
    """Time a click on Approve until its order is at the broker, under a full scan."""
    symbols, taken = names(CLICKS), []
    clock = MovingClock.starting(worked_example.AT)
    with steered(symbols, clock) as (harness, alpaca, app):
        for symbol in symbols:
            value = proposal(harness, alpaca, symbol)
            clicked = clock.now()
            app.dispatch(BoltRequest(mode="socket_mode", body=click(TRADER, value, "")))
            until(lambda: any(order.symbol == symbol for order in alpaca.reader))  # noqa: B023 (at once)
            arrived = next(order.at for order in alpaca.reader if order.symbol == symbol)
            taken.append((arrived - clicked).total_seconds() * 1000)
    seed = Peer(name="seed", value=200)
    floor = _floor(2 * commit() + 3 * broker_request(), "two commits, three requests to the broker")
    return [
        Figure.of("click_to_order", taken[5:], unit="ms", goal=100, judged="p99", peers=(seed,), floor=floor, note=LOAD)
    ]


def ack() -> list[Figure]:
    """Time mixed commands and clicks of busy people until Slack has its acknowledgement, under a full scan."""
    symbols = names(40)
    with steered(symbols, MovingClock.starting(worked_example.AT)) as (harness, alpaca, app):
        values = [proposal(harness, alpaca, symbol) for symbol in symbols]
        bodies = [
            click(TRADER, values[number % len(values)], str(number))
            if number % 4 == 0
            else command(COMMANDS[number % len(COMMANDS)], str(number))
            for number in range(ASKED)
        ]

        with ThreadPoolExecutor(PEOPLE) as people:
            shares = (bodies[number::PEOPLE] for number in range(PEOPLE))
            taken = [ms for one in people.map(partial(_acknowledged, app), shares) for ms in one]
    note = f"{PEOPLE} people, each every {BREATH} s, {LOAD}; the slowest {max(taken):.0f} ms"
    return [Figure.of("ack", taken, unit="ms", goal=50, judged="p99", note=note)]


def _acknowledged(app: App, bodies: Sequence[dict[str, Any]]) -> list[float]:
    """Act one person's share in time; return the milliseconds until each was acknowledged."""
    taken, begun = list[float](), time.perf_counter()
    for number, body in enumerate(bodies):
        time.sleep(max(0.0, begun + number * BREATH - time.perf_counter()))
        start = time.perf_counter()
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
        taken.append((time.perf_counter() - start) * 1000)
    return taken


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
    floor = _floor(commit(), "a commit")
    return [Figure.of("halt", samples, unit="ms", goal=50, judged="p99", floor=floor, note=note)]


def _floor(taken: float, of: str) -> Floor:
    """Return a floor of so many seconds for what a person waits for, in milliseconds."""
    return Floor(value=1000 * taken, of=of, at_p50=USUAL, at_p99=RARE)


def _waiting(harness: EngineHarness) -> int:
    with harness.store.reading() as reader:
        return len(reader.waiting(1))
