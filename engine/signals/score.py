from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from engine.model.origin import BY_STRATEGY, Origin
from engine.model.signal import NEWS_CLIP, Component, Finding, Part, Readings, Signal

FINDING_LIMIT = 3


def news_component(findings: Sequence[Finding]) -> Component:
    """Return the news' part of a score; raises ValueError when a finding is beyond +-3 tenths."""
    for finding in findings:
        if abs(finding.tenths) > FINDING_LIMIT:
            raise ValueError(f"finding {finding.headline_id} has {finding.tenths} tenths")
    total = sum(finding.tenths for finding in findings)
    return Component(part=Part.NEWS, tenths=max(-NEWS_CLIP, min(total, NEWS_CLIP)))


def signal(
    symbol: str,
    at: datetime,
    price: Decimal,
    *,
    readings: Readings,
    technical: tuple[Component, ...],
    findings: Sequence[Finding],
    scorer: str,
    bar: datetime,
    previous_close: Decimal | None = None,
    origin: Origin = BY_STRATEGY,
) -> Signal:
    """Put a score of the bars and the news together; raises ValueError when a finding is beyond +-3 tenths."""
    return Signal(
        symbol=symbol,
        at=at,
        price=price,
        readings=readings,
        components=(*technical, news_component(findings)),
        findings=tuple(findings),
        scorer=scorer,
        previous_close=previous_close,
        bar=bar,
        origin=origin,
    )
