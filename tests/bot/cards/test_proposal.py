from dataclasses import replace
from decimal import Decimal

import pytest
from slack_sdk.models.blocks import SectionBlock

from bot.cards.details import trade_blocks
from bot.cards.message import message
from bot.cards.proposal import planned_risk, proposal
from bot.cards.status import decision_text
from bot.messages import Texts
from engine.model.journal import Grade, JournalEntry, JournalKind
from engine.model.news import NoScore
from engine.model.risk import BindingLimit
from engine.model.signal import Component, Part
from engine.model.trade import Trade, TradeState
from engine.model.view import RiskLevel
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, approved, buttons, ended, opened, shown, text_of
from tests.support.fakes.trades import FINDINGS, PROPOSED_AT, READINGS, a_signal, a_sizing, a_trade

NO_NEWS = Component(part=Part.NEWS, tenths=0)
IN_ENGLISH = """\
Buy 512 AAPL at $150.25? Risk $1,158 (0.50%), stop $147.99, target $154.75, expires 23:50 KST
Risk $1,158 (0.50%) · Cost $76,928
Stop $147.99 · Target $154.75 · R/R\u00a02.0
Open risk 1.0% → 1.5% of 2.0%
Expires 23:50 KST
Score +1.5 · strong buy: technical +1.0, news +0.5
RSI 35.0 → +0.3
Lower band touched: low $149.05, band $149.10 → +0.2
MACD crossed above its signal → +0.4
Volume 120% of average → +0.1
News, scored by keywords → +0.5
• +0.3 “Apple beats expectations and raises its outlook (news.example)” (beats, raises) · 20 min old
• +0.2 “Analysts upgrade Apple” (upgrade) · 50 min old
Stop −1.5% · Target +3% · Today +1.2%
Overnight risk 2.0% → 3.33% (worst 1% of nights)
Size $231,368 × 0.5% ÷ ($150.25 − $147.99) = 511.88 → 512 shares
ID AAPL_20250819_234515 · Recorded opens and closes, generated intraday prices; paper broker"""

IN_KOREAN = """\
AAPL 512주 $150.25 매수? 위험 $1,158 (0.50%), 손절가 $147.99, 목표가 $154.75, 23:50 KST 만료
위험 $1,158 (0.50%) · 금액 $76,928
손절가 $147.99 · 목표가 $154.75 · 2.0R
총 위험 1.0% → 1.5% / 한도 2.0%
만료 23:50 KST
점수 +1.5 · 강한 매수: 기술 +1.0, 뉴스 +0.5
RSI 35.0 → +0.3
볼린저 하단 터치: 저가 $149.05, 하단 $149.10 → +0.2
MACD 골든크로스 → +0.4
거래량 평균 대비 120% → +0.1
뉴스, 키워드 채점 → +0.5
• +0.3 “Apple beats expectations and raises its outlook (news.example)” (beats, raises) · 20분 전
• +0.2 “Analysts upgrade Apple” (upgrade) · 50분 전
손절가 −1.5% · 목표가 +3% · 전일 대비 +1.2%
오버나이트 위험 2.0% → 3.33% (야간 변동 하위 1% 기준)
수량 $231,368 × 0.5% ÷ ($150.25 − $147.99) = 511.88 → 512주
거래ID AAPL_20250819_234515 · 시가·종가·거래량은 실제 기록, 장중 가격은 생성한 값, 모의 브로커"""

LARGE = a_trade(
    symbol="GOOGL",
    shares=12_345,
    sizing=a_sizing(entry=Decimal("1150.25"), stop=Decimal("1134.50"), target=Decimal("1181.75")),
)
LOCK_SCREEN = 110
"""Characters of a message that a phone shows of it while it is locked."""


def test_the_example_is_told_in_english_to_the_digit() -> None:
    assert proposal(a_trade(), ENGLISH, source="replay").text == IN_ENGLISH


def test_the_example_is_told_in_korean_to_the_digit() -> None:
    assert proposal(a_trade(), KOREAN, source="replay").text == IN_KOREAN


