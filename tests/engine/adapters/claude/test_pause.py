from decimal import Decimal

import pytest

from engine.adapters.claude.pause import Pause
from engine.errors import NewsUnavailable
from engine.model.news import NoScore
from tests.engine.adapters.claude import AT, Reading, headline, reading
from tests.support.fakes.claude import Reply, saying
from tests.support.fakes.clock import ManualClock


def asked_in_vain(desk: Reading, number: str = "n-1") -> str:
    with pytest.raises(NewsUnavailable) as problem:
        desk.scorer.findings("AAPL", [headline(number)])
    return str(problem.value)


def test_a_claude_that_has_just_failed_is_not_asked_and_what_it_failed_of_is_said_again() -> None:
    with reading(Reply(status=401)) as desk:
        assert asked_in_vain(desk) == "key"
        assert asked_in_vain(desk, "n-2") == "key"
        assert len(desk.claude.bodies) == 1


def test_after_the_pause_it_is_asked_again_and_an_answer_ends_it() -> None:
    with reading(Reply(fault="drop"), saying(("n-1", 1, "r"))) as desk:
        asked_in_vain(desk)
        desk.clock.advance(1)
        assert len(desk.scorer.findings("AAPL", [headline()])) == 1
        desk.scorer.findings("AAPL", [headline("n-2")])
        assert len(desk.claude.bodies) == 3


def test_what_was_answered_before_is_still_known_in_the_pause() -> None:
    with reading(saying(("n-1", 1, "r")), Reply(status=401)) as desk:
        desk.scorer.findings("AAPL", [headline("n-1")])
        asked_in_vain(desk, "n-2")
        assert len(desk.scorer.findings("AAPL", [headline("n-1")])) == 1


def test_each_pause_is_twice_as_long_as_the_one_before_up_to_a_quarter_of_an_hour() -> None:
    clock = ManualClock(AT)
    pause = Pause(clock)
    for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        pause.begin(NoScore.OUTAGE)
        clock.advance(seconds - 1)
        with pytest.raises(NewsUnavailable, match=r"^outage$"):
            pause.check()
        clock.advance(1)
        pause.check()


def test_an_hour_without_an_answer_costs_less_than_a_dollar() -> None:
    with reading() as desk:
        desk.claude.model = lambda _body: Reply(fault="drop")
        for _ in range(60):
            asked_in_vain(desk)
            desk.clock.advance(60)
        assert Decimal("0.5") < desk.spending.spent(AT.date()) < 1
