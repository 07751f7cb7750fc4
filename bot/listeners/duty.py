"""/duty and /notify: who is on duty, and how each person is called."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.access import Standing, Verb, is_group
from bot.cards import duty as cards
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.duty_words import (
    LINES,
    dates_in,
    days_in,
    hours_in,
    kinds_in,
    line_in,
    person_in,
    until_in,
    words_of,
)
from bot.listeners.request_kinds import Command
from engine.errors import BadDuty
from engine.model.duty import CallWay, DutyLine, DutyTurn, QuietHours

ROTA: Final = "/duty rota first me mon-fri 22:00-06:00"
REMOVE: Final = "/duty rota remove 1"
HANDOVER: Final = "/duty handover me 2h"
QUIET: Final = "/notify quiet 23:00-07:00"
"""Commands that are taken, for whoever typed one that was not."""
OFF: Final = "off"
DEFAULT: Final = "default"
WAYS: Final[Mapping[str, CallWay | None]] = {**{way.value: way for way in CallWay}, DEFAULT: None}


def duty(asked: Command) -> Message:
    """/duty [rota …|handover …|holiday …]: show who is on duty, or change it."""
    verb, *rest = words_of(asked.text) or [""]
    if not verb:
        return cards.duty(asked.queries.duty.now(), asked.texts)
    change = CHANGES.get(verb.lower())
    if change is None:
        raise misunderstood(asked, CHANGES)
    asked.context.access.require(asked.request.by, Verb.ROSTER)
    return change(asked, rest)


def notify(asked: Command) -> Message:
    """/notify [channel|direct|both|default|quiet …]: show what the one who asks gets, or change it."""
    verb, *rest = words_of(asked.text) or [""]
    word = verb.lower()
    roster, by = asked.commands.roster, asked.request
    if word in WAYS and not rest:
        roster.choose_way(WAYS[word], by)
    elif word == "quiet" and [each.lower() for each in rest] == [OFF]:
        roster.end_quiet(by)
    elif word == "quiet":
        if not rest:
            raise BadDuty("hours", "", example=QUIET)
        begins, ends = hours_in(rest[0], QUIET)
        kinds = kinds_in(rest[1:], f"{QUIET} reminders")
        roster.add_quiet(QuietHours(begins=begins, ends=ends, kinds=kinds), by)
    elif word:
        raise misunderstood(asked, (*WAYS, "quiet"))
    return cards.notify(asked.queries.duty.of(by.by), _telling(asked), asked.texts)


def _telling(asked: Command) -> Mapping[str, str]:
    """Return how loudly reports and events are told to the whole desk, by their settings' names."""
    return {
        line.name: line.text
        for line in asked.queries.settings()
        if line.name == "events" or line.name.startswith("report_")
    }


def _rota(asked: Command, words: Sequence[str]) -> Message:
    """Add a turn: a line, people, weekdays and hours; or take one out by its number."""
    if not words:
        raise BadDuty("line", "", example=ROTA)
    if words[0].lower() == "remove":
        number = words[1].removeprefix("#") if len(words) == 2 else ""  # noqa: PLR2004  the word and the number
        if not (number.isascii() and number.isdigit() and len(number) < 4):  # noqa: PLR2004
            known = str(len(asked.queries.duty.now().roster.turns))
            raise BadDuty("number", " ".join(words[1:]), example=REMOVE if known != "0" else ROTA, known=known)
        return cards.duty(asked.commands.roster.remove_turn(int(number), asked.request), asked.texts)
    line = line_in(words[0], ROTA)
    example = ROTA.replace(DutyLine.FIRST, line)
    who = [each for word in words[1:] if (each := person_in(word, asked.request.by))]
    rest = [word for word in words[1:] if not person_in(word, asked.request.by)]
    if strangers := [word for word in rest if word.startswith("@")] or ([] if who else [*rest[:1]] or [""]):
        raise BadDuty("person", strangers[0], example=example)
    if not rest:
        raise BadDuty("days", "", example=example)
    begins, ends = hours_in(rest[-1], example)
    days = days_in(rest[:-1], example)
    for each in who:
        _require_known(asked, each, example)
    turn = DutyTurn(line=line, who=tuple(dict.fromkeys(who)), days=days, begins=begins, ends=ends)
    return cards.duty(asked.commands.roster.add_turn(turn, asked.request), asked.texts)


def _hand_over(asked: Command, words: Sequence[str]) -> Message:
    """Hand the duty over: to whom, until when if not to the end of the turn, and of which line if not the first."""
    by = asked.request.by
    lines = [LINES[word.lower()] for word in words if word.lower() in LINES]
    who, *ends = [word for word in words if word.lower() not in {*LINES, "until"}] or [""]
    line = lines[0] if lines else DutyLine.FIRST
    example = f"{HANDOVER} {line}"
    person = person_in(who, by)
    if not person:
        raise BadDuty("person", who, example=example)
    if not ends and "until" in map(str.lower, words):
        raise BadDuty("until", "until", example=example)
    if len(lines) > 1:
        raise BadDuty("line", " ".join(lines), example=example)
    until = until_in("".join(ends), example) if ends else None
    _require_known(asked, person, example)
    return cards.duty(asked.commands.roster.hand_over(line, person, until, asked.request), asked.texts)


def _holiday(asked: Command, words: Sequence[str]) -> Message:
    """Keep who is away from a day to another, or that they are back."""
    by, today = asked.request.by, asked.queries.duty.now().today
    example = f"/duty holiday me {today + timedelta(days=1)}..{today + timedelta(days=2)}"
    if words and words[0].lower() == OFF:
        person = person_in(words[1], by) if len(words) == 2 else ""  # noqa: PLR2004  the word and the person
        if not person:
            raise BadDuty("person", " ".join(words[1:]), example="/duty holiday off me")
        return cards.duty(asked.commands.roster.end_holidays(person, asked.request), asked.texts)
    person = person_in(words[0], by) if words else ""
    if not person or is_group(person):
        raise BadDuty("person", " ".join(words[:1]), example=example)
    first, last = dates_in("".join(words[1:]), example)
    _require_known(asked, person, example)
    return cards.duty(asked.commands.roster.add_holiday(person, first, last, asked.request), asked.texts)


CHANGES: Final[Mapping[str, Callable[[Command, Sequence[str]], Message]]] = {
    "rota": _rota,
    "handover": _hand_over,
    "holiday": _holiday,
}


def _require_known(asked: Command, who: str, example: str) -> None:
    """Raise BadDuty for somebody who is not there, or could not decide on a proposal."""
    access = asked.context.access
    if is_group(who):
        members = access.members(who)
        if not any(access.may(each, Verb.APPROVE) for each in members):
            raise BadDuty("group", who, example=example, who=who)
    elif access.standing(who) in {Standing.GONE, Standing.UNKNOWN}:
        raise BadDuty("person", who, example=example)
    elif not access.may(who, Verb.APPROVE):
        raise BadDuty("role", who, example=example, who=who)


COMMANDS = (
    CommandSpec(
        name="/duty",
        verb=Verb.DUTY,
        usage="[handover @WHO 2h|18:00] [holiday @WHO DATE..DATE] [rota first|second @WHO mon-fri 22:00-06:00]",
        summary="Show who is on duty, hand over, or change the rota",
        handler=duty,
        example="handover me 2h",
        names_people=True,
    ),
    CommandSpec(
        name="/notify",
        verb=Verb.NOTIFY,
        usage="[channel|direct|both|default] [quiet 23:00-07:00 [reminders]|quiet off]",
        summary="Show or change how you are notified",
        handler=notify,
        example="direct",
    ),
)
