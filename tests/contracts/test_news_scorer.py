"""What every NewsScorer promises. A harness opens one that finds good news in the first headline and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest

from engine.adapters.keywords import KeywordScorer
from engine.model.market import Headline
from engine.ports.news import NewsScorer
from tests.engine.adapters.claude import headline, reading
from tests.support.fakes.claude import saying, shown

GOOD = headline("n-1", "Apple earnings beat expectations", "AAPL", "QQQ")
PLAIN = headline("n-2", "Apple to meet on Friday")
FOREIGN = headline("n-3", "Oracle earnings beat expectations", "ORCL")


def keywords() -> AbstractContextManager[NewsScorer]:
    return nullcontext(KeywordScorer())


@contextmanager
def claude() -> Iterator[NewsScorer]:
    with reading() as desk:
        desk.claude.model = lambda body: saying(
            *[(line["headline_id"], 3, "earnings") for line in shown(body) if line["headline_id"] == GOOD.id]
        )
        yield desk.scorer


@pytest.fixture(params=[keywords, claude])
def scorer(request: pytest.FixtureRequest) -> Iterator[NewsScorer]:
    opened: Callable[[], AbstractContextManager[NewsScorer]] = request.param
    with opened() as it:
        yield it


def test_a_scorer_has_a_name(scorer: NewsScorer) -> None:
    assert scorer.name in {"keywords", "claude"}


def test_a_finding_cites_its_headline_word_for_word(scorer: NewsScorer) -> None:
    (finding,) = scorer.findings("AAPL", [GOOD, PLAIN])
    assert (finding.headline_id, finding.headline, finding.url, finding.at) == (GOOD.id, GOOD.text, GOOD.url, GOOD.at)
    assert finding.symbol == "AAPL"
    assert 0 < finding.tenths <= 3
    assert finding.reason


def test_headlines_about_other_symbols_give_nothing(scorer: NewsScorer) -> None:
    assert scorer.findings("AAPL", [FOREIGN]) == ()


def test_headlines_that_say_nothing_give_nothing(scorer: NewsScorer) -> None:
    assert scorer.findings("AAPL", [PLAIN]) == ()


def test_no_headlines_give_nothing(scorer: NewsScorer) -> None:
    assert scorer.findings("AAPL", []) == ()


def test_the_same_headlines_give_the_same_findings(scorer: NewsScorer) -> None:
    assert scorer.findings("AAPL", [GOOD, PLAIN]) == scorer.findings("AAPL", [GOOD, PLAIN])


def test_one_headline_can_speak_of_several_symbols(scorer: NewsScorer) -> None:
    assert [finding.symbol for name in GOOD.symbols for finding in scorer.findings(name, [GOOD])] == list(GOOD.symbols)


def test_a_headline_of_any_text_is_read(scorer: NewsScorer) -> None:
    odd: list[Headline] = [
        headline(str(place), text) for place, text in enumerate(("", "\x00", "\ud800", "x" * 99_999))
    ]
    assert scorer.findings("AAPL", odd) == ()
