"""Halts, positions without a stop and losses at their limit call everybody on duty, on holiday or not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.model.duty import CallKind, CallWay, Holiday, NotifyChoice, QuietHours, Roster
from engine.model.notices.base import Notice
from engine.model.notices.desk import DeskHalted, LossLimitReached
from engine.model.notices.duty import UrgentDirectCall
from engine.model.notices.trades import TradeUnprotected
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example

TRADER, ADMIN = "U0TRADER", "U0ADMIN"
AWAY: Roster = replace(
    BOTH_LINES,
    holidays=(Holiday(who=TRADER, first=date(2025, 8, 1), last=date(2025, 8, 31)),),
    choices=(
        NotifyChoice(
            who=ADMIN,
            way=CallWay.DIRECT,
            quiet=(QuietHours(begins=0, ends=1440, kinds=tuple(kind for kind in CallKind if not kind.is_alarm)),),
        ),
    ),
)
"""A first line on holiday, and a second one that sleeps and wants direct messages."""


@pytest.fixture(name="asleep")
def _asleep(tmp_path: Path) -> EngineHarness:
    """The example's desk before its start, with nobody awake."""
    harness = EngineHarness.build(tmp_path, cash=worked_example.CASH, max_daily_loss="0.001")
    put_on_duty(harness, AWAY)
    harness.begin_the_example()
    return harness


def calls_by(harness: EngineHarness, kind: type[Notice]) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return whom the notices of a kind mention, and to whom they go directly."""
    return {(notice.called, notice.direct) for notice in harness.told_of(kind)}


def copies(harness: EngineHarness, kind: type[Notice]) -> list[tuple[str, str]]:
    keys = {notice.key for notice in harness.told_of(kind)}
    return [(alarm.to, alarm.copy_of) for alarm in harness.told_of(UrgentDirectCall) if alarm.copy_of in keys]


def test_a_position_without_a_stop_wakes_both_lines(asleep: EngineHarness) -> None:
    assert calls_by(asleep, TradeUnprotected) == {((TRADER,), (ADMIN,))}
    assert len(copies(asleep, TradeUnprotected)) == len(asleep.told_of(TradeUnprotected)) == 2
    asleep.close()


def test_a_loss_at_its_limit_wakes_both_lines_once(asleep: EngineHarness) -> None:
    for symbol, _, price in worked_example.PRICES:
        asleep.market.price(symbol, price)
    asleep.engine.jobs.monitor_risk()
    asleep.market.price("MSFT", "400.00")
    for _ in range(2):
        asleep.clock.advance(60)
        asleep.engine.jobs.monitor_risk()
    assert calls_by(asleep, LossLimitReached) == {((TRADER,), (ADMIN,))}
    assert [to for to, _ in copies(asleep, LossLimitReached)] == [ADMIN]
    asleep.close()


def test_a_halt_wakes_both_lines(asleep: EngineHarness) -> None:
    asleep.engine.commands.halt(EngineHarness.TRADER, "")
    assert calls_by(asleep, DeskHalted) == {((TRADER,), (ADMIN,))}
    assert [to for to, _ in copies(asleep, DeskHalted)] == [ADMIN]
    asleep.close()


def test_a_proposal_wakes_nobody_there(asleep: EngineHarness) -> None:
    asleep.play_the_signal()
    asked = [notice for notice in asleep.told() if notice.is_card]
    assert [(notice.called, notice.direct) for notice in asked] == [((), ())]
    asleep.close()
