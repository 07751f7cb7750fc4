from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot import cards, delivery
from bot.cards.message import Message
from bot.cards.notices import RENDERERS, render
from bot.messages import Texts
from engine.model.notices.account import ForeignPosition
from engine.model.notices.base import Notice, NoticeKind, TradeNotice, UnreadableNotice
from engine.model.notices.desk import (
    AutoModeChanged,
    DeskHalted,
    DeskReducing,
    DeskResumed,
    LossLimitReached,
    RiskWarning,
)
from engine.model.notices.kinds import CLASSES
from engine.model.notices.proposals import ProposalResized, SignalKept
from engine.model.notices.systems import BotStarted, BudgetSpent, JobFailed, ServiceBack, ServiceLost, TradeFaulted
from engine.model.notices.trades import ExitAsked, TradeOversold
from engine.model.reason import Reason
from engine.model.risk import RiskVerdict
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, TRADER, opened
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack_limits import check_message
from tests.support.fakes.trades import PROPOSED_AT, TRADE, a_trade


def test_each_kind_has_exactly_one_class() -> None:
    assert sorted(each.kind for each in CLASSES) == sorted(NoticeKind)


def test_each_class_has_exactly_one_way_to_be_shown() -> None:
    drawn = {each for each in CLASSES if each.is_card}
    assert not drawn & RENDERERS.keys()
    assert drawn | RENDERERS.keys() == set(CLASSES)


def test_what_concerns_a_card_is_about_a_trade() -> None:
    of_trades = {each for each in CLASSES if issubclass(each, TradeNotice)}
    assert of_trades == {each for each in CLASSES if each.is_of_trade}
    assert {each for each in CLASSES if each.is_card or each.redraws_card or each.is_for_channel} <= of_trades


@pytest.mark.parametrize("kind", RENDERERS)
def test_every_kind_of_notice_is_rendered_in_both_languages(kind: type[Notice]) -> None:
    told = [render(a_notice(kind), opened(), texts) for texts in BOTH]
    for message in told:
        check_message(message.payload())
    assert told[0].text != told[1].text


@pytest.mark.parametrize("kind", [each for each in RENDERERS if each.is_of_trade])
@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
def test_what_is_told_of_a_trade_names_its_symbol(kind: type[Notice], texts: Texts) -> None:
    assert "AAPL" in render(a_notice(kind), opened(), texts).text.replace(TRADE.id, "")


@pytest.mark.parametrize("kind", [each for each in CLASSES if each.is_of_trade])
def test_a_notice_of_an_unreadable_trade_says_so(kind: type[Notice]) -> None:
    text = render(a_notice(kind), None, ENGLISH).text
    said = f"Notice “{kind.kind}”: trade {TRADE.id} is not in the database. Check /trades, and tell the operator."
    assert text == said


def test_no_card_takes_apart_what_the_engine_wrote() -> None:
    rooms = [Path(room.__file__ or "").parent for room in (cards, delivery)]
    with_patterns = {
        file.name for room in rooms for file in room.rglob("*.py") if "import re\n" in file.read_text("utf-8")
    }
    # What people and other programs write: names, addresses, mentions; and the ids that Slack gives.
    assert with_patterns == {"mrkdwn.py", "slack_poster.py"}


def unreadable(kept_as: type[Notice] = TradeOversold, **changes: Any) -> UnreadableNotice:
    stored = {"stored_kind": "oversold", "stored_subject": "", "detail": "many both_exits", "trade_id": TRADE.id}
    return UnreadableNotice(**{"key": "k", "at": PROPOSED_AT, "kept_as": kept_as, **stored, **changes})


@pytest.mark.parametrize("texts", BOTH)
def test_a_notice_that_cannot_be_read_is_told_with_what_is_kept_of_it(texts: Texts) -> None:
    message = render(unreadable(), opened(), texts)
    check_message(message.payload())
    for fact in ("oversold", TRADE.id, "many both_exits"):
        assert fact in message.text


def test_what_is_kept_of_a_notice_that_cannot_be_read_formats_nothing() -> None:
    message = render(unreadable(stored_kind="<!here>", detail="<!channel> *now*"), None, ENGLISH)
    assert "<!" not in message.text
    assert "*now*" not in message.text


