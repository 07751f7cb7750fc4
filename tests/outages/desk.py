"""A desk at work with every outside system behind a line of its own, and people who approve."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy import make_url

from bot.cards import ids
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL
from bot.local_slack.people import Person
from bot.local_slack.seed import Json
from engine.adapters.clock import ReplayClock
from engine.bootstrap import Engine, open_desk, read_settings
from engine.model.desk import DeskState
from engine.model.trade import TradeState
from engine.ports.store import Store
from tests.outages.fault import POSTGRESQL, VALKEY, TroubledLine
from tests.outages.tape import BAR, Tape
from tests.scenarios.grown import at_alpaca
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.claude import KEY, Reply, ScriptedClaude, saying, shown
from tests.support.servers import Valkey
from tests.support.slack_harness import SlackHarness, on_stage
from tests.support.waiting import until

SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT", "TSLA")
START = datetime(2025, 8, 19, 14, 30, tzinfo=UTC)
"""10:30 in New York; bars are short, so that a signal comes within seconds."""
PATIENCE = 90.0
"""Seconds until a test gives up; an outage may open a breaker or double the waits between attempts."""


class Outside(StrEnum):
    """A server that the desk works with; Alpaca has one for orders and one for prices and news."""

    POSTGRESQL = "PostgreSQL"
    VALKEY = "Valkey"
    ALPACA = "Alpaca"
    ALPACA_DATA = "Alpaca's data"
    CLAUDE = "Claude"
    SLACK = "Slack"


SPEAKS = {Outside.POSTGRESQL: POSTGRESQL, Outside.VALKEY: VALKEY}
"""What a line answers where its server does not speak HTTP."""


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What stands behind the bot."""

    engine: Engine
    store: Store


