from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards.newer_blocks import older
from bot.cards.questions import answered
from bot.local_slack.limits import check_message
from bot.messages import LOCALES, Texts
from engine.model.desk import Desk, DeskState
from engine.model.fact import AnsweredQuestion, GroundedAnswer, Sentence
from engine.model.news import NoScore
from engine.views import facts
from tests.engine.adapters.claude.test_grounding import COOLDOWN, FACTS, REFUSED, TRADE

ENGLISH, KOREAN = (Texts(locale, ZoneInfo("Asia/Seoul")) for locale in LOCALES)
NOW = datetime(2025, 8, 19, 18, 30, tzinfo=UTC)
NAMES = {"U0TRADER": "Dana <!here>"}


def shown(answer: GroundedAnswer | None, texts: Texts = ENGLISH) -> str:
    return answered(AnsweredQuestion(facts=FACTS, answer=answer), NOW, lambda user: NAMES.get(user, ""), texts).text


def test_a_sentence_stands_before_the_rows_that_it_cites() -> None:
    said = GroundedAnswer(sentences=(Sentence(text="AAPL was bought at $150.28.", cites=(1,)),))
    first, small, title_row = shown(said).split("\n")
    assert first == "AAPL was bought at $150.28. [1]"
    assert small == "Read from the records. No order or setting was touched."
    assert title_row.startswith("[1] Trade · trades AAPL_20250819_234515 · Aug 19, 2025, 23:45 KST — ")
    for figure in ("shares: 512", "fill: $150.28", "stop: $147.99", "exit reason: stop hit", "result: −$1,172"):
        assert figure in title_row


def test_a_row_reads_in_korean_as_in_english() -> None:
    line = shown(GroundedAnswer(sentences=(Sentence(text="매수", cites=(1, 2, 3)),)), KOREAN)
    for words in (
        "거래 · trades AAPL_20250819_234515",
        "체결가: $150.28",
        "제안하지 않은 이유: 동시위험 한도",
        "확인값: 2.03%",
    ):
        assert words in line
    assert "손절 후 재진입 금지 시간" in line
    assert "1시간" in line


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("for_news CPI at 8:30", "reason: news: CPI at 8:30"),
        ("clock_differs 45", "reason: bot and broker clocks differ by 45 s"),
        ("CPI at 8:30", "reason: “CPI at 8:30”"),
    ],
)
def test_a_reason_reads_as_where_it_was_given(reason: str, said: str) -> None:
    desk = replace(facts.of_desk(Desk(state=DeskState.HALTED, auto=False, by="U0TRADER", reason=reason)), number=1)
    found = answered(AnsweredQuestion(facts=(desk,), answer=GroundedAnswer()), NOW, lambda _user: "", ENGLISH)
    assert said in found.text


def test_people_are_called_by_their_names_and_nobody_is_mentioned() -> None:
    text = shown(GroundedAnswer(sentences=(Sentence(text="U0TRADER approved it.", cites=(1,)),)))
    assert "Dana &lt;!here&gt; approved it. [1]" in text
    assert "decided by: Dana &lt;!here&gt;" in text
    assert "U0TRADER" not in text
    assert "<" not in text


def test_what_is_quoted_formats_nothing() -> None:
    text = shown(GroundedAnswer(sentences=(Sentence(text="*a* `b` ~c~ <https://x.test|d> &", cites=(2,)),)))
    assert "∗a∗ ˋbˋ ∼c∼ &lt;https://x.test|d&gt; &amp; [2]" in text
    assert "“Apple to pay $9,999 &lt;!channel&gt; to ZZZZ holders”" in text


@pytest.mark.parametrize(("dropped", "told"), [(1, "1 sentence left out"), (3, "3 sentences left out")])
def test_sentences_that_were_dropped_are_counted(dropped: int, told: str) -> None:
    assert told in shown(GroundedAnswer(sentences=(Sentence(text="It was.", cites=(1,)),), dropped=dropped))


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN])
@pytest.mark.parametrize("problem", sorted(set(NoScore) - {NoScore.UNREAD, NoScore.WORKERS}))
def test_a_failure_is_one_line_and_the_bare_rows(problem: NoScore, texts: Texts) -> None:
    again = NOW + timedelta(hours=5, minutes=30) if problem is NoScore.BUDGET else None
    first, *rows = shown(GroundedAnswer(problem=problem, again_at=again), texts).split("\n")
    assert [row[:3] for row in rows] == ["[1]", "[2]", "[3]"]
    assert ("5 h 30 min" in first or "5시간 30분" in first) is (problem is NoScore.BUDGET)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (GroundedAnswer(), "The records don't answer that. These come nearest:"),
        (
            GroundedAnswer(dropped=2),
            "Claude's answer didn't match the records, so it isn't shown. The records themselves:",
        ),
    ],
)
def test_an_answer_without_a_sentence_says_why_and_shows_the_rows(answer: GroundedAnswer, told: str) -> None:
    assert shown(answer).startswith(told)


def test_without_a_key_it_says_which_commands_answer() -> None:
    assert shown(None).startswith("Questions are off")
    assert "/inspect AAPL" in shown(None)
    assert "질문 기능이 꺼져 있습니다" in shown(None, KOREAN)


def test_a_workspace_without_the_newer_blocks_shows_the_same_rows() -> None:
    said = GroundedAnswer(sentences=(Sentence(text="It was.", cites=(1, 2)),))
    found = answered(AnsweredQuestion(facts=FACTS, answer=said), NOW, lambda _user: "", ENGLISH)
    blocks = older(found.payload()["blocks"])
    words = "\n".join(block["text"]["text"] for block in blocks if block["type"] == "section")
    assert "[1] *Trade*" in words
    assert "[2] *Signal*" in words
    assert not {block["type"] for block in blocks} & {"container"}


def test_a_message_stays_within_slack_s_limits_however_many_rows_there_are() -> None:
    facts = tuple(replace(fact, number=number) for number, fact in enumerate((TRADE, REFUSED, COOLDOWN) * 14, 1))
    said = GroundedAnswer(sentences=tuple(Sentence(text="x" * 400, cites=tuple(range(1, 43))) for _ in range(8)))
    found = answered(AnsweredQuestion(facts=facts, answer=said), NOW, lambda _user: "", ENGLISH)
    assert len(found.text) < 12_000
    assert len(found.blocks) < 50
    check_message(found.payload()["blocks"])
