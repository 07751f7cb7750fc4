"""The Bolt App: which listener answers which command, button and modal, and the connection to Slack."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.http_retry import RateLimitErrorRetryHandler

from bot.access import Access, Verb
from bot.cards import ids
from bot.listeners import approvals, commands, kill_switch
from bot.listeners.asked import Answer, Click, Command, Submission, Tools
from bot.listeners.door import Door
from bot.messages import Texts
from bot.posting import SlackAway, SlackRefuses, call
from bot.settings import SlackSettings
from engine.engine import Engine
from engine.errors import SettingsInvalid, TryAgain

LISTENER_THREADS = 10
SLACK_TIMEOUT = 10
"""Seconds that one call of Slack's Web API may take."""

COMMANDS: Mapping[str, tuple[Verb, Callable[[Command], Answer]]] = {
    "/approve": (Verb.APPROVE, commands.approve),
    "/reject": (Verb.REJECT, commands.reject),
    "/size": (Verb.SIZE, commands.size),
    "/halt": (Verb.HALT, kill_switch.halt),
    "/resume": (Verb.RESUME, kill_switch.resume),
    "/inspect": (Verb.INSPECT, commands.inspect),
    "/positions": (Verb.POSITIONS, commands.positions),
    "/trades": (Verb.TRADES, commands.trades),
    "/auto": (Verb.AUTO, commands.auto),
}
CLICKS: Mapping[str, tuple[Verb, Callable[[Click], Answer]]] = {
    ids.APPROVE: (Verb.APPROVE, approvals.approve),
    ids.RESIZE: (Verb.SIZE, approvals.ask_shares),
    ids.REJECT: (Verb.REJECT, approvals.ask_reason),
    ids.INSPECT: (Verb.INSPECT, approvals.inspect),
    ids.CLOSE_TRADE: (Verb.CLOSE, approvals.close),
    ids.KEEP_TRADE: (Verb.KEEP, approvals.keep),
}
SUBMISSIONS: Mapping[str, tuple[Verb, Callable[[Submission], Answer]]] = {
    ids.RESIZE_MODAL: (Verb.SIZE, approvals.resize),
    ids.REJECT_MODAL: (Verb.REJECT, approvals.reject),
}


def web_client(slack: SlackSettings) -> WebClient:
    """Return a client of Slack's Web API that retries nothing by itself."""
    return WebClient(
        token=slack.slack_bot_token.get_secret_value(),
        base_url=slack.slack_api_url,
        timeout=SLACK_TIMEOUT,
        retry_handlers=[],
    )


def build_app(engine: Engine, texts: Texts, access: Access, slack: SlackSettings) -> App:
    """Return the App with all listeners; it calls Slack only once it is connected."""
    client = web_client(slack)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    app = App(
        name="trading-bot",
        client=client,
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    app.use(Tools(engine=engine, texts=texts, access=access, channel=slack.slack_channel))
    for name, (verb, answer_command) in COMMANDS.items():
        helper = Door(kind=Command, verb=Verb.HELP, listener=commands.give_help)
        app.command(name, matchers=[commands.asks_for_help])(helper)
        app.command(name)(Door(kind=Command, verb=verb, listener=answer_command))
    for action_id, (verb, answer_click) in CLICKS.items():
        app.action(action_id)(Door(kind=Click, verb=verb, listener=answer_click))
    for callback_id, (verb, answer_submission) in SUBMISSIONS.items():
        app.view(callback_id)(Door(kind=Submission, verb=verb, listener=answer_submission))
    return app


@contextmanager
def connected(app: App, slack: SlackSettings) -> Iterator[None]:
    """Hold the Socket Mode connection; on leaving nothing new is taken and what is under way is finished.

    Raises SettingsInvalid when Slack refuses a token, TryAgain when Slack cannot be reached.
    """
    handler = SocketModeHandler(app, slack.slack_app_token.get_secret_value())
    try:
        _ask(app.client.auth_test, "SLACK_BOT_TOKEN")
        _ask(handler.connect, "SLACK_APP_TOKEN")
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # Bolt does not type it
        app.listener_runner.listener_executor.shutdown()


def _ask(ask_slack: Callable[[], object], token: str) -> None:
    try:
        call(ask_slack)
    except SlackRefuses as refusal:
        raise SettingsInvalid(f"{token}: Slack refuses it ({refusal})") from refusal
    except SlackAway as away:
        raise TryAgain(f"Slack cannot be reached: {away}") from away
