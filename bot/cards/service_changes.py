"""How the bot itself is, and the outside systems that it needs."""

from bot.cards.message import Message, note
from bot.cards.mrkdwn import NO_FACT, day_and_time, duration, escaped
from bot.messages import Texts
from engine.model.notices.systems import (
    BotStarted,
    BudgetSpent,
    EarningsUnreadable,
    EntriesSetAside,
    JobFailed,
    JobRecovered,
    LeaderBack,
    LeaderLost,
    LeaderReplaced,
    ServiceBack,
    ServiceLost,
    SlackBack,
    TradeFaulted,
)


def started(told: BotStarted, texts: Texts) -> Message:
    """Say that the bot is running, with what broker and prices: live money is named."""
    broker, source = escaped(told.broker, 60), escaped(told.source, 60)
    return note(texts("started", broker=broker), texts("started-broker", broker=broker), texts("source", source=source))


def leader_replaced(told: LeaderReplaced, texts: Texts) -> Message:
    """Say which process replaced which leader, since when that one has been silent, and with what broker."""
    broker, source = escaped(told.broker, 60), escaped(told.source, 60)
    since = day_and_time(told.silent_since, texts, seconds=True)
    names = {"leader": escaped(told.leader, 80), "before": escaped(told.before, 80)}
    labels = texts("started-broker", broker=broker), texts("source", source=source)
    return note(texts(told.text, since=since, **names), *labels)


def leader_lost(told: LeaderLost, texts: Texts) -> Message:
    """Say since when no process runs the timetable, what stands still, and what to do."""
    since = day_and_time(told.since, texts, seconds=True)
    return note(texts(told.text, since=since, leader=escaped(told.leader, 80) or NO_FACT), texts("leader-lost-how"))


def leader_back(told: LeaderBack, texts: Texts) -> Message:
    """Say that a process runs the timetable again."""
    return note(texts(told.text))


def trade_faulted(told: TradeFaulted, texts: Texts) -> Message:
    """Alarm: a trade, or a symbol, cannot be handled; say what that means for it and for the desk, and what to do."""
    return note(texts(told.text, what=escaped(told.what, 60)), texts("trade-fault-how"))


def job_failed(told: JobFailed, texts: Texts) -> Message:
    """Say which job failed, and under which id the log has it."""
    return note(texts(told.text, job=escaped(told.job), id=escaped(told.error_id, 60)))


def job_recovered(told: JobRecovered, texts: Texts) -> Message:
    """Say which job runs again."""
    return note(texts(told.text, job=escaped(told.job)))


def service_lost(told: ServiceLost, texts: Texts) -> Message:
    """Say which outside system is lost, and what it said."""
    return note(texts(told.text, service=escaped(told.service), detail=escaped(told.trouble)))


def service_back(told: ServiceBack, texts: Texts) -> Message:
    """Say which outside system is back."""
    return note(texts(told.text, service=escaped(told.service)))


def slack_back(told: SlackBack, texts: Texts) -> Message:
    """Say for how long the desk could not be reached."""
    return note(texts(told.text, span=duration(told.minutes * 60, texts)))


def budget_spent(told: BudgetSpent, texts: Texts) -> Message:
    """Say that Claude's budget is used up."""
    return note(texts(told.text))


def set_aside(told: EntriesSetAside, texts: Texts) -> Message:
    """Say how many entries of the stream name no proposal."""
    return note(texts(told.text, count=told.count))


def earnings_unreadable(told: EarningsUnreadable, texts: Texts) -> Message:
    """Say which file of earnings dates cannot be read, and which line to correct."""
    return note(texts(told.text, file=escaped(told.file, 80), line=told.line, kept=str(told.kept).lower()))
