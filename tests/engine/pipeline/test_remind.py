"""Who is on duty is called with a proposal, again at half of its life, the second line at three quarters, each once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.common.duty_calls import called_before
from engine.model.duty import CallKind, CallWay, DutyLine, NotifyChoice, QuietHours, Roster
from engine.model.notices.base import Notice
from engine.model.notices.duty import DecisionReminded, DirectCall, SecondLineCalled, UrgentDirectCall
from engine.model.notices.proposals import ApprovalAsked, AutoProposed, TradeDecided
from engine.model.trade import TradeState
from tests.support.duty import BOTH_LINES, all_week, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.servers import Postgres
from tests.support.two_bots import TwoBots

TRADER, ADMIN = "U0TRADER", "U0ADMIN"
HALF, THREE_QUARTERS, WHOLE = 450, 675, 900
"""Seconds of a proposal's life of 15 minutes."""
ALL_DAY = QuietHours(begins=0, ends=1440, kinds=tuple(kind for kind in CallKind if not kind.is_alarm))


@pytest.fixture(name="waiting")
def _waiting(harness: EngineHarness) -> EngineHarness:
    """The example's proposal, with a trader and an admin behind them on duty."""
    put_on_duty(harness, BOTH_LINES)
    harness.play_the_signal()
    return harness


def after(harness: EngineHarness, seconds: float) -> EngineHarness:
    """Let a part of the proposal's life pass, and the timetable look."""
    harness.clock.set(harness.trade().proposed_at + timedelta(seconds=seconds))
    harness.engine.jobs.housekeeping()
    return harness


def calls(harness: EngineHarness, kind: type[Notice]) -> list[tuple[str, ...]]:
    return [notice.called for notice in harness.told_of(kind)]


def test_the_card_mentions_who_is_on_duty(waiting: EngineHarness) -> None:
    assert calls(waiting, ApprovalAsked) == [(TRADER,)]


def test_where_auto_mode_decides_nobody_is_called(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, auto_mode=True)
    put_on_duty(harness, BOTH_LINES)
    harness.play_the_signal()
    assert calls(harness, AutoProposed) == [()]
    harness.close()


