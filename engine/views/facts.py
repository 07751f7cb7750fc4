"""Rows as facts: what each says, figure by figure. A fact gets its number when it is chosen for an answer."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from engine.model.desk import Desk
from engine.model.fact import Fact, FactKind, FactUnit, Figure
from engine.model.numbered import Measured, NumberedEntry, NumberedSignal, TradeMove
from engine.model.origin import Source
from engine.model.reason import Reason
from engine.model.risk import LimitUnit
from engine.model.runtime_settings import SETTING_PREFIX, WATCHLIST, SettingLine, SettingUnit
from engine.model.signal import Signal
from engine.model.signal_outcome import ScoredHeadline
from engine.model.trade import Trade, TradeState

LONGEST_QUOTE: Final = 200
"""Characters of other people's words that a fact keeps."""
MOST_FINDINGS: Final = 2
"""Headlines that the fact of a signal quotes."""
CONFIGURED: Final = "configuration"
"""The table of what no row of the database has: it is as the settings say that were read at the start."""

_ENGINE_WORD: Final = re.compile(r"[a-z_]{2,40}")
"""How the engine writes its own words. Who types one as a reason says no more than it does."""

_CENT, _WHOLE, _TENTH, _MYRIADTH = Decimal("0.01"), Decimal(1), Decimal("0.1"), Decimal("0.0001")
_OF_LIMITS: Final = {
    LimitUnit.SHARES: FactUnit.COUNT,
    LimitUnit.COUNT: FactUnit.COUNT,
    LimitUnit.DOLLARS: FactUnit.DOLLARS,
    LimitUnit.PRICE: FactUnit.PRICE,
    LimitUnit.SHARE_OF_EQUITY: FactUnit.PART,
    LimitUnit.BASIS_POINTS: FactUnit.BASIS_POINTS,
    LimitUnit.SECONDS: FactUnit.SECONDS,
}
_OF_SETTINGS: Final = {
    SettingUnit.PART: (FactUnit.PART, 1),
    SettingUnit.SECONDS: (FactUnit.SECONDS, 1),
    SettingUnit.MINUTES: (FactUnit.SECONDS, 60),
    SettingUnit.HOURS: (FactUnit.SECONDS, 3_600),
    SettingUnit.BASIS_POINTS: (FactUnit.BASIS_POINTS, 1),
    SettingUnit.DOLLARS: (FactUnit.PRICE, 1),
}
_PLACES: Final = {
    FactUnit.DOLLARS: _WHOLE,
    FactUnit.PRICE: _CENT,
    FactUnit.PART: _MYRIADTH,
    FactUnit.SCORE: _TENTH,
    FactUnit.MULTIPLE: _TENTH,
    FactUnit.READING: _CENT,
}


def of_desk(desk: Desk) -> Fact:
    """Return the desk's state, who set it and why."""
    figures = (
        *_word("state", desk.state, FactUnit.DESK_STATE),
        *_word("auto", "on" if desk.auto else "off"),
        *_word("by", desk.by, FactUnit.PERSON),
        *_why(desk.reason),
    )
    return _fact(FactKind.DESK, "desk", "1", desk.since, figures)


def of_measures(measured: Measured) -> tuple[Fact, Fact]:
    """Return the open risk and the account as they were last kept."""
    account, at, row = measured.account, measured.at, measured.at.isoformat()
    dollars = {"equity": account.equity, "cash": account.cash, "buying_power": account.buying_power}
    money = [_number(name, each, FactUnit.DOLLARS) for name, each in dollars.items()]
    risk = _number("open_risk", measured.open_risk, FactUnit.PART)
    return _fact(FactKind.RISK, "risk_log", row, at, [risk]), _fact(FactKind.ACCOUNT, "equity", row, at, money)


def of_watchlist(symbol: str, *, is_watched: bool, is_changed: bool) -> Fact:
    """Return whether a symbol is watched at all: no other is ever scored."""
    figures = (*_word("symbol", symbol, FactUnit.NAME), *_word("watched", "yes" if is_watched else "no"))
    return _fact(FactKind.WATCHLIST, "settings" if is_changed else CONFIGURED, WATCHLIST, None, figures)


