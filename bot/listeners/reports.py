"""What came of it: /pnl and /report, and the home's button for the day's report."""

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from bot.access import Verb
from bot.cards.journal import journal as journal_card
from bot.cards.message import Message
from bot.cards.people import people as people_card
from bot.cards.performance import pnl as pnl_card
from bot.cards.report import report as report_card
from bot.listeners.command_args import misunderstood, one_of
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import words
from bot.listeners.periods import NAMED, read_span
from bot.listeners.request import SlackRequest
from bot.listeners.request_kinds import Click, Command
from engine.errors import TemporaryError, UnknownSymbol
from engine.model.market import exchange_date
from engine.model.performance import OpenProfit, Period, Span
from engine.model.report import ReportKind

PEOPLE = "people"
JOURNAL = "journal"
TICKER: Final = re.compile(r"[A-Za-z][A-Za-z0-9./-]{0,11}")


def pnl(asked: Command) -> Message:
    """/pnl [period] [SYMBOL]: show what came of a period, today where none is said."""
    today = exchange_date(asked.queries.now())
    span, rest = read_span(words(asked.text), today)
    span = span or Period.TODAY.span(today)
    if len(rest) > 1 or (rest and not TICKER.fullmatch(rest[0])):
        raise misunderstood(asked, NAMED)
    symbol = "".join(rest).upper()
    try:
        done = asked.queries.performance(span, symbol)
    except UnknownSymbol as error:
        if near := get_close_matches(symbol.lower(), NAMED, n=1, cutoff=0.75):
            raise misunderstood(asked, near) from error
        raise
    return pnl_card(done, span, asked.texts, open_now=_open_now(asked, span, symbol))


def _open_now(asked: Command, span: Span, symbol: str) -> OpenProfit | None:
    """Return what is open now, None where the period is over."""
    if span.ends <= asked.queries.now():
        return None
    try:
        lines = [line for line in asked.queries.portfolio().lines if symbol in {"", line.symbol}]
    except TemporaryError:
        return OpenProfit(positions=0, result=None)
    return OpenProfit(
        positions=len({line.symbol for line in lines}), result=sum((line.unrealised for line in lines), Decimal(0))
    )


def report(asked: Command) -> Message:
    """/report [KIND|people|journal]: show a report as of now, what decisions came to, or what a week taught."""
    first, *rest = words(asked.text) or [""]
    if first.lower() == JOURNAL:
        return _journal(asked, rest)
    word = one_of(asked, ("", *ReportKind, PEOPLE, JOURNAL))
    if word == PEOPLE:
        return people_card(asked.queries.strategies.people_report(), asked.texts)
    return _report(asked, ReportKind(word or ReportKind.DAY))


def _journal(asked: Command, said: list[str]) -> Message:
    """Show what a period taught, this week where none is said."""
    today = exchange_date(asked.queries.now())
    span, rest = read_span(said, today)
    if rest:
        raise misunderstood(asked, (JOURNAL, *NAMED))
    return journal_card(asked.queries.review(span or Period.WEEK.span(today)), asked.texts)


def day(asked: Click) -> Message:
    """The home's Report button: show the day's report as of now."""
    return _report(asked, ReportKind.DAY)


def _report(asked: SlackRequest, kind: ReportKind) -> Message:
    return report_card(asked.queries.report(kind), asked.texts)


COMMANDS = (
    CommandSpec(
        name="/pnl",
        verb=Verb.PNL,
        usage="[today|yesterday|week|month|year|all|2025-08-04..2025-08-08] [SYMBOL]",
        summary="Show P&L for any period, by symbol",
        handler=pnl,
        example="last week AAPL",
    ),
    CommandSpec(
        name="/report",
        verb=Verb.REPORT,
        usage=f"[{'|'.join(ReportKind)}|{PEOPLE}|{JOURNAL} [PERIOD]]",
        summary="Show a report as of now, or what decisions added, cost or taught",
        handler=report,
        example="day",
    ),
)
