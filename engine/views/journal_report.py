from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from engine.model.desk import ENGINE
from engine.model.journal import Grade, JournalKind, ReviewNote
from engine.model.journal_report import Act, JournalReport, ProcessLine, ReasonLine
from engine.model.money import ZERO
from engine.model.people_report import Sum
from engine.model.performance import Span
from engine.model.reason import CHOICES, Reason
from engine.model.shadow import ShadowState, ShadowTrade
from engine.model.trade import ExitReason, Trade, TradeState
from engine.pipeline.shadow import NOT_TAKEN
from engine.ports.store import Reader, Store
from engine.views.journal import grades_of, is_left

SHOWN_NOTES = 12
CLOSED_BY = "close"
"""The action of the audit's row that keeps why somebody closed a trade."""

Result = tuple[Decimal | None, Decimal | float | None]
"""What a trade came to: dollars before fees, and multiples of its risk; None where that is not known."""


class JournalQuery:
    """Tells what some days taught: process beside result, reasons beside what came of them, and notes."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def __call__(self, span: Span) -> JournalReport:
        """Return it for the trades that ended in some days of the exchange."""
        since, until = span.since or datetime.min.replace(tzinfo=UTC), span.ends
        with self._store.reading() as reader:
            closed = reader.trades({TradeState.CLOSED}, since=span.since)
            ended = [trade for trade in closed if trade.closed_at and since <= trade.closed_at < until]
            rejected = [
                trade
                for trade in reader.trades({TradeState.REJECTED}, since=span.since)
                if trade.decided_at and since <= trade.decided_at < until
            ]
            shadows = [each for each in reader.shadow_trades({ShadowState.CLOSED}) if is_left(reader, each)]
            missed = [each for each in shadows if each.exited_at and since <= each.exited_at < until]
            grades = grades_of(reader.journal([trade.id for trade in ended]))
            entries = reader.journal(since=span.since)
            notes = [each for each in entries if each.kind is JournalKind.NOTE and each.at < until]
            reasons = [*_rejected_for(rejected, shadows), *_closed_for(reader, ended)]
        shown = [ReviewNote(symbol=each.trade_id.partition("_")[0], by=each.by, text=each.text) for each in notes]
        of = {trade.id: Grade(grades[trade.id].text) if trade.id in grades else None for trade in ended}
        return JournalReport(
            span=span,
            process=tuple(
                _process(grade, [trade for trade in ended if of[trade.id] is grade]) for grade in (*Grade, None)
            ),
            reasons=_summed(reasons),
            not_taken={
                cause: Sum.of((each.result, each.multiple) for each in missed if each.cause is cause)
                for cause in NOT_TAKEN.values()
            },
            notes=tuple(shown[-SHOWN_NOTES:]),
            more_notes=max(0, len(shown) - SHOWN_NOTES),
        )


def _process(grade: Grade | None, trades: Sequence[Trade]) -> ProcessLine:
    results = [(trade.result or ZERO, trade.multiple) for trade in trades]
    return ProcessLine(
        grade=grade,
        won=Sum.of(each for each in results if each[0] > 0),
        lost=Sum.of(each for each in results if each[0] < 0),
        flat=Sum.of(each for each in results if not each[0]),
    )


def _rejected_for(trades: Iterable[Trade], shadows: Iterable[ShadowTrade]) -> Iterable[tuple[Act, str, Result]]:
    """Yield why each was rejected, and what it would have come to, where that is known by now."""
    results = {each.trade_id: (each.result, each.multiple) for each in shadows}
    for trade in trades:
        yield Act.REJECT, _word(trade.reason), results.get(trade.id, (None, None))


def _closed_for(reader: Reader, trades: Iterable[Trade]) -> Iterable[tuple[Act, str, Result]]:
    """Yield why people closed what they closed, and what that came to."""
    for trade in trades:
        if trade.exit_reason is not ExitReason.DESK:
            continue
        rows = (row for row in reader.audit(subject=trade.id) if row.action == CLOSED_BY and row.actor != ENGINE)
        row = next(iter(rows), None)
        if row is not None:
            yield Act.CLOSE, _word(row.why), (trade.result, trade.multiple)


def _word(reason: str) -> str:
    word = Reason.read(reason).word
    return word if word in CHOICES else ""


def _summed(reasons: Iterable[tuple[Act, str, Result]]) -> tuple[ReasonLine, ...]:
    """Return each reason once, the most frequent of each act first."""
    found = defaultdict[tuple[Act, str], list[Result]](list)
    for act, word, result in reasons:
        found[act, word].append(result)
    lines = [
        ReasonLine(
            act=act, word=word, count=len(results), known=Sum.of(each for each in results if each[0] is not None)
        )
        for (act, word), results in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: (list(Act).index(line.act), -line.count, line.word)))
