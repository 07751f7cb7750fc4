"""/adopt: make a trade of shares that were bought elsewhere, with a stop and a target."""

from collections.abc import Mapping
from decimal import Decimal

from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import ids
from bot.cards.adopting import adopt_modal, can_be_adopted
from bot.cards.closing import adopted
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood, typed
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import LONGEST_WORD
from bot.listeners.request import Answer, SlackRequest
from bot.listeners.request_kinds import Click, Command, Submission
from engine.errors import AdoptionRefused
from engine.model.account import AssetKind
from engine.model.adoption import Adoption
from engine.model.number_input import AmbiguousNumber, InputUnit, read_number

LEAST, MOST = 3, 4
"""Words after the command: symbol, stop, target, and how many of the shares where it is not all of them."""
BY_WINDOW = 1
"""Words after the command where a window asks for the rest."""
UNITS = {InputUnit.NONE, InputUnit.DOLLARS}


def adopt(asked: Command) -> Answer:
    """/adopt SYMBOL [STOP TARGET [SHARES]]: protect and count what is held of a symbol like any trade.

    Without stop and target a window asks for them.
    """
    found = typed(asked, MOST)
    if len(found) == BY_WINDOW:
        return _window(asked, found[0].upper())
    if len(found) < LEAST:
        raise misunderstood(asked)
    return _adopted(asked, found[0].upper(), dict(zip(ids.ADOPT_FIELDS, found[1:], strict=False)))


def ask(asked: Click) -> View:
    """Adopt: ask in a window for stop and target."""
    return _window(asked, asked.trade_id)


def submit(asked: Submission) -> Message:
    """Adopt, submitted."""
    said = {name: asked.typed.get(name, "").strip() for name in ids.ADOPT_FIELDS}
    return _adopted(asked, asked.trade_id, {name: text for name, text in said.items() if text or name != "shares"})


def _adopted(asked: SlackRequest, symbol: str, said: Mapping[str, str]) -> Message:
    """Adopt with the figures that were typed, by their fields; raises AdoptionRefused."""
    figures = {field: _figure(symbol, field, text) for field, text in said.items()}
    trade = asked.commands.adopt_position(Adoption(symbol=symbol, **figures), asked.request)
    return adopted(trade, asked.texts)


def _window(asked: SlackRequest, symbol: str) -> View:
    """Return the window for what is held of a symbol; raises AdoptionRefused before it would ask in vain."""
    line = next((line for line in asked.queries.portfolio().lines if line.symbol == symbol), None)
    if line is None:
        raise AdoptionRefused("symbol", "not_held", symbol)
    if line.trade is not None or line.beside_a_trade:
        raise AdoptionRefused("symbol", "in_a_trade", symbol)
    if line.kind is not AssetKind.STOCK:
        raise AdoptionRefused("symbol", "no_stock", symbol)
    if not can_be_adopted(line):
        raise AdoptionRefused("symbol", "short" if line.held < 0 else "fraction", symbol)
    return adopt_modal(line, asked.texts)


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
        usage="SYMBOL [STOP TARGET [SHARES]]",
        summary="Adopt shares bought outside the bot, with stop and target",
        handler=adopt,
        example="MSFT 402.50 450",
    ),
)
