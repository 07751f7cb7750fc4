from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from engine.adapters.factory import Adapters
from engine.adapters.in_process import InProcessTaskQueue
from engine.adapters.keywords import KeywordScorer
from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.model.news import NoScore
from engine.model.notices.base import NoticeKind
from engine.model.notices.systems import ServiceLost
from engine.model.signal import Finding
from engine.model.trade import Trade
from engine.pipeline.headline_task import HeadlineQuestion
from engine.pipeline.question_order import TOGETHER
from engine.ports.news import NewsScorer
from engine.ports.task_queue import Answer, Question, TaskKind
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.scorer import FakeScorer
from tests.support.fakes.worked_example import AT

HOUR = timedelta(hours=1)
FAILING = (NoScore.OUTAGE, NoScore.KEY, NoScore.REQUEST)


@pytest.fixture
def scorer() -> FakeScorer:
    return FakeScorer()


@pytest.fixture
def harness(tmp_path: Path, scorer: FakeScorer) -> Iterator[EngineHarness]:
    """A desk that watches AAPL, MSFT and TSLA, whose news Claude reads."""
    harness = EngineHarness.build(tmp_path, on=reading_with(scorer))
    yield harness
    harness.close()


def reading_with(scorer: NewsScorer) -> Callable[[Adapters], Adapters]:
    return lambda adapters: replace(adapters, scorer=scorer)


def published(harness: EngineHarness, name: str, *symbols: str) -> None:
    harness.news.lines.append(Headline(id=name, at=harness.clock.now(), symbols=symbols, text=name, source="wire"))


def found(harness: EngineHarness, symbol: str) -> list[str]:
    with harness.store.reading() as reader:
        return [finding.headline_id for finding in reader.findings([symbol], AT - HOUR).get(symbol, ())]


def left_out(harness: EngineHarness) -> dict[str, str]:
    with harness.store.reading() as reader:
        return dict(reader.unscored(["AAPL", "MSFT", "TSLA"], harness.clock.now() - 24 * HOUR))


def told_of_claude(harness: EngineHarness) -> list[tuple[NoticeKind, str]]:
    notices = [notice for notice in harness.told() if notice.subject == "claude"]
    return [(notice.kind, notice.trouble if isinstance(notice, ServiceLost) else "") for notice in notices]


def test_a_headline_is_scored_once_for_each_symbol_it_is_about(harness: EngineHarness, scorer: FakeScorer) -> None:
    published(harness, "n-1", "AAPL", "MSFT")
    harness.engine.jobs.read_news()
    harness.engine.jobs.read_news()
    assert scorer.asked == [("AAPL", ("n-1",)), ("MSFT", ("n-1",))]
    assert (found(harness, "AAPL"), found(harness, "MSFT")) == (["n-1"], ["n-1"])


def test_a_headline_that_its_source_corrected_is_read_again_and_counts_as_corrected(tmp_path: Path) -> None:
    scorer = TalkedOver()
    harness = reading(tmp_path, scorer)
    first = Headline(id="1", at=harness.clock.now(), symbols=("AAPL",), text="Apple commits fraud", source="wire")
    harness.news.lines.append(first)
    harness.engine.jobs.read_news()
    assert found(harness, "AAPL") == ["1"]
    harness.clock.advance(60)
    corrected = replace(first, at=harness.clock.now(), text="Correction: Apple reports a theft")
    harness.news.lines[:] = [first, corrected]  # as a source may tell it, twice
    for _ in range(2):
        harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), len(scorer.asked)) == ([], 2)
    harness.close()


def corrected(harness: EngineHarness, **to: Any) -> None:
    """Let a minute pass and the source put other words, or symbols, into all its headlines."""
    harness.clock.advance(60)
    harness.news.lines[:] = [replace(line, at=harness.clock.now(), **to) for line in harness.news.lines]


def test_what_a_corrected_headline_said_first_counts_no_longer_while_the_correction_waits(
    harness: EngineHarness, scorer: FakeScorer
) -> None:
    published(harness, "n-1", "AAPL", "MSFT")
    harness.engine.jobs.read_news()
    corrected(harness, text="Correction: none of it is true")
    scorer.problems = {"AAPL": NoScore.OUTAGE}
    harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), left_out(harness)) == ([], {"AAPL": "claude: outage"})
    corrected(harness, text="n-1")
    harness.engine.jobs.score_news.look()
    assert (found(harness, "AAPL"), found(harness, "MSFT")) == ([], [])
    scorer.problems = {}
    harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), found(harness, "MSFT"), left_out(harness)) == (["n-1"], ["n-1"], {})


