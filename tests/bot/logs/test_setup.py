import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

import bot
import engine
from bot.logs.passes import HIDDEN
from bot.logs.setup import Blotted, Translated, secrets_of
from bot.messages import LOCALES, Texts
from engine.model.trade import TradeState
from engine.settings import PlaceSettings, read_group
from tests.support.engine_harness import EngineHarness
from tests.support.environment import KINDS
from tests.support.fakes.worked_example import TRADE_ID

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
STATES = {"to", "after.state"}
"""Expressions, beside literals, that name an event: the state into which a trade moved."""
LIFE = {"proposed", "approved", "submitted", "open", "closed"}


@cache
def events() -> frozenset[str]:
    """Return the name of every event in the code."""
    found: set[str] = set()
    for package in (bot, engine):
        for path in Path(str(package.__file__)).parent.rglob("*.py"):
            found.update(_named(ast.parse(path.read_text(encoding="utf-8"))))
    return frozenset(found)


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            if ast.unparse(node.func.value) != "log":
                continue
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield str(name.value)
            else:
                assert ast.unparse(name) in STATES, f"name this event by a literal: {ast.unparse(node)}"
                yield from TradeState


@pytest.mark.parametrize("locale", LOCALES)
def test_every_event_has_its_words(locale: str) -> None:
    texts = Texts(locale, ZoneInfo("UTC"))
    missing = []
    for name in events():
        try:
            texts(f"log-{name.replace('_', '-')}")
        except LookupError:
            missing.append(name)
    assert missing == []
    assert len(events()) > 50


def test_an_event_is_told_in_the_desks_language_and_keeps_its_name() -> None:
    told = Translated(Texts("ko", ZoneInfo("UTC")))(None, "info", {"event": "proposed", "trade_id": TRADE_ID})
    assert told == {"event": "신호에 따라 거래 제안", "event_id": "proposed", "trade_id": TRADE_ID}


def test_the_life_of_a_trade_is_found_in_korean_by_the_words_for_signal_and_trade() -> None:
    texts = Texts("ko", ZoneInfo("UTC"))
    assert all("신호" in texts(f"log-{state}") or "거래" in texts(f"log-{state}") for state in TradeState)


def test_a_librarys_own_words_stay_as_they_are() -> None:
    assert Translated(Texts("ko", ZoneInfo("UTC")))(None, "info", {"event": "A retry: 1"}) == {"event": "A retry: 1"}


def test_one_id_stands_in_every_line_of_a_trades_life(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path)
    with capture_logs(processors=[merge_contextvars]) as lines:
        harness.play_the_signal()
        harness.engine.commands.approve(TRADE_ID, harness.TRADER)
        harness.line.is_away = True
        harness.engine.jobs.order_changed(TRADE_ID)
        harness.line.is_away = False
        harness.engine.commands.close(TRADE_ID, harness.TRADER)
    harness.close()
    of_trades = [line for line in lines if line["event"] in {*TradeState, "selling", "service_lost"}]
    assert {line["event"] for line in of_trades} >= LIFE | {"service_lost"}
    assert {line.get("trade_id") for line in of_trades} == {TRADE_ID}


@pytest.mark.parametrize("secret", ["hunter22", 'a"quoted\\one', "it's", "per%cent@home", "héllo wörld"])
def test_a_secret_is_blotted_out_however_it_is_spelled(secret: str) -> None:
    line = {"event": "x", "plain": secret, "inside": repr({"token": secret}), "deeper": json.dumps({"t": secret})}
    for renderer in (structlog.processors.JSONRenderer(ensure_ascii=False), structlog.processors.JSONRenderer()):
        told = Blotted(renderer, [secret])(None, "info", dict(line))
        assert told.count(HIDDEN) == 3
        assert [secret in str(value) for value in json.loads(told).values()] == [False] * 4


def test_a_secret_too_short_to_be_one_is_left_alone() -> None:
    assert (
        Blotted(structlog.processors.JSONRenderer(), ["", "a"])(None, "info", {"event": "away"}) == '{"event": "away"}'
    )


CHILD = """
import logging, os, structlog
from bot.app import web_client
from bot.cli.run import log_as_set
from bot.messages import Texts
from bot.settings import SlackSettings
from engine import diagnostics
from engine.bootstrap import read_settings

slack, settings = SlackSettings.read(), read_settings()
log = structlog.get_logger()
looks = [diagnostics.alpaca(), diagnostics.claude(), diagnostics.redis_server(), diagnostics.revision()]
looks.append(web_client(slack).auth_test)
for os.environ["LOG_FORMAT"] in ("json", "text"):
    log_as_set(Texts("en", settings.desk.zone), slack, *settings.groups)
    for look in looks:
        try:
            look()
        except Exception:
            log.exception("unexpected", look=repr(look), slack=repr(slack), settings=repr(settings))
    for group in (slack, *settings.groups):
        logging.getLogger("library").warning("settings are %r and %s", group, group.model_dump_json())
        for name in type(group).model_fields:
            value = getattr(group, name)
            log.warning("service_lost", value=getattr(value, "get_secret_value", lambda: value)())
raise RuntimeError(slack.slack_bot_token.get_secret_value())
"""
PLANTED = {
    "SLACK_BOT_TOKEN": "xoxb-planted-1",
    "SLACK_APP_TOKEN": "xapp-planted-2",
    "ALPACA_KEY_ID": "PKPLANTED3",
    "ALPACA_SECRET_KEY": "planted-4/with=signs",
    "ANTHROPIC_API_KEY": "sk-ant-planted-5",
    "HTTP_TOKEN": "planted-6-of-sixteen",
    "WEBHOOK_SECRET": "planted-16-of-sixteen",
    "MCP_SECRET": "planted-17-of-sixteen",
    "METRICS_TOKEN": "planted-9-of-sixteen",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-key=planted-10",
    "DATABASE_URL": "postgresql://desk:planted-7%40x@127.0.0.1:9/desk",
    "REDIS_URL": "redis://:planted-8@127.0.0.1:9/0",
}
NOWHERE = {
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "SLACK_CHANNEL": "C0DESK",
    "MARKET": "alpaca",
    "BROKER": "alpaca",
    "ALPACA_TRADING_URL": "http://127.0.0.1:9",
    "CLAUDE_URL": "http://127.0.0.1:9",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "LOG_LEVEL": "debug",
}


def test_no_secret_of_any_setting_is_ever_in_the_log(tmp_path: Path) -> None:
    place = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    place |= PLANTED | NOWHERE | {"PYTHONPATH": str(Path(str(bot.__file__)).parents[1])}
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", CHILD], cwd=tmp_path, env=place, capture_output=True, text=True, check=False
    )
    written = done.stdout + done.stderr
    assert "RuntimeError" in written, written[-2000:]
    secrets = [value for name, value in PLANTED.items() if not name.endswith("_URL")]
    assert [secret for secret in (*secrets, "planted-7", "planted-8") if secret in written] == []
    assert written.count(HIDDEN) > 2 * len(PLANTED)
    assert '"event_id": "unexpected"' in written


def test_every_setting_that_hides_its_value_is_planted_above() -> None:
    hidden = {name.upper() for kind in KINDS for name, field in kind.model_fields.items() if "Secret" in str(field)}
    assert hidden - {"SLACK_SIGNING_SECRET"} <= PLANTED.keys()


def test_the_passwords_in_urls_are_secrets_as_written_and_as_meant() -> None:
    found = secrets_of(
        read_group(PlaceSettings, database_url="postgresql://desk:p%40ss@db/desk", redis_url="redis://:hunter2@cache")
    )
    assert found == {"p@ss", "hunter2"}
