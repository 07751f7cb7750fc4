"""The way from Slack to the listeners: a Socket Mode connection, or Slack's requests to the HTTP port."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.http.slack_events import SlackEvents
from bot.posting import SlackAway, SlackRefuses, call
from bot.settings import SlackSettings
from engine.errors import SettingsInvalid, TryAgain

MESSAGES = 32
"""Messages of Slack that are taken in at once: each waits until its listener has acknowledged it."""


class Line:
    """One way, as the settings say. `events` is its door at the HTTP port, None where Socket Mode is used."""

    def __init__(self, slack: SlackSettings) -> None:
        self._app_token = slack.slack_app_token.get_secret_value()
        self.events = SlackEvents(slack.slack_signing_secret.get_secret_value()) if slack.over_http else None
        self._is_up: Callable[[], bool] = lambda: False

    def is_up(self) -> bool:
        """Tell whether what people do in Slack reaches the listeners now."""
        return self._is_up()

    @contextmanager
    def held(self, app: App) -> Iterator[None]:
        """Hold the line to an App; on leaving nothing new is taken and what is under way is finished.

        Raises SettingsInvalid when Slack refuses a token, TryAgain when Slack cannot be reached.
        """
        try:
            _ask(app.client.auth_test, "SLACK_BOT_TOKEN")
            with self._door(self.events, app) if self.events else self._socket(app):
                yield
        finally:
            self._is_up = lambda: False
            app.listener_runner.listener_executor.shutdown()

    @contextmanager
    def _door(self, events: SlackEvents, app: App) -> Iterator[None]:
        with events.served_by(app):
            self._is_up = lambda: True
            yield

    @contextmanager
    def _socket(self, app: App) -> Iterator[None]:
        handler = SocketModeHandler(app, self._app_token, concurrency=MESSAGES)
        try:
            _ask(handler.connect, "SLACK_APP_TOKEN")
            self._is_up = handler.client.is_connected
            yield
        finally:
            handler.close()  # type: ignore[no-untyped-call]  # Bolt does not type it


def _ask(ask_slack: Callable[[], object], token: str) -> None:
    try:
        call(ask_slack)
    except SlackRefuses as refusal:
        raise SettingsInvalid(f"{token}: Slack refuses it ({refusal})") from refusal
    except SlackAway as away:
        raise TryAgain(f"Slack cannot be reached: {away}") from away
