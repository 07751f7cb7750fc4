import pytest

from engine.model.notices.base import NoticeKind
from engine.pipeline.present import Present
from tests.support.duty import calls_of
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

CARDS = (NoticeKind.PROPOSED_AUTO, NoticeKind.APPROVAL_ASKED)


@pytest.fixture(name="present")
def _present(harness: EngineHarness) -> Present:
    """What presents the example's proposal, which lost Redis keeps from being presented by itself."""
    harness.stream.server.is_down = True
    harness.play_the_signal()
    return Present(store=harness.store, clock=harness.clock, calls=calls_of(harness))


def cards(harness: EngineHarness) -> list[NoticeKind]:
    return [notice.kind for notice in harness.told() if notice.kind in CARDS]


@pytest.mark.parametrize(
    ("asking", "card"),
    [(True, NoticeKind.APPROVAL_ASKED), (False, NoticeKind.PROPOSED_AUTO)],
    ids=["people decide", "AUTO_MODE decides"],
)
def test_a_proposal_has_one_card_that_says_who_decides(
    harness: EngineHarness, present: Present, asking: bool, card: NoticeKind
) -> None:
    present(harness.trade(), asking=asking)
    present(harness.trade(), asking=asking)
    assert cards(harness) == [card]


def test_where_auto_mode_does_not_decide_any_more_the_desk_is_asked_once(
    harness: EngineHarness, present: Present
) -> None:
    for asking in (False, True, True):
        present(harness.trade(), asking=asking)
    assert cards(harness) == [NoticeKind.PROPOSED_AUTO, NoticeKind.APPROVAL_ASKED]
    with harness.store.reading() as reader:
        assert [row.why for row in reader.audit() if row.action == "ask"] == ["auto does not decide"]


def test_what_needs_two_after_all_is_asked_once(harness: EngineHarness, present: Present) -> None:
    present(harness.trade(), asking=False)
    present.ask_after_all(harness.trade())
    present.ask_after_all(harness.trade())
    assert cards(harness) == [NoticeKind.PROPOSED_AUTO, NoticeKind.APPROVAL_ASKED]


def test_an_entry_that_is_read_again_asks_the_desk_only_once(proposed: EngineHarness) -> None:
    with proposed.store.reading() as reader:
        trade = reader.trade(TRADE_ID)
    assert trade is not None
    proposed.stream.publish(trade)
    proposed.engine.jobs.decide_proposals()
    assert proposed.asked() == [TRADE_ID]
