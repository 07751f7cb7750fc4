"""/standing through the real Bolt App and the real engine: a window, a second person, and one tap that ends it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.access import Role
from bot.cards import ids
from bot.cards.home import home
from bot.messages import Texts
from engine.model.notices.proposals import StandingAsked, StandingUsed
from tests.attacks.attack_runner import ADMIN, TRADER, VIEWER, AttackRunner, Json

FIELDS = {"symbol": "NVDA msft", "dollars": "$20,000", "score": "0.9", "until": "23:59", "uses": "3"}


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[AttackRunner]:
    """A desk on which two people must approve from $1,000 on; its clock shows 23:45 in Seoul."""
    watched = ("AAPL", "MSFT", "TSLA", "NVDA")
    with AttackRunner.open(tmp_path, watchlist=watched, second_approver_over=1_000) as desk:
        yield desk


def submission(desk: AttackRunner, user: str, **given: str) -> Json:
    said: Mapping[str, str] = FIELDS | given
    body = desk.submission(user, ids.STANDING_MODAL, desk.seal.value(ids.STANDING_MODAL, "desk"), "")
    values = {name: {ids.STANDING_INPUT: {"type": "plain_text_input", "value": text}} for name, text in said.items()}
    return {**body, "view": {**body["view"], "state": {"values": values}}}


def click(desk: AttackRunner, user: str, action: str, standing: str) -> Json:
    return desk.click(user, action, desk.seal.value(action, standing))


def current(desk: AttackRunner) -> list[tuple[str, bool, int]]:
    return [(each.id, each.is_given, each.left) for each in desk.harness.engine.commands.standing.current()]


def test_a_window_asks_for_it_and_another_person_countersigns(desk: AttackRunner) -> None:
    desk.send(desk.command(TRADER, "/standing", ""))
    [window] = [arguments for method, arguments in desk.slack.calls if method == "views.open"]
    assert ids.STANDING_MODAL in str(window)
    asked = desk.send(submission(desk, TRADER))
    assert "Waiting for another trader" in asked.told
    assert "at most $20,000 each, score +0.9 or more, until 23:59 KST · 3 of 3 left" in asked.told
    assert current(desk) == [("S1", False, 3)]
    own = desk.send(click(desk, TRADER, ids.CONFIRM_STANDING, "S1"))
    assert "another trader must countersign" in own.told
    given = desk.send(click(desk, ADMIN, ids.CONFIRM_STANDING, "S1"))
    assert given.told.startswith("In force")
    assert current(desk) == [("S1", True, 3)]
    assert [(row.actor, row.action) for row in given.rows] == [(ADMIN, "standing given")]
    shown = str(
        home(desk.harness.engine.queries.status(), Role.TRADER, Texts("en", desk.harness.settings.desk.zone)).to_dict()
    )
    assert "Standing approvals: 1" in shown
    assert "Revoke" in shown
    revoked = desk.send(click(desk, TRADER, ids.REVOKE_STANDING, "S1"))
    assert "Nothing more is bought under it" in revoked.told
    assert current(desk) == []
    assert desk.harness.told_of(StandingUsed) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"until": ""}, "Until: enter a time within 24 hours"),
        ({"until": "tomorrow"}, "Until: enter a time"),
        ({"dollars": "5%"}, "Dollars: “5%” isn't a number that this takes."),
        ({"dollars": "$9,000,000"}, "Dollars: $9,000,000.00 is above the desk's own limit"),
        ({"score": "0.95"}, "Score: “0.95” isn't a score"),
        ({"score": "2"}, "Score: “2” isn't a score"),
        ({"uses": "1.5"}, "Buys: “1.5” isn't a number"),
        ({"uses": "500"}, "Buys: 500 is above the desk's own limit, 20"),
        ({"symbol": "NVDIA"}, "Symbol: “NVDIA” isn't on the watchlist."),
        ({"symbol": ""}, "Symbol: enter at least one, and 20 at most."),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_changes_nothing(
    desk: AttackRunner, given: dict[str, str], told: str
) -> None:
    outcome = desk.send(submission(desk, TRADER, **given))
    assert outcome.told.startswith(told)
    assert [(row.action, row.outcome) for row in outcome.rows] == [("standing", "refused")]
    assert current(desk) == []


def test_a_viewer_gives_and_revokes_none(desk: AttackRunner) -> None:
    desk.send(submission(desk, TRADER))
    for body in (
        submission(desk, VIEWER),
        click(desk, VIEWER, ids.CONFIRM_STANDING, "S1"),
        click(desk, VIEWER, ids.REVOKE_STANDING, "S1"),
    ):
        assert "Traders only" in desk.send(body).told
    assert current(desk) == [("S1", False, 3)]


def test_the_desk_is_told(desk: AttackRunner) -> None:
    desk.send(submission(desk, TRADER))
    assert [told.approval.id for told in desk.harness.told_of(StandingAsked)] == ["S1"]
