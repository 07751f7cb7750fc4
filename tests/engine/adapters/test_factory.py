from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.factory import Adapters, open_adapters
from engine.adapters.news_scorer import scoring_name
from engine.adapters.sql.store import open_store
from engine.common.last_seen import last_seen
from engine.errors import NewsUnavailable, SettingsInvalid
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.news import NoScore
from engine.settings import Settings
from tests.engine.adapters.claude import AT, headline
from tests.engine.adapters.claude.test_grounding import FACTS
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.claude import KEY, ScriptedClaude, answering, saying
from tests.support.fakes.clock import ManualClock

Opening = Callable[..., Adapters]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(AT)


@pytest.fixture
def opened(tmp_path: Path, clock: ManualClock) -> Iterator[Opening]:
    """Open the adapters that settings name, on a Redis that nobody asks."""
    with ExitStack() as stack:

        def opening(**given: Any) -> Adapters:
            usual = {"data_dir": tmp_path / "data", "redis_url": "redis://127.0.0.1:9", "anthropic_api_key": ""}
            return open_adapters(Settings.read(**(usual | given)), stack, clock, last_seen)

        yield opening


def test_without_a_key_keywords_read_the_news(opened: Opening) -> None:
    assert opened().scorer.name == "keywords"


def test_with_a_key_claude_reads_the_news_and_every_call_and_dollar_stands_in_the_books(opened: Opening) -> None:
    with ScriptedClaude(saying(("n-1", 3, "outlook raised"))) as claude:
        adapters = opened(anthropic_api_key=KEY, claude_url=claude.url, claude_model="claude-opus-5-5")
        assert adapters.scorer.name == "claude"
        assert [finding.tenths for finding in adapters.scorer.findings("AAPL", [headline()])] == [3]
    with adapters.store.reading() as reader:
        (call,) = reader.calls(symbol="AAPL")
        assert (call.model, call.at, call.stop_reason) == ("claude-opus-5-5", AT, "end_turn")
        assert reader.spent(AT.date()) == call.dollars > 0


@pytest.mark.parametrize("given", [{}, {"anthropic_api_key": KEY, "claude_questions": "0"}])
def test_without_a_key_or_where_that_is_off_nobody_answers_questions(opened: Opening, given: dict[str, str]) -> None:
    assert opened(**given).answerer is None


def test_questions_spend_of_the_news_dollars_up_to_half_of_a_day(opened: Opening) -> None:
    with ScriptedClaude(answering(("AAPL was bought.", [1])), answering()) as claude:
        adapters = opened(anthropic_api_key=KEY, claude_url=claude.url, claude_dollars_a_day="0.05")
        assert adapters.answerer
        assert adapters.answerer.answer("why?", FACTS).problem is None
        with adapters.store.reading() as reader:
            (call,) = reader.calls()
            assert reader.spent(AT.date()) == call.dollars > 0
        with adapters.store.writing() as transaction:
            transaction.add_spending(AT.date(), Decimal("0.02"))
        assert adapters.answerer.answer("why?", FACTS).problem is NoScore.BUDGET


USUAL = {"anthropic_api_key": KEY, "claude_url": "https://claude.example"}


@pytest.mark.parametrize(
    "changed",
    [
        {"anthropic_api_key": ""},
        {"claude_model": "claude-opus-5-5"},
        {"claude_url": "https://elsewhere.example"},
        {"claude_dollars_a_day": "6"},
        {"claude_input_price": "2"},
        {"claude_output_price": "6"},
        {"claude_cache_write_price": "2"},
        {"claude_cache_read_price": "0.2"},
    ],
)
def test_a_worker_that_would_answer_or_book_otherwise_has_another_scorer(changed: dict[str, str]) -> None:
    assert scoring_name(Settings.read(**(USUAL | changed)).claude) != scoring_name(Settings.read(**USUAL).claude)


@pytest.mark.parametrize(
    "changed",
    [
        {"anthropic_api_key": "another key"},
        {"claude_seconds": "60"},
        {"claude_calls": "5"},
        {"claude_dollars_a_day": "5.00"},
    ],
)
def test_a_worker_that_answers_and_books_the_same_has_the_same_scorer(changed: dict[str, str]) -> None:
    assert scoring_name(Settings.read(**(USUAL | changed)).claude) == scoring_name(Settings.read(**USUAL).claude)


def test_what_was_spent_before_a_restart_counts_until_the_next_real_day(
    opened: Opening, tmp_path: Path, clock: ManualClock
) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'desk.db'}")) as before, before.writing() as transaction:
        transaction.add_spending(AT.date(), Decimal("4.99"))
    with ScriptedClaude() as claude:
        scorer = opened(data_dir=tmp_path, anthropic_api_key=KEY, claude_url=claude.url).scorer
        with pytest.raises(NewsUnavailable, match=r"^budget$"):
            scorer.findings("AAPL", [headline()])
        clock.set(AT + timedelta(days=1))
        scorer.findings("AAPL", [headline()])
        assert len(claude.bodies) == 1


def test_recorded_prices_have_no_corporate_actions_to_come(opened: Opening) -> None:
    assert opened().corporate_actions.between(["AAPL"], AT.date(), AT.date()) == ()


def test_where_prices_are_alpaca_s_its_corporate_actions_are_read(opened: Opening, clock: ManualClock) -> None:
    split = CorporateAction(
        id="", kind=ActionKind.SPLIT, symbol="AAPL", ex_date=AT.date(), new_shares=Decimal(2), old_shares=Decimal(1)
    )
    with FakeAlpaca(clock) as fake:
        fake.announce(split)
        keys = {"alpaca_key_id": fake.key, "alpaca_secret_key": fake.secret}
        urls = {"alpaca_trading_url": fake.trading_url, "alpaca_data_url": fake.data_url}
        adapters = opened(market="alpaca", **keys, **urls)
        (found,) = adapters.corporate_actions.between(["AAPL"], AT.date(), AT.date())
    assert found.ratio == 2


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc"])
def test_a_data_dir_that_cannot_be_used_is_said_in_one_line_that_names_it(
    opened: Opening, tmp_path: Path, place: str
) -> None:
    (tmp_path / "a-file").write_text("in the way")
    with pytest.raises(SettingsInvalid, match=r"^DATA_DIR: .+ is no folder that can be written to \(.+\)$"):
        opened(data_dir=tmp_path / place)
