"""One look at each outside system, and the books as they are: what the command line needs without a running desk.

Each look reads its own settings, so one that is wrong hides nothing else; all of them raise SettingsInvalid.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial

import redis

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.calendar import YEARS, ExchangeCalendar
from engine.adapters.claude.probe import ask_for_model
from engine.adapters.clock import SystemClock
from engine.adapters.redis import connect
from engine.adapters.sql.migrations import known
from engine.adapters.sql.store import SqlStore
from engine.errors import SettingsInvalid, StreamUnavailable
from engine.outside import alpaca_access
from engine.settings import (
    AlpacaSettings,
    ClaudeSettings,
    DeskSettings,
    HoldingSettings,
    HttpSettings,
    MarketSettings,
    PaperSettings,
    PlaceSettings,
    RiskSettings,
    read_group,
)
from engine.truth import Ledger

GROUPS: Mapping[str, Callable[[], object]] = {
    "desk": partial(read_group, DeskSettings),
    "market": partial(read_group, MarketSettings),
    "risk": partial(read_group, RiskSettings),
    "holding": partial(read_group, HoldingSettings),
    "paper": partial(read_group, PaperSettings),
    "place": partial(read_group, PlaceSettings),
    "alpaca": partial(read_group, AlpacaSettings),
    "claude": partial(read_group, ClaudeSettings),
    "http": partial(read_group, HttpSettings),
}
"""How to read each group of settings by itself."""
CALENDAR_END = datetime(YEARS[-1], 12, 31, tzinfo=UTC)
"""The last day for which hours are known offline."""


def folder() -> str:
    """Say where the embedded state lives, or will."""
    place = read_group(PlaceSettings).data_dir.absolute()
    standing = next(path for path in (place, *place.parents) if path.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise SettingsInvalid(f"DATA_DIR: {standing} is no folder that can be written")
    return f"{place}" if place.is_dir() else f"{place}, made at the first start"


def alpaca() -> Callable[[], str] | None:
    """Return how to ask for the account, which raises BrokerUnavailable; None where Alpaca is not used."""
    settings = read_group(AlpacaSettings)
    if "alpaca" not in {settings.market, settings.broker}:
        return None

    def ask() -> str:
        with ExitStack() as stack:
            broker = AlpacaBroker(alpaca_access(settings), SystemClock(), ExchangeCalendar())
            stack.callback(broker.stop)
            return f"{broker.label}, equity ${broker.account().equity:,.2f}"

    return ask


def claude() -> Callable[[], str] | None:
    """Return how to ask for the model, which raises NewsUnavailable; None where there is no key."""
    settings = read_group(ClaudeSettings)
    key = settings.anthropic_api_key.get_secret_value()
    return partial(ask_for_model, api_key=key, model=settings.claude_model, url=settings.claude_url) if key else None


def redis_server() -> Callable[[], str] | None:
    """Return how to ask the server for an answer, which raises StreamUnavailable; None where the bot brings its own."""
    url = read_group(PlaceSettings).redis_url
    if not url:
        return None

    def ask() -> str:
        with closing(connect(url)) as client:
            try:
                client.ping()
            except (redis.RedisError, OSError) as error:
                raise StreamUnavailable(str(error)) from error
        return "answers"

    return ask


def revision() -> Callable[[], tuple[str, tuple[str, ...]]] | None:
    """Return how to read the books' revision and all known ones, newest first; None where there are no books yet.

    The books are not changed; what reads them raises MustHalt.
    """
    settings = read_group(PlaceSettings)
    if not settings.database_url and not (settings.data_dir / "desk.db").exists():
        return None

    def read() -> tuple[str, tuple[str, ...]]:
        with closing(SqlStore(settings.database)) as store:
            return store.revision(), tuple(known())

    return read


def address() -> tuple[str, int, str]:
    """Return where the HTTP side listens: host, port and token."""
    settings = read_group(HttpSettings)
    return settings.http_host, settings.http_port, settings.http_token.get_secret_value()


@contextmanager
def books() -> Iterator[Ledger]:
    """Open the books for reading without changing them; raises MustHalt."""
    look = revision()
    found, revisions = look() if look else ("", ())
    if not found:
        raise SettingsInvalid("DATABASE_URL, DATA_DIR: there are no books yet; `trading-bot run` makes them")
    if found != revisions[0]:
        raise SettingsInvalid(
            f"DATABASE_URL, DATA_DIR: the books are at revision {found}, this version reads {revisions[0]};"
            " start `trading-bot run` of the version that should use them"
        )
    with closing(SqlStore(read_group(PlaceSettings).database)) as store, store.reading() as ledger:
        yield ledger
