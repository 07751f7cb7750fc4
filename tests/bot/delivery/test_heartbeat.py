"""Being heard is proven by being heard: by a post that Slack took, or by the channel itself while nothing waits."""

from dataclasses import dataclass, field

import pytest
from slack_sdk import WebClient

from bot.delivery.heartbeat import Heartbeat
from bot.delivery.reachability import PROVEN_FOR, Reachability
from bot.transport.slack_calls import SlackAway
from engine.model.notices.base import NoticeKind
from tests.support.fakes.slack import Reply
from tests.support.outbox import Outbox

AWAY = Reply(status=503, body="busy")


@dataclass(kw_only=True)
class Beats:
    """A pulse before a scripted Slack, with a clock that a test holds in its hands."""

    outbox: Outbox
    heard: list[str] = field(default_factory=list)
    seconds: float = 100.0
    is_up: bool = True

    def __post_init__(self) -> None:
        self.hearing = Reachability(lambda: self.seconds)
        self.pulse = Heartbeat(
            store=self.outbox.store,
            client=WebClient(token="xoxb-test", base_url=self.outbox.slack.api_url, retry_handlers=[]),
            channel="C0DESK",
            hearing=self.hearing,
            is_up=lambda: self.is_up,
            heard=lambda: self.heard.append("heard"),
            gap=0.01,
        )

    def after(self, seconds: float, *replies: Reply) -> int:
        """Beat after so many seconds, and return how often people were heard of by then."""
        self.seconds += seconds
        self.outbox.slack.replies.extend(replies)
        self.pulse.beat()
        return len(self.heard)


def of_the_channel(**said: object) -> Reply:
    return Reply(body={"ok": True, "channel": {"id": "C0DESK", "is_archived": False, "is_member": True} | said})


@pytest.fixture(name="beats")
def _beats(outbox: Outbox) -> Beats:
    return Beats(outbox=outbox)


def test_the_engine_hears_of_people_again_and_again_while_nothing_waits(beats: Beats) -> None:
    assert [beats.after(30, of_the_channel()) for _ in range(3)] == [1, 2, 3]


def test_a_quiet_desk_is_heard_by_a_look_at_its_channel(beats: Beats) -> None:
    assert beats.after(30, of_the_channel()) == 1
    assert beats.outbox.slack.calls == [("conversations.info", {"channel": "C0DESK"})]


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (of_the_channel(is_archived=True), "is_archived"),
        (of_the_channel(is_member=False), "not_in_channel"),
        (Reply(error="channel_not_found"), "channel_not_found"),
        (Reply(error="token_revoked"), "token_revoked"),
        (Reply(error="account_inactive"), "account_inactive"),
    ],
)
def test_a_channel_that_takes_no_message_is_lost_at_once(beats: Beats, reply: Reply, word: str) -> None:
    assert beats.after(30, reply) == 0
    assert beats.hearing.now().lost == word
    assert beats.after(10, of_the_channel()) == 1


def test_where_the_installation_may_not_see_channels_the_newest_message_is_looked_at(beats: Beats) -> None:
    assert beats.after(30, Reply(error="missing_scope"), Reply(body={"ok": True, "messages": []})) == 1
    assert beats.after(30, Reply(error="missing_scope"), Reply(error="not_in_channel")) == 1
    assert beats.hearing.now().lost == "not_in_channel"


def test_a_slack_that_gives_no_answer_proves_nothing(beats: Beats) -> None:
    for _ in range(2):
        with pytest.raises(SlackAway):
            beats.after(PROVEN_FOR, AWAY)
    assert beats.heard == []
    assert not beats.hearing.now().is_well


@pytest.mark.parametrize("channel", [None, "C0DESK", 7, True])
def test_an_answer_that_shows_no_channel_proves_nothing(beats: Beats, channel: object) -> None:
    for reply in (Reply(body={"ok": True}), Reply(body={"ok": True, "channel": channel})):
        with pytest.raises(SlackAway):
            beats.after(30, reply)
    assert beats.heard == []


def test_what_waits_is_not_told_by_a_look_at_the_channel(beats: Beats) -> None:
    beats.outbox.tell(NoticeKind.HALTED)
    beats.after(1)
    assert beats.outbox.slack.calls == []
    told = len(beats.heard)
    assert beats.after(PROVEN_FOR + 1) == told
    assert beats.hearing.now().is_stuck


def test_a_proof_is_told_once_and_none_at_all_while_there_is_none(beats: Beats) -> None:
    beats.outbox.tell(NoticeKind.HALTED)
    assert [beats.after(1), beats.after(1), beats.after(1)] == [0, 0, 0]


def test_a_post_that_slack_took_proves_that_people_are_told(beats: Beats) -> None:
    beats.outbox.tell(NoticeKind.HALTED)
    beats.outbox.notices(hearing=beats.hearing).drain()
    assert beats.after(0) == 1
    assert [method for method, _ in beats.outbox.slack.calls] == ["chat.postMessage"]


def test_where_nothing_that_people_do_arrives_nobody_is_heard(beats: Beats) -> None:
    beats.is_up = False
    assert beats.after(30, of_the_channel()) == 0
