import pytest

from bot.cards import strategies as cards
from bot.messages import Texts
from engine.model.evaluation import Interval
from engine.model.strategies import PromotionStage, Strategies, StrategyLine
from tests.bot.cards.examples import ENGLISH, KOREAN
from tests.support.fakes.notices import PROMOTION

BOTH = pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["en", "ko"])


def a_line(name: str, low: float, high: float, *, trades: int = 40, is_live: bool = False) -> StrategyLine:
    interval = Interval(mean=(low + high) / 2, low=low, high=high, count=trades, block=1, confidence=0.95)
    return StrategyLine(
        name=name,
        fingerprint=f"{name}0123456789abcdef",
        is_live=is_live,
        trades=trades,
        days=21,
        mean=(low + high) / 2,
        interval=interval,
    )


@BOTH
def test_each_strategy_is_listed_with_its_figures_and_what_waits(texts: Texts) -> None:
    lines = (a_line("seed", -0.1, 0.3, is_live=True), a_line("calm", 0.1, 0.5, trades=12))
    told = Strategies(lines=lines, pending=PROMOTION, next="", trades_needed=30, days_needed=20)
    words = cards.strategies(told, texts).text
    assert all(each in words for each in ("seed", "calm", "seed01234567", "40", "12", "21", "−0.10R", "+0.30R"))
    assert "+0.50R" not in words, "12 trades are too few for an interval"
    assert "/strategy confirm" in words


@BOTH
def test_two_are_compared_by_their_intervals(texts: Texts) -> None:
    def said(*lines: StrategyLine) -> str:
        return cards.compared(lines, texts).text

    same = said(a_line("seed", -0.1, 0.3), a_line("calm", 0.1, 0.5))
    apart = said(a_line("seed", -0.5, -0.2), a_line("calm", 0.1, 0.5))
    few = said(a_line("seed", -0.5, -0.2, trades=29), a_line("calm", 0.1, 0.5))
    assert {"en": "may be chance", "ko": "우연"}[texts.locale] in same
    assert {"en": "do not overlap", "ko": "겹치지 않습니다"}[texts.locale] in apart
    assert {"en": "too few to compare", "ko": "비교하기에 부족"}[texts.locale] in few


@BOTH
@pytest.mark.parametrize("stage", PromotionStage)
def test_what_becomes_of_a_change_names_both_strategies_and_who(texts: Texts, stage: PromotionStage) -> None:
    words = cards.changed(PROMOTION, "U0SECOND", stage, texts).text
    assert all(each in words for each in ("seed", "calm", "U0SECOND"))
