"""The Bolt App: which listener answers which command, button and modal."""

import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot.access import Access, Verb
from bot.cards import ids
from bot.delivery.backtests import Backtests
from bot.listeners import (
    adopting,
    approvals,
    backtests as backtest_commands,
    buying,
    closing,
    commands,
    duty,
    exits,
    home,
    journal,
    kill_switch,
    people_changes,
    queries,
    questions,
    reports,
    runtime_settings,
    selection,
    size_window,
    sizing,
    standing,
    strategies,
    written,
)
from bot.listeners.answer_retry import AnswerRetry
from bot.listeners.command_spec import CommandSpec
from bot.listeners.context import Context
from bot.listeners.deduplication import Deliveries
from bot.listeners.handler import Handler
from bot.listeners.rate_limit import UserRateLimit
from bot.listeners.request import Answer
from bot.listeners.request_kinds import Click, Command, Submission
from bot.listeners.selection import Selection, SelectionClick
from bot.listeners.shortcuts import Opened, Shortcut
from bot.listeners.size_window import InWindow
from bot.listeners.unknown import unknown
from bot.listeners.written import Written
from bot.messages import Texts
from bot.people import People
from bot.settings import SlackSettings
from bot.signing import KEY, Signer
from bot.transport.installation import Installation
from bot.transport.web_client import SlackClient
from engine.commands import Commands
from engine.queries import Queries

LISTENER_THREADS = 32
TURNS = 20
"""Requests that are worked on at once; the threads beyond are for halts, and for saying that it is too much."""
SLACK_TIMEOUT = 10
"""Seconds that one call of Slack's Web API may take, however its bytes come."""
WINDOW_WITHIN = 1.5
"""Seconds that an answer to a person waits at most where Slack asks to: a window can be opened for three."""
PEOPLE_TIMEOUT = 2
"""Seconds that the question who somebody is may take: a person waits, and Slack waits for three."""
FOREIGN = ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN")
"""What Bolt takes from the environment by itself; with a client id it would wait for an installation by OAuth."""
ANY = re.compile(".*")

