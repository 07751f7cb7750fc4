"""A backtest with news asks Claude for nothing twice, says what it costs before, and ends at its budget."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.backtest.news_history import Agree
from engine.errors import NewsUnavailable, SettingsInvalid
from engine.model.backtest import NoteKind
from engine.model.news import NewsEstimate
from engine.research import BacktestRequest, Researched, backtest
from engine.settings import Settings
from tests.support.fakes.claude import KEY, Reply, ScriptedClaude, findings_text, shown
from tests.support.fakes.claude_rules import MODELS

JUNE: dict[str, Any] = {"symbols": ("AAPL", "FB"), "first": date(2012, 6, 4), "last": date(2012, 6, 8), "walks": 0}
OPENS = datetime(2012, 6, 4, 13, 30, tzinfo=UTC)
OTHER_MODEL = min(MODELS - {"claude-haiku-5-5"})
PASSES = {"retry-after": "0"}
OF_SETTINGS = ("anthropic", "claude", "news_hours")


def good(body: dict[str, Any]) -> Reply:
    """Find +0.2 in each headline."""
    return Reply(text=findings_text(*((line["headline_id"], 2, "good") for line in shown(body))))


class Declined(Exception):
    """Somebody does not want to spend so much."""

    def __init__(self, cost: NewsEstimate) -> None:
        super().__init__()
        self.cost = cost


@dataclass
class Desk:
    """A folder for backtests with headlines, in front of a Claude."""

    folder: Path
    claude: ScriptedClaude
    told: list[NewsEstimate] = field(default_factory=list)

    def headlines(self, count: int, *, symbols: str = "AAPL", minutes: int = 60) -> str:
        """Write a file of headlines, the first as the market opens; return its name."""
        rows = [
            f'{(OPENS + timedelta(minutes=minutes * each)).isoformat()},{symbols},"Story {each}, {each * 31} sold"'
            for each in range(count)
        ]
        file = self.folder / "news.csv"
        file.write_text("\n".join(["at,symbols,headline", *rows]) + "\n", encoding="utf-8")
        return str(file)

    def run(self, agree: Agree | None = None, **asked: Any) -> Researched:
        settings = {key: asked.pop(key) for key in tuple(asked) if key.startswith(OF_SETTINGS)}
        given = {"anthropic_api_key": KEY, "claude_url": self.claude.url, "data_dir": self.folder / "data"} | settings
        request = BacktestRequest(**{**JUNE, **asked})
        return backtest(request, Settings.read(**given), lambda _part, _done: None, agree or self.told.append)

    def cost(self, **asked: Any) -> NewsEstimate:
        """Return what a backtest would cost, which is then not run."""

        def declined(cost: NewsEstimate) -> None:
            raise Declined(cost)

        with pytest.raises(Declined) as told:
            self.run(declined, **asked)
        return told.value.cost

    def kept(self) -> list[str]:
        (file,) = (self.folder / "data" / "findings").iterdir()
        return file.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ScriptedClaude() as claude:
        claude.model = good
        yield Desk(tmp_path, claude)


def notes(found: Researched) -> dict[NoteKind, int]:
    return {note.kind: note.count for note in found.evaluation.backtest.notes}


def test_what_was_scored_once_is_never_paid_for_again(desk: Desk) -> None:
    file = desk.headlines(40)
    first = desk.run(news=file)
    assert len(desk.claude.bodies) == 2  # 30 in a call
    assert len(desk.kept()) == 40
    again = desk.run(news=file)
    assert len(desk.claude.bodies) == 2
    assert again.result == first.result
    assert len(desk.told) == 1
    desk.headlines(45)
    desk.run(news=file)
    assert len(desk.claude.bodies) == 3
    assert [(each.new, each.known, each.calls) for each in desk.told] == [(40, 0, 2), (5, 40, 1)]


def test_a_headline_about_two_symbols_is_scored_for_each(desk: Desk) -> None:
    desk.run(news=desk.headlines(3, symbols="AAPL FB MSFT"))
    asked = sorted(body["messages"][0]["content"].splitlines()[0] for body in desk.claude.bodies)
    assert asked == ["Symbol: AAPL", "Symbol: FB"]
    assert len(desk.kept()) == 6


def test_what_it_costs_is_said_before_anything_is_spent(desk: Desk) -> None:
    cost = desk.cost(news=desk.headlines(40))
    assert desk.claude.bodies == []
    assert Decimal(0) < cost.about < cost.most
    assert cost.budget == 1


def test_the_estimate_is_near_what_is_paid_and_the_worst_case_over_it(desk: Desk) -> None:
    desk.run(news=desk.headlines(60, minutes=20))
    usage = json.dumps(desk.claude.bodies)  # bytes that were sent, with the instructions once a call
    (cost,) = desk.told
    sent = Decimal(len(usage)) / 4 / 1_000_000
    assert sent / 10 < cost.about < sent * 3
    assert cost.most > cost.about * 3


def test_it_ends_at_the_budget_and_goes_on_from_there_another_time(desk: Desk) -> None:
    file = desk.headlines(90, minutes=20)
    desk.run(news=file, budget=Decimal(0))
    assert desk.claude.bodies == []
    cost = desk.cost(news=file)
    found = desk.run(news=file, budget=cost.most / cost.calls * Decimal("1.02"))
    asked = len(desk.claude.bodies)
    assert 0 < asked < 3
    news = found.evaluation.backtest.news
    assert news is not None
    assert (news.headlines, news.unscored) == (90, 90 - 30 * asked)
    assert notes(found)[NoteKind.NEWS_UNSCORED] == 90 - 30 * asked
    assert len(desk.kept()) == 30 * asked
    whole = desk.run(news=file)
    assert len(desk.claude.bodies) == 3
    assert NoteKind.NEWS_UNSCORED not in notes(whole)


def test_where_claude_goes_away_what_was_scored_is_kept(desk: Desk) -> None:
    file = desk.headlines(60, minutes=20)
    desk.claude.replies.extend([Reply(status=529, headers=PASSES)] * 3)
    desk.claude.model = good
    desk.claude.replies.appendleft(Reply(text='{"findings": []}'))
    with pytest.raises(NewsUnavailable, match="what was scored before is kept: run the same again to go on"):
        desk.run(news=file)
    assert len(desk.kept()) == 30
    asked = len(desk.claude.bodies)
    desk.run(news=file)
    assert len(desk.claude.bodies) == asked + 1


def test_an_answer_that_makes_no_sense_costs_its_own_headline_alone(desk: Desk) -> None:
    def broken(body: dict[str, Any]) -> Reply:
        return Reply(text="nonsense") if any("Story 3," in line["text"] for line in shown(body)) else good(body)

    desk.claude.model = broken
    desk.run(news=desk.headlines(8))
    found = [json.loads(line)["found"] for line in desk.kept()]
    assert sorted(map(len, found)) == [0, *[1] * 7]


def test_other_headlines_words_or_another_model_are_asked_about_anew(desk: Desk) -> None:
    file = desk.headlines(3)
    desk.run(news=file)
    Path(file).write_text(Path(file).read_text(encoding="utf-8").replace("Story 1,", "Story one,"), encoding="utf-8")
    desk.run(news=file)
    assert [len(shown(body)) for body in desk.claude.bodies] == [3, 1]
    desk.run(news=file, claude_model=OTHER_MODEL)
    assert len(list((desk.folder / "data" / "findings").iterdir())) == 2


def test_a_line_that_was_not_written_to_its_end_is_asked_about_again_and_costs_no_other(desk: Desk) -> None:
    file = desk.headlines(3)
    desk.run(news=file)
    (kept,) = (desk.folder / "data" / "findings").iterdir()
    kept.write_bytes(kept.read_bytes()[:-20])
    desk.run(news=file)
    assert [len(shown(body)) for body in desk.claude.bodies] == [3, 1]
    assert len(desk.kept()) == 3


def test_the_news_trade_and_the_result_says_which(desk: Desk) -> None:
    without = desk.run()
    found = desk.run(news=desk.headlines(60, minutes=20))
    assert without.evaluation.backtest.news is None
    assert NoteKind.NO_NEWS in notes(without)
    assert notes(found)[NoteKind.NEWS] == 60
    assert NoteKind.NO_NEWS not in notes(found)
    assert found.evaluation.backtest.trades != without.evaluation.backtest.trades
    told = json.loads(found.result)["news"]
    assert (told["scorer"], told["headlines"], told["unscored"]) == ("claude", 60, 0)


def test_news_that_count_for_another_time_are_another_variant(desk: Desk) -> None:
    file = desk.headlines(3)
    found = [desk.run(news=file, news_hours=hours) for hours in (24, 2, 2)]
    assert [each.evaluation.backtest.settings["NEWS_HOURS"] for each in found] == ["24", "2", "2"]
    assert [each.evaluation.variants for each in found] == [1, 2, 2]
    assert "NEWS_HOURS" not in desk.run().evaluation.backtest.settings


def test_without_a_key_the_keywords_score_for_nothing_as_they_do_live(desk: Desk) -> None:
    file = desk.headlines(3)
    Path(file).write_text(Path(file).read_text(encoding="utf-8").replace("sold", "profit beats"), encoding="utf-8")
    found = desk.run(news=file, anthropic_api_key="")
    news = found.evaluation.backtest.news
    assert news is not None
    assert (news.scorer, desk.told, desk.claude.bodies) == ("keywords", [], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("at,headline\n", "has no column 'symbols'; expected at,symbols,headline"),
        ("at,symbols,headline\n2012-06-04 13:30,AAPL,x\n", "line 2: expected a time with its zone"),
        ("at,symbols,headline\nyesterday,AAPL,x\n", "line 2: expected a time with its zone"),
        ("at,symbols,headline\n2012-06-04T13:30:00Z,,x\n", "line 2: expected a time with its zone, symbols"),
        ("at,symbols,headline\n2012-06-04T13:30:00Z,AAPL\n", "line 2: expected .* a headline, such as"),
        ("at,symbols,headline\n2012-06-04T13:30:00Z,AAPL,Apple falls, not rises\n", "line 2: has more columns than"),
        (None, "cannot be read: .*expected none, alpaca, or a CSV"),
    ],
)
def test_a_file_that_is_none_of_headlines_is_told_with_its_line(desk: Desk, text: str | None, said: str) -> None:
    file = desk.folder / "mine.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=said):
        desk.run(news=str(file))
    assert desk.claude.bodies == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"anthropic_api_key": "sk-ant-wrong"}, "ANTHROPIC_API_KEY: Claude refuses the key"),
        ({"claude_model": "nobody-1"}, "CLAUDE_MODEL: Claude refuses nobody-1; expected a model of yours"),
        ({"news": "alpaca"}, "ALPACA_KEY_ID, ALPACA_SECRET_KEY: expected both where --news is alpaca"),
        ({"budget": Decimal(-1)}, "--budget -1: expected dollars of 0 or more"),
    ],
)
def test_what_keeps_claude_from_reading_is_told_with_what_to_do(desk: Desk, given: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        desk.run(**{"news": desk.headlines(2)} | given)


def test_a_file_of_findings_that_was_spoilt_is_named_and_left_alone(desk: Desk) -> None:
    file = desk.headlines(3)
    desk.run(news=file)
    (kept,) = (desk.folder / "data" / "findings").iterdir()
    spoilt = kept.read_text(encoding="utf-8").replace('[[2, "good"]]', '[[9, "good"]]', 1)
    kept.write_text(spoilt, encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"findings/.*, line 1 is no finding; restore the file from a backup"):
        desk.run(news=file)
    assert kept.read_text(encoding="utf-8") == spoilt