def test_the_decision_comes_first_then_the_buttons_and_the_rest_is_folded() -> None:
    head, decision, row, rest = proposal(a_trade(), ENGLISH).payload()["blocks"]
    assert (head["type"], head["text"]["text"]) == ("header", "Buy 512 AAPL at $150.25?")
    assert decision["text"]["text"].splitlines() == [
        "*Risk* $1,158 (0.50%) · *Cost* $76,928",
        "*Stop* $147.99 · *Target* $154.75 · *R/R*\u00a02.0",
        "*Open risk* 1.0% → 1.5% of 2.0%",
        "*Expires* <!date^1755615015^{time}|23:50 KST>",
    ]
    assert [button["action_id"] for button in row["elements"]] == ["approve", "resize", "reject", "inspect"]
    assert (rest["type"], rest["title"]["text"]) == ("container", "Why: score +1.5, strong buy")
    assert (rest["is_collapsible"], rest["default_collapsed"]) == (True, True)


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize("trade", [a_trade(), LARGE], ids=["example", "large"])
def test_a_lock_screen_shows_the_whole_decision(trade: Trade, texts: Texts) -> None:
    start = proposal(trade, texts).text[:LOCK_SCREEN]
    plan = (trade.sizing.entry, trade.sizing.stop, trade.sizing.target)
    assert trade.symbol in start
    assert texts.count(trade.shares) in start
    assert all(texts.price(price) in start for price in plan)
    assert texts.risk_dollars(planned_risk(trade)) in start
    assert "23:50 KST" in start


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize("state", TradeState)
def test_inspect_has_all_that_is_folded(state: TradeState, texts: Texts) -> None:
    trade = replace(ended(), state=state, reason="halted")
    folded = proposal(trade, texts).payload()["blocks"][-1]["child_blocks"]
    told = "\n".join(text_of(block) for block in trade_blocks(trade, texts) if isinstance(block, SectionBlock))
    lines = [line for block in folded if block["type"] == "section" for line in block["text"]["text"].splitlines()]
    assert [line for line in lines if line not in told and not set(line) <= set("█▓░")] == []


def test_a_meter_shows_the_risk_held_and_added() -> None:
    message = proposal(a_trade(), ENGLISH)
    assert "█████▓▓▓░░" in shown(message)[2]
    assert "█" not in message.text


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
def test_parts_that_gave_no_points_are_left_out_of_the_card_and_told_by_inspect(texts: Texts) -> None:
    quiet = [replace(each, tenths=0) for each in a_signal().components if each.part is Part.VOLUME]
    signal = a_signal(components=(*a_signal().components[:3], *quiet, NO_NEWS), findings=())
    card, whole = proposal(a_trade(signal=signal), texts).text, message(*trade_blocks(a_trade(signal=signal), texts))
    assert "→ 0.0" not in card
    assert whole.text.count("→ 0.0") == 2


def test_a_stop_that_risks_nothing_has_no_reward_to_risk() -> None:
    trade = a_trade(sizing=a_sizing(stop=Decimal("150.25")))
    assert "Stop $150.25 · Target $154.75\n" in proposal(trade, ENGLISH).text


def test_the_cap_that_bound_the_size_is_named() -> None:
    sizing = a_sizing(shares=444, cap=BindingLimit.BUYING_POWER)
    trade = a_trade(sizing=sizing, shares=444)
    assert "= 511.88 → 444 shares\nCap buying power\n" in proposal(trade, ENGLISH).text
    assert "= 511.88 → 444주\n제한 요인 매수 가능 금액\n" in proposal(trade, KOREAN).text
    assert proposal(trade, ENGLISH).text.startswith("Buy 444 AAPL at $150.25?")


def test_a_resized_proposal_shows_its_own_cost_and_risk() -> None:
    text = proposal(a_trade(shares=400), ENGLISH).text
    assert "Buy 400 AAPL" in text
    assert "Cost $60,100" in text
    assert "Risk $904 (0.39%)" in text
    assert "Open risk 1.0% → 1.39% of 2.0%" in text
    assert "→ 512 shares\nResized 512 → 400 shares" in text


def test_a_proposal_can_be_decided() -> None:
    assert buttons(proposal(a_trade(), ENGLISH)) == ["approve", "resize", "reject", "inspect"]


@pytest.mark.parametrize("state", sorted(set(TradeState) - {TradeState.PROPOSED}))
def test_no_live_button_is_left_after_the_decision(state: TradeState) -> None:
    left = {TradeState.OPEN: ["move_stop", "move_target", "ask_close"], TradeState.CLOSED: ["grade_good", "grade_poor"]}
    assert buttons(proposal(approved(state=state), ENGLISH)) == [*left.get(state, []), "inspect"]