def of_setting(line: SettingLine) -> Fact:
    """Return a setting as it stands."""
    unit, times = _OF_SETTINGS.get(line.unit, (FactUnit.COUNT, 1))
    if line.unit is SettingUnit.TEXT:
        value = _quote("value", line.text)
    elif line.value is None:
        value = _word("value", "unset")
    elif line.unit is SettingUnit.SWITCH:
        value = _word("value", "on" if line.value else "off")
    else:
        value = (_number("value", line.value * times, unit),)
    figures = (*_word("setting", line.name.upper(), FactUnit.NAME), *value)
    table, row = ("settings", SETTING_PREFIX + line.name) if line.is_changed else (CONFIGURED, line.name)
    return _fact(FactKind.SETTING, table, row, None, figures)


def of_trade(trade: Trade, risk: Decimal) -> Fact:
    """Return a trade: the plan, what was decided, what was bought and sold, and what came of it; `risk` in dollars."""
    figures = (
        *_word("trade", trade.id, FactUnit.NAME),
        *_word("symbol", trade.symbol, FactUnit.NAME),
        *_word("state", trade.state, FactUnit.STATE),
        *_proposed(trade.signal),
        _number("shares", Decimal(trade.shares), FactUnit.COUNT),
        _number("planned_entry", trade.sizing.entry, FactUnit.PRICE),
        *_exits(trade),
        *([_risk(risk)] if risk else []),
        *_fill(trade),
        *_word("decided_by", trade.decided_by, FactUnit.PERSON),
        *_time("decided", trade.decided_at),
        *(_time("expires", trade.expires_at) if trade.state is TradeState.PROPOSED else ()),
        *_why(trade.reason),
    )
    return _fact(FactKind.TRADE, "trades", trade.id, trade.proposed_at, figures)


def of_move(move: TradeMove) -> Fact:
    """Return what a trade was moved from and to, by whom and why."""
    figures = (
        *_word("trade", move.trade_id, FactUnit.NAME),
        *_word("from", move.from_state, FactUnit.STATE),
        *_word("to", move.to_state, FactUnit.STATE),
        *_word("by", move.by, FactUnit.PERSON),
        *_why(move.reason),
    )
    return _fact(FactKind.MOVE, "decisions", str(move.number), move.at, figures)


def of_signal(numbered: NumberedSignal) -> Fact:
    """Return a signal: its score part by part, what it rests on, and the trade that came of it or why none did."""
    outcome, signal = numbered.outcome, numbered.outcome.signal
    figures = (
        *_word("symbol", signal.symbol, FactUnit.NAME),
        *_proposed(signal),
        _number("price", signal.price, FactUnit.PRICE),
        *(() if _is_unscored(signal) else _scored(signal)),
        *(figure for headline in _headlines(signal) for figure in _quote("headline", headline)),
        *_word("trade", outcome.trade_id, FactUnit.NAME),
        *_word("state", outcome.state or "", FactUnit.STATE),
        *_why(outcome.why_not, "not_proposed"),
    )
    return _fact(FactKind.SIGNAL, "signals", str(numbered.number), signal.at, figures)


def of_headline(scored: ScoredHeadline) -> Fact:
    """Return a headline with its points, and who gave them why."""
    figures = (
        *_word("symbol", scored.symbol, FactUnit.NAME),
        _number("points", Decimal(scored.tenths) / 10, FactUnit.SCORE),
        *_quote("headline", scored.headline.text),
        *_quote("source", scored.headline.source),
        *_word("scorer", scored.scorer),
        *_quote("reason", scored.reason),
    )
    return _fact(FactKind.HEADLINE, "headlines", scored.headline.id, scored.headline.at, figures)


def of_audit(numbered: NumberedEntry) -> Fact:
    """Return an entry of the audit."""
    entry = numbered.entry
    figures = (
        *_word("action", entry.action),
        *_why(entry.subject, "subject"),
        *_word("by", entry.actor, FactUnit.PERSON),
        *_why(entry.outcome, "outcome"),
        *_why(entry.why),
    )
    return _fact(FactKind.AUDIT, "audit", str(numbered.number), entry.at, figures)


def _fact(kind: FactKind, table: str, row: str, at: datetime | None, figures: Iterable[Figure]) -> Fact:
    return Fact(number=0, kind=kind, table=table, row=row, at=at, figures=tuple(figures))


