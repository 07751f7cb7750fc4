"""Who is on duty, how a person is called, and what those on duty are told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.cards.message import Message, context, header, message, note, section, sections
from bot.cards.mrkdwn import NO_FACT, actor, day_and_time, duration, fitted, mention, moment, symbol
from bot.cards.performance import multiple
from bot.cards.trade_thread import decided as decision
from bot.messages import Texts
from engine.model.duty import (
    ALARMS,
    DAYS_A_WEEK,
    MINUTES_A_DAY,
    CallKind,
    DutyCover,
    DutyLine,
    DutyTurn,
    DutyView,
    Holiday,
    LineView,
    NotifyView,
    QuietHours,
)
from engine.model.notices.base import Notice
from engine.model.notices.duty import DecisionReminded, DirectCall, DutyHandedOver, MissedResult, SecondLineCalled
from engine.model.notices.proposals import TradeDecided
from engine.model.trade import Trade, TradeState

A_LINE: Final = 20
"""Mentions in a line of a message."""


def duty(view: DutyView, texts: Texts) -> Message:
    """Show who is on duty and until when, who comes next, the weekly rota and who is on holiday."""
    roster = view.roster
    lines = [part for line in view.lines for part in _line(line, texts)]
    if roster.turns:
        lines.append(texts("duty-rota", zone=str(texts.timezone)))
        lines += fitted([_turn(turn, texts, str(number)) for number, turn in enumerate(roster.turns, 1)], texts)
    else:
        lines.append(texts("duty-no-rota"))
    holidays = [_holiday(each, texts) for each in sorted(roster.holidays, key=lambda each: each.first)]
    away = (texts("duty-holidays"), *fitted(holidays, texts, 1000)) if holidays else ()
    return message(header(texts("duty-title")), *sections((*lines, *away)), context(texts("duty-how")))


def duty_line(view: DutyView, texts: Texts) -> str:
    """Return who is on duty in one line."""
    first, second = view.lines
    return texts(
        "home-duty",
        first=_mentions(first.there) or NO_FACT,
        until=_until(first.until, view.today, texts) if first.until and first.there else NO_FACT,
        second=_mentions(second.there) or NO_FACT,
    )


def duty_gaps(cover: DutyCover, texts: Texts) -> list[str]:
    """Return when nobody is on duty, a line each."""
    return [
        texts("report-duty-gap", since=day_and_time(each.since, texts), until=moment(each.until, texts))
        for each in cover.gaps
    ]


def notify(view: NotifyView, telling: Mapping[str, str], texts: Texts) -> Message:
    """Show what a person gets: where, what for and when not; `telling` is how loudly the desk is told the rest."""
    choice = view.choice
    kinds = ", ".join(_kind(kind, texts) for kind in CallKind if kind not in ALARMS)
    lines = [
        texts("notify-way", way=view.way.value, chosen="no" if choice.way is None else "yes"),
        texts("notify-what", kinds=kinds),
        texts("notify-always", kinds=", ".join(_kind(kind, texts) for kind in CallKind if kind in ALARMS)),
        *([_quiet(each, texts) for each in choice.quiet] or [texts("notify-no-quiet", zone=str(texts.timezone))]),
        texts("notify-duty", lines=_lines(view.on_duty, texts)),
        *([texts("notify-turns", zone=str(texts.timezone))] if view.turns else []),
        *(_turn(turn, texts) for turn in view.turns),
        *(_holiday(each, texts) for each in view.holidays),
    ]
    desk = [texts("notify-desk", what=texts("setting", name=name), how=how) for name, how in telling.items()]
    return message(
        header(texts("notify-title")),
        *sections(lines),
        section("\n".join((texts("notify-whole-desk"), *desk))),
        context(texts("notify-how")),
    )


def with_calls(shown: Message, notice: Notice, texts: Texts) -> Message:
    """Return a message with the mentions of those whom its notice calls."""
    who = notice.called
    if not who:
        return shown
    rows = [_mentions(who[start : start + A_LINE]) for start in range(0, len(who), A_LINE)]
    calls = [texts("called", who=rows[0]), *rows[1:]]
    return Message(text="\n".join((shown.text, *calls)), blocks=(*shown.blocks, *sections(calls)))


def directly(said: str, trade: Trade | None, channel: str, texts: Texts) -> Message:
    """Return what a notice says to one person alone, and where they decide while there is something to decide."""
    waits = trade is not None and trade.state is TradeState.PROPOSED
    name = symbol(trade.symbol) if trade else NO_FACT
    return note(said, texts("direct-call", channel=channel, decide="yes" if waits else "no", symbol=name))


def decided(told: TradeDecided, trade: Trade, texts: Texts) -> Message:
    """Say who decided what and when; where nobody did and somebody was called, that the rest follows."""
    said = decision(trade, texts)
    if trade.state is not TradeState.EXPIRED or not (told.called or told.direct):
        return said
    return message(*said.blocks, section(texts("missed-follows")))


def reminded(told: DecisionReminded, trade: Trade, texts: Texts) -> Message:
    """Say that a proposal still waits, and for how long."""
    return note(texts("decision-reminded", symbol=symbol(trade.symbol), left=_left(told, trade, texts)))


def second_line(told: SecondLineCalled, trade: Trade, texts: Texts) -> Message:
    """Say that the first line did not decide, and how long there is."""
    return note(texts("second-line-called", symbol=symbol(trade.symbol), left=_left(told, trade, texts)))


def missed(told: MissedResult, trade: Trade, texts: Texts) -> Message:
    """Say what would have come of a proposal that expired."""
    if told.result is None or told.entry is None or told.exit is None:
        return note(texts("missed-nothing", symbol=symbol(trade.symbol), why=told.why or NO_FACT))
    return note(
        texts(
            "missed-result",
            symbol=symbol(trade.symbol),
            shares=told.shares,
            entry=texts.price(told.entry),
            exit=texts.price(told.exit),
            reason=told.exit_reason.value if told.exit_reason else NO_FACT,
            result=texts.gain(told.result),
            multiple=NO_FACT if told.multiple is None else multiple(told.multiple, texts),
        )
    )


def not_direct(told: DirectCall, texts: Texts, said: str = "") -> Message:
    """Say in the channel what somebody could not be told directly; the mention of them is beside it."""
    return with_calls(
        note(*filter(None, (said, texts("direct-call-fallback")))), replace(told, called=(told.to,)), texts
    )


def handed_over(told: DutyHandedOver, texts: Texts) -> Message:
    """Say who handed the duty over, and until when; to whom is the mention beside it."""
    return note(
        texts("duty-handed-over", by=actor(told.by), line=told.line.value, until=day_and_time(told.until, texts))
    )


def _until(at: datetime, today: date, texts: Texts) -> str:
    """Return when something ends: the time of day alone says it on the desk's present day only."""
    return (moment if at.astimezone(texts.timezone).date() == today else day_and_time)(at, texts)


