"""/backtest in a local workspace: the person who asked gets one message that becomes the answer, whatever happens."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import build_app
from bot.charts.pictures import Words
from bot.delivery.backtest_process import BacktestProcess, Work
from bot.delivery.backtests import Backtests
from bot.delivery.unfinished_requests import UnfinishedRequests
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.transport.slack_transport import SlackTransport
from engine.bootstrap import read_settings
from engine.desk_research import DeskResearch
from engine.research import BacktestRequest
from tests.bot.listeners.conftest import ADMIN, CHANNEL, STRANGER, TRADER, VIEWER, Room, a_workspace, settings_of
from tests.support.backtest_work import (
    dies,
    endless,
    raises,
    two_walks,
    with_a_bad_strategy,
    without_bars,
    without_market,
)
from tests.support.fakes.desk import FakeEngine
from tests.support.waiting import until

PATIENCE = 100.0
"""Seconds for a process to come up on a machine that is busy."""
Json = dict[str, Any]


class Laboratory:
    """A room whose bot runs backtests, and the processes that it began."""

    def __init__(self, room: Room, backtests: Backtests, begun: list[BacktestProcess]) -> None:
        self.room, self.backtests, self.begun = room, backtests, begun

    def direct(self, user: str, words: str, thread_ts: str | None = None) -> Json:
        """Return the direct message to a person that has these words, once it is there."""
        person = self.room.person(user)

        def is_it(message: Json) -> bool:
            return words in message["text"] and float(message["ts"]) >= self.room.since

        return person.wait_for(self._direct_channel(user), is_it, PATIENCE, thread_ts=thread_ts)

    def messages(self, user: str, thread_ts: str | None = None) -> list[Json]:
        """Return the direct messages of this test."""
        every = self.room.person(user).messages(self._direct_channel(user), thread_ts)
        return [each for each in every if float(each["ts"]) >= self.room.since]

    def _direct_channel(self, user: str) -> str:
        until(lambda: self._found(user) != "", PATIENCE)
        return self._found(user)

    def _found(self, user: str) -> str:
        channels = self.room.person(user).workspace()["channels"]
        return next((str(each["id"]) for each in channels if each["is_im"]), "")


@pytest.fixture(scope="module", name="slack")
def _slack() -> Iterator[LocalSlack]:
    """Open a workspace of its own: in that of the other tests a bot is connected that runs no backtests."""
    with a_workspace() as slack:
        yield slack


@pytest.fixture(name="laboratory")
def _laboratory(slack: LocalSlack, tmp_path: Path) -> Callable[..., Any]:
    """Open a bot whose backtests do some work, in a language."""

    @contextmanager
    def opened(work: Work, *, locale: str = "en", **given: Any) -> Iterator[Laboratory]:
        engine, texts, settings = FakeEngine(), Texts(locale, ZoneInfo("Asia/Seoul")), settings_of(slack)
        begun = list[BacktestProcess]()

        def begin(asked: BacktestRequest, research: DeskResearch, words: Words) -> BacktestProcess:
            begun.append(BacktestProcess(asked, research, words, work=work))
            return begun[-1]

        app = build_app(engine.commands, engine.queries, texts, settings.access, settings)
        backtests = Backtests(
            research=DeskResearch(settings=read_settings(data_dir=tmp_path)),
            commands=engine,
            client=app.client,
            channel=CHANNEL,
            texts=texts,
            begin=begin,
            between=0.0,
            **given,
        )
        app = build_app(engine.commands, engine.queries, texts, settings.access, settings, backtests=backtests)
        backtests.start()
        room = Room(slack=slack, engine=engine, texts=texts, app=app)
        try:
            with SlackTransport(settings).held(app):
                yield Laboratory(room, backtests, begun)
                room.quiet()
        finally:
            backtests.stop()

    return opened


def told_alone(room: Room, user: str, words: str) -> str:
    """Return the text that a person alone sees in the desk's channel and that has these words, once it is there."""

    def is_it(message: Json) -> bool:
        return bool(message["ephemeral"]) and words in message["text"] and float(message["ts"]) >= room.since

    return str(room.person(user).wait_for(CHANNEL, is_it)["text"])


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_the_answer_begins_with_the_verdict_and_brings_picture_and_page(laboratory: Any) -> None:
    with laboratory(two_walks) as here:
        assert "direct message" in here.room.says(VIEWER, "/backtest trend AAPL 2012-06")
        answer = here.direct(VIEWER, "Result of /backtest trend AAPL 2012-06")
        assert answer["text"].startswith("No edge shown: only ")
        for words in ("trend on 1 symbol", "Jun 1, 2012", "Buy and hold", "drawdown", "generated"):
            assert words in answer["text"]
        assert [each["ts"] for each in here.messages(VIEWER)] == [answer["ts"]]
        until(lambda: len(here.messages(VIEWER, answer["ts"])) > 1, PATIENCE)
        files = here.messages(VIEWER, answer["ts"])[-1]["files"]
        assert [each["name"] for each in files] == ["backtest.png", "backtest.html"]
        assert "No edge shown" in files[0]["alt_txt"]
        until(lambda: not here.room.engine.audit_log.unfinished)
    assert not [each for each in here.begun if is_alive(each.pid)]


