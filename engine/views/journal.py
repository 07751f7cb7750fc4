"""The journal as people look at it: what a week teaches, and every decision with all that was written down of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model.journal import Grade, GradeSum, JournalEntry, JournalKind, JournalReview, ReviewNote
from engine.model.shadow import Cause, ShadowState, ShadowTrade
from engine.model.tax_lots import TaxLot, tax_lots
from engine.model.trade import OVER, Trade, TradeState
from engine.pipeline.shadow import NOT_TAKEN
from engine.ports.store import Reader

SHOWN_NOTES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalLine:
    """A trade that is over, as the journal's export has it: what was decided and why, and what was learned.

    `would_have_made` (dollars) and `would_have_multiple` (R) are what its simulated trade came to where it was not
    taken. `notes` are those of its thread, one under the other.
    """

    id: str
    symbol: str
    state: str
    proposed_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    exit_reason: str
    closed_at: datetime | None
    result: Decimal | None
    multiple: Decimal | None
    process: str
    graded_by: str
    notes: str
    would_have_made: Decimal | None
    would_have_multiple: Decimal | None


def review(reader: Reader, since: datetime, until: datetime) -> JournalReview:
    """Return what the trades that ended in a time, and what was written down of them, teach."""
    closed = reader.trades({TradeState.CLOSED}, since=since)
    ended = [trade for trade in closed if trade.closed_at and since <= trade.closed_at <= until]
    entries = reader.journal(since=since)
    grades = grades_of(reader.journal([trade.id for trade in ended]))
    notes = [entry for entry in entries if entry.kind is JournalKind.NOTE and entry.at <= until]
    missed = [
        shadow.result
        for shadow in reader.shadow_trades({ShadowState.CLOSED})
        if is_left(reader, shadow) and shadow.exited_at and since <= shadow.exited_at <= until
    ]
    shown = [ReviewNote(symbol=entry.trade_id.partition("_")[0], by=entry.by, text=entry.text) for entry in notes]
    return JournalReview(
        good=_sum(ended, grades, Grade.GOOD),
        poor=_sum(ended, grades, Grade.POOR),
        ungraded=sum(trade.id not in grades for trade in ended),
        notes=tuple(shown[-SHOWN_NOTES:]),
        more_notes=max(0, len(shown) - SHOWN_NOTES),
        missed=len(missed),
        missed_dollars=sum((result or Decimal(0) for result in missed), Decimal(0)),
    )


def journal_lines(reader: Reader) -> Iterator[JournalLine]:
    """Return every trade that is over, oldest first."""
    shadows = {shadow.trade_id: shadow for shadow in reader.shadow_trades({ShadowState.CLOSED}) if shadow.trade_id}
    trades = reader.trades(OVER)
    entries: dict[str, list[JournalEntry]] = {trade.id: [] for trade in trades}
    for entry in reader.journal(entries.keys()):
        entries[entry.trade_id].append(entry)
    left = {trade.id: shadows.get(trade.id) for trade in trades if trade.state in NOT_TAKEN}
    return (_line(trade, entries[trade.id], left.get(trade.id)) for trade in reversed(trades))


def is_left(reader: Reader, shadow: ShadowTrade) -> bool:
    """Tell whether what was simulated is a proposal of the strategy's that was not taken in the end.

    The broker may have filled one all the same.
    """
    trade = reader.trade(shadow.trade_id) if shadow.cause is not Cause.SHADOW else None
    return trade is not None and trade.state in NOT_TAKEN and not trade.origin.is_manual


def lot_lines(reader: Reader) -> Iterator[TaxLot]:
    """Return the lots of every trade that sold anything, by the times of their trades."""
    trades = reader.trades({TradeState.OPEN, TradeState.CLOSING, TradeState.CLOSED})
    fills = reader.fills([trade.id for trade in trades])
    return (lot for trade in reversed(trades) for lot in tax_lots(trade, fills[trade.id]))


def grades_of(entries: Sequence[JournalEntry]) -> Mapping[str, JournalEntry]:
    """Return the grades among some entries, by their trades."""
    return {entry.trade_id: entry for entry in entries if entry.kind is JournalKind.GRADE}


def _sum(trades: Collection[Trade], grades: Mapping[str, JournalEntry], grade: Grade) -> GradeSum:
    graded = [trade for trade in trades if trade.id in grades and grades[trade.id].text == grade]
    multiples = [trade.multiple for trade in graded if trade.multiple is not None]
    mean = sum(multiples, Decimal(0)) / len(multiples) if multiples else None
    return GradeSum(trades=len(graded), mean=mean)


def _line(trade: Trade, entries: Sequence[JournalEntry], shadow: ShadowTrade | None) -> JournalLine:
    grade = grades_of(entries).get(trade.id)
    would_have = None if shadow is None or shadow.multiple is None else Decimal(str(round(shadow.multiple, 4)))
    return JournalLine(
        id=trade.id,
        symbol=trade.symbol,
        state=trade.state,
        proposed_at=trade.proposed_at,
        decided_at=trade.decided_at,
        decided_by=trade.decided_by,
        reason=trade.reason,
        exit_reason=trade.exit_reason or "",
        closed_at=trade.closed_at,
        result=trade.result,
        multiple=trade.multiple,
        process=grade.text if grade else "",
        graded_by=grade.by if grade else "",
        notes="\n".join(f"{entry.by}: {entry.text}" for entry in entries if entry.kind is JournalKind.NOTE),
        would_have_made=shadow.result if shadow else None,
        would_have_multiple=would_have,
    )
