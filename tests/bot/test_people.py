"""Who has a role after the workspace changed, in a local Slack: with the event that tells of it, and without it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import yaml
from slack_sdk import WebClient

from bot.access import Access, Role, Verb
from bot.local_slack.launch import MANIFEST
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from bot.people import People
from bot.ttl_cache import PAUSE, STALE
from engine.errors import NotAllowed
from tests.support.fakes.clock import Watch
from tests.support.fakes.slack import Reply, ScriptedSlack

TRADERS, NAMED, GROUPED = "S0TRADERS", "U0NAMED", "U0GROUPED"
ROLES = Access(admins=frozenset({NAMED}), traders=frozenset({TRADERS}), viewers=frozenset())


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A workspace and who has which role in it."""

    slack: LocalSlack
    access: Access
    watch: Watch

    def after_a_minute(self, user: str) -> Role:
        self.watch.seconds += STALE
        return self.access.role_of(user)


@pytest.fixture(name="desk")
def _desk() -> Iterator[Desk]:
    with LocalSlack(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        users=[User(id=NAMED, name="named"), User(id=GROUPED, name="grouped")],
        channels=[Channel(id="C0DESK", name="desk")],
        usergroups={TRADERS: [GROUPED]},
    ) as slack:
        watch = Watch()
        people = People(WebClient(token=slack.bot_token, base_url=slack.api_url), watch)
        yield Desk(slack=slack, access=people.known_to(ROLES), watch=watch)


ENDS: dict[str, Callable[[LocalSlack], None]] = {
    "the group is deleted": lambda slack: slack.membership.delete_group(TRADERS),
    "they are removed from it": lambda slack: slack.membership.set_group(TRADERS, []),
    "they are deactivated": lambda slack: slack.membership.deactivate(GROUPED),
    "they become a guest": lambda slack: slack.membership.make_guest(GROUPED),
    "they become a guest of one channel": lambda slack: slack.membership.make_guest(GROUPED, "ultra_restricted"),
    "they are of another workspace": lambda slack: slack.membership.move(GROUPED, "T0OTHER"),
    "the bot may not read groups": lambda slack: slack.membership.revoke_scope("usergroups:read"),
    "the bot may not read people": lambda slack: slack.membership.revoke_scope("users:read"),
    "the bot's token is revoked": lambda slack: slack.admin.revoke_token(),
    "the app is uninstalled": lambda slack: slack.admin.uninstall(),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_role_by_a_group_ends_within_a_minute_though_no_event_tells_of_it(desk: Desk, end: str) -> None:
    assert desk.access.role_of(GROUPED) is Role.TRADER
    ENDS[end](desk.slack)
    assert desk.after_a_minute(GROUPED) is Role.NOBODY
    for verb in Verb:
        with pytest.raises(NotAllowed):
            desk.access.require(GROUPED, verb)


def test_a_role_by_a_group_ends_within_a_minute_however_often_it_is_used_meanwhile(desk: Desk) -> None:
    assert desk.access.role_of(GROUPED) is Role.TRADER
    desk.slack.membership.delete_group(TRADERS)
    seen = []
    for _ in range(int(STALE / 5)):
        desk.watch.seconds += 5
        seen.append(desk.access.role_of(GROUPED))
    assert seen[-1] is Role.NOBODY


def test_who_is_named_by_their_own_id_loses_the_role_once_they_are_deactivated(desk: Desk) -> None:
    assert desk.access.role_of(NAMED) is Role.ADMIN
    desk.slack.membership.deactivate(NAMED)
    assert desk.after_a_minute(NAMED) is Role.NOBODY


@pytest.mark.parametrize("kind", ["restricted", "ultra_restricted"])
def test_a_guest_who_is_named_by_their_own_id_has_the_role(desk: Desk, kind: str) -> None:
    desk.slack.membership.make_guest(NAMED, kind)
    assert desk.access.role_of(NAMED) is Role.ADMIN


def test_somebody_of_another_workspace_who_is_named_has_the_role(desk: Desk) -> None:
    desk.slack.membership.move(NAMED, "T0OTHER")
    assert desk.access.role_of(NAMED) is Role.ADMIN


def test_a_name_that_the_workspace_does_not_know_has_no_role(desk: Desk) -> None:
    people = People(WebClient(token=desk.slack.bot_token, base_url=desk.slack.api_url))
    ghost = Access(admins=frozenset({"U0GHOST"}), traders=frozenset(), viewers=frozenset())
    assert people.known_to(ghost).role_of("U0GHOST") is Role.NOBODY


def test_a_role_comes_back_with_the_group(desk: Desk) -> None:
    desk.slack.membership.delete_group(TRADERS)
    assert desk.access.role_of(GROUPED) is Role.NOBODY
    desk.slack.membership.set_group(TRADERS, [GROUPED])
    assert desk.after_a_minute(GROUPED) is Role.TRADER


def test_nobody_asks_slack_who_a_stranger_is() -> None:
    with ScriptedSlack(scripts_people=True) as slack:
        people = People(WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]))
        named = Access(admins=frozenset({NAMED}), traders=frozenset(), viewers=frozenset())
        assert people.known_to(named).role_of("U0STRANGER") is Role.NOBODY
        assert slack.calls == []


MEMBER = Reply(body='{"ok": true, "user": {"id": "U0GROUPED", "team_id": "T1"}}')
TEAM = Reply(body='{"ok": true, "team_id": "T1"}')
GROUP = Reply(body='{"ok": true, "users": ["U0GROUPED"]}')
AWAY = Reply(status=503)


def test_while_slack_is_away_an_approval_is_refused_by_age_and_a_halt_is_not() -> None:
    with ScriptedSlack(scripts_people=True) as slack:
        watch = Watch()
        people = People(WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]), watch)
        access = people.known_to(ROLES)
        slack.replies.extend([GROUP, MEMBER, TEAM, *[AWAY] * 20])
        access.require(GROUPED, Verb.APPROVE)
        watch.seconds += STALE + 2 * PAUSE
        access.require(GROUPED, Verb.HALT)
        access.require(GROUPED, Verb.REJECT)
        for verb in (Verb.APPROVE, Verb.AUTO, Verb.SET, Verb.FLATTEN):
            with pytest.raises(NotAllowed):
                access.require(GROUPED, verb)
        access.require(NAMED, Verb.AUTO)  # their own id is the desk's word, and Slack let them act
