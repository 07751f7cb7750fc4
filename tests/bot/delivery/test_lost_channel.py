"""What an administrator can do to the bot: who must know is told all the same, once, and nothing is bought unseen."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.local_slack.admin import Admin
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER, VIEWER
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.hosted import Hosted
from tests.support.waiting import until

Deed = Callable[[Admin], None]


def again(admin: Admin) -> None:
    admin.reinstall()
    admin.invite_bot(CHANNEL.id)


LOST: dict[str, tuple[Deed, Deed, str, bool]] = {
    "archived": (lambda admin: admin.archive(CHANNEL.id), lambda admin: admin.unarchive(CHANNEL.id), "archived", True),
    "bot removed": (
        lambda admin: admin.remove_bot(CHANNEL.id),
        lambda admin: admin.invite_bot(CHANNEL.id),
        "not_in_channel",
        True,
    ),
    "token revoked": (lambda admin: admin.revoke_token(), again, "token_revoked", False),
    "app uninstalled": (lambda admin: admin.uninstall(), again, "account_inactive", False),
}
"""What is done, how it is mended, Slack's word for it, and whether admins can be told alone meanwhile."""
KEPT: dict[str, Deed] = {
    "renamed": lambda admin: admin.rename(CHANNEL.id, "another"),
    "made private": lambda admin: admin.make_private(CHANNEL.id, (ADMIN.id, TRADER.id, VIEWER.id)),
}
"""What takes nothing from the bot."""


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Hosted]:
    with Hosted.open(tmp_path, auto_mode=True, slack_silence_minutes=1) as desk:
        until(lambda: desk.waiting() == 0)
        yield desk


def to_the_admin(desk: Hosted) -> list[str]:
    direct = f"D{ADMIN.id[1:]}"
    known = {channel["id"] for channel in desk.admin.workspace()["channels"]}
    return [each["text"] for each in desk.admin.messages(direct)] if direct in known else []


def slack_says(desk: Hosted, word: str) -> bool:
    status, failing = desk.health()
    return status == 503 and word in failing.get("slack", "")


@pytest.mark.parametrize("what", LOST)
def test_a_channel_that_takes_nothing_is_seen_in_health_told_to_admins_and_told_everything_once_it_does(
    desk: Hosted, what: str
) -> None:
    lose, mend, word, reachable = LOST[what]
    lose(desk.slack.admin)
    desk.tell(NoticeKind.HALTED, "halted:1")
    until(lambda: slack_says(desk, word), 20)
    if reachable:
        until(lambda: len(to_the_admin(desk)) == 2, 20)  # that the channel is lost, and what is urgent
    mend(desk.slack.admin)
    until(lambda: desk.waiting() == 0, 20)
    until(lambda: "slack" not in desk.health()[1], 20)
    if reachable:
        until(lambda: len(to_the_admin(desk)) == 3, 20)
    assert desk.keys()["halted:1"] == 1


@pytest.mark.parametrize("what", KEPT)
def test_what_takes_nothing_from_the_bot_changes_nothing(desk: Hosted, what: str) -> None:
    KEPT[what](desk.slack.admin)
    desk.tell(NoticeKind.HALTED, "halted:1")
    until(lambda: desk.keys()["halted:1"] == 1, 20)
    until(lambda: "slack" not in desk.health()[1], 20)
    assert to_the_admin(desk) == []


@pytest.mark.fuzz
@pytest.mark.timeout(300)
@pytest.mark.parametrize("what", LOST)
def test_auto_mode_buys_nothing_once_the_channel_took_nothing_for_as_long_as_the_settings_say(
    desk: Hosted, what: str
) -> None:
    lose, mend, word, _ = LOST[what]
    lose(desk.slack.admin)
    desk.tell(NoticeKind.HALTED, "halted:1")
    until(lambda: slack_says(desk, word), 20)
    lasts = time.monotonic() + 62
    until(lambda: time.monotonic() > lasts, 100)
    desk.harness.play_the_signal()
    desk.harness.engine.jobs.decide_proposals()
    assert desk.harness.trade(TRADE_ID).state is TradeState.PROPOSED
    mend(desk.slack.admin)
    until(lambda: desk.waiting() == 0, 30)
    assert set(desk.keys().values()) == {1}