def test_a_signal_does_not_count_a_headline_whose_correction_waits(tmp_path: Path) -> None:
    scorer = FakeScorer()
    harness = EngineHarness.at_the_example(tmp_path, on=reading_with(scorer))
    harness.clock.set(worked_example.HEADLINE.at)
    harness.engine.jobs.read_news()
    harness.clock.advance(3)
    harness.news.lines[:] = [replace(line, text="Correction: all false") for line in harness.news.lines]
    scorer.problems = {"AAPL": NoScore.OUTAGE}
    harness.engine.jobs.read_news()
    trade = harness.play_the_signal(reads_news=False)
    assert trade is not None
    assert (trade.signal.tenths, trade.signal.technical_tenths, trade.signal.scorer) == (10, 10, "claude: outage")
    harness.close()


def test_a_correction_that_takes_a_symbol_off_a_headline_takes_its_points_too(
    harness: EngineHarness, scorer: FakeScorer
) -> None:
    published(harness, "n-1", "AAPL", "MSFT")
    harness.engine.jobs.read_news()
    corrected(harness, symbols=("MSFT",))
    harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), found(harness, "MSFT"), len(scorer.asked)) == ([], ["n-1"], 2)
    corrected(harness, symbols=("AAPL", "MSFT"))
    harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), len(scorer.asked)) == (["n-1"], 3)


def test_a_correction_of_what_was_read_before_its_words_were_kept_counts_as_read(tmp_path: Path) -> None:
    scorer = TalkedOver()
    harness = reading(tmp_path, scorer)
    published(harness, "n-1", "AAPL")
    harness.engine.jobs.read_news()
    with create_engine(sqlite_at(tmp_path / "desk.db")).begin() as connection:
        connection.execute(text("UPDATE scored SET wording = ''"))
    harness.news.lines[:] = [replace(line, text="other words") for line in harness.news.lines]
    harness.engine.jobs.read_news()
    assert len(scorer.asked) == 1
    harness.close()


def test_what_was_scored_is_not_paid_for_again_after_a_restart(
    harness: EngineHarness, scorer: FakeScorer, tmp_path: Path
) -> None:
    published(harness, "n-1", "AAPL")
    harness.engine.jobs.read_news()
    again = EngineHarness.build(tmp_path, on=reading_with(scorer))
    again.news.lines += harness.news.lines
    again.engine.jobs.read_news()
    assert scorer.asked == [("AAPL", ("n-1",))]
    again.close()


@pytest.mark.parametrize("problem", sorted(set(NoScore) - {NoScore.ANSWER}))
def test_of_a_headline_about_two_symbols_only_the_one_that_failed_is_tried_again(
    harness: EngineHarness, scorer: FakeScorer, problem: NoScore
) -> None:
    published(harness, "n-1", "AAPL", "MSFT")
    scorer.problems = {"AAPL": problem}
    harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), found(harness, "MSFT")) == ([], ["n-1"])
    assert left_out(harness) == {"AAPL": f"claude: {problem}"}
    scorer.problems = {}
    harness.engine.jobs.read_news()
    assert scorer.asked[-1] == ("AAPL", ("n-1",))
    assert (found(harness, "AAPL"), left_out(harness)) == (["n-1"], {})


def test_an_answer_that_is_not_to_be_trusted_is_not_paid_for_again_but_told_as_long_as_it_counts(
    harness: EngineHarness, scorer: FakeScorer
) -> None:
    published(harness, "n-1", "AAPL")
    scorer.problems = {"AAPL": NoScore.ANSWER}
    harness.engine.jobs.read_news()
    harness.engine.jobs.read_news()
    assert len(scorer.asked) == 1
    assert left_out(harness) == {"AAPL": "claude: answer"}
    harness.clock.advance(25 * 3_600)
    assert left_out(harness) == {}


class DeadlyHeadlines(InProcessTaskQueue):
    """Workers that die over every question in which one headline stands, until nobody asks it any more."""

    def __init__(self, headline: str) -> None:
        self._headline = headline

    def run(self, kind: TaskKind[Question, Answer], questions: Mapping[str, Question]) -> Iterator[tuple[str, Answer]]:
        """Leave out what they die over."""
        lines = {
            key: question.headlines for key, question in questions.items() if isinstance(question, HeadlineQuestion)
        }
        deadly = {key for key, some in lines.items() if self._headline in {line.id for line in some}}
        return super().run(kind, {key: question for key, question in questions.items() if key not in deadly})


