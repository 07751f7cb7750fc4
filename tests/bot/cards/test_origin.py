"""A trade that somebody asked for says so wherever people decide on it or look at it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.access import Role
from bot.cards import answers, trade_thread
from bot.cards.home import home
from bot.cards.origin import proposed
from bot.cards.proposal import proposal
from bot.messages import Texts
from engine.model.origin import Origin, Source
from engine.model.trade import Trade, TradeState
from tests.support.fakes.slack_limits import check_message
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import a_trade

BOTH = [Texts(locale, ZoneInfo("Asia/Seoul")) for locale in ("en", "ko")]
ENGLISH = BOTH[0]
ASKED = {
    Source.DESK: "*Proposed by* <@U0TRADER1>: breakout &lt;!channel&gt;",
    Source.WEBHOOK: "*From a webhook* “trend”: breakout &lt;!channel&gt;",
    Source.MCP: "*From an agent* “trend”: breakout &lt;!channel&gt;",
}


def asked(source: Source, **given: Decimal) -> Trade:
    by = "U0TRADER1" if source is Source.DESK else "trend"
    trade = a_trade()
    origin = Origin(source=source, by=by, note="breakout <!channel>", **given)
    return replace(trade, signal=replace(trade.signal, components=(), findings=(), origin=origin))


@pytest.mark.parametrize("source", list(ASKED))
def test_the_card_names_who_asked_and_shows_no_score(source: Source) -> None:
    card = proposal(asked(source), ENGLISH)
    shown = str(card.payload()["blocks"])
    assert ASKED[source] in shown
    assert "score +" not in shown
    for texts in BOTH:
        check_message(proposal(asked(source), texts).payload())


@pytest.mark.parametrize("source", [Source.WEBHOOK, Source.MCP])
@pytest.mark.parametrize("name", ["U0TRADER1", "engine", "none", "<@U0ADMIN>"])
def test_a_senders_name_never_becomes_a_person_or_the_bot(source: Source, name: str) -> None:
    trade = asked(source)
    trade = replace(trade, signal=replace(trade.signal, origin=replace(trade.origin, by=name)))
    shown = str(proposal(trade, ENGLISH).payload()["blocks"])
    assert "<@U0" not in shown
    assert "the bot" not in shown


def test_the_strategys_own_card_is_as_it_was() -> None:
    shown = str(proposal(a_trade(), ENGLISH).payload()["blocks"])
    assert "Proposed by" not in shown
    assert "Why: score" in shown


def test_a_limit_says_what_happens_to_the_rest_until_it_is_bought() -> None:
    trade = asked(Source.DESK, limit=Decimal("150.25"))
    said = "for today only. After a partial fill, the unfilled part is cancelled"
    assert said in str(proposal(trade, ENGLISH).payload()["blocks"])
    assert said in trade_thread.submitted(trade, ENGLISH).text
    assert said not in trade_thread.submitted(a_trade(), ENGLISH).text
    bought = replace(trade, state=TradeState.OPEN, filled_shares=512, fill_price=Decimal("150.20"))
    assert said not in str(proposal(bought, ENGLISH).payload()["blocks"])


NEW_YORK = ZoneInfo("America/New_York")
EXITS_LATER = ("Outside regular hours, stop and target go in after the fill", "시간외에는 손절·익절 주문이 체결 후에")


@pytest.mark.parametrize(
    ("begins", "ends", "is_said"),
    [
        (time(8), time(8, 15), True),
        (time(9, 29), time(9, 44), True),
        (time(9, 30), time(9, 45), False),
        (time(15, 50), time(16), False),
        (time(15, 50), time(16, 5), True),
        (time(17), time(17, 15), True),
    ],
)
def test_a_limit_says_when_its_exits_go_in_where_its_order_may_go_out_in_extended_hours(
    begins: time, ends: time, is_said: bool
) -> None:
    trade = asked(Source.DESK, limit=Decimal("150.25"))
    for month in (1, 7):  # in winter time, and in summer time
        day = date(2025, month, 15)
        life = [datetime.combine(day, at, NEW_YORK).astimezone(UTC) for at in (begins, ends)]
        waiting = replace(trade, proposed_at=life[0], expires_at=life[1])
        for texts, said in zip(BOTH, EXITS_LATER, strict=True):
            assert (said in str(proposal(waiting, texts).payload()["blocks"])) is is_said
            assert (said in proposed(waiting, texts).text) is is_said


def test_home_list_and_detail_name_the_source() -> None:
    trade = asked(Source.WEBHOOK)
    view = home(a_status(pending=(trade,)), Role.TRADER, ENGLISH).to_dict()
    assert ASKED[Source.WEBHOOK] in str(view)
    assert "· webhook" in answers.trades([trade, replace(trade, state=TradeState.OPEN)], "trades-all", ENGLISH).text
    assert ASKED[Source.WEBHOOK] in str(answers.trade_detail(trade, ENGLISH).payload()["blocks"])


def test_whoever_proposed_is_told_what_comes_next() -> None:
    told = [proposed(asked(Source.DESK, limit=Decimal("150.25")), texts) for texts in BOTH]
    assert told[0].text.startswith("Proposed: buy 512 AAPL at $150.25, stop $147.99, target $154.75. Risk $1,158")
    for message in told:
        check_message(message.payload())
