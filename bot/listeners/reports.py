"""What came of it: /pnl and /report, and the home's button for the day's report."""

from difflib import get_close_matches

from bot.access import Verb
from bot.cards.message import Message
from bot.cards.people import people as people_card
from bot.cards.performance import pnl as pnl_card
from bot.cards.report import report as report_card
from bot.listeners.command_args import misunderstood, one_of, typed
from bot.listeners.command_spec import CommandSpec
from bot.listeners.request import Click, Command, SlackRequest
from engine.model.performance import Period
from engine.model.report import REPORTS, ReportKind

PEOPLE = "people"
PERIODS = {period.value: period for period in Period}


def pnl(asked: Command) -> Message:
    """/pnl [today|week|month|all] [SYMBOL]: show what came of a period, today where none is said."""
    found = typed(asked, 2)
    periods = [PERIODS[word.lower()] for word in found if word.lower() in PERIODS]
    symbols = [word.upper() for word in found if word.lower() not in PERIODS]
    if len(periods) > 1 or len(symbols) > 1:
        raise misunderstood(asked, PERIODS)
    period, symbol = (periods or [Period.TODAY])[0], "".join(symbols)
    done = asked.queries.performance(period, symbol)
    if symbol and not done.trades and get_close_matches(symbol.lower(), PERIODS, n=1, cutoff=0.75):
        raise misunderstood(asked, PERIODS)
    asked.context.looked(done, period)
    return pnl_card(done, period, asked.texts)


def report(asked: Command) -> Message:
    """/report [KIND|people]: show a report as of now, the day's where none is said, or what decisions came to."""
    word = one_of(asked, ("", *ReportKind, PEOPLE))
    if word == PEOPLE:
        return people_card(asked.queries.strategies.people_report(), asked.texts)
    return _report(asked, ReportKind(word or ReportKind.DAY))


def day(asked: Click) -> Message:
    """The home's Report button: show the day's report as of now."""
    return _report(asked, ReportKind.DAY)


def _report(asked: SlackRequest, kind: ReportKind) -> Message:
    told = asked.queries.report(kind)
    if REPORTS[kind].has_curve:
        asked.context.looked(told.performance, REPORTS[kind].period)
    return report_card(told, asked.texts)


COMMANDS = (
    CommandSpec(
        name="/pnl",
        verb=Verb.PNL,
        usage=f"[{'|'.join(Period)}] [SYMBOL]",
        summary="Show P&L for today, the week, the month or all time, by symbol",
        handler=pnl,
    ),
    CommandSpec(
        name="/report",
        verb=Verb.REPORT,
        usage=f"[{'|'.join(ReportKind)}|{PEOPLE}]",
        summary="Show a report as of now, or what the desk's decisions added or cost",
        handler=report,
    ),
)
