"""The stream between a proposal and its decision: what is on it that should not be, and what is lost with it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.model.notices.base import NoticeKind
from engine.model.notices.systems import EntriesSetAside
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture(name="auto")
def _auto(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.at_the_example(tmp_path, auto_mode=True)
    yield harness
    harness.close()


@pytest.fixture(name="shown")
def _shown(auto: EngineHarness) -> EngineHarness:
    """The same after its signal, shown on a card that says that AUTO_MODE decides; the broker did not let it yet."""
    auto.stream.server.is_down = True
    auto.play_the_signal()
    auto.stream.server.is_down, auto.line.is_away = False, True
    auto.engine.jobs.housekeeping()
    auto.engine.jobs.decide_proposals()
    auto.line.is_away = False
    return auto


def cards(harness: EngineHarness) -> list[NoticeKind]:
    kinds = (NoticeKind.PROPOSED_AUTO, NoticeKind.APPROVAL_ASKED)
    return [notice.kind for notice in harness.told() if notice.kind in kinds]


def rounds(harness: EngineHarness, count: int) -> None:
    """Let the timetable's rounds of so many times fifteen seconds come."""
    for _ in range(count):
        harness.clock.advance(15)
        harness.market.price("AAPL", "150.25")
        harness.engine.jobs.housekeeping()
        harness.engine.jobs.decide_proposals()


@pytest.mark.parametrize("foreign", ["", "AAPL_19990101_000000", "another desk's"])
def test_an_entry_that_names_no_proposal_is_set_aside_and_told_once(harness: EngineHarness, foreign: str) -> None:
    harness.stream.server.put(foreign)
    harness.stream.server.put(foreign)
    assert harness.play_the_signal() is not None
    harness.stream.server.put(foreign)
    rounds(harness, 2)
    assert harness.asked() == [TRADE_ID]
    assert list(harness.stream.server.aside.values()) == [foreign] * 3
    assert harness.stream.server.pending == {}
    assert [notice.count for notice in harness.told_of(EntriesSetAside)] == [2]
    assert harness.engine.queries.health(timedelta(0)).entries_set_aside == 3
    with harness.store.reading() as reader:
        assert [entry.outcome for entry in reader.audit() if entry.action == "set aside"] == ["2 entries"]


def test_an_entry_of_a_trade_that_was_decided_is_no_foreign_one(proposed: EngineHarness) -> None:
    proposed.engine.commands.reject(TRADE_ID, EngineHarness.TRADER)
    proposed.stream.server.put(TRADE_ID)
    proposed.engine.jobs.decide_proposals()
    assert proposed.engine.queries.health(timedelta(0)).entries_set_aside == 0


def test_where_entries_cannot_be_set_aside_the_others_are_taken_all_the_same(harness: EngineHarness) -> None:
    harness.stream.server.put("")
    harness.stream.server.keeps_nothing_aside = True
    assert harness.play_the_signal() is not None
    assert harness.asked() == [TRADE_ID]


def test_a_card_whose_entry_was_lost_with_the_stream_is_decided_all_the_same(shown: EngineHarness) -> None:
    shown.stream.server.loses_everything()
    rounds(shown, 3)
    assert shown.trade().state is TradeState.PROPOSED
    rounds(shown, 2)
    assert shown.trade().state is TradeState.OPEN
    assert cards(shown) == [NoticeKind.PROPOSED_AUTO]


def test_a_next_life_decides_what_the_last_one_showed_and_lost_with_the_stream(shown: EngineHarness) -> None:
    shown.stream.server.loses_everything()
    shown.clock.advance(70)
    shown.market.price("AAPL", "150.25")
    engine = shown.born_again()
    engine.jobs.start()
    engine.jobs.housekeeping()
    engine.jobs.decide_proposals()
    assert shown.trade().state is TradeState.OPEN


def test_where_auto_mode_was_switched_off_meanwhile_the_desk_is_asked_after_all(shown: EngineHarness) -> None:
    shown.stream.server.loses_everything()
    shown.engine.commands.set_auto(on=False, request=EngineHarness.ADMIN)
    rounds(shown, 30)
    assert shown.trade().state is TradeState.PROPOSED
    assert cards(shown) == [NoticeKind.PROPOSED_AUTO, NoticeKind.APPROVAL_ASKED]


def test_what_people_were_asked_stays_theirs_when_auto_mode_is_switched_on(proposed: EngineHarness) -> None:
    proposed.stream.server.loses_everything()
    proposed.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    rounds(proposed, 10)
    assert proposed.trade().state is TradeState.PROPOSED
    assert cards(proposed) == [NoticeKind.APPROVAL_ASKED]


def test_while_nobody_takes_it_up_a_lost_proposal_is_published_once_a_minute(shown: EngineHarness) -> None:
    shown.stream.server.loses_everything()
    before = len(shown.stream.published)
    for _ in range(12):
        shown.clock.advance(15)
        shown.engine.jobs.housekeeping()
    assert len(shown.stream.published) - before == 2
