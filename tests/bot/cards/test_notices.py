from typing import Any

import pytest

from bot.cards.message import Message
from bot.cards.notices import CARDS, OF_BOTH, OF_THE_NOTICE, OF_THE_TRADE, render
from bot.messages import Texts
from engine.model.notice import Notice, NoticeKind
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, TRADER, approved, buttons, opened
from tests.fakes.slack_limits import check_message
from tests.fakes.trades import PROPOSED_AT, a_trade


def a_notice(kind: NoticeKind, **changes: Any) -> Notice:
    return Notice(**{"key": "k", "kind": kind, "at": PROPOSED_AT, **changes})


def test_every_kind_of_notice_has_exactly_one_rendering() -> None:
    kinds = [*CARDS, *OF_THE_TRADE, *OF_BOTH, *OF_THE_NOTICE]
    assert sorted(kinds) == sorted(NoticeKind)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_notice_is_rendered_in_both_languages(kind: NoticeKind) -> None:
    told = [render(a_notice(kind, trade_id="AAPL_20250819_234515"), opened(), texts) for texts in BOTH]
    for message in told:
        check_message(message.payload())
    assert told[0].text != told[1].text


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - set(OF_THE_NOTICE)))
def test_a_notice_of_an_unreadable_trade_says_so(kind: NoticeKind) -> None:
    text = render(a_notice(kind, trade_id="AAPL_20250819_234515"), None, ENGLISH).text
    assert text == f"Notice “{kind}”: trade AAPL_20250819_234515 is not in the database."


def test_a_request_for_approval_is_the_card_with_its_source() -> None:
    message = render(a_notice(NoticeKind.APPROVAL_ASKED), a_trade(), ENGLISH, source="replay")
    assert buttons(message)[0] == "approve"
    assert "Recorded opens and closes" in message.text


def test_a_card_told_late_shows_the_trade_as_it_is_now() -> None:
    assert buttons(render(a_notice(NoticeKind.APPROVAL_ASKED), approved(), ENGLISH)) == ["inspect"]


@pytest.mark.parametrize(
    ("kind", "subject", "detail", "said"),
    [
        (NoticeKind.HALTED, TRADER, "CPI", "⛔ 거래 중지: <@U0TRADER1>."),
        (NoticeKind.HALTED, "engine", "open_risk", "사유: 동시위험 한도"),
        (NoticeKind.RESUMED, TRADER, "", "✅ 거래 재개: <@U0TRADER1>."),
        (NoticeKind.REDUCING, "engine", "", "청산만 허용: 봇."),
        (NoticeKind.REDUCING, "engine", "truth_contradicts", "브로커에 없음"),
        (NoticeKind.FOREIGN, "TSLA", "40", "TSLA: 봇이 매수하지 않은 40주"),
        (NoticeKind.AUTO_CHANGED, TRADER, "on", "자동매매 켜짐"),
        (NoticeKind.AUTO_CHANGED, TRADER, "off", "자동매매 꺼짐"),
        (NoticeKind.RISK_WARNING, "", "0.0165", "총 위험 1.65%"),
        (
            NoticeKind.SIGNAL,
            "AAPL",
            "stop_cooldown 61.4 3600 seconds",
            "AAPL 신호, 제안하지 않음: 손절 후 1분 1초 경과, 1시간 동안 재진입 금지.",
        ),
        (
            NoticeKind.LOSS_LIMIT,
            "daily_loss",
            "daily_loss 0.031 0.03 share_of_equity",
            "오늘 손실 3.1%(당일 시작 순자산 대비), 한도 3.0%",
        ),
        (NoticeKind.LOSS_LIMIT, "drawdown", "drawdown 0.12 0.1 share_of_equity", "순자산이 회복될 때까지"),
        (NoticeKind.SIGNAL, "AAPL", "outside_regular_hours", "AAPL 신호, 제안하지 않음: 주문 가능 시간 외"),
        (NoticeKind.SIGNAL, "AAPL", "order_refused", "브로커가 거부할 주문"),
        (NoticeKind.JOB_FAILED, "observe", "ab12", "작업 “observe” 실패"),
        (NoticeKind.SERVICE_LOST, "broker", "timed out", "브로커: 응답 없음 (timed out)"),
        (NoticeKind.SERVICE_LOST, "claude", "key", "⚠️ Claude API 키 거부됨. 뉴스 채점을 보류하고"),
        (NoticeKind.SERVICE_BACK, "redis", "", "✅ Redis: 복구."),
        (NoticeKind.SERVICE_BACK, "claude", "", "✅ Claude: 복구."),
        (NoticeKind.BUDGET_SPENT, "", "", "Claude 오늘 예산을 모두 소진했습니다."),
        (NoticeKind.STARTED, "paper", "replay", "봇이 시작되었습니다.\n브로커: 봇 내부 모의 체결."),
        (
            NoticeKind.STARTED,
            "alpaca-paper",
            "alpaca-iex",
            "Alpaca 모의 계좌. 실제 자금은 사용하지 않습니다.\n단일 거래소",
        ),
        (NoticeKind.STARTED, "alpaca-live", "alpaca-sip", "🔴 실거래: 봇이 실제 자금으로 시작되었습니다."),
    ],
)
def test_a_notice_about_the_desk_tells_its_facts(kind: NoticeKind, subject: str, detail: str, said: str) -> None:
    assert said in render(a_notice(kind, subject=subject, detail=detail), None, KOREAN).text


@pytest.mark.parametrize("texts", BOTH)
def test_live_money_is_announced_in_bold_and_only_where_it_is_live(texts: Texts) -> None:
    def told(broker: str) -> Message:
        return render(a_notice(NoticeKind.STARTED, subject=broker, detail="alpaca-iex"), None, texts)

    live = told("alpaca-live").payload()["blocks"][0]["text"]["text"].splitlines()
    assert live[0].startswith("🔴 *")
    assert live[1].startswith("*")
    assert not [broker for broker in ("paper", "alpaca-paper") if "🔴" in told(broker).text]


def test_a_resize_names_who_asked_for_it() -> None:
    assert "<@U0TRADER1>" in render(a_notice(NoticeKind.RESIZED, subject=TRADER), a_trade(), ENGLISH).text


def test_a_question_to_close_tells_the_score() -> None:
    assert "(−0.9)" in render(a_notice(NoticeKind.EXIT_ASKED, detail="-9"), opened(), ENGLISH).text
