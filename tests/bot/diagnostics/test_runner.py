from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from bot.diagnostics.checks import CheckFailed, CheckResult, Diagnosis, DiagnosticCheck, examine, healthy, show
from bot.diagnostics.runner import Probes, Revision, all_checks
from bot.diagnostics.slack import SCOPES
from bot.local_slack.launch import MANIFEST
from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.seed import Channel, Json, User
from bot.local_slack.server import LocalSlack
from bot.settings import SlackSettings
from engine.errors import BrokerUnavailable, OrderRefused, SettingsInvalid, StoreUnavailable, StreamUnavailable
from engine.settings import Settings, read_group

QUICK = Rules(posts_a_second=1_000, post_burst=1_000)
CHANNELS = (Channel(id="C0DESK", name="desk"), Channel(id="C0QUIET", name="quiet", has_bot=False))
ADMIN = User(id="U0ADMIN", name="dana")
TRADER = User(id="U0TRADER", name="tae")
UP_TO_DATE = Revision(current="r0002", newest="r0002", known=frozenset({"r0001", "r0002"}))
WELL = Probes(
    settings={},
    folder=lambda: "data",
    http=lambda: "port 8000 is free",
    alpaca=lambda: "alpaca-paper",
    prices=lambda: "alpaca-iex",
    claude=lambda: "claude-haiku",
    revision=lambda: UP_TO_DATE,
    task_broker=lambda: "answers",
    redis=lambda: "Valkey 9",
    calendar_end=lambda: datetime.now(UTC) + timedelta(days=800),
)
NOTHING_SET = replace(WELL, alpaca=None, prices=None, claude=None, revision=None, task_broker=None, redis=None)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name in SlackSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def _workspace(manifest: Json) -> LocalSlack:
    return LocalSlack(manifest=manifest, users=(ADMIN, TRADER), channels=CHANNELS, rules=QUICK)


@pytest.fixture(scope="module", name="slack")
def _slack() -> Iterator[LocalSlack]:
    with _workspace(yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))) as slack:
        yield slack


def _good(slack: LocalSlack) -> dict[str, Any]:
    return {
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
        "slack_api_url": slack.api_url,
        "slack_channel": "C0DESK",
        "admins": ("U0ADMIN",),
        "traders": ("U0TRADER",),
    }


def _wrong(probes: Probes, **slack: Any) -> dict[str, Diagnosis]:
    """Examine, and return what is wrong, by name."""
    found = examine(all_checks(probes, **slack))
    return {diagnosis.name: diagnosis for diagnosis in found if diagnosis.verdict is CheckResult.WRONG}


def test_all_is_green_where_all_is_well(slack: LocalSlack) -> None:
    found = examine(all_checks(WELL, **_good(slack)))
    assert {diagnosis.verdict for diagnosis in found} == {CheckResult.GOOD}
    assert healthy(found)
    assert len(found) == 17


def test_with_nothing_set_it_says_what_runs_on_defaults() -> None:
    found = examine(all_checks(NOTHING_SET))
    assert healthy(found)
    assert {diagnosis.name: diagnosis.said for diagnosis in found if diagnosis.verdict is CheckResult.DEFAULT} == {
        "Slack": "not set: `trading-bot demo` has its own Slack; `trading-bot run` needs SLACK_BOT_TOKEN",
        "Alpaca": "recorded prices, paper broker",
        "prices": "recorded",
        "Claude": "keyword scorer",
        "database": "SQLite in DATA_DIR, created at the first start",
        "Redis": "embedded Valkey",
        "task broker": "REDIS_URL, where there are workers",
    }


def test_the_scopes_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES


