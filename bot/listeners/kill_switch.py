"""The kill switch: /halt stops new trading at once, /halt flatten also sells everything, /resume lets it run again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import answers, refusals
from bot.cards.message import Message
from bot.cards.modals import flatten_modal, halt_modal
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import reason, reason_given, words
from bot.listeners.request import SlackRequest
from bot.listeners.request_kinds import Click, Command, Submission
from bot.listeners.shortcuts import Shortcut
from bot.transport.slack_calls import SlackRefuses
from engine.errors import HaltNotPersisted, RequestRefused, TemporaryError
from engine.model.desk import Desk, DeskState, Request

FLATTEN = "flatten"
ANYWAY = "anyway"


def halt(asked: Command) -> Message:
    """/halt [reason]: stop new trading; /halt flatten [reason]: also ask whether to sell everything."""
    first, *rest = asked.text.split(maxsplit=1) or [""]
    if first.lower() != FLATTEN:
        return halted(asked, held(asked, asked.commands.halt, reason(asked.text)))
    why = reason(" ".join(rest))
    # Before it asks: nothing is bought while somebody reads a window.
    try:
        desk = held(asked, asked.commands.halt, why)
    except HaltNotPersisted:
        with suppress(TemporaryError, SlackRefuses):
            asked.show(flatten_modal(why, asked.texts))  # what is submitted there waits for the database as well
        raise
    try:
        asked.show(flatten_modal(why, asked.texts))
    except (TemporaryError, SlackRefuses):  # Slack opens no window for a command that took more than three seconds
        return answers.halted_without_window(desk, asked.texts, only=only(asked))
    return halted(asked, desk)


def flatten(asked: Submission) -> Message:
    """Sell everything, submitted: halt and close all positions."""
    held(asked, asked.commands.flatten, reason_given(asked.typed))
    return answers.flattening(asked.texts)


def ask_to_halt(asked: Shortcut) -> View:
    """The global shortcut: ask for the reason, which may be left empty, before trading is halted."""
    return halt_modal(asked.texts)


def halt_by_modal(asked: Submission) -> Message:
    """Halt, submitted: stop new trading."""
    why = reason_given(asked.typed)
    return halted(asked, held(asked, asked.commands.halt, why))


def halted(asked: SlackRequest, desk: Desk) -> Message:
    """Say that trading is halted, with the button that takes that back while whoever asked may."""
    is_own = desk.by == asked.request.by and desk.state is DeskState.HALTED and desk.since is not None
    return answers.halted(desk, asked.texts, only=only(asked), may_take_back=is_own)


def take_back(asked: Click) -> Message:
    """Take back: trade again where whoever halted thinks better of it in time."""
    given_at = datetime.fromisoformat(asked.choice)
    return resumed(asked, asked.commands.take_back_halt(asked.request, given_at))


def resume(asked: Command) -> Message:
    """/resume [anyway]: trade again; raises BadText for anything else after it, which may mean the opposite."""
    said = " ".join(words(asked.text))
    if said.lower() not in {"", ANYWAY}:
        raise misunderstood(asked, (ANYWAY,))
    return resumed(asked, asked.commands.resume(asked.request, anyway=bool(said)))


def resumed(asked: SlackRequest, desk: Desk) -> Message:
    """Say that trading runs again, and what that lets happen."""
    risk = None
    with suppress(TemporaryError, RequestRefused):
        risk = asked.queries.portfolio().open_risk
    return answers.resumed(desk, len(asked.queries.watchlist()), risk, asked.texts)


def only(asked: SlackRequest) -> str:
    """Name the channel whose desk a halt reached, where it may have been meant for another; '' where it was not."""
    return "" if asked.context.is_sure() else asked.context.channel


def held(asked: SlackRequest, verb: Callable[[Request, str], Desk], why: str) -> Desk:
    """Halt; where the database is out of reach, and the outbox with them, tell the channel past it."""
    try:
        return verb(asked.request, why)
    except HaltNotPersisted as error:
        asked.post_to_desk(refusals.trouble(error, asked.texts))
        raise


COMMANDS = (
    CommandSpec(
        name="/halt",
        verb=Verb.HALT,
        usage="[flatten] [reason]",
        summary="Stop new trades now, or sell everything as well",
        handler=halt,
    ),
    CommandSpec(
        name="/resume",
        verb=Verb.RESUME,
        usage="[anyway]",
        summary="Resume trading after a halt",
        handler=resume,
    ),
)
