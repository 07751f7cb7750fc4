"""/standing: a window that asks what is to be approved beforehand; its card and the home take it back."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import standing as cards
from bot.cards.message import Message
from bot.listeners.command_args import typed
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import LONGEST_WORD, words
from bot.listeners.request_kinds import Click, Command, Submission
from engine.errors import BadStanding
from engine.model.number_input import InputUnit, read_number
from engine.model.standing import StandingTerms

SHOWN = 5
"""Watched symbols that the window names by itself."""


def ask(asked: Command) -> View:
    """/standing: ask what is to be approved beforehand."""
    typed(asked, 0)
    return cards.standing_modal(asked.queries.watchlist()[:SHOWN], asked.texts)


def give(asked: Submission) -> Message:
    """Standing approval, submitted: give it, or let another person countersign it."""
    terms = terms_of(asked.typed, asked.queries.now(), asked.texts.timezone)
    return cards.given(asked.commands.standing.ask(terms, asked.request), asked.texts)


def countersign(asked: Click) -> Message:
    """Countersign: give a standing approval as the second person."""
    return cards.given(asked.commands.standing.confirm(asked.trade_id, asked.request), asked.texts)


def revoke(asked: Click) -> Message:
    """Revoke: take a standing approval back, at once."""
    return cards.revoked(asked.commands.standing.revoke(asked.trade_id, asked.request), asked.texts)


def terms_of(said: Mapping[str, str], now: datetime, zone: ZoneInfo) -> StandingTerms:
    """Read the fields of the window; raises BadStanding, which names the one that makes no sense."""
    symbols = words(said.get("symbol", "").replace(",", " "))
    return StandingTerms(
        symbols=tuple(dict.fromkeys(word.upper() for word in symbols)),
        most_dollars=_number("dollars", said, {InputUnit.NONE, InputUnit.DOLLARS}),
        least_tenths=_tenths(_number("score", said, {InputUnit.NONE}), said),
        until=_until(said.get("until", "").strip(), now, zone),
        uses=_whole(_number("uses", said, {InputUnit.NONE}), said),
    )


def _number(field: str, said: Mapping[str, str], units: set[InputUnit]) -> Decimal:
    asked = said.get(field, "").strip()
    try:
        found = read_number(asked.lstrip("+"))
    except ValueError as error:  # or what could be two numbers
        raise BadStanding(field, asked[:LONGEST_WORD], "no_figure") from error
    if found.unit not in units:
        raise BadStanding(field, asked[:LONGEST_WORD], "no_figure")
    return found.number


def _tenths(score: Decimal, said: Mapping[str, str]) -> int:
    tenths = score * 10
    if tenths != tenths.to_integral_value():
        raise BadStanding("score", said["score"].strip()[:LONGEST_WORD], "no_score", "1.5")
    return int(tenths)


def _whole(uses: Decimal, said: Mapping[str, str]) -> int:
    if uses != uses.to_integral_value():
        raise BadStanding("uses", said["uses"].strip()[:LONGEST_WORD], "no_figure")
    return int(uses)


def _until(asked: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next time that a clock of the desk shows what was typed, '16:00'."""
    try:
        at = time.fromisoformat(asked.zfill(5))
    except ValueError as error:
        raise BadStanding("until", asked[:LONGEST_WORD], "no_end") from error
    if not asked or at.tzinfo is not None:
        raise BadStanding("until", asked[:LONGEST_WORD], "no_end")
    here = now.astimezone(zone)
    until = datetime.combine(here.date(), at, zone)
    return until if until > now else datetime.combine(here.date() + timedelta(days=1), at, zone)


COMMANDS = (
    CommandSpec(
        name="/standing",
        verb=Verb.STANDING,
        usage="[help]",
        summary="Approve buys in advance, within limits and until a set time",
        handler=ask,
    ),
)