COMMANDS: Mapping[str, CommandSpec] = {
    spec.name: spec
    for room in (
        commands,
        buying,
        standing,
        sizing,
        closing,
        exits,
        adopting,
        kill_switch,
        queries,
        runtime_settings,
        home,
        reports,
        questions,
        backtest_commands,
        strategies,
        duty,
    )
    for spec in room.COMMANDS
}
"""Every slash command, in the order in which they are listed."""
CLICKS: Mapping[str, tuple[Verb, Callable[[Click], Answer]]] = {
    ids.APPROVE: (Verb.APPROVE, approvals.approve),
    ids.RESIZE: (Verb.SIZE, approvals.ask_shares),
    ids.REJECT: (Verb.REJECT, approvals.ask_reason),
    ids.INSPECT: (Verb.INSPECT, approvals.inspect),
    ids.ASK_CLOSE: (Verb.CLOSE, closing.ask_about_one),
    ids.ADOPT: (Verb.ADOPT, adopting.ask),
    ids.CLOSE_TRADE: (Verb.CLOSE, approvals.close),
    ids.KEEP_TRADE: (Verb.KEEP, approvals.keep),
    ids.MOVE_STOP: (Verb.STOP, exits.ask_stop),
    ids.MOVE_TARGET: (Verb.TARGET, exits.ask_target),
    ids.GRADE_GOOD: (Verb.GRADE, journal.good),
    ids.GRADE_POOR: (Verb.GRADE, journal.poor),
    ids.APPLY_SIZE: (Verb.SIZE, sizing.apply),
    ids.CONFIRM_CHANGE: (Verb.CONFIRM, runtime_settings.confirm),
    ids.CONFIRM_STANDING: (Verb.COUNTERSIGN, standing.countersign),
    ids.REVOKE_STANDING: (Verb.REVOKE, standing.revoke),
    ids.WITHDRAW_CHANGE: (Verb.WITHDRAW, runtime_settings.withdraw),
    ids.HOME_HALT: (Verb.HALT, home.halt),
    ids.TAKE_BACK_HALT: (Verb.TAKE_BACK, kill_switch.take_back),
    ids.HOME_FLATTEN: (Verb.FLATTEN, home.flatten),
    ids.HOME_RESUME: (Verb.RESUME, home.resume),
    ids.HOME_AUTO: (Verb.AUTO, home.auto),
    ids.HOME_REPORT: (Verb.REPORT, reports.day),
}
IN_WINDOW: Mapping[str, tuple[Verb, Callable[[InWindow], Answer]]] = {
    ids.APPROVE_SIZE: (Verb.APPROVE, size_window.approve),
    ids.SIZE_HALF: (Verb.SIZE, size_window.half),
    ids.SIZE_MOST: (Verb.SIZE, size_window.most),
}
SELECTED: Mapping[str, tuple[Verb, Callable[[SelectionClick], Answer]]] = {
    ids.APPROVE_SELECTED: (Verb.APPROVE, selection.approve),
    ids.REJECT_SELECTED: (Verb.REJECT, selection.ask_reason),
}
SUBMISSIONS: Mapping[str, tuple[Verb, Callable[[Submission], Answer]]] = {
    ids.RESIZE_MODAL: (Verb.SIZE, approvals.resize),
    ids.REJECT_MODAL: (Verb.REJECT, approvals.reject),
    ids.REJECT_SELECTED_MODAL: (Verb.REJECT, selection.reject),
    ids.HALT_MODAL: (Verb.HALT, kill_switch.halt_by_modal),
    ids.FLATTEN_MODAL: (Verb.FLATTEN, kill_switch.flatten),
    ids.CLOSE_MODAL: (Verb.CLOSE, closing.close),
    ids.MOVE_STOP_MODAL: (Verb.STOP, exits.move_stop),
    ids.MOVE_TARGET_MODAL: (Verb.TARGET, exits.move_target),
    ids.STANDING_MODAL: (Verb.STANDING, standing.give),
    ids.ADOPT_MODAL: (Verb.ADOPT, adopting.submit),
}
SHORTCUTS: Mapping[str, tuple[Verb, Callable[[Shortcut], Answer]]] = {
    ids.HALT_SHORTCUT: (Verb.HALT, kill_switch.ask_to_halt),
    ids.STATUS_SHORTCUT: (Verb.DESK, home.status),
}
MESSAGE_SHORTCUTS: Mapping[str, tuple[Verb, Callable[[Shortcut], Answer]]] = {
    ids.INSPECT_SHORTCUT: (Verb.INSPECT, home.inspect),
}


def web_client(
    slack: SlackSettings, *, timeout: float = SLACK_TIMEOUT, again: int = 0, pause: float = 0.0
) -> SlackClient:
    """Return a client of Slack's Web API that retries nothing by itself, unless it is told how often."""
    token = slack.slack_bot_token.get_secret_value()
    return SlackClient(token=token, base_url=slack.slack_api_url, timeout=timeout, again=again, pause=pause)


def people_of(slack: SlackSettings) -> People:
    """Return who is who in a Slack."""
    return People(web_client(slack, timeout=PEOPLE_TIMEOUT))


def unseen(_user: str) -> None:
    """Publish no home."""


def build_app(
    commands: Commands,
    queries: Queries,
    texts: Texts,
    access: Access,
    slack: SlackSettings,
    *,
    opened: Callable[[str], None] = unseen,
    again: AnswerRetry | None = None,
    people: People | None = None,
    crowd: UserRateLimit | None = None,
    installation: Installation | None = None,
    is_sure: Callable[[], bool] = lambda: True,
    backtests: Backtests | None = None,
) -> App:
    """Return the App with all listeners; it calls Slack only once it is connected.

    `opened` is told who looks at their home, to publish it; `again` says later what Slack did not take. `people` learns
    of everybody who changes in the workspace, `crowd` knows how much everybody may ask for. Only requests of the
    `installation` are served, once it knows which. `is_sure` tells whether no other desk may be meant. `backtests` runs
    those that people ask for.
    """
    people = people or people_of(slack)
    client = web_client(slack, again=1, pause=WINDOW_WITHIN)
    app = _bolt_app(slack, client)
    known = people.known_to(access)
    app.use(installation or Installation())
    app.use(
        Context(
            commands=commands,
            queries=queries,
            client=client,
            again=again or AnswerRetry(),
            texts=texts,
            access=known,
            people=people,
            channel=slack.slack_channel,
            signer=Signer(commands.audit_log.secret(KEY), queries.now),
            deliveries=Deliveries(),
            turns=BoundedSemaphore(TURNS),
            crowd=crowd or UserRateLimit(commands.audit_log),
            opened=opened,
            usages={spec.name: spec.usage for spec in COMMANDS.values()},
            examples={spec.name: spec.example for spec in COMMANDS.values()},
            is_sure=is_sure,
            backtests=backtests,
        ),
    )
    _listen(app)
    return app


