"""Whoever mentions the bot or writes to it learns how it is used, in their language; nothing is done."""

import pytest

from tests.bot.listeners.conftest import CHANNEL, STRANGER, TRADER, VIEWER, Room


def bot_of(room: Room) -> str:
    return f"<@{room.person(TRADER).workspace()['bot']['user_id']}>"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("what can you do?", "I answer slash commands and buttons"),
        ("뭘 할 수 있어?", "슬래시 명령어와 버튼으로 사용하세요"),
        ("halt", "Did you mean `/halt`?"),
        ("approve AAPL", "Did you mean `/approve AAPL`?"),
        ("halt R &gt; 1 &amp;amp; S&P", "Did you mean `/halt R &gt; 1 &amp;amp; S&amp;P`?"),
        ("halt <!here>", "Did you mean `/halt @here`?"),
        ("", "I answer slash commands and buttons"),
    ],
)
def test_a_mention_is_answered_to_whoever_wrote_it_alone(room: Room, words: str, said: str) -> None:
    room.person(TRADER).say(CHANNEL, f"{bot_of(room)} {words}")
    assert said in room.answer(TRADER)
    assert room.engine.calls == []


def test_a_mention_in_a_thread_is_answered_there(room: Room) -> None:
    parent = room.person(TRADER).say(CHANNEL, "lunch?")
    room.person(TRADER).say(CHANNEL, f"{bot_of(room)} halt", parent["ts"])
    found = room.person(TRADER).wait_for(CHANNEL, lambda said: said["ephemeral"], thread_ts=parent["ts"])
    assert "Did you mean `/halt`?" in found["text"]


def test_what_is_written_to_the_bot_alone_is_answered_beside_it(room: Room) -> None:
    viewer = room.person(VIEWER)
    room.app.client.chat_postMessage(channel=VIEWER, text="Hello.")
    talk = next(channel["id"] for channel in viewer.workspace()["channels"] if channel["is_im"])
    viewer.say(talk, "승인해 줘")
    assert viewer.wait_for(talk, lambda said: "슬래시 명령어" in said["text"])
    room.quiet()
    assert sum("슬래시 명령어" in said["text"] for said in viewer.messages(talk)) == 1  # it does not answer itself


def test_what_others_write_in_the_channel_is_not_answered(room: Room) -> None:
    before = len(room.person(TRADER).messages(CHANNEL))
    room.person(TRADER).say(CHANNEL, "halt? what do you think")
    room.quiet()
    assert len(room.person(TRADER).messages(CHANNEL)) == before + 1


def test_a_stranger_learns_nothing_but_that_they_are_one(room: Room) -> None:
    room.person(STRANGER).say(CHANNEL, f"{bot_of(room)} halt")
    assert " only; you" in room.answer(STRANGER)