def _fill(trade: Trade) -> Iterable[Figure]:
    if trade.fill_price is not None:
        yield _number("bought", Decimal(trade.filled_shares), FactUnit.COUNT)
        yield _number("fill_price", trade.fill_price, FactUnit.PRICE)
        yield from _time("filled", trade.filled_at)
    if trade.exit_price is not None:
        yield _number("exit_price", trade.exit_price, FactUnit.PRICE)
        yield from _word("exit_reason", trade.exit_reason or "", FactUnit.EXIT)
        yield from _time("closed", trade.closed_at)
    if trade.result is not None:
        yield _number("result", trade.result, FactUnit.DOLLARS)
    if trade.multiple is not None:
        yield _number("multiple", trade.multiple, FactUnit.MULTIPLE)


def _headlines(signal: Signal) -> Iterable[str]:
    return list(dict.fromkeys(finding.headline for finding in signal.findings))[:MOST_FINDINGS]


def _proposed(signal: Signal) -> Iterable[Figure]:
    """Say by what or whom a trade is proposed: by its score, or by somebody who asked for it."""
    origin = signal.origin
    if not origin.is_manual:
        return () if signal.is_recovered else (_number("score", Decimal(signal.tenths) / 10, FactUnit.SCORE),)
    of_the_desk = origin.source is Source.DESK
    by = _word("proposed_by", origin.by, FactUnit.PERSON) if of_the_desk else _quote("proposed_by", origin.by)
    return *_word("source", f"by_{origin.source}"), *by, *_quote("note", origin.note)


def _is_unscored(signal: Signal) -> bool:
    """Tell whether no strategy scored it: what stands in the place of its readings was never read."""
    return signal.is_recovered or signal.origin.is_manual


def _scored(signal: Signal) -> Iterable[Figure]:
    """Say of what a score is made."""
    yield _number("proposes_at", Decimal(signal.propose_at) / 10, FactUnit.SCORE)
    for part in signal.components:
        yield _number(f"{part.part}_points", Decimal(part.tenths) / 10, FactUnit.SCORE)
    readings = signal.readings
    for name, read, unit in (
        ("rsi", readings.rsi, FactUnit.READING),
        ("volume_ratio", readings.volume_ratio, FactUnit.PART),
    ):
        if (figure := Decimal(read)).is_finite():
            yield _number(name, figure, unit)
    yield from _word("scorer", signal.scorer.partition(":")[0])


def _exits(trade: Trade) -> tuple[Figure, ...]:
    """Return stop and target; one that is being sold has none."""
    if trade.state is TradeState.CLOSING:
        return ()
    return (_number("stop", trade.stop, FactUnit.PRICE), _number("target", trade.target, FactUnit.PRICE))


def _risk(dollars: Decimal) -> Figure:
    """A risk is never told too small."""
    whole = dollars.to_integral_value(rounding=ROUND_CEILING)
    return Figure(name="risk_to_stop", value=whole, unit=FactUnit.DOLLARS)


def _why(text: str, name: str = "reason") -> tuple[Figure, ...]:
    """Return a reason: a rule with what it saw and its limit, a word of the engine's, or what somebody wrote."""
    verdict = Reason.read(text).verdict
    if verdict is not None:
        unit = _OF_LIMITS[verdict.unit]
        rule = Figure(name=name, value=verdict.rule, unit=FactUnit.RULE)
        return rule, _number("seen", verdict.figure, unit), _number("limit", verdict.limit, unit)
    return _word(name, text) if _ENGINE_WORD.fullmatch(text) else _quote(name, text)


def _quote(name: str, text: str) -> tuple[Figure, ...]:
    return _word(name, " ".join(text.split())[:LONGEST_QUOTE], FactUnit.QUOTE)


def _word(name: str, value: str, unit: FactUnit = FactUnit.WORD) -> tuple[Figure, ...]:
    return (Figure(name=name, value=str(value), unit=unit),) if value else ()


def _time(name: str, at: datetime | None) -> tuple[Figure, ...]:
    return (Figure(name=name, value=at, unit=FactUnit.TIME),) if at else ()


def _number(name: str, value: Decimal, unit: FactUnit) -> Figure:
    places = _PLACES.get(unit)
    return Figure(name=name, value=value.quantize(places, rounding=ROUND_HALF_UP) if places else value, unit=unit)
