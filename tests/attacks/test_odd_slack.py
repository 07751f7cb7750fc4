"""Whatever Slack answers to whatever is asked of it, nothing ends, nothing is told twice, and a halt is told soon.

A kind for each method in the suite; `make fuzz` plays all kinds at all methods.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread, enumerate as threads

import pytest

from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL
from tests.attacks.odd_slack import AT_START, METHODS, WHEN_SLOW, Cell, OddSlack
from tests.attacks.test_attacks import show
from tests.support.fakes.odd_answers import ALL, SLOW, Odd
from tests.support.fakes.odd_line import Way
from tests.support.hosted import Hosted
from tests.support.samples import crossed
from tests.support.waiting import until

QUICK_KINDS = [kind for kind in ALL if kind not in SLOW]
EVERY = len(QUICK_KINDS) // len(METHODS)
"""Of how many kinds one is played in the suite, each at another method."""
PATIENT = 20.0
"""Seconds for a halt to be told in the suite, whose tests share the machine."""
PARTS = 2
"""Parts of the methods, so that no test is long."""


@pytest.fixture
def others() -> set[Thread]:
    """The threads that are there before the desk, of whatever test left them."""
    return set(threads())


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Hosted]:
    with Hosted.open(tmp_path) as desk:
        desk.harness.play_the_signal()
        until(lambda: desk.waiting() == 0)
        yield desk


def first(method: str, odd: Odd, times: int = 1) -> Way:
    left = [odd] * times
    return lambda asked: left.pop() if left and asked == method else None


@pytest.mark.parametrize("part", range(PARTS))
def test_a_bot_lives_through_odd_answers_at_every_method(desk: Hosted, part: int) -> None:
    slack, cells = OddSlack(desk=desk, told_within=PATIENT), list[Cell]()
    for number, method in list(enumerate(METHODS))[part::PARTS]:
        kind = QUICK_KINDS[number * EVERY]
        cells.append(slack.play(method, kind, ALL[kind]))
    assert [cell for cell in cells if cell.faults] == []
    assert set(desk.line.asked) <= {*METHODS, *AT_START, *WHEN_SLOW}


@pytest.mark.parametrize(
    ("method", "kind"),
    crossed(AT_START, ["objects for all that it tells", "a list", "an error that nobody knows"], most=6),
)
def test_a_bot_comes_up_before_a_slack_that_answers_oddly_at_first(tmp_path: Path, method: str, kind: str) -> None:
    with Hosted.open(tmp_path, way=first(method, ALL[kind])) as desk:
        with suppress(PersonRefused):
            desk.trader.command(CHANNEL.id, "/desk")
        until(lambda: not {"slack", "threads"} & desk.health()[1].keys(), 30)
        assert desk.line.odd[method] == 1


@pytest.mark.fuzz
@pytest.mark.timeout(7200)
def test_the_long_siege_of_a_bot_by_an_odd_slack(desk: Hosted) -> None:
    slack, faults, slowest = OddSlack(desk=desk), list[Cell](), 0.0
    only = os.environ.get("METHODS", "").split(",") if os.environ.get("METHODS") else METHODS
    for method in only:
        for kind, odd in ALL.items():
            cell = slack.play(method, kind, odd)
            slowest = max(slowest, cell.halt_told)
            if cell.faults:
                faults.append(cell)
                show(cell)
        show(f"{method}: {len(ALL)} kinds, {len(faults)} faults so far, the slowest halt told after {slowest:.1f} s")
    assert faults == []


def end(thread: Thread) -> bool:
    """End a thread from outside, as soon as it runs again; tell whether it has ended.

    What is raised inside a finalizer is swallowed there, so it is to be asked for again until it has.
    """
    if thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    return not thread.is_alive()


@pytest.fixture
def _unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing note how a thread ends: pytest's note, ended in its turn by what is asked again, fails a test."""
    monkeypatch.setattr(threading, "excepthook", lambda _how: None)
    monkeypatch.setattr(sys, "unraisablehook", lambda _what: None)


@pytest.mark.usefixtures("_unheard")
def test_each_thread_that_is_ended_by_hand_is_seen_in_health_within_ten_seconds(
    others: set[Thread], desk: Hosted
) -> None:
    names = {state.name for state in desk.host.states()}
    assert names >= {"notices", "database watch", "homes", "pictures", "pulse", "requests", "line", "neighbours"}
    ours = [each for each in threads() if each.name in names and each not in others]
    assert {each.name for each in ours} == names
    until(lambda: all(end(each) for each in ours), 20)
    until(lambda: all(f"{name} ended" in desk.health()[1].get("threads", "") for name in names), 10)
    assert desk.health()[0] == 503
