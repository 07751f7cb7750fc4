"""/strategy: the live strategy and those in shadow, and the change from one to another by two people."""

from bot.access import Verb
from bot.cards import strategies as cards
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import LONGEST_WORD, words
from bot.listeners.request_kinds import Command
from engine.model.strategies import PromotionStage

COMPARE, PROMOTE, CONFIRM, CANCEL = "compare", "promote", "confirm", "cancel"
KNOWN = {COMPARE: 2, PROMOTE: 1, CONFIRM: 0, CANCEL: 0}
"""Each word that may come first, and how many strategies it takes."""


def strategy(asked: Command) -> Message:
    """/strategy [compare ONE OTHER|promote ONE|confirm|cancel]: list strategies, compare two, change the live one."""
    first, *named = words(asked.text) or [""]
    verb = first.lower()
    if not verb:
        return cards.strategies(asked.queries.strategies.all(), asked.texts)
    if KNOWN.get(verb) != len(named):
        raise misunderstood(asked, KNOWN)
    if verb == COMPARE:
        return cards.compared([asked.queries.strategies.named(each[:LONGEST_WORD]) for each in named], asked.texts)
    if verb == PROMOTE:
        asked.context.access.require(asked.request.by, Verb.SET)
        return cards.asked(asked.commands.promotion.ask(named[0][:LONGEST_WORD], asked.request), asked.texts)
    if verb == CONFIRM:
        asked.context.access.require(asked.request.by, Verb.CONFIRM)
        pending = asked.commands.promotion.confirm(asked.request)
        return cards.changed(pending, asked.request.by, PromotionStage.CONFIRMED, asked.texts)
    asked.context.access.require(asked.request.by, Verb.WITHDRAW)
    pending = asked.commands.promotion.withdraw(asked.request)
    return cards.changed(pending, asked.request.by, PromotionStage.WITHDRAWN, asked.texts)


COMMANDS = (
    CommandSpec(
        name="/strategy",
        verb=Verb.STRATEGY,
        usage="[compare ONE OTHER|promote ONE|confirm|cancel]",
        summary="Show the live strategy and those in shadow, or change the live one",
        handler=strategy,
    ),
)
