"""Where four eyes are set, no admin loosens a protection alone, and the desk sees it coming."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.factory import Adapters
from engine.bootstrap import Engine, wire
from engine.control.runtime_settings import CHANGEABLE
from engine.errors import NothingPending, OtherNeeded
from engine.model.desk import OWN_ACCORD, Request
from engine.model.notices.base import NoticeKind
from tests.support.engine_harness import EngineHarness

ONE, OTHER = Request(by="U0ONE"), Request(by="U0OTHER")
DELAY, CONFIRMED_WITHIN = timedelta(seconds=900), timedelta(hours=1)
TIGHT: dict[str, Any] = {
    "max_exposure": Decimal("0.2"),
    "max_overnight_risk": Decimal("0.02"),
    "losses_halt": True,
    "min_volume": 1_000,
}
"""Protections that are off unless set."""
LOOSER = {
    "risk_per_trade": ("0.3%", "default"),
    "max_exposure": ("", "none"),
    "max_overnight_risk": ("", "none"),
    "max_spread_bp": ("", "80"),
    "max_daily_loss": ("", "5%"),
    "max_drawdown": ("", "0%"),
    "losses_halt": ("", "off"),
    "losing_streak": ("", "0"),
    "losing_streak_seconds": ("", "60"),
    "stop_cooldown_seconds": ("", "0"),
    "max_trades_a_day": ("", "100"),
    "max_open_positions": ("", "0"),
    "min_price": ("", "$1"),
    "min_volume": ("", "0"),
}
"""What a lone admin tries for each setting, after what tightens it where it cannot be loosened from the start."""


LIVES = list[Adapters]()
"""What the desk of a test stands on, for another life of it."""


def remembered(adapters: Adapters) -> Adapters:
    LIVES[:] = [adapters]
    return adapters


@pytest.fixture(name="harness")
def _harness(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.build(tmp_path, on=remembered, second_approver_over=70_000, **TIGHT)
    yield harness
    harness.close()


def again(harness: EngineHarness) -> Engine:
    """Wire another life of the engine, or another process, on the same books."""
    engine = wire(harness.settings, LIVES[0])
    engine.commands.ask_about_people(lambda _user, _verb: True)
    return engine


def value(engine: Engine, name: str) -> Decimal | None:
    return next(line.value for line in engine.queries.settings() if line.name == name)


def later(harness: EngineHarness, by: timedelta) -> None:
    harness.clock.set(harness.clock.now() + by)
    harness.engine.jobs.housekeeping()


def told(harness: EngineHarness) -> list[tuple[NoticeKind, str]]:
    kinds = {NoticeKind.SETTING, NoticeKind.LOOSENING_ASKED, NoticeKind.LOOSENING_CONFIRMED, NoticeKind.LOOSENING_ENDED}
    return [(notice.kind, notice.subject) for notice in harness.told() if notice.kind in kinds]


@pytest.mark.parametrize("name", sorted(CHANGEABLE))
def test_no_lone_admin_loosens_a_protection(harness: EngineHarness, name: str) -> None:
    tighter, looser = LOOSER[name]
    if tighter:
        assert harness.engine.commands.runtime_settings.change(name, tighter, ONE).pending is None
    before = value(harness.engine, name)
    asked = harness.engine.commands.runtime_settings.change(name, looser, ONE)
    assert asked.pending is not None
    with pytest.raises(OtherNeeded):
        harness.engine.commands.runtime_settings.confirm(name, ONE)
    with pytest.raises(OtherNeeded):
        harness.engine.commands.runtime_settings.confirm(name, OWN_ACCORD)
    later(harness, DELAY * 2)
    assert value(harness.engine, name) == before
    later(harness, CONFIRMED_WITHIN)
    assert value(harness.engine, name) == before
    assert harness.engine.queries.pending_changes() == ()
    with pytest.raises(NothingPending):
        harness.engine.commands.runtime_settings.confirm(name, OTHER)


@pytest.mark.parametrize("name", sorted(CHANGEABLE))
def test_what_another_admin_confirms_holds_after_the_delay_and_not_before(harness: EngineHarness, name: str) -> None:
    tighter, looser = LOOSER[name]
    if tighter:
        harness.engine.commands.runtime_settings.change(name, tighter, ONE)
    before = value(harness.engine, name)
    harness.engine.commands.runtime_settings.change(name, looser, ONE)
    confirmed = harness.engine.commands.runtime_settings.confirm(name, OTHER)
    assert confirmed.effective_at == harness.clock.now() + DELAY
    later(harness, DELAY - timedelta(seconds=1))
    assert value(harness.engine, name) == before
    later(harness, timedelta(seconds=1))
    assert value(harness.engine, name) != before
    assert told(harness)[-3:] == [
        (NoticeKind.LOOSENING_ASKED, ONE.by),
        (NoticeKind.LOOSENING_CONFIRMED, OTHER.by),
        (NoticeKind.SETTING, ONE.by),
    ]
    with harness.store.reading() as reader:
        last = reader.audit(subject=name, limit=1)[0]
    assert (last.actor, last.why) == (ONE.by, f"confirmed by {OTHER.by}")


def test_a_tighter_limit_holds_at_once_and_takes_back_what_waits(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    harness.engine.commands.runtime_settings.change("max_spread_bp", "40", ONE)
    assert value(harness.engine, "max_spread_bp") == 40
    assert not harness.engine.queries.pending_changes()
    later(harness, DELAY)
    assert value(harness.engine, "max_spread_bp") == 40


def test_one_person_is_enough_to_cancel_what_was_confirmed(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    harness.engine.commands.runtime_settings.withdraw("max_spread_bp", Request(by="U0TRADER"))
    later(harness, DELAY)
    assert value(harness.engine, "max_spread_bp") == 50
    assert told(harness)[-1] == (NoticeKind.LOOSENING_ENDED, "U0TRADER")


def test_asking_anew_needs_a_new_confirmation(harness: EngineHarness) -> None:
    first = harness.engine.commands.runtime_settings.change("max_spread_bp", "60", ONE).pending
    harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    harness.clock.set(harness.clock.now() + timedelta(seconds=1))
    harness.engine.commands.runtime_settings.change("max_spread_bp", "500", ONE)
    later(harness, DELAY)
    assert value(harness.engine, "max_spread_bp") == 50
    assert first is not None
    with pytest.raises(NothingPending):  # the button of the first one
        harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER, first.number)


def test_who_asked_and_is_no_admin_any_more_loosens_nothing(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    harness.engine.commands.ask_about_people(lambda user, _verb: user != ONE.by)
    with pytest.raises(NothingPending):
        harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    assert harness.engine.queries.pending_changes() == ()


@pytest.mark.parametrize("gone", [ONE.by, OTHER.by])
def test_what_was_confirmed_waits_while_one_of_the_two_may_not_and_then_expires(
    harness: EngineHarness, gone: str
) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    harness.engine.commands.ask_about_people(lambda user, _verb: user != gone)
    later(harness, DELAY)
    assert value(harness.engine, "max_spread_bp") == 50
    later(harness, CONFIRMED_WITHIN)
    assert value(harness.engine, "max_spread_bp") == 50
    assert not harness.engine.queries.pending_changes()


def test_a_restart_keeps_what_waits(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    second = again(harness)
    second.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    third = again(harness)
    harness.clock.set(harness.clock.now() + DELAY)
    third.jobs.housekeeping()
    assert value(third, "max_spread_bp") == 80
    assert value(again(harness), "max_spread_bp") == 80


def test_what_is_looser_than_another_process_made_it_waits(harness: EngineHarness) -> None:
    other = again(harness)
    other.commands.runtime_settings.change("max_spread_bp", "10", OTHER)
    asked = harness.engine.commands.runtime_settings.change(
        "max_spread_bp", "45", ONE
    )  # tighter than this process knew
    assert asked.pending is not None
    assert asked.before.value == asked.pending.before == 10
    assert value(again(harness), "max_spread_bp") == 10


def test_what_is_tighter_than_another_process_made_it_holds_at_once(harness: EngineHarness) -> None:
    other = again(harness)
    other.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    other.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    harness.clock.set(harness.clock.now() + DELAY)
    other.jobs.housekeeping()
    assert harness.engine.commands.runtime_settings.change("max_spread_bp", "60", ONE).pending is None
    assert value(harness.engine, "max_spread_bp") == 60


def test_what_is_due_leaves_what_another_process_changed(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    again(harness).commands.runtime_settings.change("min_price", "$40", OTHER)
    later(harness, DELAY)
    assert value(harness.engine, "max_spread_bp") == 80
    assert value(harness.engine, "min_price") == 40


def test_while_nobody_knows_the_roles_nothing_that_was_confirmed_is_loosened(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE)
    harness.engine.commands.runtime_settings.confirm("max_spread_bp", OTHER)
    process = wire(harness.settings, LIVES[0])
    harness.clock.set(harness.clock.now() + DELAY)
    process.jobs.housekeeping()
    assert value(process, "max_spread_bp") == 50


def test_without_four_eyes_one_admin_is_enough(tmp_path: Path) -> None:
    harness = EngineHarness.build(tmp_path)
    assert harness.engine.commands.runtime_settings.change("max_spread_bp", "80", ONE).pending is None
    assert value(harness.engine, "max_spread_bp") == 80
    harness.close()
