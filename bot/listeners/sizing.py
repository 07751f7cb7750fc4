"""/size as a calculator, and the button that makes its result the proposal's."""

from bot.access import Verb
from bot.cards import answers
from bot.cards.message import Message
from bot.cards.sizing import calculated
from bot.listeners.command_args import wanted
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import shares, words
from bot.listeners.request_kinds import Click, Command
from bot.listeners.size_amounts import amount, begins_with_a_number
from engine.errors import BadAmount
from engine.model.calculation import Amount


def size(asked: Command) -> Message:
    """/size [trade|SYMBOL] [amount]: work out what an amount costs and risks; a proposal gets a button to apply it."""
    about, wanting = _read(asked.text)
    named = about[0] if about else wanted(asked.queries, about).id
    return calculated(asked.queries.sizing.calculation(named, wanting), asked.texts)


def _read(text: str) -> tuple[list[str], Amount | None]:
    """Return what is to be worked out and how much of it; an amount alone is about the only proposal."""
    try:
        return [], amount(text)
    except BadAmount:
        if begins_with_a_number(text):
            raise
    named, *rest = text.split(maxsplit=1)
    return words(named), amount(" ".join(rest))


def apply(asked: Click) -> Message:
    """Apply: make the number of shares that was worked out the proposal's."""
    trade = asked.queries.trade(asked.trade_id)
    resized = asked.commands.resize(trade.id, shares(asked.choice), asked.request)
    return answers.resized(resized, trade.shares, asked.texts)


COMMANDS = (
    CommandSpec(
        name="/size",
        verb=Verb.SIZE,
        usage="[trade|SYMBOL] [400|$20000|5%|0.3% risk]",
        summary="Show what a size costs and risks, and apply it to a proposal",
        handler=size,
        example="AAPL 400",
    ),
)
