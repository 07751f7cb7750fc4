"""One flood: the desk trades in it, a stop is hit in it, and it is halted in it again and again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from bot.cards import ids
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER, VIEWER
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from engine.adapters.clock import ReplayClock
from tests.floods.flooder import Shape
from tests.outages.desk import START, is_card, settings_of
from tests.outages.tape import Tape
from tests.scenarios.grown import at_alpaca
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.slack_harness import workspace
from tests.support.waiting import until

ROOT: Final = Path(__file__).parents[2]
SYMBOLS: Final = ("AAPL", "GOOG")
FASTEST: Final = 20.0
"""Market seconds a real second; a longer flood has a slower market, so that all of it happens within one bar."""
PATIENCE: Final = 120.0
TOLD_WITHIN: Final = 3.0
"""Seconds in which a halt and an answer are told."""
ON_TIME: Final = 5.0
"""Seconds from a click to its order at the broker, with all checks between, and from a stop's fill to the channel."""
LOG_BYTES: Final = 1_000_000


@dataclass(kw_only=True)
class Measured:
    """Seconds that each thing took in a flood, and what it left: bytes of log, most descriptors of the bot.

    An order is timed from the click to its arrival at the broker, a stop from its fill there to the channel.
    """

    shapes: tuple[Shape, ...]
    connections: int
    halts: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    order: float = 0.0
    stop: float = 0.0
    log: int = 0
    descriptors: int = 0

    def harm(self, told_within: float = TOLD_WITHIN, on_time: float = ON_TIME) -> dict[str, object]:
        """Return what should not have been: what took longer than so many seconds, and too long a log."""
        told = {"halt": max(self.halts), "answer": max(self.answers)}
        done = {"order": self.order, "stop": self.stop}
        found: dict[str, object] = {name: seconds for name, seconds in told.items() if seconds > told_within}
        found |= {name: seconds for name, seconds in done.items() if seconds > on_time}
        return found | ({"log": self.log} if self.log > LOG_BYTES else {})


@dataclass(frozen=True, kw_only=True)
class FloodedDesk:
    """A bot in a process of its own, the Slack and the broker that it works with, and what it writes."""

    process: subprocess.Popen[bytes]
    folder: Path
    slack: LocalSlack
    alpaca: FakeAlpaca
    tape: Tape

    @classmethod
    @contextmanager
    def open(cls, folder: Path, speed: float) -> Iterator[Self]:
        """Bring a bot up and wait until people can steer it."""
        clock = ReplayClock(START, speed=speed, calendar=WeekdayCalendar())
        with ExitStack() as stack:
            alpaca = stack.enter_context(FakeAlpaca(clock, cash="1000000"))
            tape = stack.enter_context(Tape(alpaca, SYMBOLS, clock))
            slack = stack.enter_context(workspace())
            given = settings_of(folder, at_alpaca(alpaca) | {"anthropic_api_key": "", "watchlist": SYMBOLS})
            process = stack.enter_context(_bot(folder, slack, given, clock, speed))
            desk = cls(process=process, folder=folder, slack=slack, alpaca=alpaca, tape=tape)
            until(desk._is_ready, PATIENCE)
            yield desk

    @property
    def trader(self) -> Person:
        return Person(self.slack.url, TRADER.id)

    @property
    def admin(self) -> Person:
        return Person(self.slack.url, ADMIN.id)

    @property
    def url(self) -> str:
        """The HTTP side's address."""
        return (self.folder / "ready").read_text(encoding="utf-8")

    @property
    def descriptors(self) -> int:
        """How many the bot has open, 0 where the machine does not say."""
        with suppress(OSError):
            return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())
        return 0

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def told(self, *words: str) -> int:
        """Count the messages for all, threads too, that have all these words."""
        channel = self.trader.messages(CHANNEL.id)
        threads = [self.trader.messages(CHANNEL.id, each["ts"]) for each in channel if each["reply_count"]]
        every = {str(message["ts"]): message for part in (channel, *threads) for message in part}
        texts = (str(message["text"]) for message in every.values() if not message["ephemeral"])
        return sum(all(word in text for word in words) for text in texts)

    def answers(self) -> int:
        """Count what the trader alone was told."""
        return sum(bool(message["ephemeral"]) for message in self.trader.messages(CHANNEL.id))

    def _is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(self.log.read_text(encoding="utf-8")[-2_000:])
        return (self.folder / "ready").exists() and self.told("") > 0


