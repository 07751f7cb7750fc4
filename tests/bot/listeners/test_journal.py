"""Notes in the thread of a card, and the buttons that grade a closed trade."""

from typing import Any

import pytest

from bot.cards import ids
from engine.model.journal import Grade, JournalEntry
from engine.model.notices.base import Posted
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import CHANNEL, STRANGER, TRADER, VIEWER, Room
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

CLOSED = a_trade(state=TradeState.CLOSED)
THREAD, TS = "1755614700.000100", "1755614715.000200"


def calls(room: Room) -> list[tuple[Posted, JournalEntry]]:
    """Return the thread and the entry of each note that was to be kept."""
    room.quiet()
    kept: list[Any] = [call for call in room.engine.calls if call[0] == "note"]
    return [(thread, entry) for _, thread, entry in kept]


def notes(room: Room) -> list[tuple[str, str, str, str]]:
    """Return thread, author, text and key of what was kept, as it came."""
    return [(thread.ts, entry.by, entry.text, entry.key) for thread, entry in calls(room)]


def tell(room: Room, **event: Any) -> None:
    """Deliver an event of a message, and wait until it was heard: Bolt hears those that come together at once."""
    body = {
        "type": "event_callback",
        "team_id": "T0LOCAL",
        "api_app_id": "A0LOCAL",
        "event": {"type": "message", "channel": CHANNEL, **event},
    }
    assert room.deliver(body).status == 200
    room.quiet()


def message(**changes: Any) -> dict[str, Any]:
    return {"user": TRADER, "text": "chased it", "ts": TS, "thread_ts": THREAD, **changes}


def test_what_people_write_in_a_cards_thread_is_kept(room: Room) -> None:
    card = room.card(CLOSED)
    said = room.person(TRADER).say(CHANNEL, "waited for the retest", card["ts"])
    until(lambda: room.engine.calls)
    assert notes(room) == [(card["ts"], TRADER, "waited for the retest", f"note:{CHANNEL}:{said['ts']}")]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("sold at R &gt; 1, S&amp;P &lt; 200d", "sold at R > 1, S&P < 200d"),
        ("typed as &amp;lt; and &amp;amp;", "typed as &lt; and &amp;"),
        ("ask <@U0ADMIN>, not <@U0NOBODY>", "ask @admin, not @U0NOBODY"),
        ("in <#C0DESK|desk>, <!here>, <!subteam^S0ONE|@ops>", "in #desk, @here, @ops"),
        (
            "see <https://x.example/a?b=1&amp;c=2> and <http://x.example|x.example>",
            "see https://x.example/a?b=1&c=2 and x.example",
        ),
        ("typed: &lt;@U0ADMIN&gt;", "typed: <@U0ADMIN>"),
    ],
)
def test_a_note_is_kept_as_people_see_it(room: Room, sent: str, kept: str) -> None:
    tell(room, **message(text=sent))
    assert [text for _, _, text, _ in notes(room)] == [kept]


def test_an_edit_and_a_deletion_follow_under_the_same_key(room: Room) -> None:
    tell(room, **message())
    tell(
        room,
        subtype="message_changed",
        message=message(text="chased it, too late", edited={"user": TRADER, "ts": "1755614800.000000"}),
        previous_message=message(),
    )
    tell(room, subtype="message_deleted", deleted_ts=TS, previous_message=message(text="chased it, too late"))
    key = f"note:{CHANNEL}:{TS}"
    assert notes(room) == [
        (THREAD, TRADER, "chased it", key),
        (THREAD, TRADER, "chased it, too late", key),
        (THREAD, TRADER, "", key),
    ]
    first, second, third = (entry.version for _, entry in calls(room))
    assert first < second < third


def test_a_note_with_replies_that_is_deleted_is_taken_back_too(room: Room) -> None:
    tell(
        room,
        subtype="message_changed",
        message={"subtype": "tombstone", "ts": TS, "thread_ts": THREAD},
        previous_message=message(),
    )
    assert notes(room) == [(THREAD, TRADER, "", f"note:{CHANNEL}:{TS}")]


@pytest.mark.parametrize(
    "event",
    [
        message(thread_ts=""),
        message(thread_ts=TS),
        message(bot_id="B0BOT"),
        message(subtype="bot_message"),
        message(subtype="channel_join"),
        message(channel="C0OTHER"),
        message(user=STRANGER),
        message(user=""),
        message(ts="soon"),
        message(ts="NaN"),
        {"subtype": "message_changed", "message": message(), "previous_message": message()},  # a link unfurled
        {"subtype": "message_changed", "message": "odd"},
        {"subtype": "message_deleted"},
        {},
    ],
)
def test_whatever_is_no_note_of_somebody_with_a_role_is_passed_over(room: Room, event: dict[str, Any]) -> None:
    tell(room, **event)
    assert notes(room) == []


def test_a_viewer_may_write_notes(room: Room) -> None:
    tell(room, **message(user=VIEWER))
    assert [by for _, by, _, _ in notes(room)] == [VIEWER]


@pytest.mark.parametrize(("action", "grade"), [(ids.GRADE_GOOD, Grade.GOOD), (ids.GRADE_POOR, Grade.POOR)])
def test_one_click_on_a_closed_trades_card_grades_its_process(room: Room, action: str, grade: Grade) -> None:
    room.engine.begin(CLOSED)
    room.person(TRADER).press(room.card(CLOSED), action)
    room.quiet()
    assert room.engine.calls[-1] == ("grade", CLOSED.id, grade, TRADER)


def test_a_viewer_does_not_grade(room: Room) -> None:
    room.engine.begin(CLOSED)
    room.person(VIEWER).press(room.card(CLOSED), ids.GRADE_GOOD)
    assert " only; you" in room.answer(VIEWER)
    assert not [call for call in room.engine.calls if call[0] == "grade"]