def test_an_alarm_that_cannot_be_read_is_delivered_as_one() -> None:
    assert unreadable().told_as.is_urgent
    assert not unreadable(UnreadableNotice).told_as.is_urgent


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (DeskHalted, {"by": TRADER, "reason": Reason(word="CPI")}, "⛔ 거래 중지: <@U0TRADER1>."),
        (DeskHalted, {"by": "engine", "reason": Reason(word="open_risk")}, "사유: 동시위험 한도"),
        (DeskResumed, {"by": TRADER}, "✅ 거래 재개: <@U0TRADER1>."),
        (DeskReducing, {"by": "engine"}, "청산만 허용: 봇."),
        (DeskReducing, {"by": "engine", "reason": Reason(word="truth_contradicts")}, "브로커에 없음"),
        (ForeignPosition, {"symbol": "TSLA", "shares": 40}, "TSLA: 봇이 매수하지 않은 40주"),
        (AutoModeChanged, {"is_on": True}, "자동매매 켜짐"),
        (AutoModeChanged, {"is_on": False}, "자동매매 꺼짐"),
        (RiskWarning, {"open_risk": Decimal("0.0165")}, "총 위험 1.65%"),
        (
            SignalKept,
            {"why_not": Reason.read("stop_cooldown 61.4 3600 seconds")},
            "AAPL 신호, 제안하지 않음: 손절 후 1분 1초 경과, 1시간 동안 재진입 금지.",
        ),
        (
            LossLimitReached,
            {"verdict": RiskVerdict.read("daily_loss 0.031 0.03 share_of_equity")},
            "오늘 손실 3.1%(당일 시작 순자산 대비), 한도 3.0%",
        ),
        (
            LossLimitReached,
            {"verdict": RiskVerdict.read("drawdown 0.12 0.1 share_of_equity")},
            "순자산이 회복될 때까지",
        ),
        (
            SignalKept,
            {"why_not": Reason(word="outside_regular_hours")},
            "AAPL 신호, 제안하지 않음: 주문 가능 시간 외",
        ),
        (SignalKept, {"why_not": Reason(word="order_refused")}, "브로커가 거부할 주문"),
        (TradeFaulted, {}, "🚨 AAPL_20250819_234515: 봇 내부 오류로 처리하지 못합니다."),
        (TradeFaulted, {"what": "IBM"}, "브로커에서 포지션과 손절 주문을 확인하고"),
        (JobFailed, {}, "작업 “observe” 실패"),
        (ServiceLost, {"trouble": "timed out"}, "브로커: 응답 없음 (timed out)"),
        (ServiceLost, {"service": "claude", "trouble": "key"}, "⚠️ Claude API 키 거부됨. 뉴스 채점을 보류하고"),
        (ServiceBack, {"service": "redis"}, "✅ Redis: 복구."),
        (ServiceBack, {"service": "claude"}, "✅ Claude: 복구."),
        (BudgetSpent, {}, "Claude 오늘 예산을 모두 소진했습니다."),
        (BotStarted, {}, "봇이 시작되었습니다.\n브로커: 봇 내부 모의 체결."),
        (
            BotStarted,
            {"broker": "alpaca-paper", "source": "alpaca-iex"},
            "Alpaca 모의 계좌. 실제 자금은 사용하지 않습니다.\n단일 거래소",
        ),
        (
            BotStarted,
            {"broker": "alpaca-live", "source": "alpaca-sip"},
            "🔴 실거래: 봇이 실제 자금으로 시작되었습니다.",
        ),
    ],
)
def test_a_notice_about_the_desk_tells_its_facts(kind: type[Notice], facts: dict[str, Any], said: str) -> None:
    assert said in render(a_notice(kind, **facts), None, KOREAN).text


@pytest.mark.parametrize("texts", BOTH)
def test_live_money_is_announced_in_bold_and_only_where_it_is_live(texts: Texts) -> None:
    def told(broker: str) -> Message:
        return render(a_notice(BotStarted, broker=broker, source="alpaca-iex"), None, texts)

    live = told("alpaca-live").payload()["blocks"][0]["text"]["text"].splitlines()
    assert live[0].startswith("🔴 *")
    assert live[1].startswith("*")
    assert not [broker for broker in ("paper", "alpaca-paper") if "🔴" in told(broker).text]


def test_a_resize_names_who_asked_for_it() -> None:
    assert "<@U0TRADER1>" in render(a_notice(ProposalResized, by=TRADER), a_trade(), ENGLISH).text


def test_a_question_to_close_tells_the_score() -> None:
    assert "(−0.9)" in render(a_notice(ExitAsked, tenths=-9), opened(), ENGLISH).text
