"""The desk's reports: a headline that says it all, then the figures, then what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from bot.cards.details import held_text
from bot.cards.duty import duty_gaps
from bot.cards.message import Message, context, header, message, section, sections
from bot.cards.mrkdwn import (
    NO_FACT,
    actor,
    day_and_time,
    day_change,
    escaped,
    fitted,
    linked,
    meter,
    overnight_line,
    symbol,
)
from bot.cards.performance import account_lines, multiple, result_lines, statistics_lines, symbol_lines
from bot.messages import Texts
from engine.model.desk import DeskState
from engine.model.journal import Grade, GradeSum
from engine.model.report import Holding, Report, ReportKind
from engine.model.signal import Finding

Lines = tuple[str, ...]


def report(told: Report, texts: Texts) -> Message:
    """Show a report as it was when it was made."""
    troubles = trouble_lines(told, texts)
    title = texts(
        "report-title",
        kind=told.kind.value,
        troubles=len(troubles),
        headlines=len(told.news),
        unknown="yes" if _is_unknown(told) else "no",
        trades=told.performance.trades,
        result=texts.gain(told.performance.result),
        over="yes" if told.is_whole_day else "no",
        **_open(told, texts),
    )
    parts = [part for make in PARTS[told.kind] if (part := make(told, texts))]
    shown = [block for part in (troubles, *parts) if part for block in sections(part)]
    late = (texts("report-late", due=day_and_time(told.due, texts)),) if told.is_late else ()
    small = " · ".join((*late, texts("report-made", at=day_and_time(told.at, texts))))
    return message(header(title), *shown, context(small))


def _open(told: Report, texts: Texts) -> dict[str, str | int]:
    """Return how many positions are open and what they have won or lost so far, for a headline."""
    if told.account is None:
        return {"positions": NO_FACT, "open": NO_FACT}
    held = told.account.holdings
    return {"positions": len(held), "open": texts.gain(sum((each.unrealised for each in held), Decimal(0)))}


def missed(kinds: Sequence[ReportKind], count: int, texts: Texts) -> Message:
    """Say which reports came due while the bot was away, and were too old to be told."""
    names = ", ".join(texts("report-name", kind=kind.value) for kind in kinds) or NO_FACT
    return message(section(texts("reports-missed", count=count, names=names)))


def trouble_lines(told: Report, texts: Texts) -> Lines:
    """Return what is wrong: a desk that may not trade, nobody on duty, a silent broker, lost services."""
    troubles = []
    if told.desk.state is not DeskState.ACTIVE:
        troubles.append(texts("report-desk-trouble", state=told.desk.state.value))
    if told.account is None:
        troubles.append(texts("report-no-account"))
    if told.duty and told.duty.has_rota:
        troubles += duty_gaps(told.duty, texts)
    troubles += [texts("report-service-trouble", service=escaped(service)) for service in told.down]
    return tuple(troubles)


def _hours(told: Report, texts: Texts) -> Lines:
    if told.hours is None:
        return (texts("report-no-trading"),)
    hours = told.hours
    marks = {name: day_and_time(getattr(hours, name), texts) for name in ("pre", "open", "close", "post")}
    return (texts("report-hours", **marks),)


def _set_up(told: Report, texts: Texts) -> Lines:
    mode = "on" if told.desk.auto else "off"
    return (
        texts("report-watched", symbols=told.watched, mode=mode),
        texts("started-broker", broker=escaped(told.broker, 60)),
        texts("source", source=escaped(told.source, 60)),
    )


def _duty(told: Report, texts: Texts) -> Lines:
    if told.duty is None or (told.duty.has_rota and told.duty.gaps):
        return ()
    return (texts("report-duty", rota="yes" if told.duty.has_rota else "no"),)


def _risk(told: Report, texts: Texts) -> Lines:
    if told.account is None:
        return ()
    account = told.account
    return (
        texts("report-account", equity=texts.dollars(account.equity), pending=told.pending),
        texts("report-risk", risk=texts.part(account.open_risk), ceiling=texts.part(account.ceiling)),
        meter(account.open_risk, account.open_risk, account.ceiling),
        *((overnight_line(account.overnight, texts),) if account.overnight else ()),
    )


def _holdings(told: Report, texts: Texts) -> Lines:
    if told.account is None:
        return ()
    lines = [_holding(each, texts) for each in told.account.holdings]
    return (texts("report-holdings"), *(fitted(lines, texts) or (texts("positions-none"),)))


def _holding(held: Holding, texts: Texts) -> str:
    return texts(
        "report-holding",
        symbol=symbol(held.symbol),
        held=held_text(held.kind, Decimal(held.shares) if held.quantity is None else held.quantity, texts),
        price=texts.price(held.price),
        day=day_change(held.price, held.previous_close, texts),
        gain=texts.gain(held.unrealised),
    )


def _news(told: Report, texts: Texts) -> Lines:
    headlines = tuple(_headline(finding, texts) for finding in told.news)
    if told.unread:
        names = ", ".join(fitted([symbol(name) for name in told.unread], texts, 200))
        return (*headlines, texts("report-unread", symbols=names))
    return headlines or (() if _is_unknown(told) else (texts("report-no-news"),))


def _is_unknown(told: Report) -> bool:
    """Tell whether there may be news that nobody read."""
    return bool(told.unread) or "news" in told.down


def _headline(finding: Finding, texts: Texts) -> str:
    return texts(
        "report-headline",
        symbol=symbol(finding.symbol),
        points=texts.score(finding.tenths),
        headline=linked(escaped(finding.headline, 120), finding.url),
    )


def _result(told: Report, texts: Texts) -> Lines:
    return result_lines(told.performance, texts)


def _whole_result(told: Report, texts: Texts) -> Lines:
    compared = () if told.market is None else (texts("report-market", change=texts.change(told.market)),)
    return (*_result(told, texts), *account_lines(told.performance, texts), *compared)


def _week_result(told: Report, texts: Texts) -> Lines:
    first, *more = _whole_result(told, texts)
    return (first, *statistics_lines(told.performance, texts), *more)


def _audit(told: Report, texts: Texts) -> Lines:
    if told.audit is None or not told.audit.hash:  # before the first row
        return ()
    return (texts("report-audit", number=str(told.audit.number), hash=told.audit.hash),)


def _by_symbol(told: Report, texts: Texts) -> Lines:
    lines = symbol_lines(told.performance, texts)
    return (texts("pnl-by-symbol"), *lines) if lines else ()


def _journal(told: Report, texts: Texts) -> Lines:
    """Return what the week teaches; nothing where nobody graded, wrote or passed up anything."""
    if told.journal is None:
        return ()
    journal = told.journal
    sums = [_grade(Grade.GOOD, journal.good, texts), _grade(Grade.POOR, journal.poor, texts)]
    graded = [line for line in sums if line]
    if graded and journal.ungraded:
        graded.append(texts("journal-ungraded", count=journal.ungraded))
    missed = texts("journal-missed", count=journal.missed, dollars=texts.gain(journal.missed_dollars))
    notes = [
        texts("journal-note", symbol=symbol(each.symbol), by=actor(each.by), text=escaped(each.text, 150))
        for each in journal.notes
    ]
    more = [texts("journal-more", count=journal.more_notes)] if journal.more_notes else []
    lines = (*graded, *((missed,) if journal.missed else ()), *notes, *more)
    return (texts("journal-title"), *lines) if lines else ()


def _grade(grade: Grade, found: GradeSum, texts: Texts) -> str:
    mean = NO_FACT if found.mean is None else multiple(found.mean, texts)
    return texts("journal-grade", grade=grade.value, count=found.trades, mean=mean) if found.trades else ""


PARTS: Mapping[ReportKind, tuple[Callable[[Report, Texts], Lines], ...]] = {
    ReportKind.READY: (_hours, _set_up, _duty, _risk),
    ReportKind.PREMARKET: (_news, _holdings),
    ReportKind.OPEN: (_risk, _holdings),
    ReportKind.CLOSE: (_risk, _holdings),
    ReportKind.DAY: (_whole_result, _by_symbol, _audit),
    ReportKind.WEEK: (_week_result, _by_symbol, _journal),
}
"""What each report is made of, in its order. They stand in one thread, so what one tells the next does not repeat."""
