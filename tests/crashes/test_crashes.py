"""A desk killed at the worst moments loses nothing and doubles nothing; each life is a real process."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.crashes.child import STANDING, live
from tests.support.forks import fork

ASKED = ["approval_asked"]
DONE = ["approval_asked", "decided", "submitted", "filled", "target_set"]


def life(folder: Path, point: str, ends: int) -> None:
    """Live until the end, which must be as expected."""
    log = folder / "log.txt"
    process = fork(log, live, folder, point)
    process.join(100)
    assert process.exitcode == ends, log.read_text(encoding="utf-8")


def killed_and_started_again(folder: Path, point: str) -> dict[str, Any]:
    """Let a desk be killed at a point, start another on what is left, and return how things stand then."""
    life(folder, point, ends=-signal.SIGKILL)
    life(folder, "", ends=0)
    standing: dict[str, Any] = json.loads((folder / STANDING).read_text(encoding="utf-8"))
    return standing


@pytest.mark.parametrize("point", ["before publish", "after publish", "after read"])
def test_killed_between_the_store_and_the_stream_the_desk_is_asked_exactly_once(tmp_path: Path, point: str) -> None:
    standing = killed_and_started_again(tmp_path, point)
    assert standing == {"state": "proposed", "told": ASKED, "held": [], "pending": 0}


@pytest.mark.parametrize("point", ["before submit", "after submit"])
def test_killed_between_the_approval_and_the_broker_there_is_exactly_one_order(tmp_path: Path, point: str) -> None:
    standing = killed_and_started_again(tmp_path, point)
    assert standing == {"state": "open", "told": DONE, "held": [512], "pending": 0}
