from collections.abc import Iterator
from threading import Thread

import pytest
from slack_sdk import WebClient

from bot.groups import FRESH, PAUSE, STALE, Groups
from tests.fakes.slack import Reply, ScriptedSlack
from tests.waiting import until

DESK, OTHERS = "S0DESK", "S0OTHERS"


def told(*users: str) -> Reply:
    return Reply(body='{"ok": true, "users": [' + ", ".join(f'"{user}"' for user in users) + "]}")


class Watch:
    """A clock that only a test moves, in seconds."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(name="slack")
def _slack() -> Iterator[ScriptedSlack]:
    with ScriptedSlack() as slack:
        yield slack


@pytest.fixture(name="watch")
def _watch() -> Watch:
    return Watch()


@pytest.fixture(name="groups")
def _groups(slack: ScriptedSlack, watch: Watch) -> Groups:
    return Groups(WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]), watch)


def test_the_members_are_who_slack_says(slack: ScriptedSlack, groups: Groups) -> None:
    slack.replies.append(told("U1", "U2"))
    assert groups.members(DESK) == {"U1", "U2"}
    assert slack.calls == [("usergroups.users.list", {"usergroup": DESK})]


def test_slack_is_asked_once_for_what_is_fresh(slack: ScriptedSlack, groups: Groups, watch: Watch) -> None:
    slack.replies.append(told("U1"))
    groups.members(DESK)
    watch.seconds += FRESH - 1
    assert groups.members(DESK) == {"U1"}
    assert len(slack.calls) == 1


@pytest.mark.parametrize("users", ["", '"U9"', "7", "null", '{"U9": 1}', "[7]", '[["U9"]]'])
def test_an_answer_that_names_no_users_takes_nobodys_role(
    slack: ScriptedSlack, groups: Groups, watch: Watch, users: str
) -> None:
    slack.replies.append(told("U1"))
    groups.members(DESK)
    watch.seconds += STALE
    slack.replies.append(Reply(body=f'{{"ok": true, "users": {users}}}' if users else '{"ok": true}'))
    assert groups.members(DESK) == {"U1"}


def test_what_is_no_longer_fresh_is_asked_for_while_nobody_waits(
    slack: ScriptedSlack, groups: Groups, watch: Watch
) -> None:
    slack.replies.extend([told("U1"), told("U2")])
    groups.members(DESK)
    watch.seconds += FRESH
    assert groups.members(DESK) == {"U1"}
    until(lambda: groups.members(DESK) == {"U2"})
    assert len(slack.calls) == 2


def test_what_is_stale_is_never_used_while_slack_answers(slack: ScriptedSlack, groups: Groups, watch: Watch) -> None:
    slack.replies.extend([told("U1"), told("U2")])
    groups.members(DESK)
    watch.seconds += STALE
    assert groups.members(DESK) == {"U2"}


@pytest.mark.parametrize(
    "trouble", [Reply(status=503), Reply(error="ratelimited"), Reply(error="missing_scope"), Reply(body="<html>")]
)
def test_when_slack_does_not_tell_the_last_known_members_stay(
    slack: ScriptedSlack, groups: Groups, watch: Watch, trouble: Reply
) -> None:
    slack.replies.extend([told("U1"), trouble])
    groups.members(DESK)
    watch.seconds += STALE
    assert groups.members(DESK) == {"U1"}
    assert len(slack.calls) == 2


@pytest.mark.parametrize("trouble", [Reply(status=503), Reply(error="no_such_subteam"), Reply(body='{"ok": true}')])
def test_a_group_that_slack_never_told_has_nobody(slack: ScriptedSlack, groups: Groups, trouble: Reply) -> None:
    slack.replies.append(trouble)
    assert groups.members(DESK) == frozenset()


def test_a_slack_that_does_not_answer_is_left_alone_for_a_while(
    slack: ScriptedSlack, groups: Groups, watch: Watch
) -> None:
    slack.replies.extend([Reply(status=503), told("U1")])
    assert groups.members(DESK) == groups.members(DESK) == frozenset()
    assert len(slack.calls) == 1
    watch.seconds += PAUSE
    assert groups.members(DESK) == {"U1"}


def test_who_comes_while_slack_is_asked_waits_for_the_same_answer(slack: ScriptedSlack, groups: Groups) -> None:
    slack.replies.append(told("U1"))
    seen: list[frozenset[str]] = []
    people = [Thread(target=lambda: seen.append(groups.members(DESK))) for _ in range(5)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert seen == [{"U1"}] * 5
    assert len(slack.calls) == 1


def test_one_group_says_nothing_about_another(slack: ScriptedSlack, groups: Groups) -> None:
    slack.replies.extend([told("U1"), told("U2")])
    assert groups.members(DESK) == {"U1"}
    assert groups.members(OTHERS) == {"U2"}
