from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from bot.cards import ids
from engine.model.notices.base import NoticeKind
from tests.support.outbox import AAPL, Outbox


def buttons(message: dict[str, Any]) -> set[str]:
    return {
        ids_of["action_id"] for block in message["blocks"] for ids_of in block.get("elements", ()) if "value" in ids_of
    }


def test_what_waits_is_posted_to_the_desks_channel_in_order_and_once(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.STARTED, NoticeKind.AUTO_CHANGED, NoticeKind.RESUMED)
    notices = outbox.notices()
    notices.drain()
    notices.drain()
    assert [
        next(word for word in ("running", "Auto-trading", "resumed") if word in message["text"])
        for message in outbox.slack.posted()
    ] == ["running", "Auto-trading", "resumed"]
    assert {message["channel"] for message in outbox.slack.posted()} == {"C0DESK"}


def test_a_card_has_live_buttons_and_is_remembered(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    [card] = outbox.slack.posted()
    assert buttons(card) >= {ids.APPROVE, ids.RESIZE, ids.REJECT}
    with outbox.store.reading() as reader:
        posted = reader.posted(f"{AAPL.id}:card")
    assert posted is not None
    assert posted.ts == "1.000000"


def test_what_happens_to_a_trade_goes_into_its_cards_thread(outbox: Outbox) -> None:
    outbox.propose()
    outbox.reject()
    outbox.notices().drain()
    _card, decided = outbox.slack.posted()
    assert decided["thread_ts"] == "1.000000"
    assert not decided["reply_broadcast"]


def test_fills_and_closes_are_shown_to_the_whole_channel(outbox: Outbox) -> None:
    outbox.propose()
    outbox.tell(NoticeKind.FILLED, NoticeKind.CLOSED, trade=AAPL)
    outbox.notices().drain()
    assert [message["reply_broadcast"] for message in outbox.slack.posted()[1:]] == [True, True]


@pytest.mark.parametrize("kind", [NoticeKind.EXIT_ASKED, NoticeKind.UNPROTECTED])
def test_what_the_desk_must_act_on_is_shown_to_the_whole_channel(outbox: Outbox, kind: NoticeKind) -> None:
    outbox.propose()
    outbox.tell(kind, trade=AAPL)
    outbox.notices().drain()
    assert outbox.slack.posted()[1]["reply_broadcast"]


def test_a_notice_of_a_trade_that_is_not_in_the_books_is_told_all_the_same(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.FILLED, trade=AAPL)
    outbox.notices().drain()
    assert AAPL.id in outbox.slack.posted()[0]["text"]


def test_a_trade_that_cannot_be_drawn_is_told_by_an_id(outbox: Outbox) -> None:
    broken = replace(AAPL, sizing=replace(AAPL.sizing, equity=Decimal(0)))
    with outbox.store.writing() as transaction:
        transaction.propose(broken)
    outbox.tell(NoticeKind.APPROVAL_ASKED, trade=broken, key=f"{AAPL.id}:card")
    outbox.notices().drain()
    assert "Error ID" in outbox.slack.posted()[0]["text"]
    assert outbox.waiting() == 0


def put_a_row(file: Path, kind: str, detail: str, trade_id: str = "") -> None:
    """Put into the outbox what no version would write."""
    columns = "key, kind, at, trade_id, subject, detail, delivered, claimed_by"
    row = (f"odd {kind}", kind, "2025-08-19 14:45:15.000000", trade_id, "", detail, False, "")
    with closing(connect(file)) as books, books:
        books.execute(f"INSERT INTO outbox ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 - our own words


def test_a_notice_that_cannot_be_read_is_told_and_holds_up_no_other(outbox: Outbox, tmp_path: Path) -> None:
    outbox.tell(NoticeKind.STARTED)
    put_a_row(tmp_path / "desk.db", "moon_landed", "one small step")
    outbox.tell(NoticeKind.JOB_FAILED)
    outbox.notices().drain()
    started, odd, failed = (message["text"] for message in outbox.slack.posted())
    assert ("running" in started, "failed" in failed) == (True, True)
    assert "“moon_landed”" in odd
    assert "one small step" in odd
    assert outbox.waiting() == 0


def test_an_alarm_that_cannot_be_read_overtakes_what_is_not_urgent(outbox: Outbox, tmp_path: Path) -> None:
    outbox.open()
    outbox.notices().drain()
    outbox.tell(NoticeKind.STARTED)
    put_a_row(tmp_path / "desk.db", "oversold", "many both_exits", AAPL.id)
    outbox.notices().drain()
    _card, alarm, started = outbox.slack.posted()
    assert "“oversold”" in alarm["text"]
    assert (alarm["reply_broadcast"], alarm["thread_ts"]) == (True, "1.000000")
    assert "running" in started["text"]