@pytest.mark.parametrize(
    ("broken", "name", "said", "advice"),
    [
        ({"slack_bot_token": "xoxb-old"}, "Slack bot token", "invalid_auth", "Reinstall the app to the workspace"),
        ({"slack_app_token": "xapp-old"}, "Slack app token", "invalid_auth", "Create an app-level token"),
        ({"slack_channel": "C0QUIET"}, "Slack channel", "the bot is not in the channel", "Type /invite @trading-bot"),
        ({"slack_channel": "C0NOWHERE"}, "Slack channel", "channel_not_found", "Set SLACK_CHANNEL to the channel ID"),
        ({"admins": ()}, "roles", "no admin: nobody can resume after a halt", "Set ADMINS to a user ID"),
        (
            {"slack_api_url": "http://127.0.0.1:9/api/"},
            "Slack bot token",
            "can't reach Slack",
            "Check the network and SLACK_API_URL",
        ),
        ({"slack_bot_token": "xapp-swapped"}, "SLACK_BOT_TOKEN", "not valid", "starts with xoxb-"),
        ({"slack_channel": "#desk"}, "SLACK_CHANNEL", "not valid", "such as C0123456789"),
        ({"traders": ("kim",)}, "TRADERS", "not valid", "separated by commas"),
    ],
)
def test_a_broken_setting_of_slack_gets_its_advice(
    slack: LocalSlack, broken: dict[str, Any], name: str, said: str, advice: str
) -> None:
    diagnosis = _wrong(WELL, **_good(slack) | broken)[name]
    assert diagnosis.said.startswith(said)
    assert advice in diagnosis.advice


def test_every_missing_setting_of_slack_is_named_at_once() -> None:
    wrong = _wrong(WELL, slack_bot_token="xoxb-only")
    assert {name: diagnosis.said for name, diagnosis in wrong.items()} == {
        "SLACK_APP_TOKEN": "missing",
        "SLACK_CHANNEL": "missing",
    }


def test_a_missing_scope_is_named() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"] = ["chat:write"]
    with _workspace(manifest) as slack:
        wrong = _wrong(WELL, **_good(slack))
    assert wrong["Slack scopes"].said.startswith(
        "missing: app_mentions:read, channels:history, channels:read, commands"
    )
    assert "reinstall" in wrong["Slack scopes"].advice


def test_a_wrong_clock_is_noticed(slack: LocalSlack) -> None:
    late = replace(WELL, now=lambda: datetime.now(UTC) - timedelta(minutes=10))
    diagnosis = _wrong(late, **_good(slack))["clock"]
    assert "s off Slack's clock" in diagnosis.said
    assert "NTP" in diagnosis.advice


def test_the_message_that_shows_that_the_bot_can_post_is_taken_back(slack: LocalSlack) -> None:
    examine(all_checks(WELL, **_good(slack)))
    assert Person(slack.url, ADMIN.id).messages("C0DESK") == []


def _raises(error: Exception) -> Any:
    def probe() -> Any:
        raise error

    return probe


@pytest.mark.parametrize(
    ("probes", "name", "said", "advice"),
    [
        (
            replace(WELL, alpaca=_raises(OrderRefused("unauthorized."))),
            "Alpaca",
            "reason=unauthorized.",
            "Set ALPACA_KEY_ID and ALPACA_SECRET_KEY",
        ),
        (replace(WELL, alpaca=_raises(BrokerUnavailable("no\nroute"))), "Alpaca", "no route", "Set ALPACA_KEY_ID"),
        (replace(WELL, claude=_raises(SettingsInvalid("401"))), "Claude", "401", "Set ANTHROPIC_API_KEY"),
        (
            replace(WELL, revision=_raises(StoreUnavailable("connection refused"))),
            "database",
            "connection refused",
            "Start the server that DATABASE_URL names",
        ),
        (
            replace(WELL, revision=lambda: replace(UP_TO_DATE, current="r0001")),
            "database",
            "schema r0001; this version needs r0002",
            "Back it up, then start",
        ),
        (
            replace(WELL, revision=lambda: replace(UP_TO_DATE, current="r0009")),
            "database",
            "schema r0009, unknown to this version",
            "Install the version of trading-bot that wrote it",
        ),
        (
            replace(WELL, redis=_raises(StreamUnavailable("wrong password"))),
            "Redis",
            "wrong password",
            "Start the server that REDIS_URL names",
        ),
        (
            replace(WELL, task_broker=_raises(StreamUnavailable("wrong password"))),
            "task broker",
            "wrong password",
            "Start the server that CELERY_BROKER_URL names",
        ),
        (
            replace(WELL, calendar_end=lambda: datetime(2026, 1, 1, tzinfo=UTC)),
            "calendar",
            "ends on 2026-01-01",
            "Install a newer version",
        ),
    ],
)
def test_a_broken_outside_gets_its_advice(probes: Probes, name: str, said: str, advice: str) -> None:
    wrong = _wrong(probes)
    assert list(wrong) == [name]
    assert wrong[name].said.startswith(said)
    assert wrong[name].advice.startswith(advice)


