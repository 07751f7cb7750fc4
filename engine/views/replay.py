"""Works a trade out again from its records, orders and fills alone: no market, no broker, nothing remembered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal

import numpy as np

from engine.common.evidence import Evidence, Ordered
from engine.common.orders import Orders
from engine.common.outlook import with_outlook
from engine.common.trade_following import follow
from engine.errors import UnknownTrade
from engine.model.decision_record import (
    DecisionKind,
    DecisionRecord,
    KeptDecision,
    ReplayedNumber,
    ReplayedTrade,
)
from engine.model.json_values import plain, valued
from engine.model.risk import Sizing
from engine.model.technical_rules import SEED_RULES
from engine.model.trade import AS_FILLED, Entry, OrderRole, Trade, TradeState
from engine.ports.store import Reader
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.rules import verdicts
from engine.risk.sizing import entry_price, size
from engine.signals import technical
from engine.signals.board import board_of
from engine.signals.packing import changed_bars, unpacked
from engine.signals.score import news_component
from engine.signals.slots import instant

NEEDED = {
    TradeState.APPROVED: DecisionKind.APPROVED,
    TradeState.SUBMITTED: DecisionKind.ORDERED,
}
"""The records without which a trade cannot have come into a state."""
SIZES = frozenset({DecisionKind.PROPOSED, DecisionKind.APPROVED})
"""The records whose size is the trade's own."""
SETS_SHARES = SIZES | {DecisionKind.RESIZED}
SENSELESS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading or working out raises where somebody wrote into the database what makes no sense."""
LATER = frozenset({"not_tradable"})
"""Rules that the records of earlier versions do not have."""
TRADE = "trade"
"""What the numbers of the trade itself are called, beside those of its decisions."""

Numbers = Iterator[ReplayedNumber]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """A record with its evidence as values."""

    record: DecisionRecord
    evidence: Evidence | Ordered


def recomputed(reader: Reader, trade_id: str) -> ReplayedTrade:
    """Return every number of a trade as the database has it, beside what comes out of the records again."""
    try:
        trade, kept = reader.trade(trade_id), reader.decision_records(trade_id)
    except SENSELESS as error:
        fault = f"the database cannot be understood: {error!r}"
        return ReplayedTrade(trade_id=trade_id, numbers=(), faults=(fault,))
    if trade is None:
        raise UnknownTrade(trade_id)
    return _again(reader, trade, kept)


def _again(reader: Reader, trade: Trade, kept: Sequence[KeptDecision]) -> ReplayedTrade:
    faults, read = list[str](), list[_Read]()
    for each in kept:
        try:
            faults += _changed(each)
            read.append(_Read(record=each.record, evidence=_evidence(each.record)))
        except SENSELESS as error:
            faults.append(f"{each.record.kind}: the record cannot be read: {error}")
    kinds = {each.record.kind for each in kept}
    if trade.signal.bar is not None or trade.origin.is_manual:
        faults += _missing(kinds, reader.states_of(trade.id))
    numbers = list[ReplayedNumber]()
    for step in (*(_decision(each) for each in read), _trade(trade, read), _carried_out(reader, trade)):
        try:
            numbers += step
        except SENSELESS as error:
            faults.append(f"cannot be worked out: {error!r}")
    return ReplayedTrade(trade_id=trade.id, numbers=tuple(numbers), faults=tuple(faults), has_records=bool(kept))


def _changed(kept: KeptDecision) -> Iterator[str]:
    """Say whether a record is still what was kept, and which of its bars are not."""
    record = kept.record
    marked = record.evidence.get("marks", "")
    if record.bars and marked:
        try:
            bars = changed_bars(unpacked("", record.bars), marked)
        except ValueError as error:
            bars = ()
            yield f"{record.kind}: {error}"
        yield from (f"{record.kind}: the bar of {bar} was changed" for bar in bars)
    if not kept.is_as_kept:
        what = ", ".join(kept.changed)
        yield f"{record.kind}: {what} was changed" if what else f"{record.kind}: the record is not as it was kept"


def _missing(kinds: Iterable[DecisionKind], states: Iterable[TradeState]) -> Iterator[str]:
    needed = {DecisionKind.PROPOSED, *(NEEDED[state] for state in states if state in NEEDED)}
    yield from (f"{kind}: its record is missing" for kind in sorted(needed - {*kinds}))


def _evidence(record: DecisionRecord) -> Evidence | Ordered:
    if record.kind is DecisionKind.ORDERED:
        return valued(Ordered, record.evidence)
    return valued(Evidence, record.evidence)


def _decision(read: _Read) -> Numbers:
    """Yield the numbers of one decision."""
    record, evidence = read.record, read.evidence
    if isinstance(evidence, Ordered):
        yield from _order(record, evidence)
        return
    yield from _score(record, evidence)
    sizing = _sized(record, evidence)
    yield from _compared(record.kind, "size", evidence.sizing, sizing)
    plan = _plan(evidence, sizing)
    names = {verdict.rule for verdict in evidence.verdicts}
    again = tuple(each for each in verdicts(plan, evidence.limits) if each.rule not in LATER - names)
    for was, now in zip(evidence.verdicts, again, strict=True):
        yield from _compared(record.kind, f"rule {was.rule}", was, now)
    entry, shares = sizing.entry, sizing.shares
    yield from _compared(record.kind, "shares", record.shares, shares)
    yield from _compared(record.kind, "entry", record.entry, entry)
    if record.kind is DecisionKind.PROPOSED:
        yield from _compared(record.kind, "card", (record.shown_shares, record.shown_entry), (shares, entry))
    elif evidence.wanted is not None and record.kind is not DecisionKind.RESIZED:
        yield from _compared(record.kind, "shown shares", record.shown_shares, evidence.wanted)


def _score(record: DecisionRecord, evidence: Evidence) -> Numbers:
    """Yield the numbers of a proposal's score: from the bars to the readings, to the points, to the sum."""
    signal = evidence.signal
    if signal is None or signal.origin.is_manual:  # which nobody scored
        return
    ages = {finding.headline_id: (signal.at - finding.at).total_seconds() for finding in signal.findings}
    for source in evidence.sources:
        name = f"age of headline {source.headline_id}"
        yield from _compared(record.kind, name, source.age_seconds, ages.get(source.headline_id))
    points = [each for each in signal.components if each.part != news_component(()).part]
    if record.bars:
        window = unpacked(evidence.symbol, record.bars)
        bar_seconds = min(np.diff(window.starts).tolist(), default=300)
        rules = evidence.rules or SEED_RULES
        indicators = board_of(window, bar_seconds=bar_seconds, rules=rules).indicators()
        readings = technical.readings_at(indicators, 0, signal.price)
        yield from _compared(record.kind, "reading", signal.readings, readings)
        yield from _compared(record.kind, "bar", signal.bar, instant(int(indicators.bar[0])))
        if not signal.is_by_code:  # whose points only the code of then could give again
            points = list(technical.components(technical.technical_scores(indicators, rules), 0))
    again = (*points, news_component(signal.findings))
    yield from _compared(record.kind, "points", signal.components, again)
    yield from _compared(record.kind, "score", signal.tenths, sum(point.tenths for point in again))