def test_the_message_tells_how_far_it_is_and_a_second_one_has_to_wait(laboratory: Any) -> None:
    with laboratory(endless) as here:
        here.room.says(TRADER, "/backtest")
        message = here.direct(TRADER, "Trading: 33%")
        here.room.person(TRADER).command(CHANNEL, "/backtest trend")
        assert "ask again after that" in told_alone(here.room, TRADER, "isn't done yet")
        here.room.person(VIEWER).command(CHANNEL, "/backtest seed")
        assert "waiting for its turn" in here.direct(VIEWER, "/backtest seed")["text"]
        assert len(here.begun) == 1
    assert not is_alive(here.begun[0].pid)
    for user in (TRADER, VIEWER):
        [told] = here.messages(user)
        assert "because the bot stopped" in told["text"]
    assert message["ts"] == here.messages(TRADER)[0]["ts"]
    assert not here.room.engine.audit_log.unfinished


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (dies, "ended without a result"),
        (raises, "failed. The log says why"),
        (without_bars, "no prices of AAPL"),
        (without_market, "market data isn't available"),
        (with_a_bad_strategy, "strategy can't be used"),
    ],
)
def test_what_comes_to_nothing_is_said_in_place_of_the_progress(laboratory: Any, work: Work, words: str) -> None:
    with laboratory(work) as here:
        here.room.says(TRADER, "/backtest")
        here.direct(TRADER, words)
        until(lambda: not here.room.engine.audit_log.unfinished)
        [told] = here.messages(TRADER)
        assert "running" not in told["text"]
        here.room.person(TRADER).command(CHANNEL, "/backtest trend")  # and the next one is free to run
        here.direct(TRADER, "/backtest trend")


def test_one_that_takes_too_long_is_ended(laboratory: Any) -> None:
    with laboratory(endless, longest=0.5) as here:
        here.room.says(TRADER, "/backtest")
        assert "Ask for fewer symbols or days" in here.direct(TRADER, "took too long")["text"]
        until(lambda: not is_alive(here.begun[0].pid))


def test_bad_input_is_refused_at_once_in_the_desk_s_language_with_an_example(laboratory: Any) -> None:
    with laboratory(endless, locale="ko") as here:
        said = here.room.says(TRADER, "/backtest trnd")
        assert "혹시 trend인가요?" in said
        assert "/backtest trend AAPL" in said
        assert not here.begun
        assert not here.room.engine.audit_log.unfinished


def test_who_has_no_role_gets_none(laboratory: Any) -> None:
    with laboratory(endless) as here:
        here.room.says(STRANGER, "/backtest")
        assert not here.room.engine.audit_log.unfinished


def test_the_next_life_rewrites_what_a_killed_bot_left_running(laboratory: Any) -> None:
    with laboratory(endless) as here:
        here.room.says(ADMIN, "/backtest")
        message = here.direct(ADMIN, "Trading: 33%")
        engine = here.room.engine
        until(lambda: any(each.ts for each in engine.audit_log.unfinished.values()))
        engine.audit_log.of_the_dead = tuple(engine.audit_log.unfinished.values())
        here.backtests.worker.stop()  # as of the dead: nothing is said any more
        next_life = UnfinishedRequests(
            commands=engine, client=here.room.app.client, channel=CHANNEL, texts=here.room.texts
        )
        next_life.look()
        [told] = here.messages(ADMIN)
        assert told["ts"] == message["ts"]
        assert "because the bot stopped" in told["text"]


def test_a_process_ends_with_the_desk_that_began_it(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, zoneinfo\n"
        "from bot.charts.pictures import Words\n"
        "from bot.delivery.backtest_process import BacktestProcess\n"
        "from engine.bootstrap import read_settings\n"
        "from engine.desk_research import DeskResearch\n"
        "from engine.research import BacktestRequest\n"
        "from tests.support.backtest_work import endless\n"
        f"research = DeskResearch(settings=read_settings(data_dir=pathlib.Path({str(tmp_path)!r})))\n"
        "words = Words(locale='en', timezone='UTC', own_clock=False)\n"
        "process = BacktestProcess(BacktestRequest(), research, words, work=endless)\n"
        "while process.newest() is None: pass\n"
        "print(process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = (sys.executable, "-c", program)
    killed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    until(lambda: not is_alive(int(killed.stdout)), PATIENCE)
