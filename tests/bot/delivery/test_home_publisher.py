"""What keeps published homes fresh: who looked lately gets the newest, and a lost one harms nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bot.access import Access
from bot.app import web_client
from bot.delivery.home_publisher import LATELY, HomePublisher, PublishIntervals
from bot.settings import SlackSettings
from bot.signing import Signer
from bot.transport.slack_calls import SlackAway
from engine.model.desk import DeskState, Request
from engine.model.status import Status
from tests.bot.cards.examples import ENGLISH
from tests.support.fakes.desk import NOW, FakeEngine
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

ACCESS = Access(admins=frozenset({"U0ADMIN"}), traders=frozenset({"U0TRADER"}), viewers=frozenset())
SEAL = Signer("key", lambda: NOW)


class FailingOnce(FakeEngine):
    """An engine that fails at the first look as nobody foresaw."""

    has_failed = False

    def status(self) -> Status:
        if not self.has_failed:
            self.has_failed = True
            raise RuntimeError("nobody foresaw this")
        return super().status()


@dataclass(kw_only=True)
class House:
    """Homes with an engine, a Slack and a clock that a test holds in its hands."""

    slack: ScriptedSlack
    engine: FakeEngine = field(default_factory=FakeEngine)
    seconds: float = 0.0

    def homes(self, rounds: PublishIntervals | None = None) -> HomePublisher:
        settings = SlackSettings.read(
            slack_bot_token="xoxb-test",
            slack_app_token="xapp-test",
            slack_api_url=self.slack.api_url,
            slack_channel="C0DESK",
        )
        return HomePublisher(
            queries=self.engine,
            client=web_client(settings),
            access=ACCESS,
            texts=ENGLISH,
            signer=SEAL,
            rounds=rounds,
            clock=lambda: self.seconds,
        )

    def published(self) -> list[tuple[str, str]]:
        """Return to whom a home was published, and its first words."""
        views = [arguments for method, arguments in self.slack.calls if method == "views.publish"]
        return [(view["user_id"], view["view"]["blocks"][0]["text"]["text"]) for view in views]


@pytest.fixture(name="house")
def _house() -> Iterator[House]:
    with ScriptedSlack() as slack:
        yield House(slack=slack)


def test_whoever_opened_the_home_gets_it_by_their_role(house: House) -> None:
    homes = house.homes()
    homes.opened("U0TRADER")
    homes.opened("U0STRANGER")
    homes.publish()
    (trader, seen), (stranger, said) = house.published()
    assert (trader, seen) == ("U0TRADER", "✅ The desk is active · Auto-trading off")
    assert stranger == "U0STRANGER"
    assert said.startswith("You have no role")


def test_nobody_is_asked_for_anything_while_nobody_looks(house: House) -> None:
    house.homes().publish()
    assert house.slack.calls == []
    assert house.engine.calls == []


def test_the_desk_is_read_once_for_all_who_look(house: House) -> None:
    homes = house.homes()
    for user in ("U0ADMIN", "U0TRADER", "U0STRANGER"):
        homes.opened(user)
    homes.publish()
    assert house.engine.calls == [("status",)]


def test_a_home_that_nobody_opened_for_a_working_day_is_left_as_it_is(house: House) -> None:
    homes = house.homes()
    homes.opened("U0TRADER")
    house.seconds = LATELY
    homes.opened("U0ADMIN")
    homes.publish()
    assert [user for user, _ in house.published()] == ["U0ADMIN"]


def test_the_buttons_of_a_home_are_sealed_for_what_they_do(house: House) -> None:
    house.engine.begin(a_trade())
    homes = house.homes()
    homes.opened("U0TRADER")
    homes.publish()
    blocks = house.slack.calls[0][1]["view"]["blocks"]
    values = {
        each["action_id"]: each["value"] for block in blocks for each in block.get("elements", ()) if "value" in each
    }
    assert SEAL.check("approve", values["approve.0"]) == NOW.replace(microsecond=0)
    assert SEAL.check("home_halt", values["home_halt"]) == NOW.replace(microsecond=0)


def test_a_home_that_slack_refuses_keeps_nobody_else_from_theirs(house: House) -> None:
    homes = house.homes()
    house.slack.replies.append(Reply(error="user_not_found"))
    homes.opened("U0GONE")
    homes.opened("U0TRADER")
    homes.publish()
    assert [user for user, _ in house.published()] == ["U0GONE", "U0TRADER"]


def test_a_slack_that_asks_to_wait_is_told_so(house: House) -> None:
    homes = house.homes()
    house.slack.replies.append(Reply(error="ratelimited", status=429, headers={"Retry-After": "7"}))
    homes.opened("U0TRADER")
    with pytest.raises(SlackAway) as away:
        homes.publish()
    assert away.value.wait == 7


def test_a_home_that_was_lost_is_published_again_as_the_desk_is_then(house: House) -> None:
    house.slack.replies.append(Reply(status=503, body="<html>busy</html>"))
    homes = house.homes(PublishIntervals(gap=0.01, patience=0.01))
    homes.start()
    try:
        homes.opened("U0TRADER")
        until(lambda: len(house.published()) > 1)
    finally:
        homes.stop()
    assert house.published()[-1] == ("U0TRADER", "✅ The desk is active · Auto-trading off")


def test_a_stranger_s_home_is_published_once_and_again_when_they_open_it_again(house: House) -> None:
    homes = house.homes()
    homes.opened("U0STRANGER")
    assert [homes.publish(), homes.publish()] == [1, 0]
    homes.opened("U0STRANGER")
    assert homes.publish() == 1


def test_a_home_that_breaks_slack_s_limits_says_so_and_the_next_is_drawn(house: House) -> None:
    house.engine.begin(a_trade(id="X" * 3_000))  # a button's value takes 2,000 characters
    homes = house.homes()
    homes.opened("U0TRADER")
    homes.publish()
    [(_, said)] = house.published()
    assert said.startswith("Something went wrong")


def test_whatever_a_round_fails_by_the_next_one_comes(house: House) -> None:
    house.engine = FailingOnce()
    homes = house.homes(PublishIntervals(gap=0.01, patience=0.01))
    homes.start()
    try:
        homes.opened("U0TRADER")
        until(lambda: bool(house.published()))
    finally:
        homes.stop()


def test_a_change_reaches_whoever_looks(house: House) -> None:
    homes = house.homes(PublishIntervals(gap=0.01))
    homes.start()
    try:
        homes.opened("U0TRADER")
        until(lambda: bool(house.published()))
        house.engine.commands.halt(Request(by="U0ADMIN"))
        homes.changed()
        until(lambda: house.published()[-1][1].startswith("⛔ The desk is halted"))
    finally:
        homes.stop()
    assert house.engine.state.state is DeskState.HALTED
