"""The whole bot runs a backtest beside its desk, and what a life left running, the next one sets right."""

from pathlib import Path

from bot.app import web_client
from bot.local_slack.launch import CHANNEL, demo_settings
from engine.common.audit_log import LIVES
from engine.model.desk import Request, Unfinished
from tests.support.hosted import Hosted
from tests.support.waiting import until

PATIENCE = 110.0


def told(hosted: Hosted) -> list[str]:
    """Return the direct messages to the trader."""
    channels = [each["id"] for each in hosted.trader.workspace()["channels"] if each["is_im"]]
    return [message["text"] for channel in channels for message in hosted.trader.messages(channel)]


def test_a_trader_s_backtest_is_answered_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    with Hosted.open(tmp_path) as hosted:
        hosted.trader.command(CHANNEL.id, "/backtest trend AAPL 2012-06")
        until(lambda: any("No edge shown: only" in text for text in told(hosted)), PATIENCE)
        assert len(told(hosted)) == 1
        assert not hosted.dead()


def test_a_message_that_a_killed_bot_left_is_rewritten_by_the_next(tmp_path: Path) -> None:
    with Hosted.open(tmp_path) as hosted:
        client = web_client(demo_settings(hosted.slack))
        shown = client.chat_postMessage(channel=hosted.trader.user, text="/backtest trend is running")
        store, now = hosted.harness.store, hosted.harness.clock.now()
        request = Request(by=hosted.trader.user, said="/backtest trend", id="backtest:r-1")
        left = Unfinished(request=request, action="backtest", at=now, channel=shown["channel"], ts=shown["ts"])
        with store.writing() as transaction:
            transaction.begin_request(left, "a dead bot", now - LIVES)
        until(lambda: all("/backtest trend was cut off" in text for text in told(hosted)), 30)
        assert len(told(hosted)) == 1
