from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

from engine.adapters.keywords import ENGLISH, KOREAN, KeywordScorer
from engine.model.market import Headline

AT = datetime(2025, 8, 19, 14, 40, tzinfo=UTC)


def headline(text: str, *symbols: str) -> Headline:
    return Headline(id="n-1", at=AT, symbols=symbols or ("AAPL",), text=text, source="test", url="https://news.test/1")


def tenths(text: str) -> list[int]:
    return [finding.tenths for finding in KeywordScorer().findings("AAPL", [headline(text)])]


def reasons(text: str) -> list[str]:
    return [finding.reason for finding in KeywordScorer().findings("AAPL", [headline(text)])]


def test_the_scorer_says_that_it_counts_keywords() -> None:
    assert KeywordScorer().name == "keywords"


def test_a_headline_that_says_two_things_gives_two_findings_that_cite_it() -> None:
    text = "Apple Q3 earnings beat expectations, iPhone 15 pre-orders strong"
    earnings, demand = KeywordScorer().findings("AAPL", [headline(text)])
    assert (earnings.tenths, earnings.reason) == (3, "beat expectations +3")
    assert (demand.tenths, demand.reason) == (2, "pre-orders strong +2")
    for finding in (earnings, demand):
        assert (finding.headline_id, finding.symbol, finding.at) == ("n-1", "AAPL", AT)
        assert (finding.headline, finding.url) == (text, "https://news.test/1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Airline files for bankruptcy", [-3]),
        ("IBM raises full-year outlook", [3]),
        ("Shareholders file lawsuit", [-2]),
        ("Microsoft misses analysts' estimates", [-3]),
        ("Record low for the shares", [-2]),
        ("Record sales in December", [3]),
        ("Strong demand but a lawsuit", [0]),
        ("Shares fall 1,000 points; profit rises", [-1, 1]),
        ("애플 실적 예상치 상회, 아이폰 판매 호조", [3, 2]),
        ("삼성 협력사 파산 신청", [-3]),
        ("구글, 개인정보 소송 직면", [-2]),
    ],
)
def test_words_of_finance_count(text: str, expected: list[int]) -> None:
    assert tenths(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apple did not beat expectations", [-1]),
        ("IBM denies fraud", [1]),
        ("Facebook won't see strong growth", [-1]),
        ("매출이 성장하지 못했다", [-1]),
    ],
)
def test_a_negated_word_counts_one_tenth_the_other_way(text: str, expected: list[int]) -> None:
    assert tenths(text) == expected


def test_the_reason_names_a_negation() -> None:
    assert reasons("IBM denies fraud") == ["denies … fraud +1"]


@pytest.mark.parametrize("text", ["", "Apple opens a shop in Rome", "Weakness", "Stronghold", "파란 하늘"])
def test_a_headline_without_a_match_gives_no_finding(text: str) -> None:
    assert tenths(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "BANKRUPTCY",
        "bank\u200bruptcy",
        "ｂａｎｋｒｕｐｔｃｙ",
        "\u202ebankruptcy\u202c",
        "Bankruptcy?!",
        "bank\u00adruptcy",
    ],
)
def test_a_word_cannot_hide_behind_its_spelling(text: str) -> None:
    assert tenths(text) == [-3]


def test_a_phrase_may_be_spaced_oddly() -> None:
    assert tenths("beats\u00a0 \t expectations") == [3]


def test_a_word_is_not_counted_twice() -> None:
    assert reasons("Pre-orders strong") == ["pre-orders strong +2"]


def test_of_many_clauses_the_two_strongest_count_in_their_order() -> None:
    assert tenths("gains, weak sales, delays, bankruptcy, gains") == [-2, -3]


def test_headlines_about_other_symbols_say_nothing_of_this_one() -> None:
    assert KeywordScorer().findings("AAPL", [headline("Airline files for bankruptcy", "IBM")]) == ()


def test_findings_come_in_the_order_of_the_headlines() -> None:
    headlines = [headline("Weak"), headline("No news"), headline("Strong")]
    assert [finding.tenths for finding in KeywordScorer().findings("AAPL", headlines)] == [-1, 1]


words = st.one_of(
    st.sampled_from(
        ["bankruptcy", "fraud", "record profit", "beats expectations", "not", "파산", "급등", ",", ";", "\u200b"]
    ),
    st.text(max_size=8),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, max_size=60).map(" ".join))
def test_no_text_moves_a_finding_beyond_three_tenths_or_gives_more_than_two(text: str) -> None:
    found = tenths(text)
    assert len(found) <= 2
    assert all(-3 <= figure <= 3 for figure in found)


def test_a_very_long_headline_is_read_in_part_only() -> None:
    assert tenths("x " * 500_000 + "bankruptcy") == []


def test_no_phrase_alone_weighs_more_than_three_tenths() -> None:
    weights = [*ENGLISH.values(), *KOREAN.values()]
    assert all(1 <= abs(weight) <= 3 for weight in weights)
    assert sum(weight > 0 for weight in weights) >= 10
    assert sum(weight < 0 for weight in weights) >= 10
