from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from engine.model.signal import Component, Finding, Part, Readings, Side
from engine.signals.score import news_component, signal

AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
READINGS = Readings(
    rsi=35,
    lower=150,
    middle=152,
    upper=154,
    low=150,
    high=151,
    macd=0.2,
    macd_signal=0.1,
    macd_cross=1,
    volume_ratio=1.2,
)
TECHNICAL = (
    Component(part=Part.RSI, tenths=3),
    Component(part=Part.BOLLINGER, tenths=2),
    Component(part=Part.MACD, tenths=4),
    Component(part=Part.VOLUME, tenths=1),
)


def findings(*tenths: int) -> tuple[Finding, ...]:
    return tuple(
        Finding(headline_id=str(number), symbol="AAPL", at=AT, headline="News", tenths=each, reason="so")
        for number, each in enumerate(tenths)
    )


@pytest.mark.parametrize(
    ("tenths", "total"),
    [((), 0), ((3, 2), 5), ((3, 3), 5), ((3, 3, -2), 4), ((-3, -3), -5), ((-1,), -1), ((3, -3), 0)],
)
def test_the_news_count_their_sum_clipped_to_half_a_point(tenths: tuple[int, ...], total: int) -> None:
    assert news_component(findings(*tenths)) == Component(part=Part.NEWS, tenths=total)


@given(st.lists(st.integers(-3, 3)))
def test_the_news_never_count_more_than_half_a_point(tenths: list[int]) -> None:
    assert abs(news_component(findings(*tenths)).tenths) <= 5


@pytest.mark.parametrize("tenths", [4, -4, 30])
def test_a_finding_beyond_three_tenths_is_refused(tenths: int) -> None:
    with pytest.raises(ValueError, match="tenths"):
        news_component(findings(1, tenths))


def test_the_worked_example_is_a_strong_buy_of_15_tenths() -> None:
    news = findings(3, 2)
    found = signal(
        "AAPL",
        AT,
        Decimal("150.25"),
        readings=READINGS,
        technical=TECHNICAL,
        findings=news,
        scorer="keywords",
        bar=AT - timedelta(seconds=315),
    )
    assert found.tenths == 15
    assert found.technical_tenths == 10
    assert (found.side, found.proposes, found.strong) == (Side.BUY, True, True)
    assert found.components == (*TECHNICAL, Component(part=Part.NEWS, tenths=5))
    assert (found.symbol, found.at, found.price, found.scorer) == ("AAPL", AT, Decimal("150.25"), "keywords")
    assert found.bar == AT - timedelta(seconds=315)
    assert (found.readings, found.findings) == (READINGS, news)
