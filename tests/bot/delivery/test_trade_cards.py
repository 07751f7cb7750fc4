from typing import Any

from bot.cards import ids
from engine.model.notices.base import NoticeKind
from tests.support.outbox import AAPL, Outbox


def buttons(message: dict[str, Any]) -> set[str]:
    return {
        ids_of["action_id"] for block in message["blocks"] for ids_of in block.get("elements", ()) if "value" in ids_of
    }


def test_a_card_says_where_its_prices_come_from_and_how_much_risk_there_may_be(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    [card] = outbox.slack.posted()
    assert "Recorded opens and closes" in card["text"]
    assert "of 2.0%" in card["text"]


def test_the_end_of_a_trade_takes_the_buttons_from_every_question_whether_to_sell(outbox: Outbox) -> None:
    outbox.open()
    notices = outbox.notices()
    for turn in ("1", "2"):
        outbox.tell(NoticeKind.EXIT_ASKED, trade=AAPL, key=f"{AAPL.id}:exit:{turn}")
    notices.drain()
    assert all(buttons(asked) == {ids.CLOSE_TRADE, ids.KEEP_TRADE} for asked in outbox.slack.posted()[1:])
    outbox.close()
    notices.drain()
    _card, *asked = outbox.slack.updated()
    assert [message["ts"] for message in asked] == ["2.000000", "3.000000"]
    assert all(buttons(message) == set() for message in asked)


def test_trap_a_decision_leaves_no_live_button_on_the_card(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.reject()
    outbox.notices().drain()
    [card] = outbox.slack.updated()
    assert card["ts"] == "1.000000"
    assert buttons(card) == {ids.INSPECT}


def test_a_card_that_is_posted_after_the_decision_has_no_live_button(outbox: Outbox) -> None:
    outbox.propose()
    outbox.reject()
    outbox.notices().drain()
    assert buttons(outbox.slack.posted()[0]) == {ids.INSPECT}
    assert not outbox.slack.updated()


def test_many_changes_of_a_trade_redraw_its_card_once(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.tell(NoticeKind.RESIZED, NoticeKind.FILLED, NoticeKind.CLOSED, trade=AAPL)
    outbox.notices().drain()
    assert len(outbox.slack.updated()) == 1
    assert len(outbox.slack.posted()) == 4


def test_a_card_is_redrawn_before_anything_but_a_halt_is_posted(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.tell(NoticeKind.RESUMED)
    outbox.reject()
    outbox.notices().drain()
    assert [method for method, _ in outbox.slack.calls[1:]] == ["chat.update", "chat.postMessage", "chat.postMessage"]
