from collections.abc import Iterator
from threading import Event, Thread

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.access import Access, Role
from bot.ttl_cache import FRESH, KEPT, PAUSE, STALE, TtlCache
from bot.user_groups import UserGroups
from tests.support.fakes.clock import Watch
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.waiting import until

DESK, OTHERS = "S0DESK", "S0OTHERS"


def told(*users: str) -> Reply:
    return Reply(body='{"ok": true, "users": [' + ", ".join(f'"{user}"' for user in users) + "]}")


@pytest.fixture(name="slack")
def _slack() -> Iterator[ScriptedSlack]:
    with ScriptedSlack() as slack:
        yield slack


@pytest.fixture(name="watch")
def _watch() -> Watch:
    return Watch()


@pytest.fixture(name="groups")
def _groups(slack: ScriptedSlack, watch: Watch) -> UserGroups:
    return UserGroups(WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]), watch)


def test_the_members_are_who_slack_says(slack: ScriptedSlack, groups: UserGroups) -> None:
    slack.replies.append(told("U1", "U2"))
    assert groups.members(DESK) == {"U1", "U2"}
    assert slack.calls == [("usergroups.users.list", {"usergroup": DESK})]


def test_slack_is_asked_once_for_what_is_fresh(slack: ScriptedSlack, groups: UserGroups, watch: Watch) -> None:
    slack.replies.append(told("U1"))
    groups.members(DESK)
    watch.seconds += FRESH - 1
    assert groups.members(DESK) == {"U1"}
    assert len(slack.calls) == 1


@pytest.mark.parametrize("users", ["", '"U9"', "7", "null", '{"U9": 1}', "[7]", '[["U9"]]'])
def test_an_answer_that_names_no_users_is_no_answer(
    slack: ScriptedSlack, groups: UserGroups, watch: Watch, users: str
) -> None:
    slack.replies.append(told("U1"))
    groups.members(DESK)
    watch.seconds += STALE
    slack.replies.append(Reply(body=f'{{"ok": true, "users": {users}}}' if users else '{"ok": true}'))
    assert groups.members(DESK) == frozenset()  # a minute is over, and nobody was named
    assert groups.last_members(DESK) == {"U1"}


def test_what_is_no_longer_fresh_is_asked_for_while_nobody_waits(watch: Watch) -> None:
    let = Event()
    answers = [frozenset({"U1"}), frozenset({"U2"})]

    def ask(_group: str) -> frozenset[str]:
        if len(answers) == 1:
            let.wait(5)  # so that nobody can be told the second answer before the first was used once more
        return answers.pop(0)

    remembered = TtlCache(ask, watch)
    remembered.get(DESK)
    watch.seconds += FRESH
    assert remembered.get(DESK) == frozenset({"U1"})
    let.set()
    until(lambda: remembered.get(DESK) == frozenset({"U2"}))
    assert not answers


def test_what_is_stale_is_never_used_while_slack_answers(
    slack: ScriptedSlack, groups: UserGroups, watch: Watch
) -> None:
    slack.replies.extend([told("U1"), told("U2")])
    groups.members(DESK)
    watch.seconds += STALE
    assert groups.members(DESK) == {"U2"}


OUTAGES = [Reply(status=503), Reply(error="ratelimited"), Reply(error="internal_error"), Reply(body="<html>")]
REFUSALS = [
    "no_such_subteam",
    "missing_scope",
    "subteam_not_found",
    "permission_denied",
    "token_revoked",
    "plan_upgrade",
]


@pytest.mark.parametrize("word", REFUSALS)
def test_a_group_that_slack_refuses_to_tell_of_has_nobody_any_more(
    slack: ScriptedSlack, groups: UserGroups, watch: Watch, word: str
) -> None:
    slack.replies.extend([told("U1"), Reply(error=word)])
    assert groups.members(DESK) == {"U1"}
    watch.seconds += STALE
    assert groups.members(DESK) == groups.last_members(DESK) == frozenset()


