"""A headline over which Claude fails, each time, costs itself and keeps no other from being read."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.claude.scorer import ClaudeScorer
from engine.adapters.factory import Adapters
from engine.model.market import Headline
from engine.pipeline.question_order import TOGETHER
from tests.engine.adapters.claude import PRICES
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.claude import KEY, DictLedger, Reply, ScriptedClaude, saying, shown

REFUSED, LOST = Reply(status=400), Reply(fault="drop")
OTHERS = ("MSFT", "TSLA")


class FailsOver:
    """A Claude that answers with +0.2, but fails wherever one headline is among those that it reads."""

    def __init__(self, culprit: str, failure: Reply) -> None:
        self.culprit, self.failure = culprit, failure
        self.is_out = False
        self.asked: list[tuple[str, int]] = []

    def __call__(self, body: dict[str, Any]) -> Reply:
        lines = shown(body)
        named = re.match(r"Symbol: (\w+)", body["messages"][0]["content"])
        assert named
        self.asked.append((named[1], len(lines)))
        if self.is_out or self.culprit in {line["headline_id"] for line in lines}:
            return self.failure
        return saying(*((line["headline_id"], 2, "as told") for line in lines))


@contextmanager
def desk_read_by(model: FailsOver, place: Path) -> Iterator[EngineHarness]:
    """Open a desk that watches AAPL, MSFT and TSLA, whose news this Claude reads."""
    with ScriptedClaude() as claude:
        claude.model = model
        harness = EngineHarness.build(place, on=_with_claude(claude))
        yield harness
        harness.close()


def _with_claude(claude: ScriptedClaude) -> Callable[[Adapters], Adapters]:
    def on(adapters: Adapters) -> Adapters:
        scorer = ClaudeScorer(
            api_key=KEY,
            model="claude-haiku-5-5",
            url=claude.url,
            seconds=20,
            calls_at_once=2,
            dollars_a_day=Decimal(50),
            prices=PRICES,
            clock=adapters.clock,
            spending=DictLedger(),
            keep=lambda _call: None,
            sleep=lambda _seconds: None,
        )
        return replace(adapters, scorer=scorer)

    return on


def published(harness: EngineHarness, name: str, symbol: str) -> None:
    line = Headline(id=name, at=harness.clock.now(), symbols=(symbol,), text=name, source="wire")
    harness.news.lines.append(line)


def minutes(harness: EngineHarness, count: int) -> None:
    """Let so many minutes pass, in each of which something is written about the others."""
    for _ in range(count):
        harness.clock.advance(60)
        for symbol in OTHERS:
            published(harness, f"{symbol} at {harness.clock.now():%H:%M}", symbol)
        harness.engine.jobs.read_news()


def read(harness: EngineHarness, symbol: str) -> set[str]:
    with harness.store.reading() as reader:
        since = harness.clock.now() - timedelta(hours=20)
        return {finding.headline_id for finding in reader.findings([symbol], since).get(symbol, ())}


def unread_of_others(harness: EngineHarness) -> set[str]:
    written = {line.id for line in harness.news.lines if line.symbols[0] in OTHERS}
    return written - read(harness, "MSFT") - read(harness, "TSLA")


def left_out(harness: EngineHarness) -> dict[str, str]:
    with harness.store.reading() as reader:
        return dict(reader.unscored(["AAPL", *OTHERS], harness.clock.now() - timedelta(hours=20)))


@pytest.mark.parametrize("failure", [REFUSED, LOST], ids=["refused", "lost"])
def test_a_headline_that_always_fails_keeps_no_later_symbol_from_being_read(tmp_path: Path, failure: Reply) -> None:
    model = FailsOver("culprit", failure)
    with desk_read_by(model, tmp_path) as harness:
        published(harness, "culprit", "AAPL")
        minutes(harness, 3)
        assert unread_of_others(harness) == set()
        minutes(harness, 3)
        asked = model.asked.count(("AAPL", 1))
        assert left_out(harness) == {"AAPL": "claude: answer"}
        minutes(harness, 3)
        assert model.asked.count(("AAPL", 1)) == asked  # left out for good
        assert unread_of_others(harness) == set()


@pytest.mark.parametrize("failure", [REFUSED, LOST], ids=["refused", "lost"])
@pytest.mark.parametrize("place", [0, 17, TOGETHER - 1])
def test_its_neighbours_are_read_by_halves_and_it_alone_is_left_out(tmp_path: Path, failure: Reply, place: int) -> None:
    names = [f"n-{number}" for number in range(TOGETHER)]
    with desk_read_by(FailsOver(names[place], failure), tmp_path) as harness:
        for name in names:
            published(harness, name, "AAPL")
        minutes(harness, 8)
        assert read(harness, "AAPL") == set(names) - {names[place]}
        minutes(harness, 4)
        assert left_out(harness) == {"AAPL": "claude: answer"}
        assert unread_of_others(harness) == set()


@pytest.mark.parametrize("failure", [REFUSED, LOST], ids=["refused", "lost"])
def test_a_headline_that_always_fails_keeps_no_later_one_of_its_symbol_unread_where_no_other_has_news(
    tmp_path: Path, failure: Reply
) -> None:
    with desk_read_by(FailsOver("culprit", failure), tmp_path) as harness:
        published(harness, "culprit", "AAPL")
        harness.engine.jobs.read_news()
        fresh = {f"n-{number}" for number in range(5)}
        for name in sorted(fresh):
            harness.clock.advance(60)
            published(harness, name, "AAPL")
            harness.engine.jobs.read_news()
            assert name in read(harness, "AAPL")
        assert (read(harness, "AAPL"), left_out(harness)) == (fresh, {"AAPL": "claude: answer"})


def test_in_an_outage_nobody_is_blamed_and_all_is_read_together_after_it(tmp_path: Path) -> None:
    model = FailsOver("", LOST)
    with desk_read_by(model, tmp_path) as harness:
        for number in range(TOGETHER):
            published(harness, f"n-{number}", "AAPL")
        model.is_out = True
        minutes(harness, 60)
        model.is_out = False
        model.asked.clear()
        minutes(harness, 20)
        assert [count for symbol, count in model.asked if symbol == "AAPL"] == [TOGETHER]
        assert (left_out(harness), unread_of_others(harness)) == ({}, set())