@pytest.mark.parametrize(
    ("given", "said", "advice"),
    [
        ({"timezone": "Seoul"}, "TIMEZONE: expected an IANA time zone", "as .env.example describes"),
        ({"risk_warning": "0.03"}, "RISK_PER_TRADE, RISK_WARNING, RISK_CEILING", "in ascending order"),
        ({"broker": "alpaca", "market": "alpaca"}, "ALPACA_KEY_ID and ALPACA_SECRET_KEY", "Create keys at Alpaca"),
        ({"alpaca_live": "1"}, "LIVE_MONEY: expected 'yes, real money'", "otherwise set ALPACA_LIVE=0"),
        ({"http_port": "80000"}, "HTTP_PORT", "as .env.example describes"),
    ],
)
def test_a_broken_setting_of_the_engine_is_named(given: dict[str, Any], said: str, advice: str) -> None:
    groups = {name: partial(read_group, kind, **given) for name, kind in Settings.kinds().items()}
    (wrong,) = _wrong(replace(WELL, settings=groups)).values()
    assert wrong.said.startswith(said)
    assert advice in wrong.advice


def test_an_empty_database_is_no_fault() -> None:
    assert not _wrong(replace(WELL, revision=lambda: replace(UP_TO_DATE, current="")))


def test_one_cause_is_said_once_and_what_it_keeps_from_being_looked_at_says_so() -> None:
    def away() -> str:
        raise CheckFailed("can't reach Slack (refused)", "Check the network")

    names = ("bot token", "scopes", "channel")
    found = examine([DiagnosticCheck(name=name, run=away, advice="") for name in names])
    assert [each.verdict for each in found] == [CheckResult.WRONG, CheckResult.SKIPPED, CheckResult.SKIPPED]
    assert [each.said for each in found[1:]] == ["not checked: the same cause as “bot token”"] * 2
    assert [each.advice for each in found] == ["Check the network", "", ""]
    assert not healthy(found)


def test_the_table_shows_each_part_and_no_token(slack: LocalSlack) -> None:
    console = Console(file=StringIO(), width=160)
    good = _good(slack)
    show(examine(all_checks(WELL, **good | {"slack_channel": "C0QUIET"})), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above
    assert "WRONG" in text
    assert "Type /invite @trading-bot" in text
    assert good["slack_bot_token"] not in text
    assert good["slack_app_token"] not in text


@pytest.fixture(name="own")
def _own() -> Iterator[LocalSlack]:
    """A workspace that a test may change."""
    with _workspace(yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))) as slack:
        yield slack


def test_a_channel_that_is_shared_with_another_organisation_is_said(own: LocalSlack) -> None:
    own.membership.share("C0DESK", "T0OTHER")
    wrong = _wrong(WELL, **_good(own))
    assert list(wrong) == ["Slack channel"]
    assert "Slack Connect" in wrong["Slack channel"].said
    assert "internal channel" in wrong["Slack channel"].advice


@pytest.mark.parametrize("guest", [{"guest": "restricted"}, {"guest": "ultra_restricted"}, {"team": "T0OTHER"}])
def test_guests_in_the_channel_are_said_unless_they_are_named(own: LocalSlack, guest: dict[str, Any]) -> None:
    own.membership.add(User(id="U0GUEST", name="gus", **guest))
    wrong = _wrong(WELL, **_good(own))
    assert wrong["Slack channel"].said == "guests can read it: U0GUEST"
    assert _wrong(WELL, **_good(own), viewers=("U0GUEST",)) == {}


def test_who_is_named_and_not_there_any_more_is_said(own: LocalSlack) -> None:
    own.membership.deactivate("U0TRADER")
    wrong = _wrong(WELL, **_good(own), viewers=("U0NOBODY", "S0GONE"))
    assert wrong["roles"].said == "not in this workspace or deactivated: S0GONE, U0NOBODY, U0TRADER"
