"""One look at each outside system, and at the settings and the folder: what `doctor` asks without a running desk.

Each look reads its own settings, so one that is wrong hides nothing else; all of them raise SettingsInvalid.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.calendar import YEARS, ExchangeCalendar
from engine.adapters.clock import SystemClock
from engine.adapters.earnings import EarningsFile
from engine.adapters.factory import alpaca_access
from engine.adapters.files import OWN, refuse_links, wider
from engine.adapters.redis import connected
from engine.adapters.sql.migrations import known
from engine.adapters.sql.store import SqlStore
from engine.adapters.strategies.processes import StrategyProcesses
from engine.errors import EarningsUnavailable, MarketUnavailable, SettingsInvalid, StreamUnavailable
from engine.model.address import keeps_secrets
from engine.settings import (
    AlpacaSettings,
    ClaudeSettings,
    HttpSettings,
    MarketSettings,
    PlaceSettings,
    RiskSettings,
    Settings,
    read_group,
)
from engine.strategies.live_strategy import live_strategy
from engine.strategies.shadow_strategies import shadow_strategies


def _market() -> MarketSettings:
    group, runner = read_group(MarketSettings), StrategyProcesses()
    live_strategy(group.strategy, runner)
    _, left_out = shadow_strategies(group.shadow_strategies, runner)
    if left_out:
        raise SettingsInvalid(left_out[0])
    return group


def _risk() -> RiskSettings:
    group = read_group(RiskSettings)
    if group.earnings_file:
        try:
            EarningsFile(Path(group.earnings_file)).check()
        except EarningsUnavailable as error:
            raise SettingsInvalid(f"EARNINGS_FILE: {error}") from error
    return group


def _claude() -> ClaudeSettings:
    """Read how Claude is asked; another model's prices are taken from nowhere, and a day's dollars rest on them."""
    group = read_group(ClaudeSettings)
    if group.claude_model != USUAL_MODEL and (unset := PRICES - group.model_fields_set):
        names = ", ".join(sorted(name.upper() for name in unset))
        raise SettingsInvalid(
            f"CLAUDE_MODEL: expected its prices too ({names}); those of {USUAL_MODEL} count unless they are set"
        )
    return group


GROUPS: Final[Mapping[str, Callable[[], BaseSettings]]] = {
    name: partial(read_group, kind) for name, kind in Settings.kinds().items()
} | {"market": _market, "risk": _risk, "claude": _claude}
"""How to read each group of settings by itself, the strategies that it names included."""
SETTINGS: Final = frozenset(name.upper() for kind in Settings.kinds().values() for name in kind.model_fields)
"""The names of all settings of the engine in the environment."""
USUAL_MODEL: Final = ClaudeSettings.model_fields["claude_model"].default
PRICES: Final = frozenset(name for name in ClaudeSettings.model_fields if name.endswith("_price"))
ASKED_FOR: Final = "AAPL"
"""The symbol of which the price is asked for: every feed has it."""
MOST_NAMED = 4
"""Files that one line names."""
CALENDAR_END = datetime(YEARS[-1], 12, 31, tzinfo=UTC)
"""The last day for which hours are known offline."""


def folder() -> str:
    """Say where the embedded state lives, or will."""
    place = read_group(PlaceSettings).data_dir.absolute()
    standing = next(path for path in (place, *place.parents) if path.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise SettingsInvalid(f"DATA_DIR: {standing} is no folder that can be written")
    if not place.is_dir():
        return f"{place}, made at the first start"
    refuse_links(place)
    if found := list(wider(place)):
        raise SettingsInvalid(
            f"others may read or write {', '.join(found[:MOST_NAMED])}{' …' * (len(found) > MOST_NAMED)}"
        )
    return f"{place}"


def is_in_use(folder: Path) -> bool:
    """Tell whether a desk keeps anything in a folder that is there, wherever its database is; raises OSError."""
    return any(path.name.startswith(OWN) for path in folder.iterdir())


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


def prices() -> Callable[[], str] | None:
    """Return how to ask for a price, which raises MarketUnavailable; None where they are recorded."""
    settings = read_group(AlpacaSettings)
    if settings.market != "alpaca":
        return None

    def ask() -> str:
        with ExitStack() as stack:
            market = AlpacaMarket(alpaca_access(settings), SystemClock(), ExchangeCalendar(), feed=settings.alpaca_feed)
            stack.callback(market.stop)
            if not market.snapshots((ASKED_FOR,)):
                raise MarketUnavailable(f"no price of {ASKED_FOR}")
            return market.label

    return ask


def claude() -> Callable[[], str] | None:
    """Return how to ask for the model, which raises NewsUnavailable; None where there is no key."""
    settings = read_group(ClaudeSettings)
    key = settings.anthropic_api_key.get_secret_value()
    if not key:
        return None
    # Brought in only where it is used: the SDK takes three seconds of every start.
    from engine.adapters.claude.probe import ask_for_model

    return partial(ask_for_model, api_key=key, model=settings.claude_model, url=settings.claude_url)


def redis_server() -> Callable[[], str] | None:
    """Return how to ask the server for an answer, which raises StreamUnavailable; None where the bot brings its own."""
    url = read_group(PlaceSettings).redis_url
    if not url:
        return None

    def ask() -> str:
        with connected(url) as client:
            client.ping()
        return _answers(url, "rediss://")

    return ask


def task_broker() -> Callable[[], str] | None:
    """Return how to ask the workers' broker for an answer, which raises StreamUnavailable; None where none is named."""
    url = read_group(PlaceSettings).celery_broker_url
    if not url:
        return None
    # Brought in only where it is used, as Celery takes a second.
    from engine.adapters.celery import broker_fault

    def ask() -> str:
        if fault := broker_fault(url):
            raise StreamUnavailable(fault)
        return _answers(url, "rediss:// or amqps://")

    return ask


def _answers(url: str, safe: str) -> str:
    """Say that a server answers, and what would keep its password safe on the way where nothing does."""
    if keeps_secrets(url) or not urlsplit(url).password:
        return "answers"
    return f"answers; its password goes over the network in the clear: {safe} would hide it"


def revision() -> Callable[[], tuple[str, tuple[str, ...]]] | None:
    """Return how to read the database's revision and all known ones, newest first; None where there is none yet.

    The database is not changed; what reads it raises StoreUnavailable.
    """
    settings = read_group(PlaceSettings)
    if not settings.database_url and not (settings.data_dir / "desk.db").exists():
        return None

    def read() -> tuple[str, tuple[str, ...]]:
        with closing(SqlStore(settings.database)) as store:
            store.require_own_sessions()
            return store.revision(), tuple(known())

    return read


def address() -> tuple[str, int, str]:
    """Return where the HTTP side listens: host, port, and a token that it demands."""
    settings = read_group(HttpSettings)
    token = settings.http_token.get_secret_value() or settings.metrics_token.get_secret_value()
    return settings.http_host, settings.http_port, token
