from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from engine.model.reason import Reason
from engine.model.risk import LimitUnit, RiskVerdict

LOSS = RiskVerdict(
    rule="daily_loss", allowed=False, figure=Decimal("0.031"), limit=Decimal("0.03"), unit=LimitUnit.SHARE_OF_EQUITY
)
figures = st.decimals(min_value=-(10**12), max_value=10**12, places=6)


def test_a_verdict_that_is_kept_as_a_text_is_a_verdict_again() -> None:
    assert Reason.read("daily_loss 0.031 0.03 share_of_equity") == Reason.of(LOSS)


@given(figure=figures, limit=figures, unit=st.sampled_from(LimitUnit), rule=st.sampled_from(["drawdown", "min_price"]))
def test_every_verdict_comes_back_as_it_was(figure: Decimal, limit: Decimal, unit: LimitUnit, rule: str) -> None:
    verdict = RiskVerdict(rule=rule, allowed=False, figure=figure, limit=limit, unit=unit)
    assert Reason.read(verdict.reason) == Reason.of(verdict)


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        ("", Reason.NONE),
        ("open_risk", Reason(word="open_risk")),
        ("prices_stale", Reason(word="prices_stale")),
        ("prices_stale 130", Reason(word="prices_stale", seconds=130)),
        ("clock_differs 45.75", Reason(word="clock_differs", seconds=45)),
    ],
)
def test_a_word_of_the_engines_is_read_with_the_seconds_that_it_is_about(kept: str, reason: Reason) -> None:
    assert Reason.read(kept) == reason


@pytest.mark.parametrize(
    "said",
    [
        "CPI at 14:30",
        "CPI 3 5 shares",
        "1 2 3 4",
        "sold 3 5 stocks",
        "sold 03 5 shares",
        "sold 1e999999999 1 count",
        "sold nan 1 count",
        "sold ١ 1 count",
        "sold 3 5 shares ",
        "sold -- . count",
        "prices_stale yesterday",
        "clock_differs ٤",
        "clock_differs ",
        "x" * 10_000,
    ],
)
def test_what_a_person_said_stays_what_they_said(said: str) -> None:
    assert Reason.read(said) == Reason(word=said)


@given(st.text())
def test_every_text_is_some_reason_and_keeps_its_words(text: str) -> None:
    reason = Reason.read(text)
    if reason.seconds is None:
        assert str(reason) == text