def test_headlines_over_which_workers_die_are_no_outage_of_claude_and_keep_no_others_from_being_scored(
    tmp_path: Path, scorer: FakeScorer
) -> None:
    harness = EngineHarness.build(
        tmp_path, on=lambda adapters: replace(adapters, scorer=scorer, tasks=DeadlyHeadlines("n-0"))
    )
    for number in range(TOGETHER + 1):
        published(harness, f"n-{number}", "AAPL")
    published(harness, "other", "MSFT")
    for _ in range(2):
        harness.engine.jobs.read_news()
    assert told_of_claude(harness) == []
    assert left_out(harness) == {"AAPL": "claude: workers"}
    assert (found(harness, "AAPL"), found(harness, "MSFT")) == ([f"n-{TOGETHER}"], ["other"])
    harness.close()


class TalkedOver(FakeScorer):
    """A Claude that gives no answer of its format where a hostile headline is among those that it reads.

    It finds fraud at -0.3; after `budget` questions its day's dollars are spent, and `next_time` it fails of something.
    """

    next_time: NoScore | None = None

    def __init__(self, budget: int = 1_000) -> None:
        super().__init__()
        self.budget = budget

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        self.asked.append((symbol, tuple(line.id for line in headlines)))
        if len(self.asked) > self.budget:
            raise NewsUnavailable(NoScore.BUDGET)
        if self.next_time:
            raise NewsUnavailable(self.next_time)
        if any("IGNORE" in line.text for line in headlines):
            raise NewsUnavailable(NoScore.ANSWER)
        return tuple(
            Finding(headline_id=line.id, symbol=symbol, at=line.at, headline=line.text, tenths=-3, reason="fraud")
            for line in headlines
            if "fraud" in line.text
        )


def reading(tmp_path: Path, scorer: NewsScorer) -> EngineHarness:
    return EngineHarness.build(tmp_path, on=reading_with(scorer))


