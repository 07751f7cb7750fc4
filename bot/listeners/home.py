"""The home with its buttons, /desk, and the shortcuts that show how things stand."""

from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import answers
from bot.cards.home import desk_card, status_modal
from bot.cards.message import Message
from bot.cards.modals import inspect_modal
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.kill_switch import halted, held, resumed
from bot.listeners.parsing import words
from bot.listeners.request_kinds import Click, Command
from bot.listeners.shortcuts import Opened, Shortcut
from engine.errors import NoTradeHere

ON = "on"


def opened(_asked: Opened) -> None:
    """The home was opened: the answer is the home itself."""


def desk(asked: Command) -> Message:
    """/desk: tell how the desk stands, and what every command does."""
    if words(asked.text):
        raise misunderstood(asked, asked.context.usages)
    commands = tuple(answers.help_line(name, asked.texts) for name in asked.context.usages)
    return desk_card(asked.queries.status(), commands, asked.texts)


def status(asked: Shortcut) -> View:
    """Desk status: show how the desk stands."""
    return status_modal(asked.queries.status(), asked.texts)


def inspect(asked: Shortcut) -> View:
    """Inspect, on a trade's card: show all that is known of the trade; raises NoTradeHere on any other message."""
    if asked.sealed is None:
        raise NoTradeHere
    return inspect_modal(asked.queries.trade(asked.sealed.trade_id), asked.texts)


def halt(asked: Click) -> Message:
    """Halt, at home: stop new trading, with no question in between."""
    return halted(asked, held(asked, asked.commands.halt, ""))


def flatten(asked: Click) -> Message:
    """Sell everything, at home: halt and close all positions."""
    held(asked, asked.commands.flatten, "")
    return answers.flattening(asked.texts)


def resume(asked: Click) -> Message:
    """Resume, at home: trade again, unless the desk was halted anew since that home was drawn."""
    shown = int(asked.choice) if asked.choice else None
    return resumed(asked, asked.commands.resume(asked.request, shown=shown))


def auto(asked: Click) -> Message:
    """AUTO_MODE, at home: switch it to what the button said when it was pressed."""
    return answers.auto(asked.commands.set_auto(on=asked.trade_id == ON, request=asked.request), asked.texts)


COMMANDS = (
    CommandSpec(
        name="/desk",
        verb=Verb.DESK,
        usage="[help]",
        summary="Show desk status, and what each command does",
        handler=desk,
    ),
)
