"""The journal of some days: how trades were led beside what came of them, and what was learned."""

from decimal import Decimal

from bot.cards.message import Message, context, header, message, sections
from bot.cards.mrkdwn import NO_FACT, actor, escaped, symbol, why
from bot.messages import Texts
from engine.model.journal import Grade
from engine.model.journal_report import JournalReport, ProcessLine, ReasonLine
from engine.model.people_report import Sum
from engine.model.reason import Reason


def journal(told: JournalReport, texts: Texts) -> Message:
    """Show what some days taught; what people may conclude comes first, what it stands on after it."""
    makers = (_lessons, _process, _reasons, _not_taken, _notes)
    parts = [make(told, texts) for make in makers]
    shown = [block for part in parts if part for block in sections(part)]
    first = told.span.first or told.span.last
    dates = texts("journal-dates", first=texts.day(first), last=texts.day(told.span.last))
    small = texts("journal-simulated")
    return message(header(texts("journal-report-title", closed=told.closed)), *shown, context(f"{dates} · {small}"))


def _lessons(told: JournalReport, texts: Texts) -> tuple[str, ...]:
    """Return what follows from the figures, in plain words; that there is nothing yet where nothing does."""
    good, poor, ungraded = told.line(Grade.GOOD), told.line(Grade.POOR), told.line(None)
    count = sum(each.trades for each in told.not_taken.values())
    lines = [
        texts("journal-lesson-deserved", count=good.won.trades) if good.won.trades else "",
        texts("journal-lesson-unlucky", count=good.lost.trades) if good.lost.trades else "",
        texts("journal-lesson-lucky", count=poor.won.trades) if poor.won.trades else "",
        texts("journal-lesson-earned", count=poor.lost.trades) if poor.lost.trades else "",
        _left_out(count, sum((each.dollars for each in told.not_taken.values()), Decimal(0)), texts) if count else "",
        texts("journal-lesson-ungraded", count=ungraded.trades) if ungraded.trades else "",
    ]
    return tuple(filter(None, lines)) or (texts("journal-nothing"),)


def _left_out(count: int, dollars: Decimal, texts: Texts) -> str:
    side = "missed" if dollars > 0 else "saved"
    return texts("journal-lesson-left", side=side, count=count, dollars=texts.dollars(abs(dollars)))


def _process(told: JournalReport, texts: Texts) -> tuple[str, ...]:
    lines = [_process_line(line, texts) for line in told.process if line.trades]
    return (texts("journal-process"), *lines) if lines else ()


def _process_line(line: ProcessLine, texts: Texts) -> str:
    return texts(
        "journal-process-line",
        grade=line.grade.value if line.grade else "none",
        won=line.won.trades,
        won_result=_sum(line.won, texts) if line.won.trades else NO_FACT,
        lost=line.lost.trades,
        lost_result=_sum(line.lost, texts) if line.lost.trades else NO_FACT,
        flat=line.flat.trades,
    )


def _reasons(told: JournalReport, texts: Texts) -> tuple[str, ...]:
    lines = [_reason_line(line, texts) for line in told.reasons]
    return (texts("journal-reasons"), *lines) if lines else ()


def _reason_line(line: ReasonLine, texts: Texts) -> str:
    return texts(
        "journal-reason-line",
        act=line.act.value,
        why=why(Reason(word=line.word), texts) if line.word else texts("journal-other-reason"),
        count=line.count,
        known=line.known.trades,
        result=_sum(line.known, texts),
    )


def _not_taken(told: JournalReport, texts: Texts) -> tuple[str, ...]:
    lines = [
        texts(
            "people-cause",
            cause=cause.value,
            trades=each.trades,
            result=texts.gain(each.dollars),
            multiple=_r(each, texts),
        )
        for cause, each in told.not_taken.items()
        if each.trades
    ]
    return (texts("journal-not-taken"), *lines) if lines else ()


def _notes(told: JournalReport, texts: Texts) -> tuple[str, ...]:
    notes = [
        texts("journal-note", symbol=symbol(each.symbol), by=actor(each.by), text=escaped(each.text, 150))
        for each in told.notes
    ]
    more = [texts("journal-more", count=told.more_notes)] if told.more_notes else []
    return (texts("journal-notes"), *notes, *more) if notes else ()


def _sum(each: Sum, texts: Texts) -> str:
    return f"{texts.gain(each.dollars)}, {_r(each, texts)}"


def _r(each: Sum, texts: Texts) -> str:
    return f"{texts.number(each.multiples, signed=True)}R"