def _bolt_app(slack: SlackSettings, client: SlackClient) -> App:
    """Return an App without listeners that takes nothing from the environment and asks Slack for nothing."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    token, client.token = client.token, None  # with one Bolt asks Slack about it at the first request, a halt may be it
    app = App(
        name="trading-bot",
        client=client,
        signing_secret=slack.slack_signing_secret.get_secret_value(),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token),
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    client.token = token
    return app


def _listen(app: App) -> None:
    """Give each command, button, window and shortcut to its listener."""
    for name, spec in COMMANDS.items():
        helper = Handler(kind=Command, verb=Verb.HELP, listener=commands.give_help)
        app.command(name, matchers=[commands.asks_for_help])(helper)
        app.command(name)(Handler(kind=Command, verb=spec.verb, listener=spec.handler))
    for action_id, (verb, answer_click) in CLICKS.items():
        app.action(re.compile(rf"^{action_id}(\.\d+)?$"))(Handler(kind=Click, verb=verb, listener=answer_click))
    for action_id, (verb, answer_in_window) in IN_WINDOW.items():
        app.action(action_id)(Handler(kind=InWindow, verb=verb, listener=answer_in_window))
    for action_id, (verb, answer_selection) in SELECTED.items():
        app.action(action_id)(Handler(kind=SelectionClick, verb=verb, listener=answer_selection))
    app.action(ids.SHARES_INPUT)(Handler(kind=InWindow, verb=Verb.SIZE, listener=size_window.typed, is_kept=False))
    app.action(ids.SELECT_PENDING)(Handler(kind=Selection, verb=Verb.TRADES, listener=selection.chosen, is_kept=False))
    for callback_id, (verb, answer_submission) in SUBMISSIONS.items():
        app.view(callback_id)(Handler(kind=Submission, verb=verb, listener=answer_submission))
    for shortcut, (verb, answer_shortcut) in SHORTCUTS.items():
        app.global_shortcut(shortcut)(Handler(kind=Shortcut, verb=verb, listener=answer_shortcut))
    for shortcut, (verb, answer_shortcut) in MESSAGE_SHORTCUTS.items():
        app.message_shortcut(shortcut)(Handler(kind=Shortcut, verb=verb, listener=answer_shortcut))
    app.event(ids.HOME_OPENED)(Handler(kind=Opened, verb=Verb.HOME, listener=home.opened))
    app.event(ids.MENTIONED)(Handler(kind=Written, verb=Verb.HELP, listener=written.give_help))
    app.event(ids.WRITTEN, matchers=[written.is_for_the_bot])(
        Handler(kind=Written, verb=Verb.HELP, listener=written.give_help)
    )
    app.event(ids.WRITTEN)(journal.message_told)
    for event, learn in people_changes.EVENTS.items():
        app.event(event)(learn)
    _refuse_the_rest(app)


def _refuse_the_rest(app: App) -> None:
    """Answer, and keep in the audit, what no listener is for."""
    app.command(ANY)(Handler(kind=Command, verb=Verb.UNKNOWN, listener=unknown))
    app.action(ANY)(Handler(kind=Click, verb=Verb.UNKNOWN, listener=unknown))
    app.view(ANY)(Handler(kind=Submission, verb=Verb.UNKNOWN, listener=unknown))
    app.shortcut(ANY)(Handler(kind=Shortcut, verb=Verb.UNKNOWN, listener=unknown))
