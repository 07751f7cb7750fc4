from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.cards import ids
from bot.cards.modals import inspect_modal, reject_modal
from bot.cards.proposal import proposal
from bot.signing import Signer, claimed
from engine.errors import NotOurs
from tests.bot.cards.examples import ENGLISH
from tests.support.fakes.slack_limits import check_message, walk
from tests.support.fakes.trades import a_trade

AT = datetime(2025, 8, 19, 14, 45, 15, tzinfo=UTC)
AAPL = a_trade()
SEAL = Signer("a key", lambda: AT)
GOOD = SEAL.value(ids.APPROVE, AAPL.id)


def test_a_sealed_value_tells_what_it_carries_and_since_when() -> None:
    assert claimed(GOOD) == AAPL.id
    assert SEAL.check(ids.APPROVE, GOOD) == AT


def test_a_seal_outlives_a_restart_with_the_same_key() -> None:
    assert Signer("a key", lambda: AT + timedelta(days=1)).check(ids.APPROVE, GOOD) == AT


@pytest.mark.parametrize(
    "value",
    [
        "",
        AAPL.id,
        GOOD[:-1],
        GOOD + "0",
        GOOD.upper(),
        GOOD.replace("AAPL", "MSFT"),
        GOOD.replace(str(int(AT.timestamp())), str(int(AT.timestamp()) + 60)),
        GOOD.replace("|", "||", 1),
        f"{GOOD}|{GOOD}",
        f"{AAPL.id}||",
        "\ud800|1|é",
        "AAPL|1|\ud800",
        Signer("another key", lambda: AT).value(ids.APPROVE, AAPL.id),
        SEAL.value(ids.INSPECT, AAPL.id),
        SEAL.value(ids.REJECT_MODAL, AAPL.id),
    ],
)
def test_what_was_forged_altered_or_sealed_for_something_else_is_not_ours(value: str) -> None:
    with pytest.raises(NotOurs):
        SEAL.check(ids.APPROVE, value)


@given(st.text(), st.text())
def test_no_text_that_anybody_makes_up_is_ours(purpose: str, value: str) -> None:
    with pytest.raises(NotOurs):
        SEAL.check(purpose, value)


def test_every_button_of_a_message_is_sealed_for_its_action_and_within_slacks_limits() -> None:
    payload = SEAL.payload(proposal(AAPL, ENGLISH).payload())
    buttons = [piece for piece in walk(payload["blocks"]) if piece.get("type") == "button"]
    assert [SEAL.check(button["action_id"], button["value"]) for button in buttons] == [AT] * 4
    check_message(payload)


def test_a_modal_is_sealed_for_its_callback_and_one_that_carries_nothing_is_left() -> None:
    assert SEAL.check(ids.REJECT_MODAL, SEAL.view(reject_modal(AAPL, ENGLISH))["private_metadata"]) == AT
    assert "private_metadata" not in SEAL.view(inspect_modal(AAPL, ENGLISH))
