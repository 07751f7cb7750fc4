"""The Bolt App: which listener answers which command, button and modal."""

import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import BoundedSemaphore

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.http_retry import RateLimitErrorRetryHandler

from bot.access import Access, Verb
from bot.cards import ids
from bot.groups import Groups
from bot.listeners import approvals, commands, kill_switch
from bot.listeners.asked import Answer, Click, Command, Shortcut, Submission, Tools
from bot.listeners.door import Door
from bot.listeners.once import Deliveries
from bot.listeners.unknown import unknown
from bot.messages import Texts
from bot.seal import KEY, Seal
from bot.settings import SlackSettings
from engine.engine import Engine

LISTENER_THREADS = 32
TURNS = 20
"""Requests that are worked on at once; the threads beyond are for halts, and for saying that it is too much."""
SLACK_TIMEOUT = 10
"""Seconds that one call of Slack's Web API may take."""
GROUPS_TIMEOUT = 2
"""Seconds that the question who is in a user group may take: a person waits, and Slack waits for three."""
FOREIGN = ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN")
"""What Bolt takes from the environment by itself; with a client id it would wait for an installation by OAuth."""
ANY = re.compile(".*")

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
    ids.HALT_MODAL: (Verb.HALT, kill_switch.halt_by_modal),
    ids.FLATTEN_MODAL: (Verb.FLATTEN, kill_switch.flatten),
}
SHORTCUTS: Mapping[str, tuple[Verb, Callable[[Shortcut], Answer]]] = {
    ids.HALT_SHORTCUT: (Verb.HALT, kill_switch.ask_to_halt),
}


def web_client(slack: SlackSettings) -> WebClient:
    """Return a client of Slack's Web API that retries nothing by itself."""
    return WebClient(
        token=slack.slack_bot_token.get_secret_value(),
        base_url=slack.slack_api_url,
        timeout=SLACK_TIMEOUT,
        retry_handlers=[],
    )


def groups_of(slack: SlackSettings) -> Groups:
    """Return who is in the user groups of a Slack."""
    client = web_client(slack)
    client.timeout = GROUPS_TIMEOUT
    return Groups(client)


def build_app(engine: Engine, texts: Texts, access: Access, slack: SlackSettings) -> App:
    """Return the App with all listeners; it calls Slack only once it is connected."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    client = web_client(slack)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    app = App(
        name="trading-bot",
        client=client,
        signing_secret=slack.slack_signing_secret.get_secret_value(),
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    app.use(
        Tools(
            engine=engine,
            texts=texts,
            access=replace(access, members=groups_of(slack).members),
            channel=slack.slack_channel,
            seal=Seal(engine.requests.secret(KEY), engine.now),
            deliveries=Deliveries(),
            turns=BoundedSemaphore(TURNS),
        ),
    )
    for name, (verb, answer_command) in COMMANDS.items():
        helper = Door(kind=Command, verb=Verb.HELP, listener=commands.give_help)
        app.command(name, matchers=[commands.asks_for_help])(helper)
        app.command(name)(Door(kind=Command, verb=verb, listener=answer_command))
    for action_id, (verb, answer_click) in CLICKS.items():
        app.action(action_id)(Door(kind=Click, verb=verb, listener=answer_click))
    for callback_id, (verb, answer_submission) in SUBMISSIONS.items():
        app.view(callback_id)(Door(kind=Submission, verb=verb, listener=answer_submission))
    for shortcut, (verb, answer_shortcut) in SHORTCUTS.items():
        app.global_shortcut(shortcut)(Door(kind=Shortcut, verb=verb, listener=answer_shortcut))
    _refuse_the_rest(app)
    return app


def _refuse_the_rest(app: App) -> None:
    """Answer, and keep in the audit, what no listener is for."""
    app.command(ANY)(Door(kind=Command, verb=Verb.UNKNOWN, listener=unknown))
    app.action(ANY)(Door(kind=Click, verb=Verb.UNKNOWN, listener=unknown))
    app.view(ANY)(Door(kind=Submission, verb=Verb.UNKNOWN, listener=unknown))
    app.shortcut(ANY)(Door(kind=Shortcut, verb=Verb.UNKNOWN, listener=unknown))
