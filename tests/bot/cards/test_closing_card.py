"""A trade that is being sold: who sells it, and no word of a stop that protects nothing any more."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cards import ids
from bot.cards.answers import positions
from bot.cards.closing import closing, closing_all
from bot.cards.modals import inspect_modal
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.cards.refusals import refusal
from bot.cards.status import position_text
from bot.cards.trade_thread import closed, unprotected
from bot.messages import Texts
from engine.errors import SaleRefused
from engine.model.desk import ENGINE
from engine.model.exit_plan import ExitPlan
from engine.model.notices.base import NO_REASON
from engine.model.notices.trades import TradeClosing, TradeUnprotected
from engine.model.sale import Sale
from engine.model.trade import ExitReason, Trade, TradeState
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, TRADER, a_portfolio, buttons, ended, opened, shown
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack_limits import check_message
from tests.support.fakes.trades import PROPOSED_AT

OPENS_AT = PROPOSED_AT + timedelta(hours=10)


def sold(**changes: Any) -> Trade:
    """Return the example's trade on its way out, because a trader closed it."""
    return opened(**{"state": TradeState.CLOSING, "exit_reason": ExitReason.DESK, "closed_by": TRADER, **changes})


@pytest.mark.parametrize("texts", BOTH)
def test_the_card_says_who_sells_and_neither_exits_nor_a_risk_down_to_them(texts: Texts) -> None:
    card = proposal(sold(stop=Decimal("149.20")), texts)
    check_message(card.payload())
    decides = shown(card)[0]
    assert f"<@{TRADER}>" in decides
    assert not {price for price in ("149.20", "147.99", "154.78", "1,173") if price in decides}
    assert buttons(card) == [ids.INSPECT]


@pytest.mark.parametrize(
    ("changes", "english", "korean"),
    [
        ({}, "<@U0TRADER1> is closing AAPL:", "AAPL 청산 중 (지시: <@U0TRADER1>):"),
        ({"closed_by": ENGINE}, "Closing AAPL (everything is being sold):", "AAPL 청산 중 (전량 매도):"),
        (
            {"closed_by": ENGINE, "exit_reason": ExitReason.SIGNAL},
            "Closing AAPL (sell signal):",
            "AAPL 청산 중 (매도 신호):",
        ),
        ({"closed_by": ""}, "Closing AAPL:", "AAPL 청산 중:"),
    ],
)
def test_the_card_names_a_person_or_the_reason(changes: dict[str, Any], english: str, korean: str) -> None:
    assert (
        f"{english} selling 512 shares at the market. Stop and target are being cancelled."
        in shown(proposal(sold(**changes), ENGLISH))[0]
    )
    assert korean in shown(proposal(sold(**changes), KOREAN))[0]


def test_where_the_target_sold_its_part_only_the_stop_is_cancelled() -> None:
    trade = sold(exit_plan=ExitPlan(partial=Decimal("0.5"), is_part_sold=True), exit_shares=256)
    assert "selling 256 shares at the market. The stop is being cancelled." in proposal(trade, ENGLISH).text


def test_the_lock_screen_reads_that_it_is_closing() -> None:
    assert proposal(sold(), ENGLISH).text.startswith("512 AAPL at $150.28: closing\n")


def test_the_thread_names_who_closes_until_when_the_sale_waits_and_why() -> None:
    told = a_notice(TradeClosing, by=TRADER, why="CPI *tomorrow*", opens_at=OPENS_AT)
    first, waits, why = render(told, sold(), ENGLISH).text.splitlines()
    assert first.startswith("<@U0TRADER1> is closing AAPL: selling 512 shares")
    assert waits == "⏳ Outside regular hours, the sale waits for the open: Aug 20, 2025, 09:45 KST."
    assert why == "Reason: CPI ∗tomorrow∗"


def test_the_thread_of_a_halted_symbol_says_what_the_sale_waits_for() -> None:
    told = a_notice(TradeClosing, why="", opens_at=None, is_halted=True)
    assert render(told, sold(), ENGLISH).text.splitlines()[1:] == ["⏳ The sale waits for the exchange's halt to end."]


@pytest.mark.parametrize("texts", BOTH)
def test_whoever_closes_hears_what_the_thread_says_of_the_wait(texts: Texts) -> None:
    told = render(a_notice(TradeClosing, by=TRADER, why="", opens_at=OPENS_AT), sold(), texts)
    sale = Sale(trade=sold(), opens_at=OPENS_AT)
    waits = told.text.splitlines()[-1]
    assert closing(sale, texts).text.splitlines()[-1] == waits
    assert waits in closing_all([sale, sale], texts).text


