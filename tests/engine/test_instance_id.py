"""Whether a bot's life has ended is known at once on its own machine, and not guessed for others."""

import os
import socket
import subprocess
import sys

from engine.instance_id import has_ended, new_life, process_of


def test_a_life_goes_on_while_its_process_does() -> None:
    assert not has_ended(new_life())


def test_a_life_whose_process_is_gone_has_ended() -> None:
    tells = "from engine.instance_id import new_life; print(new_life())"
    done = subprocess.run([sys.executable, "-c", tells], capture_output=True, check=True, text=True)  # noqa: S603 (ours)
    assert has_ended(done.stdout.strip())


def test_of_a_life_elsewhere_nothing_is_known() -> None:
    _place, _, rest = new_life().partition("/")
    for other in (f"elsewhere/{rest}", f"/{rest}", "", "a life without a process", "elsewhere/x/y"):
        assert not has_ended(other)


def test_people_know_a_life_by_its_host_and_process() -> None:
    assert process_of(new_life()) == f"{socket.gethostname()} (pid {os.getpid()})"
    assert process_of("a place/77/ab12") == "(pid 77)"  # of an older version
    assert process_of("") == "(pid )"