def test_the_card_of_a_closed_trade_shows_how_its_process_was_graded_and_by_whom() -> None:
    grade = JournalEntry(
        key="grade",
        trade_id="AAPL_20250819_234515",
        kind=JournalKind.GRADE,
        at=PROPOSED_AT,
        by="U0TRADER",
        text=Grade.POOR,
        version=Decimal(1),
    )
    closed = approved(state=TradeState.CLOSED)
    assert "Process poor (<@U0TRADER>)" in proposal(closed, ENGLISH, grade=grade).text
    assert "매매 과정 나쁨 (<@U0TRADER>)" in proposal(closed, KOREAN, grade=grade).text
    assert "Process" not in proposal(closed, ENGLISH).text


def test_every_button_carries_the_trade_and_says_what_it_does() -> None:
    row = proposal(a_trade(), ENGLISH).payload()["blocks"][2]["elements"]
    approve, *others = (button["value"] for button in row)
    assert (approve, {*others}) == ("AAPL_20250819_234515:512", {"AAPL_20250819_234515"})
    assert row[0]["accessibility_label"] == "Approve: buy 512 AAPL at $150.25"
    assert (row[0]["style"], row[2]["style"]) == ("primary", "danger")


def test_an_approved_card_says_who_and_when() -> None:
    message = proposal(approved(), ENGLISH)
    assert message.text.startswith("512 AAPL at $150.25: approved\n")
    assert (
        "Approved by <@U0TRADER1>, <!date^1755614718^{date_short_pretty} {time}|Aug 19, 2025, 23:45 KST>."
        in shown(message)[0]
    )
    assert "Expires" not in message.text


def test_a_filled_card_shows_the_fill_price() -> None:
    assert proposal(opened(), KOREAN).text.startswith("AAPL 512주, $150.28: 보유 중\n")


@pytest.mark.parametrize(
    ("texts", "said"), [(ENGLISH, "Result +$2,304 (+3%)\n"), (KOREAN, "손익 +$2,304 (+3%)\n")], ids=["en", "ko"]
)
def test_a_closed_card_says_what_came_of_it_and_its_plan_is_folded(texts: Texts, said: str) -> None:
    message = proposal(ended(), texts)
    assert said in message.text
    assert "$147.99" not in shown(message)[0]
    assert "$147.99" in shown(message)[2]


def test_an_automatic_approval_is_called_so() -> None:
    assert "Approved automatically, Aug 19, 2025, 23:45 KST." in proposal(approved(decided_by="engine"), ENGLISH).text


@pytest.mark.parametrize("by", ["S1", "S10", "S417"])
def test_what_a_standing_approval_approved_is_called_so_on_the_card_and_at_home(by: str) -> None:
    trade = approved(decided_by=by)
    for said in (proposal(trade, ENGLISH).text, decision_text(trade, ENGLISH)):
        assert f"Approved under standing approval {by}, " in said
    for said in (proposal(trade, KOREAN).text, decision_text(trade, KOREAN)):
        assert f"승인: 사전 승인 {by}, " in said
    for state in (TradeState.CANCELLED, TradeState.FAILED):
        assert f" under standing approval {by}." in proposal(approved(state=state, decided_by=by), ENGLISH).text


@pytest.mark.parametrize("by", ["U0TRADER1", "W12", "SAM", "S", "S0"])
def test_a_person_who_approved_is_none(by: str) -> None:
    assert "Approved by " in proposal(approved(decided_by=by), ENGLISH).text


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (TradeState.REJECTED, "too close to earnings", "Reason: too close to earnings"),
        (TradeState.REFUSED, "price_drift", "Reason: price moved too far since the proposal"),
        (TradeState.CANCELLED, "halted", "Reason: the desk is halted"),
        (TradeState.FAILED, "insufficient qty", "Reason: insufficient qty"),
    ],
)
def test_a_card_that_ended_says_why(state: TradeState, reason: str, said: str) -> None:
    assert said in proposal(approved(state=state, reason=reason), ENGLISH).text