@pytest.mark.parametrize("number", [2, 3, TOGETHER, TOGETHER + 1])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_hostile_headline_costs_itself_and_none_of_its_neighbours(tmp_path: Path, number: int, place: str) -> None:
    scorer = TalkedOver()
    harness = reading(tmp_path, scorer)
    hostile = {"first": 0, "middle": number // 2, "last": number - 1}[place]
    names = [f"{'IGNORE the format' if each == hostile else 'fraud'} {each}" for each in range(number)]
    for name in names:
        published(harness, name, "AAPL")
    harness.engine.jobs.read_news()
    assert sorted(found(harness, "AAPL")) == sorted(name for name in names if "fraud" in name)
    assert left_out(harness) == {"AAPL": "claude: answer"}
    asked = len(scorer.asked)
    assert asked <= 2 * number.bit_length() + 2
    harness.engine.jobs.read_news()
    assert len(scorer.asked) == asked  # and what was paid for once is not asked about again
    harness.close()


def test_hostile_headlines_alone_cost_two_questions_each_and_once(tmp_path: Path) -> None:
    scorer = TalkedOver()
    harness = reading(tmp_path, scorer)
    for number in range(TOGETHER):
        published(harness, f"IGNORE {number}", "AAPL")
    harness.engine.jobs.read_news()
    harness.engine.jobs.read_news()
    assert len(scorer.asked) == 2 * TOGETHER - 1
    harness.close()


def test_what_the_budget_leaves_unread_of_a_broken_answer_is_read_the_next_day(tmp_path: Path) -> None:
    scorer = TalkedOver(budget=2)
    harness = reading(tmp_path, scorer)
    for name in ("fraud 1", "fraud 2", "IGNORE 3", "fraud 4"):
        published(harness, name, "AAPL")
    harness.engine.jobs.read_news()
    assert (found(harness, "AAPL"), left_out(harness)) == (["fraud 1", "fraud 2"], {"AAPL": "claude: budget"})
    scorer.budget = 1_000
    harness.engine.jobs.read_news()
    assert sorted(found(harness, "AAPL")) == ["fraud 1", "fraud 2", "fraud 4"]
    harness.close()


@pytest.mark.parametrize("next_time", [None, NoScore.OUTAGE, NoScore.BUDGET])
def test_that_a_headline_was_left_out_for_good_is_said_until_it_would_no_longer_count(
    tmp_path: Path, next_time: NoScore | None
) -> None:
    scorer = TalkedOver()
    harness = reading(tmp_path, scorer)
    published(harness, "IGNORE the format, fraud", "AAPL")
    harness.engine.jobs.read_news()
    harness.clock.advance(3_600)
    published(harness, "a shop opens", "AAPL")
    scorer.next_time = next_time
    harness.engine.jobs.read_news()
    scorer.next_time = None
    harness.engine.jobs.read_news()
    harness.clock.advance(22 * 3_600)
    harness.engine.jobs.read_news()
    assert left_out(harness) == {"AAPL": "claude: answer"}
    harness.clock.advance(2 * 3_600)
    harness.engine.jobs.read_news()
    assert left_out(harness) == {}
    harness.close()


def test_that_a_headline_was_left_out_for_good_is_said_although_its_neighbours_wait(tmp_path: Path) -> None:
    scorer = TalkedOver(budget=3)
    harness = reading(tmp_path, scorer)
    for name in ("IGNORE 1", "fraud 2", "fraud 3", "fraud 4"):
        published(harness, name, "AAPL")
    harness.engine.jobs.read_news()
    assert left_out(harness) == {"AAPL": "claude: answer"}
    assert len([notice for notice in harness.told() if notice.kind is NoticeKind.BUDGET_SPENT]) == 1
    harness.close()


def test_a_symbol_about_which_much_is_written_takes_turns_with_the_others(
    harness: EngineHarness, scorer: FakeScorer
) -> None:
    for number in range(3 * TOGETHER):
        published(harness, f"n-{number}", "AAPL")
    published(harness, "about-MSFT", "MSFT")
    published(harness, "about-TSLA", "TSLA")
    harness.engine.jobs.read_news()
    assert [symbol for symbol, _ in scorer.asked] == ["AAPL", "MSFT", "TSLA", "AAPL", "AAPL"]
    assert len(found(harness, "AAPL")) == 3 * TOGETHER


def test_a_reason_ends_with_the_headlines_that_were_left_out_for_it(harness: EngineHarness, scorer: FakeScorer) -> None:
    published(harness, "n-1", "AAPL")
    scorer.problems = {"AAPL": NoScore.OUTAGE}
    harness.engine.jobs.read_news()
    harness.news.lines.clear()
    harness.engine.jobs.read_news()
    assert left_out(harness) == {}


def test_who_failed_last_time_is_asked_after_the_others(harness: EngineHarness, scorer: FakeScorer) -> None:
    for symbol in ("AAPL", "MSFT", "TSLA"):
        published(harness, f"about-{symbol}", symbol)
    scorer.problems = {"AAPL": NoScore.OUTAGE, "MSFT": NoScore.OUTAGE, "TSLA": NoScore.OUTAGE}
    harness.engine.jobs.read_news()
    del scorer.problems["TSLA"]
    harness.engine.jobs.read_news()
    published(harness, "fresh", "TSLA")
    harness.engine.jobs.read_news()
    assert [symbol for symbol, _ in scorer.asked[6:]] == ["TSLA", "AAPL", "MSFT"]


@pytest.mark.parametrize("problem", FAILING)
def test_a_claude_that_fails_for_hours_is_told_once_and_once_that_it_is_back(
    harness: EngineHarness, scorer: FakeScorer, problem: NoScore
) -> None:
    published(harness, "n-1", "AAPL")
    scorer.problems = {"AAPL": problem}
    for _ in range(3):
        harness.clock.advance(3_600)
        harness.engine.jobs.read_news()
    assert told_of_claude(harness) == [(NoticeKind.SERVICE_LOST, problem)]
    scorer.problems = {}
    harness.engine.jobs.read_news()
    assert told_of_claude(harness) == [(NoticeKind.SERVICE_LOST, problem), (NoticeKind.SERVICE_BACK, "")]


def test_a_claude_that_answers_for_one_symbol_only_is_not_back(harness: EngineHarness, scorer: FakeScorer) -> None:
    published(harness, "n-1", "AAPL")
    scorer.problems = {"AAPL": NoScore.OUTAGE}
    harness.engine.jobs.read_news()
    published(harness, "n-2", "MSFT")
    harness.engine.jobs.read_news()
    assert told_of_claude(harness) == [(NoticeKind.SERVICE_LOST, "outage")]


def test_a_failure_without_a_word_of_ours_counts_as_an_outage(harness: EngineHarness, scorer: FakeScorer) -> None:
    published(harness, "n-1", "AAPL")
    scorer.problems = {"AAPL": "the line is dead"}
    harness.engine.jobs.read_news()
    assert left_out(harness) == {"AAPL": "claude: outage"}


def test_a_used_up_budget_is_told_once_a_day_even_over_a_restart(
    harness: EngineHarness, scorer: FakeScorer, tmp_path: Path
) -> None:
    published(harness, "n-1", "AAPL")
    scorer.problems = {"AAPL": NoScore.BUDGET}
    harness.engine.jobs.read_news()
    again = EngineHarness.build(tmp_path, on=reading_with(scorer))
    again.news.lines += harness.news.lines
    again.engine.jobs.read_news()
    assert len([notice for notice in harness.told() if notice.kind is NoticeKind.BUDGET_SPENT]) == 1
    again.clock.set(AT + 23 * HOUR)
    again.engine.jobs.read_news()
    assert len([notice for notice in harness.told() if notice.kind is NoticeKind.BUDGET_SPENT]) == 2
    assert told_of_claude(harness) == []
    again.close()


def test_lost_news_are_no_lost_claude(harness: EngineHarness) -> None:
    harness.news.is_down = True
    harness.engine.jobs.read_news()
    assert [notice.subject for notice in harness.told() if notice.kind is NoticeKind.SERVICE_LOST] == ["news"]


def test_a_signal_says_who_read_the_news_and_what_kept_the_rest_from_being_read(tmp_path: Path) -> None:
    scorer = FakeScorer()
    harness = EngineHarness.at_the_example(tmp_path, on=reading_with(scorer))
    scorer.problems = {"AAPL": NoScore.BUDGET}
    harness.clock.set(worked_example.HEADLINE.at)
    harness.engine.jobs.read_news()
    trade = harness.play_the_signal()
    assert trade is not None
    assert (trade.signal.tenths, trade.signal.technical_tenths, trade.signal.scorer) == (10, 10, "claude: budget")
    harness.close()


def test_a_signal_whose_news_were_all_read_names_the_reader_alone(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, on=reading_with(FakeScorer()))
    harness.clock.set(worked_example.HEADLINE.at)
    harness.engine.jobs.read_news()
    trade = harness.play_the_signal()
    assert trade is not None
    assert (trade.signal.tenths, trade.signal.scorer) == (12, "claude")
    harness.close()


@pytest.fixture
def switched(tmp_path: Path, scorer: FakeScorer) -> Iterator[EngineHarness]:
    """A desk at the example's headline, which the keywords read before it got a key for Claude."""
    harness = EngineHarness.at_the_example(tmp_path, on=reading_with(scorer))
    harness.clock.set(worked_example.HEADLINE.at)
    line = worked_example.HEADLINE
    with harness.store.writing() as transaction:
        transaction.save_findings("AAPL", [line], KeywordScorer().findings("AAPL", [line]), "keywords")
    yield harness
    harness.close()


def readers_recorded(harness: EngineHarness, trade: Trade) -> dict[str, str]:
    """Return the model or scorer of each headline in the record of a trade's proposal."""
    with harness.store.reading() as reader:
        [first, *_] = reader.decision_records(trade.id)
    return {each["headline_id"]: each["model"] for each in first.record.evidence["sources"]}


def test_what_the_keywords_read_before_there_was_a_key_is_shown_and_recorded_as_theirs(
    switched: EngineHarness,
) -> None:
    switched.engine.jobs.read_news()
    trade = switched.play_the_signal()
    assert trade is not None
    assert trade.signal.scorer == "keywords"
    assert readers_recorded(switched, trade) == {worked_example.HEADLINE.id: "keywords"}


def test_what_both_read_is_shown_as_mixed_and_recorded_by_headline(switched: EngineHarness) -> None:
    published(switched, "Chips become scarce", "AAPL")
    switched.engine.jobs.read_news()
    trade = switched.play_the_signal()
    assert trade is not None
    assert trade.signal.scorer == "mixed"
    assert readers_recorded(switched, trade) == {
        worked_example.HEADLINE.id: "keywords",
        "Chips become scarce": "claude",
    }


def test_what_the_keywords_read_stays_theirs_while_claude_leaves_the_rest_out(
    switched: EngineHarness, scorer: FakeScorer
) -> None:
    published(switched, "Chips become scarce", "AAPL")
    scorer.problems = {"AAPL": NoScore.BUDGET}
    switched.engine.jobs.read_news()
    trade = switched.play_the_signal()
    assert trade is not None
    assert trade.signal.scorer == "keywords: budget"
