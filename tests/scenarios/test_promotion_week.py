"""A week with two strategies in shadow, in Slack: refusals on the way, a promotion by two admins, and a new life."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.local_slack.launch import ADMIN, CHANNEL
from bot.local_slack.people import Person
from bot.local_slack.seed import User
from engine.model.shadow import ShadowState
from tests.support.engine_harness import EngineHarness
from tests.support.shadow_week import DIPS, WARM, ShadowWeek, market
from tests.support.slack_harness import SlackHarness, on_stage

SESSION, DAYS = 78, 5
SECOND = User(id="U0SECOND", name="sol", real_name="Sol", role="admin", colour="#0369a1")
CALM = """name = "calm"
[rsi]
bars = 5
low = 30
high = 70
tenths = 8
[thresholds]
propose = 7
strong = 8
[exits]
stop = 0.006
target = 0.012
"""


class Chat:
    """People who type /strategy; what each is answered, and what the channel is told."""

    def __init__(self, stage: SlackHarness[EngineHarness]) -> None:
        self.stage = stage
        self.second = Person(stage.slack.url, SECOND.id)

    def answered(self, person: Person, typed: str, words: str) -> str:
        person.command(CHANNEL.id, f"/strategy {typed}".strip())
        return self.stage.answer(person, words)

    def told(self, words: str) -> str:
        found = self.stage.viewer.wait_for(
            CHANNEL.id, lambda message: not message["ephemeral"] and words in message["text"]
        )
        return str(found["text"])


@pytest.fixture
def week(tmp_path: Path) -> Iterator[ShadowWeek]:
    """The desk on Monday morning, by the seed's strategy, with a file and a class in shadow."""
    file = tmp_path / "calm.toml"
    file.write_text(CALM)
    made = ShadowWeek(
        tmp_path / "desk", market(sessions=WARM + DAYS), (str(file), DIPS), promotion_trades=8, promotion_days=DAYS
    )
    made.begin(WARM * SESSION)
    yield made
    made.desk.close()


def play(week: ShadowWeek, day: int) -> None:
    """Let a day of the week pass; the shadows look every half hour."""
    first = (WARM + day) * SESSION
    for bar in range(first, first + SESSION):
        week.step(bar, looks=bar % 6 == 5)


def ended(week: ShadowWeek) -> int:
    """Return how many trades of the file's strategy are over."""
    return sum(each.strategy == "calm" and each.state is ShadowState.CLOSED for each in week.trades())


@pytest.mark.timeout(300)
def test_a_strategy_is_promoted_by_two_admins_after_a_week_in_shadow_and_trades_from_the_next_start(
    week: ShadowWeek,
) -> None:
    with on_stage(week.desk, "en", more_admins=(SECOND,)) as stage:
        chat = Chat(stage)
        refused_before_the_week_is_over(chat, week)
        play(week, DAYS - 1)
        promoted_on_friday(chat)
    engine = week.desk.born_again()
    with on_stage(replace(week.desk, engine=engine), "en", more_admins=(SECOND,)) as stage:
        engine.jobs.start()
        chat = Chat(stage)
        assert "to calm" in chat.told("Strategy changed")
        listed = chat.answered(stage.viewer, "", "(live)")
        assert "calm (live)" in listed
        assert "becomes the live strategy" not in listed
    with week.desk.store.reading() as reader:
        audited = [(entry.action, entry.actor) for entry in reader.audit(subject="strategy")]
    assert audited == [("strategy confirmed", SECOND.id), ("strategy asked", ADMIN.id)]


def refused_before_the_week_is_over(chat: Chat, week: ShadowWeek) -> None:
    viewer, admin = chat.stage.viewer, chat.stage.admin
    listed = chat.answered(viewer, "", "in shadow, simulated")
    assert listed.index("seed (live)") < listed.index("calm (in shadow") < listed.index("dips (in shadow")
    assert "has closed 0 trades in shadow; a promotion needs 8" in chat.answered(admin, "promote calm", "has closed")
    for day in range(DAYS - 1):
        play(week, day)
    assert 0 < ended(week) < 8
    lacking = f"calm has closed {ended(week)} trades in shadow; a promotion needs 8"
    assert chat.answered(admin, "promote calm", lacking)
    assert chat.answered(admin, "promote dips", "dips has been in shadow for 4 trading days; a promotion needs 5")
    assert chat.answered(admin, "confirm", "No pending change")


def promoted_on_friday(chat: Chat) -> None:
    viewer, trader, admin = chat.stage.viewer, chat.stage.trader, chat.stage.admin
    assert chat.answered(trader, "promote calm", "Admins only")
    assert "from seed to calm" in chat.answered(admin, "promote calm", "asks to switch the live strategy")
    assert chat.told("asks to switch the live strategy from seed to calm")
    assert chat.answered(admin, "confirm", "another admin must confirm")
    assert chat.answered(trader, "confirm", "Admins only")
    assert chat.answered(chat.second, "confirm", "confirmed: from the next start")
    assert "replaces seed as the live strategy" in chat.told("confirmed: from the next start")
    assert chat.answered(viewer, "", "calm becomes the live strategy at the next start")
