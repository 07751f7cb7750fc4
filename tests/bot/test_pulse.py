from slack_sdk import WebClient

from bot.pulse import Pulse
from tests.fakes.slack import Reply, ScriptedSlack
from tests.waiting import until


def pulse(slack: ScriptedSlack, heard: list[str], *, is_up: bool = True) -> Pulse:
    client = WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[])
    return Pulse(client=client, is_up=lambda: is_up, heard=lambda: heard.append("heard"), gap=0.01)


def test_the_engine_hears_of_slack_again_and_again() -> None:
    heard: list[str] = []
    with ScriptedSlack() as slack:
        beating = pulse(slack, heard)
        beating.start()
        until(lambda: len(heard) >= 3)
        beating.stop()


def test_a_slack_that_answers_nothing_is_not_heard() -> None:
    heard: list[str] = []
    with ScriptedSlack(Reply(status=503, body="busy"), Reply(error="account_inactive")) as slack:
        for _ in range(2):
            pulse(slack, heard).beat()
        assert heard == []
        pulse(slack, heard).beat()
    assert heard == ["heard"]


def test_a_slack_whose_line_to_the_listeners_is_down_is_not_heard() -> None:
    heard: list[str] = []
    with ScriptedSlack() as slack:
        pulse(slack, heard, is_up=False).beat()
    assert heard == []
