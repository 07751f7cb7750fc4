"""/adopt: make a trade of shares that were bought elsewhere, with a stop and a target."""

from decimal import Decimal

from bot.access import Verb
from bot.cards.closing import adopted
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood, typed
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import LONGEST_WORD
from bot.listeners.request import Command
from engine.errors import AdoptionRefused
from engine.model.adoption import Adoption
from engine.model.number_input import AmbiguousNumber, InputUnit, read_number

LEAST, MOST = 3, 4
"""Words after the command: symbol, stop, target, and how many of the shares where it is not all of them."""
KEYS = ("stop", "target", "shares")
UNITS = {InputUnit.NONE, InputUnit.DOLLARS}


def adopt(asked: Command) -> Message:
    """/adopt SYMBOL STOP TARGET [SHARES]: protect and count what is held of a symbol like any trade."""
    found = typed(asked, MOST)
    if len(found) < LEAST:
        raise misunderstood(asked)
    symbol = found[0].upper()
    figures = dict(zip(KEYS, (_figure(symbol, *pair) for pair in zip(KEYS, found[1:], strict=False)), strict=False))
    trade = asked.commands.adopt_position(Adoption(symbol=symbol, **figures), asked.request)
    return adopted(trade, asked.texts)


def _figure(symbol: str, field: str, text: str) -> Decimal:
    """Read a price in dollars, or a number of shares; raises AdoptionRefused with the field."""
    units = {InputUnit.NONE, InputUnit.SHARES} if field == "shares" else UNITS
    try:
        found = read_number(text)
    except AmbiguousNumber as error:
        raise AdoptionRefused(field, "ambiguous", symbol, typed=" / ".join(error.readings)) from error
    except ValueError as error:
        raise AdoptionRefused(field, "no_number", symbol, typed=text[:LONGEST_WORD]) from error
    if found.unit not in units:
        raise AdoptionRefused(field, "no_number", symbol, typed=text[:LONGEST_WORD])
    return found.number


COMMANDS = (
    CommandSpec(
        name="/adopt",
        verb=Verb.ADOPT,
        usage="SYMBOL STOP TARGET [SHARES]",
        summary="Make a trade of shares bought elsewhere, with stop and target",
        handler=adopt,
        example="MSFT 402.50 450",
    ),
)