@pytest.mark.parametrize("texts", BOTH)
def test_whoever_closes_hears_that_the_sale_waits_for_a_broker_that_is_away(texts: Texts) -> None:
    sale = Sale(trade=sold(), is_broker_away=True)
    said = texts("sale-broker-away")
    assert closing(sale, texts).text.splitlines()[-1] == said
    assert closing_all([sale, sale], texts).text.count(said) == 1
    assert said not in closing(Sale(trade=sold()), texts).text


@pytest.mark.parametrize("texts", BOTH)
def test_of_all_trades_those_whose_sale_is_refused_are_named_with_the_brokers_words(texts: Texts) -> None:
    refused = Sale(trade=sold(), refused="account restricted")
    said = refusal(SaleRefused("account restricted", "AAPL"), texts).text
    assert closing_all([refused], texts).text == said
    both = closing_all([Sale(trade=sold()), refused], texts).text.splitlines()
    assert both == [texts("closing-all", count=1), sold().id, said]


def test_a_sale_that_goes_through_at_once_waits_for_nothing() -> None:
    assert "waits" not in closing(Sale(trade=sold()), ENGLISH).text


@pytest.mark.parametrize("texts", BOTH)
def test_positions_and_home_show_no_stop_of_what_is_being_sold(texts: Texts) -> None:
    view = a_portfolio()
    line = replace(view.lines[0], trade=sold())
    said = positions(replace(view, lines=(line,)), texts).text + position_text(line, texts)
    assert not {price for price in ("147.99", "154.78") if price in said}
    assert texts("state", state="closing") in said


@pytest.mark.parametrize("texts", BOTH)
def test_the_end_names_the_person_who_closed(texts: Texts) -> None:
    end = ended(exit_reason=ExitReason.DESK, closed_by=TRADER)
    assert f"<@{TRADER}>" in closed(end, texts).text.splitlines()[0]


@pytest.mark.parametrize("by", ["", ENGINE])
def test_the_end_is_the_desks_where_no_person_closed(by: str) -> None:
    assert closed(ended(exit_reason=ExitReason.DESK, closed_by=by), ENGLISH).text.startswith("🏁 Closed by the desk\n")


@pytest.mark.parametrize("texts", BOTH)
def test_a_refused_sale_is_no_refused_purchase(texts: Texts) -> None:
    said = refusal(SaleRefused("account restricted", "AAPL"), texts).text
    assert "AAPL" in said
    assert "account restricted" in said
    assert "bought" not in said


def an_alarm(**changes: Any) -> TradeUnprotected:
    facts = {"key": "unprotected", "at": PROPOSED_AT, "trade_id": sold().id, "trouble": "account restricted"}
    return TradeUnprotected(**{**facts, **changes})


def test_the_alarm_of_a_refused_sale_speaks_of_the_sale() -> None:
    assert "rejects the sale of 512 shares" in unprotected(an_alarm(is_sale=True), sold(), ENGLISH).text


@pytest.mark.parametrize("stop", [{}, {"trouble": ""}, {"is_on_hold": True}])
def test_the_alarm_of_a_missing_stop_sends_nobody_to_sell_what_is_being_sold(stop: dict[str, Any]) -> None:
    said = unprotected(an_alarm(**stop), sold(), ENGLISH).text
    assert said == (
        "⚠️ AAPL: no live stop on 512 shares. They are already being sold; don't sell them at the broker as well."
    )


@pytest.mark.parametrize("texts", BOTH)
@pytest.mark.parametrize("alarm", [an_alarm(is_sale=True), an_alarm(), an_alarm(trouble=""), an_alarm(is_on_hold=True)])
def test_an_alarm_that_comes_after_the_end_asks_for_nothing(alarm: TradeUnprotected, texts: Texts) -> None:
    said = unprotected(alarm, ended(), texts).text
    assert said == texts("unprotected-over", symbol="AAPL", shares=0)
    assert "0 shares" not in said


def test_a_rejection_without_a_word_says_so() -> None:
    assert (
        "512 shares: no reason given." in unprotected(an_alarm(is_sale=True, trouble=NO_REASON), sold(), ENGLISH).text
    )


def test_inspect_shows_it_as_the_card_does() -> None:
    blocks = str(inspect_modal(sold(), ENGLISH).to_dict())
    assert "is closing AAPL" in blocks
    assert "*Stop* $147.99 · *Target*" not in blocks