def test_an_expired_card_says_that_nobody_decided() -> None:
    trade = a_trade(state=TradeState.EXPIRED, decided_by="engine", decided_at=PROPOSED_AT)
    assert "Expired Aug 19, 2025, 23:45 KST (not approved). No order was sent." in proposal(trade, ENGLISH).text


def test_a_weak_sell_is_told_as_such() -> None:
    readings = replace(READINGS, rsi=66.0, macd_cross=-1)
    parts = {Part.RSI: -3, Part.BOLLINGER: -2, Part.MACD: -4, Part.VOLUME: 0, Part.NEWS: 0}
    components = tuple(Component(part=part, tenths=tenths) for part, tenths in parts.items())
    signal = a_signal(readings=readings, components=components, findings=(), scorer="")
    text = proposal(a_trade(signal=signal), ENGLISH).text
    assert "Score −0.9 · sell: technical −0.9, news 0.0" in text
    assert "Upper band touched: high $150.60, band $153.30 → −0.2" in text
    assert "MACD crossed below its signal → −0.4" in text
    assert "Volume" not in text


@pytest.mark.parametrize(
    ("reason", "english", "korean"),
    [
        (NoScore.BUDGET, "Claude's budget for today is used up", "Claude 오늘 예산 소진"),
        (NoScore.BUSY, "Claude is busy with other headlines", "Claude가 다른 뉴스를 처리 중"),
        (NoScore.KEY, "Claude rejected the API key", "Claude API 키 거부됨"),
        (
            NoScore.REQUEST,
            "Claude rejected the request; check the model name",
            "Claude 요청 거부됨(모델 이름 확인)",
        ),
        (NoScore.OUTAGE, "Claude isn't responding", "Claude 응답 없음"),
        (NoScore.ANSWER, "Claude's answer failed its checks", "Claude 답변 검증 실패"),
        (NoScore.UNREAD, "not read yet", "아직 읽지 않음"),
        (NoScore.WORKERS, "the workers died while scoring them", "채점 중 워커 비정상 종료"),
    ],
)
def test_a_card_says_why_headlines_were_not_scored(reason: NoScore, english: str, korean: str) -> None:
    trade = a_trade(signal=a_signal(components=(*a_signal().components[:-1], NO_NEWS), scorer=f"claude: {reason}"))
    assert f"News → 0.0, headlines not scored: {english}\n" in proposal(trade, ENGLISH).text
    assert f"뉴스 → 0.0, 미채점 뉴스 있음: {korean}\n" in proposal(trade, KOREAN).text


def test_a_card_says_who_read_the_news() -> None:
    assert "News, scored by Claude → +0.5" in proposal(a_trade(signal=a_signal(scorer="claude")), ENGLISH).text
    assert "News, scored by keywords and by Claude" in proposal(a_trade(signal=a_signal(scorer="mixed")), ENGLISH).text
    assert "뉴스, Claude 채점 → +0.5" in proposal(a_trade(signal=a_signal(scorer="claude")), KOREAN).text


def test_many_headlines_are_counted_not_listed() -> None:
    trade = a_trade(signal=a_signal(findings=FINDINGS[:1] * 9))
    assert "… and 5 more" in proposal(trade, ENGLISH).text


def test_a_headline_links_to_its_source() -> None:
    assert "“<https://news.example/2|Apple beats expectations" in shown(proposal(a_trade(), ENGLISH))[1]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x|y", "https://a b", "https://x" * 200])
def test_what_is_no_address_is_no_link(url: str) -> None:
    finding = replace(FINDINGS[0], url=url)
    text = shown(proposal(a_trade(signal=a_signal(findings=(finding,))), ENGLISH))[1]
    assert "“Apple beats" in text


def test_the_ceiling_is_the_callers() -> None:
    assert "of 3.0%" in proposal(a_trade(), ENGLISH, ceiling=Decimal("0.03")).text


def test_a_card_that_waits_tells_the_open_risk_of_now_and_one_that_is_decided_that_of_its_proposal() -> None:
    risk = RiskLevel(share=Decimal("0.0123"), ceiling=Decimal("0.03"))
    assert "Open risk 1.23% → 1.73% of 3.0%" in proposal(a_trade(), ENGLISH, risk=risk).text
    decided = proposal(a_trade(state=TradeState.APPROVED), ENGLISH, risk=risk).text
    assert "1.23%" not in decided
    assert "Open risk when proposed 1.0% → 1.5%" in decided
