"""A person's backtest while Slack or the database are away, or take no message."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.charts.pictures import Words
from bot.delivery.backtest_process import BacktestProcess
from bot.delivery.backtests import MOST_WAITING, Backtests
from bot.messages import Texts
from bot.transport.web_client import SlackClient
from engine.bootstrap import read_settings
from engine.desk_research import DeskResearch
from engine.errors import BacktestRunning, StoreUnavailable, TemporaryError
from engine.model.desk import Request
from engine.research import BacktestRequest
from tests.support.backtest_work import without_bars
from tests.support.fakes.desk import FakeAuditLog, FakeEngine
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.waiting import until

PATIENCE = 100.0
ASKED = Request(by="U0TRADER", said="/backtest trend", id="r-1")
TREND = BacktestRequest(strategy="trend")


class LostRequests(FakeAuditLog):
    """Books that take no note of what is under way."""

    def begin(self, request: Request, action: str, **_shown: str) -> None:
        raise StoreUnavailable(request.id, action)


@pytest.fixture(name="engine")
def _engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(name="begun")
def _begun() -> Iterator[list[BacktestProcess]]:
    begun = list[BacktestProcess]()
    yield begun
    for process in begun:
        process.end()


def a_tester(slack: ScriptedSlack, engine: FakeEngine, folder: Path, begun: list[BacktestProcess]) -> Backtests:
    def begin(asked: BacktestRequest, research: DeskResearch, words: Words) -> BacktestProcess:
        begun.append(BacktestProcess(asked, research, words, work=without_bars))
        return begun[-1]

    return Backtests(
        research=DeskResearch(settings=read_settings(data_dir=folder)),
        commands=engine,
        client=SlackClient(token="xoxb-test", base_url=slack.api_url, timeout=5),
        channel="C0DESK",
        texts=Texts("en", ZoneInfo("UTC")),
        begin=begin,
        between=1_000.0,
    )


def test_who_takes_no_direct_message_is_told_alone_and_nothing_is_run(
    engine: FakeEngine, tmp_path: Path, begun: list[BacktestProcess]
) -> None:
    with ScriptedSlack(Reply(error="messages_tab_disabled")) as slack:
        backtests = a_tester(slack, engine, tmp_path, begun)
        backtests.ask(ASKED, TREND)
        backtests.start()
        until(lambda: not engine.audit_log.unfinished)
        backtests.stop()
    [said] = slack.answered()
    assert (said["user"], "can't send you one" in said["text"]) == ("U0TRADER", True)
    assert not begun


def test_an_answer_that_slack_does_not_take_now_is_told_later(
    engine: FakeEngine, tmp_path: Path, begun: list[BacktestProcess]
) -> None:
    away = Reply(status=429, headers={"Retry-After": "1"})
    with ScriptedSlack(Reply(), away) as slack:
        backtests = a_tester(slack, engine, tmp_path, begun)
        backtests.ask(ASKED, TREND)
        backtests.start()
        until(lambda: not engine.audit_log.unfinished, PATIENCE)
        backtests.stop()
    told = [said["text"] for method, said in slack.calls if method == "chat.update"]
    assert len(told) > 1
    assert "no prices of AAPL" in told[-1]


def test_what_slack_does_not_take_at_the_end_is_left_for_the_next_life(
    engine: FakeEngine, tmp_path: Path, begun: list[BacktestProcess]
) -> None:
    with ScriptedSlack(*[Reply(status=503, body="busy")] * 3) as slack:
        backtests = a_tester(slack, engine, tmp_path, begun)
        backtests.ask(ASKED, TREND)
        backtests.start()
        until(slack.posted)
        backtests.stop()
    assert [each.request.said for each in engine.audit_log.unfinished.values()] == ["/backtest trend"]


def test_one_person_has_one_and_only_so_many_people_wait(
    engine: FakeEngine, tmp_path: Path, begun: list[BacktestProcess]
) -> None:
    with ScriptedSlack() as slack:
        backtests = a_tester(slack, engine, tmp_path, begun)
        for number in range(MOST_WAITING):
            backtests.ask(Request(by=f"U{number}", said="/backtest", id=f"r-{number}"), TREND)
        with pytest.raises(BacktestRunning):
            backtests.ask(Request(by="U0", said="/backtest", id="another"), TREND)
        with pytest.raises(TemporaryError):
            backtests.ask(ASKED, TREND)
    assert len(engine.audit_log.unfinished) == MOST_WAITING


def test_nothing_is_taken_that_cannot_be_kept_and_it_can_be_asked_for_again(
    engine: FakeEngine, tmp_path: Path, begun: list[BacktestProcess]
) -> None:
    engine.audit_log = LostRequests()
    with ScriptedSlack() as slack:
        backtests = a_tester(slack, engine, tmp_path, begun)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                backtests.ask(ASKED, TREND)
    assert not slack.calls
