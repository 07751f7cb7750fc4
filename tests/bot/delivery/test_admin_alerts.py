"""Where the channel takes nothing, the admins are told alone, once; and again once it takes everything."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from bot.access import Access
from bot.delivery.admin_alerts import AdminAlerts
from bot.delivery.heartbeat import Heartbeat
from bot.delivery.reachability import Reachability
from bot.messages import Texts
from bot.transport.slack_calls import SlackAway
from bot.transport.web_client import SlackClient
from engine.model.notices.base import NoticeKind
from tests.support.fakes.slack_channel import ChannelSlack
from tests.support.outbox import Outbox

ACCESS = Access(
    admins=frozenset({"U0ADMIN", "S0OPS"}),
    traders=frozenset(),
    viewers=frozenset(),
    members=lambda _group: frozenset({"U0BOSS"}),
)


@dataclass(kw_only=True)
class Watchman:
    """A bot whose channel may be lost: its notices, its pulse and its alarm."""

    outbox: Outbox
    slack: ChannelSlack

    def __post_init__(self) -> None:
        client = SlackClient(token="xoxb-test", base_url=self.slack.api_url, timeout=5)
        hearing = Reachability()
        self.notices = self.outbox.notices(client=client, hearing=hearing)
        self.heard: list[str] = []
        alarm = AdminAlerts(
            store=self.outbox.store,
            client=client,
            channel="C0DESK",
            texts=Texts("en", ZoneInfo("UTC")),
            hearing=hearing,
            admins=ACCESS.every_admin,
            words=self.notices.text_of,
        )
        self.pulse = Heartbeat(
            store=self.outbox.store,
            client=client,
            channel="C0DESK",
            hearing=hearing,
            is_up=lambda: True,
            heard=lambda: self.heard.append("heard"),
            looked=alarm.look,
            gap=0.0,
        )

    def rounds(self, number: int) -> None:
        for _ in range(number):
            with suppress(SlackAway):
                self.notices.drain()
            self.pulse.beat()


@pytest.fixture(name="watchman")
def _watchman(outbox: Outbox) -> Iterator[Watchman]:
    with ChannelSlack() as slack:
        yield Watchman(outbox=outbox, slack=slack)


@pytest.mark.parametrize("word", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action"])
def test_every_admin_is_told_once_that_the_channel_takes_nothing_and_once_that_it_does(
    watchman: Watchman, word: str
) -> None:
    watchman.slack.lost = word
    watchman.outbox.tell(NoticeKind.STARTED)
    watchman.rounds(5)
    assert watchman.heard == []
    watchman.slack.lost = ""
    watchman.rounds(3)
    for admin in ("U0ADMIN", "U0BOSS"):
        lost, back = watchman.slack.to(admin)
        assert word in lost
        assert "again" in back
    assert watchman.slack.keys() == {"started": 1}
    assert watchman.heard


def test_what_is_urgent_meanwhile_goes_to_the_admins_and_later_to_the_channel(watchman: Watchman) -> None:
    watchman.slack.lost = "is_archived"
    watchman.outbox.tell(NoticeKind.STARTED, NoticeKind.HALTED)
    watchman.rounds(4)
    assert [("halted" in said) for said in watchman.slack.to("U0ADMIN")] == [False, True]
    watchman.slack.lost = ""
    watchman.rounds(3)
    assert watchman.slack.keys() == {"started": 1, "halted": 1}


def test_neither_a_restart_nor_a_second_bot_tells_it_again(watchman: Watchman) -> None:
    watchman.slack.lost = "is_archived"
    watchman.outbox.tell(NoticeKind.HALTED)
    watchman.rounds(3)
    Watchman(outbox=watchman.outbox, slack=watchman.slack).rounds(3)
    assert len(watchman.slack.to("U0ADMIN")) == 2


def test_a_channel_that_is_lost_for_one_look_alarms_nobody(watchman: Watchman) -> None:
    watchman.slack.lost = "channel_not_found"
    watchman.rounds(1)
    watchman.slack.lost = ""
    watchman.rounds(2)
    assert watchman.slack.to("U0ADMIN") == []
