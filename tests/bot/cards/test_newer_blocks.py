"""Where a workspace knows no containers, tables or charts, the same message says the same without them."""

from typing import Any

import pytest

from bot.access import Role
from bot.cards.closing import close_modal
from bot.cards.home import answer_modal, home
from bot.cards.message import Message, alert, button, folded, message, section, small_card
from bot.cards.modals import resize_modal
from bot.cards.newer_blocks import kinds, older
from bot.cards.proposal import proposal
from bot.local_slack.limits import check_message, check_view
from bot.messages import Texts
from bot.signing import Signer
from tests.bot.cards.examples import BOTH, ENGLISH, a_portfolio, a_size, approved, ended, opened
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import PROPOSED_AT, a_trade

TABLE: dict[str, Any] = {
    "type": "data_table",
    "caption": "Positions & risk",
    "rows": [
        [{"type": "raw_text", "text": "Symbol"}, {"type": "raw_text", "text": "Value"}],
        [{"type": "raw_text", "text": "A*B"}, {"type": "raw_number", "value": 1200, "text": "$1,200"}],
    ],
}
LINE: dict[str, Any] = {
    "type": "data_visualization",
    "title": "Equity",
    "chart": {
        "type": "line",
        "series": [{"name": "Desk", "data": [{"label": "09:30", "value": 1}, {"label": "16:00", "value": 3.5}]}],
        "axis_config": {"categories": ["09:30", "16:00"]},
    },
}
PIE: dict[str, Any] = {
    "type": "data_visualization",
    "title": "Risk",
    "chart": {"type": "pie", "segments": [{"label": "AAPL", "value": 3}, {"label": "FB", "value": 1}]},
}


def said(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize("trade", [a_trade(), approved(), opened(), ended()], ids=lambda trade: trade.state)
def test_a_card_keeps_its_buttons_and_leaves_out_what_inspect_has(trade: Any, texts: Texts) -> None:
    whole = proposal(trade, texts, source="replay").payload()["blocks"]
    plain = older(whole)
    assert kinds(whole) == {"container"}
    assert plain[:-1] == whole[:-1]
    assert plain[-1]["type"] == "context"
    [small] = (each["text"] for each in plain[-1]["elements"])
    assert small == f"{whole[-1]['title']['text']} · {texts('source', source='replay')}"
    check_message(plain, takes_newer=False)


def test_what_nothing_else_shows_is_unfolded() -> None:
    blocks = message(folded("What <it> says", section("this"), section("that"), block_id="own")).payload()["blocks"]
    assert said(older(blocks)) == ["*What &lt;it&gt; says*", "this", "that"]


def test_a_table_becomes_lines_that_format_nothing_of_what_is_in_them() -> None:
    assert said(older([TABLE])) == ["*Positions &amp; risk*\n*A∗B* Value $1,200"]


def test_a_chart_becomes_a_curve_of_signs_and_a_pie_its_parts() -> None:
    assert said(older([LINE])) == ["*Equity*\nDesk 09:30 ▁█ 16:00"]
    assert said(older([PIE])) == ["*Risk*\nAAPL 3\nFB 1"]


def test_only_what_is_refused_is_replaced() -> None:
    blocks = [TABLE, LINE, section("x").to_dict()]
    assert [block["type"] for block in older(blocks, frozenset({"data_table"}))] == [
        "section",
        "data_visualization",
        "section",
    ]
    assert older(blocks, frozenset()) == blocks


def test_what_stands_for_a_newer_block_is_taken_everywhere() -> None:
    blocks = [*proposal(a_trade(), ENGLISH).payload()["blocks"], TABLE, LINE, PIE]
    check_message(blocks)
    check_message(older(blocks), takes_newer=False)


def test_a_card_of_the_home_becomes_a_paragraph_with_its_buttons_and_an_alert_a_paragraph() -> None:
    press = button("Close", action="ask_close.0", value="AAPL", label="Close AAPL")
    card = small_card("*AAPL* 512 shares", "Stop $147.99", press, block_id="position.0")[0].to_dict()
    held, row = older([card])
    assert held["text"]["text"] == "*AAPL* 512 shares\nStop $147.99"
    assert (row["block_id"], row["elements"]) == ("position.0", card["actions"])
    assert said(older([alert("*Sell* all?", "warning").to_dict()])) == ["*Sell* all?"]


@pytest.mark.parametrize("takes_newer", [True, False])
def test_a_home_and_a_window_are_taken_where_the_newer_blocks_are_known_and_without_them(*, takes_newer: bool) -> None:
    status = a_status(portfolio=a_portfolio(), pending=(a_trade(), a_trade(id="MSFT_20250819_234515", symbol="MSFT")))
    for view in (home(status, Role.ADMIN, ENGLISH), close_modal(opened(), ENGLISH), resize_modal(a_size(), ENGLISH)):
        body = Signer("a key", lambda: PROPOSED_AT).view(view)
        shown = body["blocks"] if takes_newer else older(body["blocks"])
        check_view({**body, "blocks": shown}, takes_newer=takes_newer)


def test_what_is_too_long_for_an_alert_is_a_paragraph() -> None:
    assert [alert("x" * length, "warning").type for length in (200, 201)] == ["alert", "section"]


def test_a_window_gets_none_of_them() -> None:
    card: Message = proposal(a_trade(), ENGLISH)
    check_view(answer_modal(card, ENGLISH).to_dict())


def test_a_button_that_stands_in_a_container_is_sealed_like_any_other() -> None:
    button = proposal(a_trade(), ENGLISH).blocks[2]
    blocks = message(folded("Title", button, block_id="own")).payload()
    seal = Signer("a key", lambda: PROPOSED_AT)
    approve = seal.payload(blocks)["blocks"][0]["child_blocks"][0]["elements"][0]
    assert seal.check("approve", approve["value"]) == PROPOSED_AT.replace(microsecond=0)