@dataclass(frozen=True, kw_only=True)
class BusyDesk:
    """A desk whose timetable runs, the market it trades in, and the lines to its outside."""

    stage: SlackHarness[Behind]
    alpaca: FakeAlpaca
    valkey: Valkey
    database_url: str
    tape: Tape
    lines: Mapping[Outside, TroubledLine]
    news: list[tuple[str, str]] = field(default_factory=list)
    """The id of every headline, and the symbol that it is about."""

    @classmethod
    @contextmanager
    def open(cls, folder: Path, database_url: str, speed: float, **given: Any) -> Iterator[Self]:
        """Open a desk whose market runs `speed` times as fast as the wall's clock; `given` are settings."""
        clock = ReplayClock(START, speed=speed, calendar=WeekdayCalendar())
        with ExitStack() as stack:
            alpaca = stack.enter_context(FakeAlpaca(clock, cash="1000000"))
            valkey = stack.enter_context(Valkey(folder))
            tape = stack.enter_context(Tape(alpaca, SYMBOLS, clock))
            claude = stack.enter_context(ScriptedClaude())
            claude.model = good_news
            urls = {
                Outside.POSTGRESQL: {"database_url": database_url},
                Outside.VALKEY: {"redis_url": valkey.url},
                Outside.ALPACA: {"alpaca_trading_url": alpaca.trading_url, "alpaca_stream_url": alpaca.stream_url},
                Outside.ALPACA_DATA: {"alpaca_data_url": alpaca.data_url},
                Outside.CLAUDE: {"claude_url": claude.url},
            }
            lines = {
                outside: stack.enter_context(TroubledLine(target_of(next(iter(named.values()))), SPEAKS.get(outside)))
                for outside, named in urls.items()
            }
            led = {name: through(url, lines[outside]) for outside, named in urls.items() for name, url in named.items()}
            desk = stack.enter_context(closing(open_desk(settings(folder, at_alpaca(alpaca) | led | given), clock)))
            desk.engine.jobs.start()
            behind = Behind(engine=desk.engine, store=desk.adapters.store)
            stage = stack.enter_context(on_stage(behind, "en", "alpaca-iex", partial(to_slack, lines)))
            desk.scheduler.start()
            busy = cls(stage=stage, alpaca=alpaca, valkey=valkey, database_url=database_url, tape=tape, lines=lines)
            until(lambda: busy.looks() > 0, PATIENCE)
            yield busy
            desk.scheduler.stop()
        assert alpaca.violations == ()

    @property
    def trader(self) -> Person:
        return self.stage.trader

    def signal(self, *symbols: str) -> None:
        """Let good news about symbols come, and a signal to buy them."""
        for symbol in symbols:
            self.headline(symbol)
        self.tape.signal(*symbols)

    def headline(self, symbol: str) -> None:
        number = self.alpaca.news(f"{symbol} beats expectations", symbol)
        self.news.append((str(number), symbol))

    def messages(self) -> dict[str, Json]:
        """Return what the whole channel can read, threads included, by timestamp."""
        channel = self.trader.messages(CHANNEL.id)
        threads = [self.trader.messages(CHANNEL.id, message["ts"]) for message in channel if message["reply_count"]]
        everything = [message for part in (channel, *threads) for message in part]
        return {message["ts"]: message for message in everything if not message["ephemeral"]}

    def told(self, *words: str) -> list[str]:
        """Return the texts that have all these words and that the whole channel can read."""
        texts = (str(message["text"]) for message in self.messages().values())
        return [text for text in texts if all(word in text for word in words)]

    def wait_until_told(self, *words: str) -> None:
        until(lambda: bool(self.told(*words)), PATIENCE)

    def card(self, symbol: str) -> Json:
        """Return the card on which a symbol's proposal waits, once it is there."""
        return self.trader.wait_for(CHANNEL.id, lambda message: is_card(message, symbol), PATIENCE)

    def approve(self, symbol: str) -> None:
        with suppress(PersonRefused):  # the card is being drawn again
            self.trader.press(self.card(symbol), ids.APPROVE)

    def answers(self) -> int:
        """Return how often the trader was told something alone."""
        return sum(bool(message["ephemeral"]) for message in self.trader.messages(CHANNEL.id))

    def state(self, symbol: str) -> TradeState | None:
        """Return how far a symbol's trade is, as the database itself has it; None where there is none."""
        rows = self.books("SELECT state FROM trades WHERE symbol = %s", symbol)
        return TradeState(rows[0][0]) if rows else None

    def desk_state(self) -> DeskState:
        """Return the desk's state, as the database itself has it."""
        return DeskState(self.books("SELECT state FROM desk")[0][0])

    def bought(self) -> list[str]:
        """Return the symbol of each purchase that Alpaca was asked for and took, oldest first."""
        return [order.symbol for order in self.alpaca.reader if order.side == "buy"]

    def asked_to_buy(self) -> list[str]:
        """Return the client order id of each purchase that reached Alpaca, whatever became of it."""
        posts = [seen.body for seen in self.alpaca.requests if (seen.method, seen.path) == ("POST", "/v2/orders")]
        return [str(body["client_order_id"]) for body in posts if body["side"] == "buy"]

    def looks(self) -> int:
        """Return how often the desk has looked at the market."""
        return sum(seen.path == "/v2/stocks/snapshots" for seen in self.alpaca.requests)

    def books(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask the database itself, past its line."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode(), values).fetchall()


def is_card(message: Json, symbol: str) -> bool:
    is_live = any(block["type"] == "actions" for block in message["blocks"])
    return is_live and f"{symbol}_2025" in message["text"] and not message["ephemeral"] and not message["thread_ts"]


@contextmanager
def to_slack(lines: dict[Outside, TroubledLine], url: str) -> Iterator[str]:
    """Put a line before the workspace's Web API; its events come by a socket of their own."""
    with TroubledLine(target_of(url)) as line:
        lines[Outside.SLACK] = line
        yield through(url, line)


def settings(folder: Path, given: dict[str, Any]) -> Any:
    """Return the desk's settings."""
    return read_settings(**settings_of(folder, given))


def settings_of(folder: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Return what the desk's settings are read from: small trades, so that many may be open, and one a symbol."""
    usual = {
        "alpaca_requests": 10_000,  # the market's seconds are short, and Alpaca's minutes are not
        "anthropic_api_key": KEY,
        "claude_input_price": "0.01",
        "claude_output_price": "0.01",
        "watchlist": SYMBOLS,
        "timezone": "Asia/Seoul",
        "data_dir": folder,
        "bar_seconds": int(BAR.total_seconds()),
        "risk_per_trade": "0.002",
        "proposal_seconds": 86_400,
        "quiet_seconds": 86_400,
        "max_price_age_seconds": 600,
    }
    return usual | given


def good_news(body: dict[str, Any]) -> Reply:
    """Answer as a Claude that likes every headline."""
    return saying(*((line["headline_id"], 3, "good") for line in shown(body)))


def through(url: str, line: TroubledLine) -> str:
    """Return a URL that leads to the same server through a line."""
    parts = make_url(url)
    return (
        parts.set(host="127.0.0.1", port=line.port)
        .difference_update_query(["host"])
        .render_as_string(hide_password=False)
    )


def target_of(url: str) -> int | str:
    """Return where a server listens: a port, or the Unix socket of a PostgreSQL that has none."""
    parts = make_url(url)
    folder = parts.query.get("host")
    return f"{folder}/.s.PGSQL.5432" if folder else parts.port or 0