@contextmanager
def _bot(
    folder: Path, slack: LocalSlack, given: dict[str, Any], clock: ReplayClock, speed: float
) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    people = {"ADMINS": ADMIN.id, "TRADERS": TRADER.id, "VIEWERS": VIEWER.id, "SLACK_CHANNEL": CHANNEL.id}
    reached = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url}
    texts = {name.upper(): _text(value) for name, value in given.items()}
    environment = {**kept, **people, **reached, **texts, "PYTHONPATH": str(ROOT), "HTTP_PORT": "0"}
    with (folder / "log.txt").open("wb") as log:
        command = (sys.executable, "-m", "tests.floods.bot", *map(str, (clock.now().timestamp(), speed, time.time())))
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)  # noqa: S603 (our own)
        try:
            yield process
        finally:
            _end(process)


@contextmanager
def flooded(desk: FloodedDesk, shapes: Sequence[Shape], connections: int) -> Iterator[None]:
    """Flood a desk, with each shape from a process of its own; the connections are theirs together."""
    port, each = str(urlsplit(desk.url).port), str(connections // max(1, len(shapes)))
    commands = [(sys.executable, "-m", "tests.floods.flooder", port, shape.value, each) for shape in shapes]
    processes = [subprocess.Popen(command, cwd=ROOT) for command in commands]  # noqa: S603 (our own)
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def live_through(folder: Path, shapes: Sequence[Shape], *, seconds: float, connections: int) -> Measured:
    """Flood a desk for so many seconds, and longer where its trade takes longer; return what came of it."""
    found = Measured(shapes=tuple(shapes), connections=connections)
    with FloodedDesk.open(folder, min(FASTEST, 1_200 / max(seconds, 1))) as desk:
        before = desk.log.stat().st_size
        with flooded(desk, shapes, connections):
            ends = time.monotonic() + seconds
            until(lambda: not shapes or desk.descriptors > DESK_AND_CAP, PATIENCE)
            _trade(desk, found)
            while not found.halts or time.monotonic() < ends:
                _halt(desk, found)
                found.health.append(_health(desk))
                found.descriptors = max(found.descriptors, desk.descriptors)
        found.log = desk.log.stat().st_size - before
    return found


DESK_AND_CAP: Final = 200
"""Descriptors beyond which the flood has surely come: a desk at work has some forty."""


def _trade(desk: FloodedDesk, found: Measured) -> None:
    """Buy, and fall under the stop."""
    symbol = SYMBOLS[0]
    desk.alpaca.news(f"{symbol} beats expectations", symbol)
    desk.tape.signal(symbol)
    card = desk.trader.wait_for(CHANNEL.id, lambda message: is_card(message, symbol), PATIENCE)
    asked = time.monotonic()
    with suppress(PersonRefused):  # the card may be drawn again just now
        desk.trader.press(card, ids.APPROVE)
    until(lambda: any(order.side == "buy" for order in desk.alpaca.reader), PATIENCE)
    found.order = time.monotonic() - asked
    until(lambda: desk.told("Trade filled", symbol), PATIENCE)
    desk.tape.fall(symbol)
    hit = time.monotonic()
    until(lambda: desk.told("top", symbol, "losed") or desk.told("Trade closed", symbol), PATIENCE)
    found.stop = time.monotonic() - hit


def _halt(desk: FloodedDesk, found: Measured) -> None:
    """Look at the positions, halt, and resume; time each until it is told."""
    answers = desk.answers()
    asked = time.monotonic()
    _command(desk.trader, "/positions")
    until(lambda: desk.answers() > answers, PATIENCE)
    found.answers.append(time.monotonic() - asked)
    before = desk.told("Trading halted by")
    asked = time.monotonic()
    _command(desk.admin, "/halt under attack")
    until(lambda: desk.told("Trading halted by") > before, PATIENCE)
    found.halts.append(time.monotonic() - asked)
    resumed = desk.told("resumed")
    _command(desk.admin, "/resume")
    until(lambda: desk.told("resumed") > resumed, PATIENCE)


def _command(person: Person, text: str) -> None:
    with suppress(PersonRefused):  # Slack gives up after three seconds; the desk does not, and is timed
        person.command(CHANNEL.id, text)


def _health(desk: FloodedDesk) -> float:
    asked = time.monotonic()
    with suppress(HTTPError), urlopen(f"{desk.url}/health", timeout=PATIENCE) as answer:  # noqa: S310 (loopback)
        answer.read()
    return time.monotonic() - asked
