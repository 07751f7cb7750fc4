"""/buy: propose a purchase by hand. It is sized and checked like the strategy's, and decided on its card."""

from bot.access import Verb
from bot.cards.message import Message
from bot.cards.origin import proposed
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import words
from bot.listeners.purchase_words import names_in, purchase
from bot.listeners.request_kinds import Command


def buy(asked: Command) -> Message:
    """/buy SYMBOL [size] [limit] [stop] [target] [reason]: propose a purchase."""
    if not words(asked.text):
        raise misunderstood(asked)
    made = asked.commands.buys.propose(purchase(asked.text, asked.request.by, names_in(asked.texts)), asked.request)
    return proposed(made.trade, asked.texts)


COMMANDS = (
    CommandSpec(
        name="/buy",
        verb=Verb.BUY,
        usage="SYMBOL [size] [limit] [stop] [target] [reason]",
        summary="Propose a buy by hand, sized and checked like the others",
        handler=buy,
        example="AAPL 100",
    ),
)