def _line(line: LineView, texts: Texts) -> list[str]:
    """Return a line of duty: who is there, who is away, and who comes next."""
    parts = [
        texts(
            "duty-line",
            line=line.line.value,
            who=_mentions(line.there) or NO_FACT,
            until=day_and_time(line.until, texts) if line.until else NO_FACT,
        )
    ]
    if line.away:
        parts.append(texts("duty-away", who=_mentions(line.away)))
    if line.following and line.since:
        parts.append(texts("duty-next", who=_mentions(line.following), since=day_and_time(line.since, texts)))
    return parts


def _holiday(holiday: Holiday, texts: Texts) -> str:
    first, last = texts.day(holiday.first), texts.day(holiday.last)
    return texts("duty-holiday", who=mention(holiday.who), first=first, last=last)


def _turn(turn: DutyTurn, texts: Texts, number: str = NO_FACT) -> str:
    return texts(
        "duty-turn",
        number=number,
        line=turn.line.value,
        who=_mentions(turn.who),
        days=_days(turn.days, texts),
        begins=clock(turn.begins),
        ends=clock(turn.ends),
        over="yes" if turn.ends > MINUTES_A_DAY else "no",
    )


def _quiet(quiet: QuietHours, texts: Texts) -> str:
    kinds = ", ".join(_kind(kind, texts) for kind in quiet.kinds)
    zone = str(texts.timezone)
    return texts("notify-quiet", begins=clock(quiet.begins), ends=clock(quiet.ends), zone=zone, kinds=kinds)


def clock(minutes: int) -> str:
    """Write minutes after midnight as a time of day, '22:30'; the end of a day is '24:00'."""
    of_day = minutes if minutes <= MINUTES_A_DAY else minutes - MINUTES_A_DAY
    return f"{of_day // 60:02}:{of_day % 60:02}"


def _days(days: Sequence[int], texts: Texts) -> str:
    """Return weekdays, those that follow each other as a range."""
    runs = list[list[int]]()
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if len(days) == DAYS_A_WEEK:
        return texts("weekday", day="all")
    names = [[texts("weekday", day=day) for day in run] for run in runs]
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in names)


def _lines(lines: Sequence[DutyLine], texts: Texts) -> str:
    return ", ".join(texts("duty-line-name", line=line.value) for line in lines) or NO_FACT


def _kind(kind: CallKind, texts: Texts) -> str:
    return texts("call-kind", kind=kind.value)


def _mentions(who: Sequence[str]) -> str:
    return " ".join(map(mention, who))


def _left(told: Notice, trade: Trade, texts: Texts) -> str:
    left = max(timedelta(0), trade.expires_at - told.at)
    return duration(int(left.total_seconds()), texts)
