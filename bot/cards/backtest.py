"""A backtest as the person who asked for it sees it: one message that is rewritten until it holds the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.message import Message, context, message, note, section, sections
from bot.cards.mrkdwn import escaped
from bot.messages import Texts

LONGEST = 2_000
"""Characters of notes that the message shows; the page has all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestReport:
    """What a backtest came to, in the desk's words: the verdict first, then figures by name, notes, page and picture.

    `picture` is a PNG file, empty where there is no curve; `alt` says in words what it shows.
    """

    verdict: str
    about: str
    figures: Sequence[tuple[str, str]]
    notes: Sequence[str]
    page: bytes
    picture: bytes
    alt: str


def taken(texts: Texts) -> Message:
    """Say that a backtest was taken, and where its answer comes."""
    return note(texts("backtest-taken"))


def waiting(said: str, texts: Texts) -> Message:
    """Say that a backtest has not begun yet."""
    return note(texts("backtest-waiting", said=escaped(said)))


def running(said: str, part: str, percent: int, texts: Texts) -> Message:
    """Say how far a backtest is."""
    doing = texts("backtest-progress", part=part)
    return note(texts("backtest-running", said=escaped(said), doing=doing, percent=percent))


def answered(said: str, report: BacktestReport, texts: Texts) -> Message:
    """Show what a backtest came to; nothing stands before the verdict."""
    figures = "\n".join(f"{name}: {value}" for name, value in report.figures)
    notes = "\n".join(report.notes)[:LONGEST]
    small = texts("backtest-asked", said=escaped(said))
    return message(
        section(f"*{escaped(report.verdict, 600)}*"),
        section(escaped(report.about, 300)),
        *sections([figures]),
        *([section(escaped(notes, LONGEST))] if notes else []),
        context(small),
    )


def ended(said: str, why: str, texts: Texts, *, symbol: str = "") -> Message:
    """Say why a backtest came to nothing, and what to do."""
    return note(texts("backtest-ended", said=escaped(said), why=why, symbol=escaped(symbol)))


def unattached(texts: Texts) -> Message:
    """Say that the picture and the page could not be sent."""
    return note(texts("backtest-unattached"))