def _sized(record: DecisionRecord, evidence: Evidence) -> Sizing:
    """Size a purchase again, at the price that its decision went by."""
    snapshot, price = evidence.snapshot, record.shown_entry
    if snapshot is not None and evidence.planned is not None:
        is_regular, asked = evidence.is_regular, evidence.asked
        price = entry_price(snapshot.price, evidence.planned, evidence.limits, is_regular=is_regular, asked=asked)
    sizing = size(
        evidence.symbol, price, evidence.portfolio, evidence.limits, wanted=evidence.wanted, asked=evidence.asked
    )
    if snapshot is None:
        return sizing
    return with_outlook(sizing, evidence.symbol, evidence.portfolio, evidence.outlook, evidence.limits)


def _plan(evidence: Evidence, sizing: Sizing) -> EntryPlan:
    symbol, portfolio, at, outlook = evidence.symbol, evidence.portfolio, evidence.at, evidence.outlook
    if evidence.snapshot is None or evidence.planned is None:
        return EntryPlan(symbol=symbol, sizing=sizing, portfolio=portfolio, at=at, outlook=outlook)
    return RiskContext(
        symbol=symbol,
        sizing=sizing,
        portfolio=portfolio,
        at=at,
        outlook=outlook,
        planned=evidence.planned,
        snapshot=evidence.snapshot,
    )


