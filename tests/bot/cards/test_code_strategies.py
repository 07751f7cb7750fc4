"""What people read of a strategy in Python: its points on the card, and that it gives no scores."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.cards.notices import render
from bot.cards.score import score_lines
from bot.messages import Texts
from engine.model.notices.systems import ServiceBack, ServiceLost
from engine.model.signal import Component, Part
from tests.support.fakes.trades import PROPOSED_AT, a_signal

LOST = ServiceLost(key="1", at=PROPOSED_AT, service="strategy", trouble="it gave no scores within 20 s")
BACK = ServiceBack(key="2", at=PROPOSED_AT, service="strategy")


@pytest.mark.parametrize(
    ("locale", "line", "lost", "back"),
    [
        (
            "en",
            "Strategy code → +0.8",
            "The strategy isn't producing scores*: it gave no scores within 20 s.",
            "scores again",
        ),
        ("ko", "전략 코드 → +0.8", "전략이 점수를 내지 못합니다*: it gave no scores within 20 s.", "다시 점수를"),
    ],
)
def test_its_points_are_one_line_and_its_failure_says_what_stays_in_force(
    locale: str, line: str, lost: str, back: str
) -> None:
    texts = Texts(locale, ZoneInfo("Asia/Seoul"))
    signal = replace(a_signal(), components=(Component(part=Part.CODE, tenths=8),), findings=())
    assert line in score_lines(signal, texts)
    assert lost in str(render(LOST, None, texts))
    assert back in str(render(BACK, None, texts))