@pytest.mark.parametrize(
    ("seconds", "reminded", "second"),
    [
        (HALF - 1, [], []),
        (HALF, [(TRADER,)], []),
        (THREE_QUARTERS - 1, [(TRADER,)], []),
        (THREE_QUARTERS, [], [(ADMIN,)]),
        (WHOLE - 1, [], [(ADMIN,)]),
        (WHOLE, [], []),
    ],
)
def test_what_is_due_is_called_and_of_what_was_missed_only_the_later(
    waiting: EngineHarness, seconds: int, reminded: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    after(waiting, seconds)
    assert (calls(waiting, DecisionReminded), calls(waiting, SecondLineCalled)) == (reminded, second)


def test_each_is_called_once_however_often_the_timetable_looks_and_after_a_restart(waiting: EngineHarness) -> None:
    for seconds in (HALF, HALF + 15, THREE_QUARTERS, THREE_QUARTERS + 15):
        after(waiting, seconds)
    again = waiting.born_again()
    again.jobs.housekeeping()
    again.jobs.decide_proposals()
    assert calls(waiting, ApprovalAsked) == calls(waiting, DecisionReminded) == [(TRADER,)]
    assert calls(waiting, SecondLineCalled) == [(ADMIN,)]


def test_two_processes_call_each_once(tmp_path: Path, postgres_url: str) -> None:
    with TwoBots.open(tmp_path, postgres_url) as bots:
        put_on_duty(bots.harness, BOTH_LINES)
        bots.harness.play_the_signal()
        for seconds in (HALF, THREE_QUARTERS, WHOLE):
            bots.harness.clock.set(bots.harness.trade().proposed_at + timedelta(seconds=seconds))
            bots.at_once(lambda bot: bot.jobs.housekeeping())
        assert calls(bots.harness, DecisionReminded) == [(TRADER,)]
        assert calls(bots.harness, SecondLineCalled) == [(ADMIN,)]
        assert calls(bots.harness, TradeDecided) == [(TRADER, ADMIN)]


def test_once_it_is_decided_nobody_is_called(waiting: EngineHarness) -> None:
    waiting.engine.commands.reject(waiting.trade().id, EngineHarness.TRADER)
    after(waiting, THREE_QUARTERS)
    assert not calls(waiting, SecondLineCalled)
    assert calls(waiting, TradeDecided) == [()]


def test_where_it_expires_both_lines_are_called_and_a_decision_calls_nobody(waiting: EngineHarness) -> None:
    after(after(waiting, THREE_QUARTERS), WHOLE)
    assert waiting.trade().state is TradeState.EXPIRED
    assert calls(waiting, TradeDecided) == [(TRADER, ADMIN)]


def test_after_a_hand_over_the_next_call_goes_to_who_has_the_duty_now(waiting: EngineHarness) -> None:
    waiting.engine.commands.roster.hand_over(DutyLine.FIRST, "U0OTHER", timedelta(hours=2), EngineHarness.TRADER)
    after(waiting, HALF)
    assert calls(waiting, DecisionReminded) == [("U0OTHER",)]


def test_who_wants_direct_messages_gets_each_once_and_no_mention(harness: EngineHarness) -> None:
    direct = NotifyChoice(who=TRADER, way=CallWay.DIRECT)
    put_on_duty(harness, replace(BOTH_LINES, choices=(direct,)))
    harness.play_the_signal()
    after(after(harness, HALF), HALF + 15)
    trade_id = harness.trade().id
    told = [(notice.to, notice.copy_of) for notice in harness.told_of(DirectCall)]
    assert told == [(TRADER, f"{trade_id}:card"), (TRADER, f"{trade_id}:reminded")]
    assert calls(harness, ApprovalAsked) == [()]


def test_with_nobody_on_duty_nothing_is_said_beyond_the_card(proposed: EngineHarness) -> None:
    after(after(proposed, HALF), THREE_QUARTERS)
    assert not proposed.told_of(DecisionReminded)
    assert not proposed.told_of(SecondLineCalled)
    assert calls(proposed, ApprovalAsked) == [()]


def test_a_group_that_slack_knows_is_taken_apart_where_one_of_it_is_quiet(harness: EngineHarness) -> None:
    harness.engine.commands.ask_about_people(lambda _user, _verb: True, lambda _group: frozenset({"U0ONE", "U0TWO"}))
    quiet = NotifyChoice(who="U0TWO", quiet=(ALL_DAY,))
    put_on_duty(harness, Roster(turns=(all_week(DutyLine.FIRST, "S0TEAM"),), choices=(quiet,)))
    harness.play_the_signal()
    assert calls(harness, ApprovalAsked) == [("U0ONE",)]


def test_a_halt_calls_both_lines_whatever_their_quiet_hours(waiting: EngineHarness) -> None:
    quiet = tuple(NotifyChoice(who=who, way=CallWay.BOTH, quiet=(ALL_DAY,)) for who in (TRADER, ADMIN))
    put_on_duty(waiting, replace(BOTH_LINES, choices=quiet))
    waiting.engine.commands.halt(EngineHarness.ADMIN, "news")
    [halted] = [notice for notice in waiting.told() if notice.key.startswith("halt:") and notice.called]
    assert (halted.called, halted.direct) == ((TRADER, ADMIN), (TRADER, ADMIN))
    assert [alarm.to for alarm in waiting.told_of(UrgentDirectCall)] == [TRADER, ADMIN]


def test_a_roster_that_cannot_be_read_holds_up_neither_a_halt_nor_a_proposal(harness: EngineHarness) -> None:
    with harness.store.writing() as transaction:
        transaction.set_setting("duty_roster", '{"turns": 7}')
    assert harness.play_the_signal()
    assert calls(harness, ApprovalAsked) == [()]
    harness.engine.commands.halt(EngineHarness.ADMIN, "")
    assert harness.engine.queries.desk().state == "halted"


def test_who_was_called_is_known_from_the_outbox_after_it_was_delivered(waiting: EngineHarness) -> None:
    with waiting.store.writing() as transaction:
        for each in transaction.waiting(100):
            transaction.delivered(each.number, None)
    with waiting.store.reading() as reader:
        assert called_before(reader, waiting.trade().id) == (TRADER,)


@pytest.fixture(name="postgres_url")
def _postgres_url(request: pytest.FixtureRequest) -> str:
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()
