"""What became of signals, what the news said, and where the risk stands."""

from collections.abc import Sequence
from decimal import Decimal

from bot.cards.data_table import Cell
from bot.cards.message import Message, header, message, section, sections, table
from bot.cards.mrkdwn import (
    NO_FACT,
    day_and_time,
    escaped,
    fitted,
    linked,
    measured,
    meter,
    overnight_line,
    symbol,
    why,
)
from bot.cards.score import strength
from bot.messages import Texts
from engine.model.reason import Reason
from engine.model.risk import share_of
from engine.model.signal_outcome import ProtectionStatus, RiskLine, RiskView, ScoredHeadline, SignalOutcome

SIGNAL_COLUMNS = ("symbol", "score", "strength", "outcome", "time", "parts")


def signals(signal_outcomes: Sequence[SignalOutcome], asked: str, texts: Texts) -> Message:
    """Show signals, newest first: the score and its parts, and the trade that came of it or why none did."""
    title = texts("signals-title", symbol=symbol(asked))
    rows = [(_signal(fate, texts), _signal_cells(fate, texts)) for fate in signal_outcomes]
    return message(*(table(title, SIGNAL_COLUMNS, rows, texts) or (header(title), section(texts("signals-none")))))


def news(scored: Sequence[ScoredHeadline], asked: str, texts: Texts) -> Message:
    """Show headlines, newest first, with their points and who gave them."""
    lines = [_headline(line, texts) for line in scored] or [texts("news-none")]
    return message(header(texts("news-title", symbol=symbol(asked))), *sections(fitted(lines, texts)))


def risk(view: RiskView, texts: Texts) -> Message:
    """Show the risk meter, what each symbol puts at risk, and the protections."""
    ceiling, warning = texts.part(view.ceiling), texts.part(view.warning)
    room = texts(
        "risk-room",
        room=texts.part(view.headroom),
        dollars=texts.dollars(view.headroom * view.equity),
        warning=warning,
        ceiling=ceiling,
    )
    told = [
        meter(view.open_risk, view.open_risk, view.ceiling),
        room,
        overnight_line(view.overnight, texts, view.overnight_limit),
    ]
    if view.open_risk >= view.warning:
        told.append(texts("positions-warning", warning=warning, ceiling=ceiling))
    lines = fitted([_risk_line(line, view, texts) for line in view.lines], texts) or (texts("risk-none"),)
    protections = (texts("risk-guards"), *fitted([_protection(status, texts) for status in view.protections], texts))
    return message(
        header(texts("positions-title", risk=texts.part(view.open_risk), ceiling=ceiling)),
        section("\n".join(told)),
        *sections(lines),
        *sections(protections),
    )


def _signal(fate: SignalOutcome, texts: Texts) -> str:
    signal = fate.signal
    return texts(
        "signal-line",
        time=day_and_time(signal.at, texts),
        symbol=symbol(signal.symbol),
        score=texts.score(signal.tenths),
        strength=strength(signal),
        parts=_parts(fate, texts) or NO_FACT,
        fate=_fate(fate, texts),
    )


def _signal_cells(fate: SignalOutcome, texts: Texts) -> tuple[Cell, ...]:
    signal = fate.signal
    said = (
        texts("strength", strength=strength(signal)),
        _fate(fate, texts),
        texts.date_time(signal.at, zone=True),
        _parts(fate, texts),
    )
    score = Cell(text=texts.score(signal.tenths), figure=signal.tenths)
    return (Cell(text=symbol(signal.symbol)), score, *(Cell(text=text) for text in said))


def _parts(fate: SignalOutcome, texts: Texts) -> str:
    return " · ".join(
        texts("signal-part", part=component.part.value, points=texts.score(component.tenths))
        for component in fate.signal.components
        if component.tenths
    )


def _fate(fate: SignalOutcome, texts: Texts) -> str:
    if fate.state is None:
        reason = Reason.read(fate.why_not)
        return texts("signal-not-proposed", reason=reason.word, why=why(reason, texts))
    return texts("signal-proposed", id=escaped(fate.trade_id), state=fate.state.value)


def _headline(line: ScoredHeadline, texts: Texts) -> str:
    return texts(
        "news-line",
        time=day_and_time(line.headline.at, texts),
        symbol=symbol(line.symbol),
        points=texts.score(line.tenths),
        headline=linked(escaped(line.headline.text), line.headline.url),
        source=escaped(line.headline.source, 40),
        scorer=escaped(line.scorer, 40),
        reason=escaped(line.reason, 80),
    )


def _risk_line(line: RiskLine, view: RiskView, texts: Texts) -> str:
    return texts(
        "risk-line",
        symbol=symbol(line.symbol),
        dollars=texts.risk_dollars(line.dollars),
        percent=texts.percent(share_of(line.dollars, view.equity)),
        stop=_stop(line, texts),
        id=escaped(line.trade_id),
    )


def _stop(line: RiskLine, texts: Texts) -> str:
    if line.stop is not None:
        return texts.price(line.stop)
    if line.awaits:
        return "awaits"
    return "closing" if line.trade_id else NO_FACT


def _protection(status: ProtectionStatus, texts: Texts) -> str:
    return texts(
        "guard-line",
        status=_status(status),
        rule=status.rule,
        figure=measured(status.figure, status.unit, texts),
        limit=measured(status.limit or Decimal(0), status.unit, texts),
        until=NO_FACT if status.until is None else day_and_time(status.until, texts),
        symbol=symbol(status.symbol),
    )


def _status(status: ProtectionStatus) -> str:
    if status.limit is None:
        return "off"
    if not status.stops:
        return "free"
    return "rests" if status.until else "stops"
