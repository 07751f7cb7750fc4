"""A question in Slack: through the real Bolt App, the real engine and a Claude on loopback, answered to one person."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.local_slack.launch import CHANNEL, TRADER
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.claude import Reply, ScriptedClaude, answering, asked_of
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.questions import answered_by
from tests.support.slack_harness import SlackHarness, embedded

Stage = SlackHarness[EngineHarness]


@contextmanager
def asking(folder: Path, locale: str, *replies: Reply, **given: Any) -> Iterator[tuple[Stage, ScriptedClaude]]:
    with ScriptedClaude(*replies) as claude, embedded(folder, locale, on=answered_by(claude, **given)) as stage:
        stage.harness.play_the_signal()
        stage.card()
        yield stage, claude


def number_of(claude: ScriptedClaude, kind: str) -> int:
    """Return the number of the example's first fact of a kind in what Claude was last asked."""
    facts = asked_of(claude.bodies[-1])[1]
    return next(int(fact["fact"]) for fact in facts if fact["is"] == kind and fact.get("trade") == TRADE_ID)


def as_told(claude: ScriptedClaude, kind: str, text: str) -> None:
    """Let Claude say a sentence of the example's first fact of a kind."""
    claude.model = lambda _body: answering((text, [number_of(claude, kind)]))


@pytest.mark.parametrize(
    ("locale", "question", "sentence", "row"),
    [
        ("en", "why AAPL?", "AAPL scored +1.5, of which news gave +0.5.", "signals"),
        ("ko", "AAPL 왜 사자고 했어?", "AAPL 점수는 +1.5이고 그중 뉴스가 +0.5입니다.", "signals"),
    ],
)
def test_why_a_trade_is_answered_in_the_asker_s_language_with_the_row(
    tmp_path: Path, locale: str, question: str, sentence: str, row: str
) -> None:
    with asking(tmp_path, locale) as (stage, claude):
        as_told(claude, "signal", sentence)
        stage.viewer.command(CHANNEL.id, f"/ask {question}")
        told = stage.answer(stage.viewer, sentence)
        assert asked_of(claude.bodies[-1])[0] == question
        assert f" · {row} " in told
        assert TRADE_ID in told
        others = [message["text"] for message in stage.trader.messages(CHANNEL.id)]
        assert not any(sentence in text for text in others)
        with stage.harness.store.reading() as reader:
            [entry] = [each for each in reader.audit(limit=20) if each.action == "asked"]
        assert (entry.outcome, entry.said) == ("answered", f"/ask {question}")


@pytest.mark.parametrize(
    ("locale", "question", "sentence"),
    [
        ("en", "what is our risk?", "MSFT risks $1,158 down to its stop."),
        ("ko", "지금 위험은?", "MSFT 손절 시 손실은 $1,158입니다."),
    ],
)
def test_our_risk_is_told_trade_by_trade(tmp_path: Path, locale: str, question: str, sentence: str) -> None:
    with asking(tmp_path, locale) as (stage, claude):
        claude.model = lambda body: answering(
            (sentence, [fact["fact"] for fact in asked_of(body)[1] if fact.get("symbol") == "MSFT"])
        )
        stage.viewer.command(CHANNEL.id, f"/ask {question}")
        told = stage.answer(stage.viewer, sentence)
        assert "MSFT_20250818_233000" in told


def test_who_decided_is_told_by_name(tmp_path: Path) -> None:
    with asking(tmp_path, "en") as (stage, claude):
        stage.trader.command(CHANNEL.id, f"/reject {TRADE_ID} not now")
        stage.answer(stage.trader, "ejected")
        as_told(claude, "move", f"{TRADER.id} rejected it: “not now”.")
        stage.viewer.command(CHANNEL.id, "/ask who rejected AAPL?")
        told = stage.answer(stage.viewer, "rejected it")
        assert f"{TRADER.real_name or TRADER.name} rejected it: “not now”." in told
        assert "<@" not in told


def test_a_figure_that_stands_in_no_row_is_not_shown(tmp_path: Path) -> None:
    with asking(tmp_path, "en") as (stage, claude):
        as_told(claude, "trade", "AAPL will reach $9,999.")
        stage.viewer.command(CHANNEL.id, "/ask how far will AAPL go?")
        told = stage.answer(stage.viewer, "didn't match the records")
        assert "9,999" not in told
        assert f"trades {TRADE_ID}" in told


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=500), "Claude isn't responding"),
        (Reply(text="Of course!"), "no usable answer"),
        (Reply(text="", stop_reason="refusal"), "no usable answer"),
        (Reply(status=401), "rejected the API key"),
    ],
)
def test_a_claude_that_fails_leaves_one_line_and_the_rows(tmp_path: Path, reply: Reply, words: str) -> None:
    with asking(tmp_path, "en", reply) as (stage, _claude):
        stage.viewer.command(CHANNEL.id, "/ask why AAPL?")
        assert f"trades {TRADE_ID}" in stage.answer(stage.viewer, words)


@pytest.mark.parametrize(("locale", "words"), [("en", "It resets in"), ("ko", "다시 사용할 수 있습니다")])
def test_over_the_budget_it_says_when_it_is_back(tmp_path: Path, locale: str, words: str) -> None:
    with asking(tmp_path, locale, dollars_a_day=Decimal("0.001")) as (stage, claude):
        stage.viewer.command(CHANNEL.id, "/ask why AAPL?")
        assert "UTC" in stage.answer(stage.viewer, words)
        assert claude.bodies == []


@pytest.mark.parametrize(("locale", "words"), [("en", "Questions are off"), ("ko", "질문 기능이 꺼져 있습니다")])
def test_without_a_key_it_is_off_and_says_what_answers_instead(tmp_path: Path, locale: str, words: str) -> None:
    with embedded(tmp_path, locale) as stage:
        stage.viewer.command(CHANNEL.id, "/ask why AAPL?")
        assert "/inspect AAPL" in stage.answer(stage.viewer, words)


@pytest.mark.parametrize(
    ("typed", "words"), [("/ask", "e.g. /ask why"), (f"/ask {'why ' * 200}", "500 characters or fewer")]
)
def test_a_question_that_cannot_be_read_gets_an_example_or_the_limit(tmp_path: Path, typed: str, words: str) -> None:
    with asking(tmp_path, "en") as (stage, claude):
        stage.viewer.command(CHANNEL.id, typed)
        assert stage.answer(stage.viewer, words)
        assert claude.bodies == []