def _order(record: DecisionRecord, ordered: Ordered) -> Numbers:
    sizing, sent = ordered.sizing, ordered.entry
    again = Entry(
        client_order_id=record.trade_id,
        symbol=sent.symbol,
        shares=record.shares,
        stop=sizing.stop,
        target=sizing.target,
        limit=None if sent.limit is None and not sent.extended else sizing.entry,
        extended=sent.extended,
    )
    yield from _compared(record.kind, "order", sent, again)
    yield from _compared(record.kind, "size", (record.shares, record.entry), (sizing.shares, sizing.entry))


def _trade(trade: Trade, read: Sequence[_Read]) -> Numbers:
    """Yield the trade's own row beside what its decisions say; what a company changed since is another number."""
    first = next((each.evidence for each in read if each.record.kind is DecisionKind.PROPOSED), None)
    if isinstance(first, Evidence) and first.signal is not None:
        yield from _compared(TRADE, "signal", trade.signal, first.signal)
    yield from _chain(read)
    sized = [each for each in read if each.record.kind in SIZES]
    if not sized or trade.restated != AS_FILLED:
        return
    last, setting = sized[-1], [each.record for each in read if each.record.kind in SETS_SHARES]
    yield from _compared(TRADE, "size", trade.sizing, last.evidence.sizing)
    yield from _compared(TRADE, "shares", trade.shares, setting[-1].shares)


def _chain(read: Sequence[_Read]) -> Numbers:
    """Yield what each decision was shown beside what the one before had left."""
    shares: int | None = None
    entry: Decimal | None = None
    for each in read:
        record = each.record
        if shares is not None and record.kind is not DecisionKind.PROPOSED:
            shown = (record.shown_shares, record.shown_entry)
            yield from _compared(record.kind, "shown", shown, (shares, entry))
        if record.kind in SETS_SHARES:
            shares, entry = record.shares, record.entry


def _carried_out(reader: Reader, trade: Trade) -> Numbers:
    """Yield what was bought and sold beside what the orders and their fills sum up to."""
    for name, (stored, summed) in reader.shares_in_fills(trade.id).items():
        yield from _compared("fills", f"shares of {name}", stored, summed)
    orders = reader.orders(trade.id)
    entry = next((order for order in orders if order.role is OrderRole.ENTRY), None)
    if entry is None:
        return
    again, _ = follow(trade, Orders(entry=entry, lone=tuple(order for order in orders if order is not entry)))
    for name in ("filled_shares", "fill_price", "exit_shares", "exit_price"):
        yield from _compared(TRADE, name, getattr(trade, name), getattr(again, name))
    yield from _compared(TRADE, "result", trade.result, again.result)


def _compared(decision: str, name: str, stored: object, again: object) -> Numbers:
    """Yield each number in two values, those of dataclasses by the names of their fields."""
    if is_dataclass(stored) and type(stored) is type(again):
        for field in fields(stored):
            was, now = getattr(stored, field.name), getattr(again, field.name)
            yield from _compared(decision, f"{name} {field.name}", was, now)
    elif isinstance(stored, tuple) and isinstance(again, tuple) and len(stored) == len(again):
        for place, (was, now) in enumerate(zip(stored, again, strict=True), 1):
            yield from _compared(decision, name if len(stored) == 1 else f"{name} {place}", was, now)
    else:
        yield ReplayedNumber(decision=decision, name=name, stored=_text(stored), again=_text(again))


def _text(value: object) -> str:
    """Write a number so that equal ones are written alike."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if value is None or value == ():
        return "none"
    return str(plain(value)) if not isinstance(value, Mapping) else str(dict(value))
