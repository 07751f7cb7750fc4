"""`trading-bot doctor` as it is typed: everything it knows comes from the environment."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli.main import app
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from engine.adapters.clock import SystemClock
from engine.adapters.sql.store import open_store
from engine.model.address import keeps_secrets
from tests.support.environment import in_workspace, nothing_set
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.claude import KEY, ScriptedClaude

Environment = dict[str, str]
QUICK = Rules(posts_a_second=1_000, post_burst=1_000)
PRICES = {f"CLAUDE_{name}_PRICE": "1" for name in ("INPUT", "OUTPUT", "CACHE_READ", "CACHE_WRITE")}


@pytest.fixture(scope="module", name="good")
def _good() -> Iterator[Environment]:
    """The environment of a desk at the local workspace, the fake Alpaca and the fake Claude."""
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    with (
        LocalSlack(manifest=manifest, users=(ADMIN,), channels=(CHANNEL,), rules=QUICK) as slack,
        FakeAlpaca(SystemClock()) as alpaca,
        ScriptedClaude() as claude,
    ):
        alpaca.price("AAPL", "150.25")
        yield {
            **in_workspace(slack),
            "MARKET": "alpaca",
            "BROKER": "alpaca",
            "ALPACA_KEY_ID": alpaca.key,
            "ALPACA_SECRET_KEY": alpaca.secret,
            "ALPACA_TRADING_URL": alpaca.trading_url,
            "ALPACA_DATA_URL": alpaca.data_url,
            "ANTHROPIC_API_KEY": KEY,
            "CLAUDE_URL": claude.url,
            "HTTP_PORT": "0",
        }


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    nothing_set(monkeypatch, tmp_path)
    return tmp_path


def asked(environment: Environment) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """Run the doctor; return its exit code, and by part what stands in the other three columns."""
    done = CliRunner().invoke(app, ["doctor"], env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.output.splitlines() if "│" in line]
    parts: dict[str, tuple[str, str, str]] = {}
    name = ""
    for part, *cells in rows:
        name = part or name
        before = parts.get(name, ("", "", "")) if not part else ("", "", "")
        parts[name] = (
            f"{before[0]} {cells[0]}".strip(),
            f"{before[1]} {cells[1]}".strip(),
            f"{before[2]} {cells[2]}".strip(),
        )
    return done.exit_code, parts


def test_with_nothing_configured_it_says_what_the_bot_brings_along() -> None:
    code, parts = asked({"HTTP_PORT": "0"})
    assert code == 0
    assert {name for name, (verdict, _, _) in parts.items() if verdict == "default"} == {
        "env file",
        "Slack",
        "Alpaca",
        "prices",
        "Claude",
        "database",
        "Redis",
        "task broker",
    }


def test_a_desk_that_is_set_up_is_all_green(good: Environment, place: Path) -> None:
    open_store(f"sqlite:///{place / 'desk.db'}").close()
    code, parts = asked(good | {"DATA_DIR": str(place)})
    assert {name: row for name, row in parts.items() if row[0] not in {"ok", "default"}} == {}
    assert code == 0
    assert parts["Redis"][0] == "default"
    assert parts["Alpaca"][1] == "alpaca-paper, equity $100,000.00"
    assert parts["prices"][1] == "alpaca-iex"
    assert parts["Claude"][1] == "claude-haiku-5-5"


def test_a_server_that_has_no_price_is_told(good: Environment) -> None:
    with FakeAlpaca(SystemClock()) as without:
        code, parts = asked(good | {"ALPACA_DATA_URL": without.data_url})
    assert (code, parts["prices"][:2]) == (1, ("WRONG", "no price of AAPL"))


def test_slack_over_http_is_all_green_without_an_app_token(good: Environment) -> None:
    code, parts = asked(good | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "8f742231b10e8888"})
    assert code == 0
    assert parts["Slack over HTTP"][0] == "ok"


@pytest.mark.parametrize(
    ("broken", "part", "advice"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-old"}, "Slack bot token", "set SLACK_BOT_TOKEN to its bot token"),
        ({"SLACK_APP_TOKEN": "xapp-old"}, "Slack app token", "Create an app-level token with connections:write"),
        ({"SLACK_SIGNING_SECRET": "8f742231b10e8888"}, "SLACK_APP_TOKEN", "exactly one of the two"),
        ({"SLACK_CHANNEL": "C0NOWHERE"}, "Slack channel", "Set SLACK_CHANNEL to the channel ID"),
        ({"ADMINS": ""}, "roles", "Set ADMINS to a user ID"),
        (
            {"ALPACA_SECRET_KEY": "wrong"},
            "Alpaca",
            "ALPACA_SECRET_KEY to the paper account's keys",
        ),
        ({"ALPACA_SECRET_KEY": ""}, "settings: alpaca", "Create keys at Alpaca"),
        ({"ALPACA_LIVE": "1"}, "settings: alpaca", "For real money, set LIVE_MONEY=yes, real money"),
        ({"MARKET": "replay"}, "settings: alpaca", "Set MARKET=alpaca along with BROKER=alpaca"),
        ({"ANTHROPIC_API_KEY": "sk-ant-wrong"}, "Claude", "Set ANTHROPIC_API_KEY to a working key"),
        ({"CLAUDE_MODEL": "claude-unknown"} | PRICES, "Claude", "Set ANTHROPIC_API_KEY to a working key"),
        ({"CLAUDE_MODEL": "claude-opus-5-5"}, "settings: claude", "Set the four CLAUDE_…_PRICE to the model's dollars"),
        ({"ALPACA_DATA_URL": "http://127.0.0.1:9"}, "prices", "leave ALPACA_DATA_URL empty"),
        ({"ALPACA_TRADING_URL": "https://api.alpaca.markets"}, "settings: alpaca", "Leave ALPACA_TRADING_URL empty"),
        ({"ALPACA_LIVE": "ye"}, "settings: alpaca", "Set the setting named here as .env.example describes"),
        ({"EARNINGS_FILE": "/nowhere.csv"}, "settings: risk", "Set EARNINGS_FILE to a file"),
        (
            {"DATABASE_URL": "mysql://desk@localhost/desk"},
            "settings: place",
            "Set the setting named here as .env.example describes",
        ),
        ({"DATABASE_URL": "postgresql://desk:x@127.0.0.1:9/desk"}, "database", "Start the server that DATABASE_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:9/0"}, "Redis", "Start the server that REDIS_URL names"),
        ({"CELERY_BROKER_URL": "redis://127.0.0.1:9"}, "task broker", "Start the server that CELERY_BROKER_URL names"),
        ({"CELERY_BROKER_URL": "amqp://127.0.0.1:9"}, "task broker", "Start the server that CELERY_BROKER_URL names"),
        ({"REDIS_URL": "redis://127.0.0.1:9?databse=1"}, "Redis", "Start the server that REDIS_URL names"),
        ({"REDIS_URL": "redis://127.0.0.1:9?socket_timeout=x"}, "Redis", "Start the server that REDIS_URL names"),
        (
            {"CELERY_BROKER_URL": "amqp://127.0.0.1:9?heartbeat=x"},
            "task broker",
            "Start the server that CELERY_BROKER_URL names",
        ),
        ({"DATA_DIR": "/dev/null"}, "data folder", "Set DATA_DIR to a folder"),
        ({"HTTP_HOST": "0.0.0.0"}, "HTTP", "Set HTTP_TOKEN to a long random secret"),  # noqa: S104 (that is the fault)
        ({"RISK_WARNING": "0.03"}, "settings: risk", "Set them in ascending order"),
        ({"LOG_FORMAT": "xml"}, "settings: log", "Set the setting named here as .env.example describes"),
    ],
)
def test_a_broken_setting_gets_its_advice(good: Environment, broken: Environment, part: str, advice: str) -> None:
    code, parts = asked(good | broken)
    assert code == 1
    verdict, _, told = parts[part]
    assert verdict == "WRONG"
    assert advice in told
    assert next(name for name, row in parts.items() if row[0] == "WRONG") == part


def test_a_port_that_another_program_has_is_told(good: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(0)
        code, parts = asked(good | {"HTTP_PORT": str(taken.getsockname()[1])})
    assert code == 1
    assert "set HTTP_PORT to another one" in parts["HTTP"][2]


def test_no_secret_is_shown(good: Environment) -> None:
    done = CliRunner().invoke(app, ["doctor"], env=good | {"HTTP_TOKEN": "t0p-s3cret-token"})
    secrets = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ALPACA_KEY_ID", "ALPACA_SECRET_KEY", "ANTHROPIC_API_KEY")
    assert not [name for name in secrets if good[name] in done.output]
    assert "t0p-s3cret-token" not in done.output


def test_what_others_may_read_in_the_data_folder_is_named(place: Path) -> None:
    (place / "data").mkdir(mode=0o755)
    (place / "data" / "desk-state.json").touch(0o644)
    code, parts = asked({"HTTP_PORT": "0", "DATA_DIR": str(place / "data")})
    assert (code, parts["data folder"][0]) == (1, "WRONG")
    assert "(0755)" in parts["data folder"][1]
    assert "desk-state.json" in parts["data folder"][1].replace(" ", "")
    assert "chmod -R go= FOLDER" in parts["data folder"][2]


def test_a_link_in_the_data_folder_is_named(place: Path) -> None:
    (place / "data").mkdir(mode=0o700)
    (place / "data" / "paper.db").symlink_to(place / "elsewhere")
    code, parts = asked({"HTTP_PORT": "0", "DATA_DIR": str(place / "data")})
    assert (code, parts["data folder"][0]) == (1, "WRONG")
    assert "is a link, which is not followed" in parts["data folder"][1]


def test_a_password_that_goes_over_the_network_in_the_clear_is_told() -> None:
    assert keeps_secrets("rediss://:x@cache/0")
    assert not keeps_secrets("redis://:x@cache/0")
    assert keeps_secrets("redis://:x@127.0.0.1/0")