@pytest.mark.parametrize("trouble", OUTAGES)
def test_while_slack_does_not_answer_nobody_is_in_a_group_for_longer_than_a_minute(
    slack: ScriptedSlack, groups: UserGroups, watch: Watch, trouble: Reply
) -> None:
    slack.replies.extend([told("U1"), trouble, trouble])
    groups.members(DESK)
    watch.seconds += STALE - 1
    assert groups.members(DESK) == {"U1"}
    until(lambda: len(slack.calls) == 2)
    watch.seconds += PAUSE
    assert groups.members(DESK) == frozenset()


@pytest.mark.parametrize("trouble", OUTAGES)
def test_while_slack_does_not_answer_a_halt_goes_by_what_it_told_within_the_hour(
    slack: ScriptedSlack, groups: UserGroups, watch: Watch, trouble: Reply
) -> None:
    slack.replies.extend([told("U1"), trouble, trouble])
    groups.members(DESK)
    watch.seconds += KEPT - 1
    assert groups.last_members(DESK) == {"U1"}
    watch.seconds += PAUSE
    assert groups.last_members(DESK) == frozenset()


def test_a_group_deleted_a_day_ago_has_no_traders_left() -> None:
    class Client(WebClient):
        is_gone = False

        def usergroups_users_list(self, **_which: object) -> SlackResponse:
            if self.is_gone:
                raise SlackApiError("no", {"ok": False, "error": "no_such_subteam"})  # type: ignore[no-untyped-call]
            return {"ok": True, "users": ["U0TRADER"]}  # type: ignore[return-value]  # read like one

    watch, client = Watch(), Client()
    groups = UserGroups(client, watch)
    access = Access(admins=frozenset(), traders=frozenset({"S1"}), viewers=frozenset(), members=groups.members)
    assert access.role_of("U0TRADER") is Role.TRADER
    client.is_gone = True
    watch.seconds += 86_400
    assert access.role_of("U0TRADER") is Role.NOBODY


def test_a_group_that_changed_is_asked_for_again_at_once(slack: ScriptedSlack, groups: UserGroups) -> None:
    slack.replies.extend([told("U1", "U2"), told("U2")])
    assert groups.members(DESK) == {"U1", "U2"}
    groups.forget(DESK)
    assert groups.members(DESK) == {"U2"}


def test_an_answer_from_before_a_change_counts_no_more() -> None:
    asked, let = Event(), Event()
    answers = [frozenset({"U1"}), frozenset({"U2"})]

    def ask(_group: str) -> frozenset[str]:
        answer = answers.pop(0)
        if len(answers) == 1:
            asked.set()
            let.wait(5)
        return answer

    remembered = TtlCache(ask, Watch())
    early = Thread(target=remembered.get, args=(DESK,))
    early.start()
    assert asked.wait(5)
    remembered.forget(DESK)
    assert remembered.get(DESK) == frozenset({"U2"})
    let.set()
    early.join()
    assert remembered.get(DESK) == frozenset({"U2"})


@pytest.mark.parametrize("trouble", [Reply(status=503), Reply(error="no_such_subteam"), Reply(body='{"ok": true}')])
def test_a_group_that_slack_never_told_has_nobody(slack: ScriptedSlack, groups: UserGroups, trouble: Reply) -> None:
    slack.replies.append(trouble)
    assert groups.members(DESK) == frozenset()


def test_a_slack_that_does_not_answer_is_left_alone_for_a_while(
    slack: ScriptedSlack, groups: UserGroups, watch: Watch
) -> None:
    slack.replies.extend([Reply(status=503), told("U1")])
    assert groups.members(DESK) == groups.members(DESK) == frozenset()
    assert len(slack.calls) == 1
    watch.seconds += PAUSE
    assert groups.members(DESK) == {"U1"}


def test_who_comes_while_slack_is_asked_waits_for_the_same_answer(slack: ScriptedSlack, groups: UserGroups) -> None:
    slack.replies.append(told("U1"))
    seen: list[frozenset[str]] = []
    people = [Thread(target=lambda: seen.append(groups.members(DESK))) for _ in range(5)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert seen == [{"U1"}] * 5
    assert len(slack.calls) == 1


def test_one_group_says_nothing_about_another(slack: ScriptedSlack, groups: UserGroups) -> None:
    slack.replies.extend([told("U1"), told("U2")])
    assert groups.members(DESK) == {"U1"}
    assert groups.members(OTHERS) == {"U2"}
