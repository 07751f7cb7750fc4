"""People look at strategies and at what their decisions came to, and a change is refused with what it lacks."""

from pathlib import Path

import pytest

from bot.local_slack.launch import CHANNEL
from tests.support.shadow_week import DIPS
from tests.support.slack_harness import embedded


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "en",
            (
                "in shadow",
                "Too few to tell",
                "another confirms",
                "can't trade live",
                "admin",
                "too few to compare",
            ),
        ),
        (
            "ko",
            ("섀도, 시뮬레이션", "부족", "다른 관리자가 승인", "운용에 쓸 수 없습니다", "관리자", "비교하기에 부족"),
        ),
    ],
)
def test_people_are_shown_strategies_and_told_what_a_promotion_lacks(
    tmp_path: Path, locale: str, words: tuple[str, ...]
) -> None:
    listed, few, how, not_live, role, compared = words
    with embedded(tmp_path, locale, shadow_strategies=(DIPS, "trend")) as stage:
        stage.viewer.command(CHANNEL.id, "/strategy")
        told = stage.answer(stage.viewer, listed)
        assert "dips" in told
        assert "seed" in told
        assert how in told
        stage.viewer.command(CHANNEL.id, "/report people")
        assert stage.answer(stage.viewer, few)
        stage.viewer.command(CHANNEL.id, "/strategy compare seed dips")
        assert stage.answer(stage.viewer, compared)
        stage.trader.command(CHANNEL.id, "/strategy promote dips")
        assert stage.answer(stage.trader, role)
        stage.admin.command(CHANNEL.id, "/strategy promote trend")
        assert "trend has no target under 1" in stage.answer(stage.admin, not_live)
        stage.admin.command(CHANNEL.id, "/strategy promote dips")
        assert "0" in stage.answer(stage.admin, "30")
        stage.admin.command(CHANNEL.id, "/strategy promote dipps")
        assert "dipps" in stage.answer(stage.admin, "dipps")
        stage.admin.command(CHANNEL.id, "/strategy pomote dips")
        assert "promote" in stage.answer(stage.admin, "/strategy [compare")
