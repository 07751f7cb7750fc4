"""The answer to a question: sentences, each with the rows that it stands on, and what those rows say.

Whatever a sentence or a row says, it formats nothing, links to nothing and mentions nobody.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from bot.cards import ids
from bot.cards.message import Message, context, folded, message, note, section, sections
from bot.cards.mrkdwn import NO_FACT, day_and_time, duration, escaped, fitted, why
from bot.messages import Texts
from engine.model.desk import ENGINE
from engine.model.fact import AnsweredQuestion, Fact, FactKind, FactUnit, Figure, GroundedAnswer, Sentence
from engine.model.news import NoScore
from engine.model.reason import Reason

LONGEST_SENTENCE = 500
LONGEST_VALUE = 200

NameOf = Callable[[str], str]
"""Tells a person's name by their Slack user id."""


def how(texts: Texts) -> Message:
    """Say how a question is asked."""
    return note(texts("ask-how"))


def too_long(most: int, texts: Texts) -> Message:
    """Say that a question has more characters than are read."""
    return note(texts("ask-too-long", most=texts.count(most)))


def answered(found: AnsweredQuestion, now: datetime, name_of: NameOf, texts: Texts) -> Message:
    """Show an answer with its rows; without one, why there is none, and the rows all the same. `now` is the wall's."""
    if found.answer is None:
        return note(texts("ask-off"))
    if found.answer.sentences:
        return _with_sentences(found.answer, found.facts, name_of, texts)
    lines = fitted([_row(fact, name_of, texts) for fact in found.facts], texts)
    return message(section(_why_none(found.answer, now, texts)), *sections(lines))


def _with_sentences(answer: GroundedAnswer, facts: Sequence[Fact], name_of: NameOf, texts: Texts) -> Message:
    cited = {number for sentence in answer.sentences for number in sentence.cites}
    behind = [fact for fact in facts if fact.number in cited]
    lines = fitted([_row(fact, name_of, texts) for fact in behind], texts)
    dropped = (context(texts("ask-dropped", count=answer.dropped)),) if answer.dropped else ()
    return message(
        *sections(_sentence(sentence, behind, name_of) for sentence in answer.sentences),
        *dropped,
        context(texts("ask-read-only")),
        folded(texts("ask-rows", count=len(behind)), *sections(lines), block_id=ids.ROWS_BLOCK),
    )


def _why_none(answer: GroundedAnswer, now: datetime, texts: Texts) -> str:
    if answer.problem is None:
        return texts("ask-none-stood" if answer.dropped else "ask-nothing")
    seconds = int((answer.again_at - now).total_seconds()) if answer.again_at else 0
    span = duration(max(60, seconds), texts) if answer.problem is NoScore.BUDGET else NO_FACT
    return texts("ask-failed", problem=answer.problem.value, span=span)


def _sentence(sentence: Sentence, behind: Sequence[Fact], name_of: NameOf) -> str:
    text = sentence.text
    for person in {figure.value for fact in behind for figure in fact.figures if figure.unit is FactUnit.PERSON}:
        text = text.replace(str(person), _person(str(person), name_of)) if person != ENGINE else text
    return f"{escaped(text, LONGEST_SENTENCE)} {' '.join(f'[{number}]' for number in sentence.cites)}"


def _row(fact: Fact, name_of: NameOf, texts: Texts) -> str:
    """Return what a row says, in a line: its number, its place in the database, its time, and its figures."""
    told = (
        texts("fact-figure", label=texts("fact-label", name=figure.name), value=_value(fact, figure, name_of, texts))
        for figure in fact.figures
    )
    return texts(
        "fact-row",
        number=fact.number,
        kind=fact.kind.value,
        row=f"{escaped(fact.table, 40)} {escaped(fact.row, 80)}",
        time=day_and_time(fact.at, texts) if fact.at else NO_FACT,
        figures=" · ".join(told),
    )


def _value(fact: Fact, figure: Figure, name_of: NameOf, texts: Texts) -> str:
    value = figure.value
    if isinstance(value, datetime):
        return day_and_time(value, texts)
    if isinstance(value, Decimal):
        return _number(value, figure.unit, texts)
    if figure.unit is FactUnit.PERSON:
        return escaped(_person(value, name_of), 80) if value != ENGINE else texts("actor", by=value)
    if figure.unit is FactUnit.NAME and fact.kind is FactKind.SETTING:
        return texts("setting", name=value.lower())
    if figure.unit is FactUnit.QUOTE:
        return _quoted(str(value), figure.name, texts)
    return _word(value, figure.unit, texts)


def _quoted(words: str, name: str, texts: Texts) -> str:
    """Return what somebody wrote, as they did; a reason that they chose from a list, or the engine's, as a sentence."""
    reason = Reason.read(words)
    if name == "reason" and reason != Reason(word=words):
        return why(reason, texts)
    return texts("fact-quote", words=escaped(words, LONGEST_VALUE))


def _word(word: str, unit: FactUnit, texts: Texts) -> str:
    if unit is FactUnit.STATE:
        return texts("state", state=word)
    if unit is FactUnit.DESK_STATE:
        return texts("desk-state", state=word)
    if unit is FactUnit.EXIT:
        return texts("fact-exit", reason=word)
    if unit in {FactUnit.RULE, FactUnit.WORD}:
        return texts("fact-word", word=why(Reason(word=word), texts))
    return escaped(word, LONGEST_VALUE)


def _number(value: Decimal, unit: FactUnit, texts: Texts) -> str:
    ways: dict[FactUnit, Callable[[], str]] = {
        FactUnit.DOLLARS: lambda: texts.dollars(value),
        FactUnit.PRICE: lambda: texts.price(value),
        FactUnit.PART: lambda: texts.part(value),
        FactUnit.BASIS_POINTS: lambda: texts("quantity", unit=unit.value, figure=int(value)),
        FactUnit.SECONDS: lambda: duration(int(value), texts),
        FactUnit.SCORE: lambda: texts.score(int(value * 10)),
        FactUnit.MULTIPLE: lambda: f"{texts.number(value, 1, signed=True)}R",
        FactUnit.READING: lambda: texts.number(value, 2),
    }
    return ways.get(unit, lambda: texts.count(int(value)))()


def _person(user: str, name_of: NameOf) -> str:
    return name_of(user) or user
