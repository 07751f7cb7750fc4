"""A score told part by part: what was seen, and the points it gave."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from bot.cards.mrkdwn import NO_FACT, duration, escaped, linked, meter
from bot.messages import Texts
from engine.model.signal import Component, Finding, Part, Signal

MOST_FINDINGS = 4
MOST_TENTHS = Decimal(15)
"""The largest score: 1.0 from prices and 0.5 from news."""


def strategy_line(signal: Signal, texts: Texts) -> tuple[str, ...]:
    """Return by which strategy a signal was scored; nothing for a signal older than such names."""
    if not signal.strategy_fingerprint:
        return ()
    return (
        texts(
            "score-strategy", name=escaped(signal.strategy, 40), fingerprint=escaped(signal.strategy_fingerprint[:8])
        ),
    )


def strength(signal: Signal) -> str:
    """Return the catalogues' name of a score's strength: 'strong-buy', 'sell', 'none' ..."""
    if signal.origin.is_manual:
        return "asked"
    if not signal.proposes:
        return NO_FACT
    return f"strong-{signal.side}" if signal.strong else signal.side.value


def score_lines(signal: Signal, texts: Texts, *, silent_too: bool = True) -> tuple[str, ...]:
    """Return the whole score with its bar, a line for each part, and the headlines behind the news.

    Parts that gave no points are left out unless they are `silent_too`: all but headlines that could not be scored.
    """
    title = texts(
        "score",
        score=texts.score(signal.tenths),
        strength=strength(signal),
        technical=texts.score(signal.technical_tenths),
        news=texts.score(signal.tenths - signal.technical_tenths),
    )
    told = [each for each in signal.components if silent_too or each.tenths or _is_unscored(signal, each)]
    parts = (PARTS.get(component.part, _reading)(signal, component, texts) for component in told)
    findings = (_finding(finding, signal.at, texts) for finding in signal.findings[:MOST_FINDINGS])
    left = len(signal.findings) - MOST_FINDINGS
    return (title, _bar(signal), *parts, *findings, *([texts("and-more", count=left)] if left > 0 else []))


def _is_unscored(signal: Signal, part: Component) -> bool:
    """Tell whether a part gave no points because something is wrong, not because there was nothing to see."""
    return part.part is Part.NEWS and ": " in signal.scorer


def _bar(signal: Signal) -> str:
    """Draw the score: what the prices gave, what the news added, and what is wanting to the largest."""
    whole = abs(signal.tenths)
    technical = signal.technical_tenths if signal.tenths >= 0 else -signal.technical_tenths
    return meter(Decimal(min(whole, max(0, technical))), Decimal(whole), MOST_TENTHS)


def _reading(signal: Signal, part: Component, texts: Texts) -> str:
    """Tell a part whose reading is one figure, by the text of its name: `score-rsi`."""
    value = texts.number(getattr(signal.readings, part.part), 1)
    return texts(f"score-{part.part}", value=value, points=texts.score(part.tenths))


def _code(_signal: Signal, part: Component, texts: Texts) -> str:
    return texts("score-code", points=texts.score(part.tenths))


def _bollinger(signal: Signal, part: Component, texts: Texts) -> str:
    readings = signal.readings
    lower = part.tenths > 0
    return texts(
        "score-bollinger",
        band=("lower" if lower else "upper") if part.tenths else NO_FACT,
        price=texts.price(Decimal(str(readings.low if lower else readings.high))),
        line=texts.price(Decimal(str(readings.lower if lower else readings.upper))),
        points=texts.score(part.tenths),
    )


def _macd(signal: Signal, part: Component, texts: Texts) -> str:
    cross = {1: "above", -1: "below"}.get(signal.readings.macd_cross, NO_FACT)
    return texts("score-macd", cross=cross, points=texts.score(part.tenths))


def _volume(signal: Signal, part: Component, texts: Texts) -> str:
    ratio = texts.percent(Decimal(str(signal.readings.volume_ratio)), 0)
    return texts("score-volume", percent=ratio, points=texts.score(part.tenths))


def _news(signal: Signal, part: Component, texts: Texts) -> str:
    scorer, _, problem = signal.scorer.partition(": ")
    return texts("score-news", scorer=escaped(scorer, 80), detail=escaped(problem, 80), points=texts.score(part.tenths))


def _finding(finding: Finding, at: datetime, texts: Texts) -> str:
    return texts(
        "score-finding",
        points=texts.score(finding.tenths),
        headline=linked(escaped(finding.headline), finding.url),
        reason=escaped(finding.reason, 80),
        age=_age(finding, at, texts),
    )


def _age(finding: Finding, at: datetime, texts: Texts) -> str:
    """Return how old a headline was, in whole minutes, when it was counted."""
    minutes = int((at - finding.at).total_seconds()) // 60
    return duration(minutes * 60, texts) if minutes > 0 else NO_FACT


PARTS: Mapping[Part, Callable[[Signal, Component, Texts], str]] = {
    Part.BOLLINGER: _bollinger,
    Part.CODE: _code,
    Part.MACD: _macd,
    Part.VOLUME: _volume,
    Part.NEWS: _news,
}
"""How each part is told; one that is not here has one figure for a reading."""
