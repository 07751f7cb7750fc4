from collections.abc import Callable
from dataclasses import dataclass

from bot.access import Verb
from bot.listeners.request import Answer
from bot.listeners.request_kinds import Command


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSpec:
    """A slash command: all that the registration, the manifest, the help and the tables of commands say of it.

    `usage` is how it is written after its name, `summary` what it does, in a line of English for Slack's own list; how
    it is explained by `help` stands in the catalogues, under `help-` and its name. `example` is what may stand after
    its name on any desk, and is shown to whoever types what it does not understand; AAPL in it becomes a symbol that is
    watched. Where it `names_people`, Slack sends whom somebody picked
    as ids.
    """

    name: str
    verb: Verb
    usage: str
    summary: str
    handler: Callable[[Command], Answer]
    example: str = ""
    names_people: bool = False
