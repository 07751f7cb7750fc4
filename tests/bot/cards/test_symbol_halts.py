"""Halts of trading in a symbol, as people read them."""

from dataclasses import replace
from typing import Any

import pytest

from bot.cards import answers, refusals
from bot.cards.mrkdwn import halt_reason
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.cards.status import position_text
from bot.messages import Texts
from engine.common.service_health import Service
from engine.errors import SymbolHalted
from engine.model.notices.systems import ServiceBack, ServiceLost
from engine.model.notices.trades import SymbolHaltBegan, SymbolHaltEnded
from engine.model.symbol_halt import HaltReason
from engine.model.trade import Trade
from tests.bot.cards.examples import ENGLISH, KOREAN, a_portfolio, an_inspection, ended, half_sold, opened
from tests.support.fakes.notices import HALT, a_notice
from tests.support.fakes.trades import PROPOSED_AT, a_trade


@pytest.mark.parametrize(
    ("trade", "english", "korean"),
    [
        (a_trade(), "Approve works again once the halt ends.", "재개되면 승인할 수 있습니다."),
        (opened(), "Stop and target stay at the broker.", "손절·익절 주문은 브로커에 그대로 유지됩니다."),
        (half_sold(), "The stop stays at the broker.", ". 손절 주문은 브로커에 그대로 유지됩니다."),
    ],
)
def test_a_card_says_that_trading_is_halted_and_what_that_means(trade: Trade, english: str, korean: str) -> None:
    shown = proposal(trade, ENGLISH, halt=HALT).text
    assert "Halted by the exchange" in shown
    assert "news pending, code T1" in shown
    assert english in shown
    assert korean in proposal(trade, KOREAN, halt=HALT).text
    assert "halted" not in proposal(trade, ENGLISH).text


def test_the_card_of_a_trade_that_is_over_says_nothing_of_a_halt() -> None:
    assert "halted" not in proposal(ended(), ENGLISH, halt=HALT).text


def test_positions_and_inspect_name_what_is_halted() -> None:
    lines = [replace(line, halt=replace(HALT, symbol=line.symbol)) for line in a_portfolio().lines[:1]]
    held = replace(a_portfolio(), lines=tuple(lines))
    assert "Halted by the exchange" in position_text(lines[0], ENGLISH)
    assert lines[0].symbol in next(
        line for line in answers.positions(held, ENGLISH).text.splitlines() if "Halted by the exchange" in line
    )
    assert "거래소 거래 정지" in answers.positions(held, KOREAN).text
    assert "news pending" in answers.inspection(replace(an_inspection(), halt=HALT), ENGLISH).text


def test_a_reason_that_nobody_gave_is_said_to_be_none() -> None:
    for reason in HaltReason:
        assert "T1" in halt_reason(replace(HALT, reason=reason), ENGLISH)
        assert "none" not in halt_reason(replace(HALT, reason=reason, code=""), ENGLISH)
    assert halt_reason(replace(HALT, reason=HaltReason.OTHER, code=""), ENGLISH) == "no reason given"


def test_a_thread_reads_when_trading_is_halted_and_when_it_goes_on() -> None:
    began = render(a_notice(SymbolHaltBegan), opened(), ENGLISH).text
    assert "AAPL" in began
    assert "can't fill until trading resumes" in began
    assert "can be approved again" in render(a_notice(SymbolHaltEnded), a_trade(), ENGLISH).text
    assert "거래소 거래 정지 해제: AAPL" in render(a_notice(SymbolHaltEnded), opened(), KOREAN).text


@pytest.mark.parametrize(
    ("texts", "lost", "back"),
    [
        (ENGLISH, "New exchange halts may be missed: no connection", "Exchange halts are visible again."),
        (KOREAN, "새로운 거래 정지를 알 수 없습니다: 거래소 상태 스트림이", "거래 정지 정보를 다시 받습니다."),
    ],
)
def test_that_halts_are_not_seen_says_what_still_holds_and_what_to_do(texts: Texts, lost: str, back: str) -> None:
    facts: dict[str, Any] = {"key": "k", "at": PROPOSED_AT, "service": Service.HALTS.value}
    told = render(ServiceLost(**facts, trouble="no connection"), None, texts).text
    assert lost in told
    assert "no response" not in told
    assert back in render(ServiceBack(**facts), None, texts).text


def test_a_refusal_names_the_halt_and_its_reason() -> None:
    refused = SymbolHalted(HALT.symbol, HALT.since, HALT.reason, HALT.code)
    said = refusals.refusal(refused, ENGLISH).text
    assert "Trading in AAPL has been halted since" in said
    assert "news pending, code T1" in said
    assert "중요 공시 대기" in refusals.refusal(SymbolHalted("AAPL", HALT.since, HALT.reason), KOREAN).text
