from typing import Any

from bot.cards import ids
from bot.cards.modals import flatten_modal, inspect_modal, reject_modal, resize_modal
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, a_size, an_inspection, ended
from tests.support.fakes.slack_limits import check_view
from tests.support.fakes.trades import a_trade


def in_both(modal: Any, view: Any) -> list[dict[str, Any]]:
    views = [modal(view, texts).to_dict() for texts in BOTH]
    for built in views:
        check_view(built)
    return views


def test_resize_asks_for_a_number_and_shows_the_limit() -> None:
    view = in_both(resize_modal, a_size())[0]
    assert (view["callback_id"], view["private_metadata"]) == (ids.RESIZE_MODAL, "AAPL_20250819_234515")
    asked = view["blocks"][-1]
    assert (asked["block_id"], asked["element"]["action_id"]) == (ids.SHARES_BLOCK, ids.SHARES_INPUT)
    assert asked["element"]["initial_value"] == "400"
    assert asked["hint"]["text"] == "1 to 512. Each share risks $2.26."


def test_reject_asks_for_a_reason_that_may_be_left_out() -> None:
    view = in_both(reject_modal, a_trade())[1]
    assert (view["callback_id"], view["private_metadata"]) == (ids.REJECT_MODAL, "AAPL_20250819_234515")
    listed, asked = view["blocks"][-2:]
    assert listed["element"]["options"][0]["text"]["text"] == "뉴스"
    assert (asked["block_id"], asked["element"]["action_id"]) == (ids.REASON_BLOCK, ids.REASON_INPUT)
    assert asked["optional"] is True
    assert view["submit"]["text"] == KOREAN("button-reject")


def test_a_reason_longer_than_its_field_begins_it_with_as_much_as_it_takes() -> None:
    view = in_both(flatten_modal, "sell it all now " * 30)[0]
    asked = view["blocks"][-1]["element"]
    assert asked["initial_value"] == ("sell it all now " * 30)[: asked["max_length"]].strip()


def test_inspect_shows_a_trade() -> None:
    view = in_both(inspect_modal, ended())[0]
    assert view["title"]["text"] == "AAPL"
    assert "submit" not in view


def test_inspect_shows_a_symbol() -> None:
    view = in_both(inspect_modal, an_inspection())[0]
    assert view["close"]["text"] == ENGLISH("modal-done")
