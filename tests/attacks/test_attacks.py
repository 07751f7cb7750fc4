"""A short siege in the suite, and `make fuzz INPUTS=20000 SEED=7` for any length; the seed says what is sent."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.transport.slack_events import SlackEvents
from tests.attacks import bad_input, forgeries
from tests.attacks.attack_runner import SECRET, AttackRunner

SEED = int(os.environ.get("SEED", "7"))
INPUTS = int(os.environ.get("INPUTS", "20000"))
ROUNDS = 25


def test_no_text_in_any_command_or_window_does_harm(siege: AttackRunner) -> None:
    report = bad_input.campaign(siege, 140, SEED, bad_input.PEACEFUL)
    assert not report.faults, report


def test_any_text_is_a_reason_to_halt_or_to_reject(siege: AttackRunner) -> None:
    report = bad_input.campaign(siege, 20, SEED, bad_input.ACTS)
    assert not report.faults, report


def test_nothing_forged_stale_replayed_or_unauthorised_is_accepted(siege: AttackRunner) -> None:
    tally = attack(siege, rounds=1)
    assert tally.tried.total() > 100
    assert (tally.accepted, tally.unrecorded) == ([], []), tally


@pytest.mark.fuzz
@pytest.mark.timeout(7200)
def test_the_long_siege(siege: AttackRunner) -> None:
    tally = attack(siege, ROUNDS)
    show(f"\n{tally}")
    peaceful = bad_input.campaign(siege, INPUTS, SEED, bad_input.PEACEFUL)
    show(peaceful)
    acts = bad_input.campaign(siege, INPUTS // 20, SEED, bad_input.ACTS)
    show(acts)
    assert (tally.accepted, tally.unrecorded, peaceful.faults, acts.faults) == ([], [], [], [])


def show(report: object) -> None:
    """Print a report at once, where the run is told not to capture what is printed."""
    sys.stdout.write(f"{report}\n")
    sys.stdout.flush()


def attack(siege: AttackRunner, rounds: int) -> forgeries.Tally:
    """Try every kind of attack; the unauthorised ones are all there are, of the others so many rounds."""
    tally, random = forgeries.Tally(seed=SEED), Random(SEED)  # noqa: S311 repeatable, not secret
    forgeries.unauthorised(siege, tally)
    forgeries.forged(siege, tally, rounds, random)
    forgeries.stale(siege, tally, rounds, random)
    forgeries.replayed(siege, tally, rounds)
    with served_over_http(siege) as http:
        forgeries.over_http(siege, http, tally, rounds, random)
    return tally


@contextmanager
def served_over_http(siege: AttackRunner) -> Iterator[TestClient]:
    """Open the door for Slack over HTTP to the siege's App."""
    events, app = SlackEvents(SECRET), FastAPI()
    app.include_router(events.router())
    with events.served_by(siege.app), TestClient(app) as http:
        yield http
