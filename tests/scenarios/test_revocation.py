"""Who loses their role in Slack is refused at once, between two approvals too: the whole program in a local Slack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

from bot.access import Access, Verb
from bot.app import build_app
from bot.local_slack.launch import MANIFEST
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.people import People
from bot.settings import SlackSettings
from bot.transport.slack_transport import SlackTransport
from bot.ttl_cache import STALE
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.clock import Watch
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.waiting import until

GROUP, FIRST, SECOND, THIRD = "S0TRADERS", "U0FIRST", "U0SECOND", "U0THIRD"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The example's proposal, which two people must approve, before traders of a group."""

    harness: EngineHarness
    slack: LocalSlack
    app: App
    access: Access
    watch: Watch

    def approves(self, user: str, number: int = 0) -> None:
        """Deliver an approval, of somebody deactivated too: it may have been on its way."""
        body = {"command": "/approve", "text": TRADE_ID, "user_id": user, "channel_id": "C0DESK"}
        self.app.dispatch(BoltRequest(mode="socket_mode", body={**body, "trigger_id": f"{user}.{number}.revoked"}))
        until(lambda: self.rows(user) > number)

    def rows(self, user: str) -> int:
        with self.harness.store.reading() as reader:
            return sum(row.actor == user for row in reader.audit(limit=100))


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    harness = EngineHarness.at_the_example(tmp_path, second_approver_over=70_000)
    harness.play_the_signal()
    with LocalSlack(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        users=[User(id=user, name=user.lower()) for user in (FIRST, SECOND, THIRD)],
        channels=[Channel(id="C0DESK", name="desk")],
        usergroups={GROUP: [FIRST, SECOND, THIRD]},
    ) as slack:
        settings = SlackSettings.read(
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
            slack_channel="C0DESK",
            traders=(GROUP,),
        )
        watch = Watch()
        people = People(WebClient(token=slack.bot_token, base_url=slack.api_url), watch)
        app = build_app(
            harness.engine.commands,
            harness.engine.queries,
            Texts("en", harness.settings.desk.zone),
            settings.access,
            settings,
            people=people,
        )
        access = people.known_to(settings.access)
        harness.engine.commands.ask_about_people(lambda user, verb: access.may(user, Verb.named(verb)))
        with SlackTransport(settings).held(app):
            yield Desk(harness=harness, slack=slack, app=app, access=access, watch=watch)
    harness.close()


Ends = dict[str, Callable[[LocalSlack], None]]
OF_ONE: Ends = {
    "removed from the group": lambda slack: slack.membership.set_group(GROUP, [SECOND, THIRD]),
    "deactivated": lambda slack: slack.membership.deactivate(FIRST),
    "made a guest": lambda slack: slack.membership.make_guest(FIRST),
}
OF_ALL: Ends = {
    "the group deleted": lambda slack: slack.membership.delete_group(GROUP),
    "the scope for groups lost": lambda slack: slack.membership.revoke_scope("usergroups:read"),
    "the scope for people lost": lambda slack: slack.membership.revoke_scope("users:read"),
}


@pytest.mark.parametrize("end", OF_ONE)
def test_an_event_ends_a_role_at_once_and_a_first_approval_with_it(desk: Desk, end: str) -> None:
    desk.approves(FIRST)
    assert desk.harness.trade().first_by == FIRST
    OF_ONE[end](desk.slack)
    until(lambda: not desk.access.may(FIRST, Verb.APPROVE))
    desk.approves(SECOND)
    assert (desk.harness.trade().state, desk.harness.trade().first_by) == (TradeState.PROPOSED, SECOND)
    desk.approves(FIRST, number=1)
    assert desk.harness.trade().state is TradeState.PROPOSED
    desk.approves(THIRD)
    assert (desk.harness.trade().state, desk.harness.trade().decided_by) == (TradeState.OPEN, THIRD)


@pytest.mark.parametrize("end", OF_ONE)
def test_without_an_event_a_first_approval_counts_no_longer_than_a_minute_more(desk: Desk, end: str) -> None:
    desk.approves(FIRST)
    desk.slack.membership.is_silent = True
    OF_ONE[end](desk.slack)
    desk.watch.seconds += STALE
    desk.approves(SECOND)
    assert (desk.harness.trade().state, desk.harness.trade().first_by) == (TradeState.PROPOSED, SECOND)


@pytest.mark.parametrize("end", OF_ALL)
def test_where_a_group_tells_nobody_any_more_nobody_approves_within_a_minute(desk: Desk, end: str) -> None:
    desk.approves(FIRST)
    desk.slack.membership.is_silent = True
    OF_ALL[end](desk.slack)
    desk.watch.seconds += STALE
    desk.approves(SECOND)
    assert (desk.harness.trade().state, desk.harness.trade().first_by) == (TradeState.PROPOSED, FIRST)
    assert desk.harness.broker.order(TRADE_ID) is None
