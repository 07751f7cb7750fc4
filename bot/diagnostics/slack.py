from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from pydantic import ValidationError
from slack_sdk.web import SlackResponse

from bot.diagnostics.checks import CheckFailed, Default, DiagnosticCheck, one_line, origins, raiser
from bot.diagnostics.people import PeopleChecks
from bot.settings import SlackSettings
from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from bot.transport.web_client import SlackClient

SCOPES: Final = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    }
)
"""What the bot token must be allowed, as manifest.yml asks for it; a test compares them."""
NEEDED: Final = ("slack_bot_token", "slack_app_token", "slack_channel")
SECONDS: Final = 10.0
"""How long one call of Slack's may take."""
LARGEST_SKEW: Final = timedelta(seconds=5)
HELLO: Final = "trading-bot doctor: checking that I can post here."
NO_SLACK: Final = "not set: `trading-bot demo` has its own Slack; `trading-bot run` needs SLACK_BOT_TOKEN"


def slack_checks(
    given: Mapping[str, object], now: Callable[[], datetime], from_file: frozenset[str] = frozenset()
) -> Iterator[DiagnosticCheck]:
    """Yield the exams of Slack; `given` are settings by field name that go before the environment."""
    try:
        settings = SlackSettings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        yield from _wrong_slack_settings(error)
    else:
        yield DiagnosticCheck(name="settings: slack", run=lambda: f"valid; {origins(settings, from_file)}", advice="")
        yield from SlackChecks(settings, now).checks()


def _wrong_slack_settings(error: ValidationError) -> Iterator[DiagnosticCheck]:
    faults = {str(fault["loc"][0]): fault["type"] for fault in error.errors(include_input=False, include_url=False)}
    if faults == dict.fromkeys(NEEDED, "missing"):
        yield DiagnosticCheck(name="Slack", run=raiser(Default(NO_SLACK)), advice="")
        return
    for name, kind in faults.items():
        fault = CheckFailed("missing" if kind == "missing" else "not valid")
        expected = SlackSettings.model_fields[name].description
        yield DiagnosticCheck(name=name.upper(), run=raiser(fault), advice=f"Set {name.upper()}: {expected}")


class SlackChecks:
    """The exams of a Slack whose settings look right."""

    def __init__(self, settings: SlackSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._client = SlackClient(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, timeout=SECONDS
        )
        self._people = PeopleChecks(settings, self._client, _ask)

    def checks(self) -> Iterator[DiagnosticCheck]:
        """Yield them in the order in which a fault of one explains the next."""
        again = "Reinstall the app to the workspace and set SLACK_BOT_TOKEN to its bot token"
        yield DiagnosticCheck(name="Slack bot token", run=self._bot_token, advice=again)
        yield DiagnosticCheck(name="Slack scopes", run=self._scopes, advice=again)
        if self._settings.over_http:
            yield DiagnosticCheck(
                name="Slack over HTTP", run=lambda: "signing secret set; Slack calls POST /slack/events", advice=""
            )
        else:
            app_token = (
                "Create an app-level token with connections:write under Basic Information and set SLACK_APP_TOKEN to it"  # noqa: S105 (advice)
            )
            yield DiagnosticCheck(name="Slack app token", run=self._app_token, advice=app_token)
        channel = "Set SLACK_CHANNEL to the channel ID, at the bottom of the channel's details in Slack"
        yield DiagnosticCheck(name="Slack channel", run=self._channel, advice=channel)
        yield DiagnosticCheck(
            name="roles", run=self._roles, advice="Set ADMINS and TRADERS to user IDs, separated by commas"
        )
        clock = "Sync this machine's clock by NTP, e.g. with systemd-timesyncd or chrony"
        yield DiagnosticCheck(name="clock", run=self._clock, advice=clock)

    def _bot_token(self) -> str:
        who = _ask(self._client.auth_test)
        return f"{who['user']} in {who['team']}"

    def _scopes(self) -> str:
        granted = {scope.strip() for scope in _header(_ask(self._client.auth_test), "x-oauth-scopes").split(",")}
        missing = ", ".join(sorted(SCOPES - granted))
        if missing:
            raise CheckFailed(
                f"missing: {missing}", f"Add the scopes {missing} to the app (see manifest.yml) and reinstall it"
            )
        return ", ".join(sorted(SCOPES))

    def _app_token(self) -> str:
        token = self._settings.slack_app_token.get_secret_value()
        _ask(self._client.apps_connections_open, app_token=token)
        return "Socket Mode connects"

    def _channel(self) -> str:
        channel = self._settings.slack_channel
        try:
            posted = _ask(self._client.chat_postMessage, channel=channel, text=HELLO)
        except CheckFailed as unwell:
            if str(unwell) == "not_in_channel":
                raise CheckFailed(
                    "the bot is not in the channel", "Type /invite @trading-bot in the channel"
                ) from unwell
            raise
        _ask(self._client.chat_delete, channel=channel, ts=str(posted["ts"]))
        return f"the bot can post, {self._people.outside()}"

    def _roles(self) -> str:
        admins, traders = self._settings.admins, self._settings.traders
        if not admins:
            raise CheckFailed("no admin: nobody can resume after a halt", "Set ADMINS to a user ID, e.g. U0123456789")
        self._people.named()
        if not traders:
            return f"{_counted(len(admins), 'admin')}, no traders: admins decide alone"
        counts = (len(admins), "admin"), (len(traders), "trader"), (len(self._settings.viewers), "viewer")
        return ", ".join(_counted(*each) for each in counts)

    def _clock(self) -> str:
        """Compare with the time that Slack puts on its answers, to the second."""
        told = _header(_ask(self._client.auth_test), "date")
        if not told:
            raise CheckFailed("Slack sent no date header")
        skew = abs(self._now() - parsedate_to_datetime(told))
        if skew > LARGEST_SKEW:
            raise CheckFailed(
                f"{skew.total_seconds():.0f} s off Slack's clock: signed requests and prices will be rejected"
            )
        return "in sync with Slack"


def _ask(method: Callable[..., SlackResponse], **payload: str) -> SlackResponse:
    """Call Slack; raises Unwell with Slack's own word."""
    try:
        answer: SlackResponse = call(method, **payload)
    except SlackRefuses as refusal:
        raise CheckFailed(str(refusal)) from refusal
    except SlackAway as away:
        advice = "Check the network and SLACK_API_URL; a proxy is read from HTTPS_PROXY"
        raise CheckFailed(f"can't reach Slack ({one_line(away)})", advice) from away
    return answer


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _header(answer: SlackResponse, name: str) -> str:
    """Read a header of an answer, whichever way it is spelled."""
    return next((str(value) for key, value in answer.headers.items() if key.lower() == name), "")
