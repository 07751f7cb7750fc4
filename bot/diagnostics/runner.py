"""`trading-bot doctor`: looks at every setting, token and server, and says for each fault what to do.

It changes nothing but for one message in the desk's channel, which it takes back at once: only a post shows that the
bot can post.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from pydantic_settings import BaseSettings

from bot.diagnostics.checks import CheckFailed, Default, DiagnosticCheck, one_line, origins, raiser
from bot.diagnostics.slack import slack_checks
from engine.errors import SettingsInvalid

CALENDAR_AHEAD: Final = timedelta(days=365)
ADVICE: Final = {
    "LIVE_MONEY": "For real money, set LIVE_MONEY=yes, real money and ALPACA_LIVE=1; otherwise set ALPACA_LIVE=0",
    "ALPACA_LIVE: expected": "Leave ALPACA_TRADING_URL empty; real money needs LIVE_MONEY and ALPACA_LIVE=1",
    "ALPACA_KEY_ID": "Create keys at Alpaca (docs/operations.md) and set both, or set MARKET=replay and BROKER=paper",
    "MARKET: expected alpaca": "Set MARKET=alpaca along with BROKER=alpaca, or BROKER=paper for recorded prices",
    "RISK_PER_TRADE, ": "Set them in ascending order, e.g. 0.005, 0.016, 0.02",
    "EARNINGS_FILE": "Set EARNINGS_FILE to a file as .env.example describes it; until then no entry is sent",
    "CLAUDE_MODEL: expected its prices": "Set the four CLAUDE_…_PRICE to the model's dollars a million tokens",
}
"""What to do about faults between settings, which .env.example does not say; by how the fault begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """The schema that a database has, '' when it is empty, and the newest one that this version knows."""

    current: str
    newest: str
    known: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Probes:
    """What only the wiring can reach; None stands for what runs on the embedded default. All raise DeskError.

    `settings` reads each group of settings by its name; `env_file` tells of the file that gave those of `from_file`.
    `folder` looks whether DATA_DIR can be written. `alpaca` asks for the account and returns its label, such as
    'alpaca-paper'; `prices` asks for one. `revision` opens the database without changing it. `http` looks at the
    address to listen on. `calendar_end` is the last instant for which hours are known.
    """

    settings: Mapping[str, Callable[[], BaseSettings]]
    folder: Callable[[], str]
    http: Callable[[], str]
    alpaca: Callable[[], str] | None
    prices: Callable[[], str] | None
    claude: Callable[[], str] | None
    revision: Callable[[], Revision] | None
    redis: Callable[[], str] | None
    calendar_end: Callable[[], datetime]
    task_broker: Callable[[], str] | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    env_file: Callable[[], str] = lambda: "the environment alone"
    from_file: frozenset[str] = frozenset()


def all_checks(probes: Probes, **slack: object) -> tuple[DiagnosticCheck, ...]:
    """Return every exam; `slack` are settings of Slack by field name that go before the environment."""
    return (*_engine_settings(probes), *slack_checks(slack, probes.now, probes.from_file), *_outside(probes))


def _engine_settings(probes: Probes) -> Iterator[DiagnosticCheck]:
    yield DiagnosticCheck(name="env file", run=probes.env_file, advice="")
    for group, read in probes.settings.items():
        advice = "Set the setting named here as .env.example describes, in the environment or in your settings file"
        yield DiagnosticCheck(name=f"settings: {group}", run=partial(_read, read, probes.from_file), advice=advice)


def _read(read: Callable[[], BaseSettings], from_file: frozenset[str]) -> str:
    try:
        return f"valid; {origins(read(), from_file)}"
    except SettingsInvalid as error:
        advice = next((advice for name, advice in ADVICE.items() if str(error).startswith(name)), "")
        raise CheckFailed(one_line(error), advice) from error


def _outside(probes: Probes) -> Iterator[DiagnosticCheck]:
    place = (
        "Set DATA_DIR to a folder that the bot's user can write and nobody else can access (chmod -R go= FOLDER);"
        " remove any links that aren't yours"
    )
    yield DiagnosticCheck(name="data folder", run=probes.folder, advice=place)
    keys = (
        "Set ALPACA_KEY_ID and ALPACA_SECRET_KEY to the paper account's keys, or the live account's with ALPACA_LIVE=1;"
        " if they are right, check the network and Alpaca's status page"
    )
    yield DiagnosticCheck(name="Alpaca", run=_or_default(probes.alpaca, "recorded prices, paper broker"), advice=keys)
    feed = (
        "Set ALPACA_FEED=iex unless the account subscribes to sip, and leave ALPACA_DATA_URL empty;"
        " if they are right, check the network and Alpaca's status page"
    )
    yield DiagnosticCheck(name="prices", run=_or_default(probes.prices, "recorded"), advice=feed)
    claude = "Set ANTHROPIC_API_KEY to a working key, or leave it empty to score news by keywords"
    yield DiagnosticCheck(name="Claude", run=_or_default(probes.claude, "keyword scorer"), advice=claude)
    database = "Start the server that DATABASE_URL names, or leave DATABASE_URL empty for SQLite in DATA_DIR"
    yield DiagnosticCheck(name="database", run=lambda: _revision(probes.revision), advice=database)
    redis = "Start the server that REDIS_URL names, or leave REDIS_URL empty for the embedded Valkey"
    yield DiagnosticCheck(name="Redis", run=_or_default(probes.redis, "embedded Valkey"), advice=redis)
    broker = "Start the server that CELERY_BROKER_URL names, or leave CELERY_BROKER_URL empty for REDIS_URL"
    yield DiagnosticCheck(
        name="task broker", run=_or_default(probes.task_broker, "REDIS_URL, where there are workers"), advice=broker
    )
    http = "Set HTTP_PORT to a free port and HTTP_HOST to an address of this machine"
    yield DiagnosticCheck(name="HTTP", run=probes.http, advice=http)
    calendar = "Install a newer version of trading-bot, which has the exchange's latest calendar"
    yield DiagnosticCheck(name="calendar", run=lambda: _calendar(probes), advice=calendar)


def _or_default(probe: Callable[[], str] | None, default: str) -> Callable[[], str]:
    return probe or raiser(Default(default))


def _revision(probe: Callable[[], Revision] | None) -> str:
    if probe is None:
        raise Default("SQLite in DATA_DIR, created at the first start")
    found = probe()
    if not found.current:
        return "empty; the first start creates the tables"
    if found.current == found.newest:
        return f"schema {found.newest}, up to date"
    if found.current in found.known:
        raise CheckFailed(
            f"schema {found.current}; this version needs {found.newest}",
            "Back it up, then start `trading-bot run`, which migrates it (docs/operations.md)",
        )
    raise CheckFailed(
        f"schema {found.current}, unknown to this version",
        "Install the version of trading-bot that wrote it, or a newer one",
    )


def _calendar(probes: Probes) -> str:
    end = probes.calendar_end()
    if end < probes.now() + CALENDAR_AHEAD:
        raise CheckFailed(f"ends on {end:%Y-%m-%d}, less than a year ahead")
    return f"covers dates through {end:%Y-%m-%d}"
