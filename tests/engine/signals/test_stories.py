"""One story gives its points once, from its first headline on, and for NEWS_HOURS."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.model.signal import Finding
from engine.signals.stories import counted, words_of

NOON = datetime(2025, 8, 19, 16, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
BEATS = "Apple beats Q3 earnings estimates on strong iPhone demand"


def finding(headline: str = BEATS, *, name: str = "", hours: float = 0, tenths: int = 3) -> Finding:
    """Return a finding about AAPL in a headline of so many hours before noon."""
    return Finding(
        headline_id=name or f"{headline} {hours}",
        symbol="AAPL",
        at=NOON - hours * HOUR,
        headline=headline,
        tenths=tenths,
        reason="",
    )


def ids(*findings: Finding, at: datetime = NOON, window: timedelta = DAY) -> list[str]:
    return [each.headline_id for each in counted(findings, at, window)]


def test_the_same_headline_under_two_ids_counts_once_from_the_first_on() -> None:
    assert ids(finding(name="second", hours=1), finding(name="first", hours=2)) == ["first"]


@pytest.mark.parametrize(
    "again",
    [
        "APPLE BEATS Q3 EARNINGS ESTIMATES ON STRONG IPHONE DEMAND",
        "  Apple   beats Q3 earnings estimates, on strong iPhone demand!  ",
        "Apple beats Q3 earnings estimates on strong iPhone demand - Reuters",
        "Apple beats Q3 earnings estimates on strong iPhone demand | The Wall Street Journal",
        "Apple beats Q3 earnings estimates on strong iPhone demand (Bloomberg)",
        "UPDATE 1-Apple beats Q3 earnings estimates on strong iPhone demand",
        "BRIEF: Apple beats Q3 earnings estimates on strong iPhone demand",
        "Apple’s beats Q3 earnings estimates on strong iPhone demand",
        "Apple beats Q3 earnings estimates on the strong iPhone demand",
        "Apple beats Q3 earnings estimates on very strong iPhone demand",
        "Apple beats Q３ earnings estimates on strong iPhone demand",
    ],
)
def test_the_same_story_from_another_source_counts_once(again: str) -> None:
    assert ids(finding(name="first", hours=3), finding(again, name="again", hours=1)) == ["first"]


@pytest.mark.parametrize(
    "other",
    [
        "Apple beats Q4 earnings estimates on strong iPhone demand",
        "Apple supplier cuts outlook for the year",
        "Apple wins patent case against Samsung in Texas",
    ],
)
def test_another_story_counts_as_well(other: str) -> None:
    assert ids(finding(name="first", hours=3), finding(other, name="other", hours=1)) == ["first", "other"]


def test_stories_that_point_opposite_ways_are_two_however_alike_their_words_are() -> None:
    good = "Apple beats analyst estimates for iPhone revenue growth this holiday quarter"
    bad = good.replace("beats", "misses")
    assert ids(finding(good, name="good", hours=2), finding(bad, name="bad", tenths=-3)) == ["good", "bad"]


def test_one_price_is_not_another() -> None:
    lower, higher = (f"Morgan Stanley raises Apple price target to ${price} from $210" for price in ("1,240", "1,250"))
    assert ids(finding(lower, name="lower"), finding(higher, name="higher")) == ["lower", "higher"]
    assert ids(finding(lower, name="lower"), finding(lower.replace(",", ""), name="plain")) == ["lower"]


def test_all_findings_of_the_first_headline_count() -> None:
    two = (finding(name="first", hours=1, tenths=3), finding(name="first", hours=1, tenths=2))
    assert [each.tenths for each in counted((*two, finding(name="again")), NOON, DAY)] == [3, 2]


def test_the_weight_of_a_story_ends_with_its_first_headline_however_often_it_is_told_again() -> None:
    told = (finding(name="first", hours=24), finding(name="again", hours=12), finding(name="once more", hours=1))
    assert ids(*told) == ["first"]
    assert ids(*told, at=NOON + timedelta(seconds=1)) == []


def test_what_is_told_after_the_first_headline_ceased_to_count_is_news() -> None:
    assert ids(finding(name="yesterday", hours=25), finding(name="today", hours=0.5)) == ["today"]


def test_a_headline_of_the_future_does_not_count_yet() -> None:
    assert ids(finding(name="early", hours=-1)) == []
    assert ids(finding(name="early", hours=-1), at=NOON + HOUR) == ["early"]


def test_the_order_in_which_findings_are_read_changes_nothing() -> None:
    told = [finding(name="a", hours=5), finding(name="b", hours=4), finding("Apple opens a store in Busan", name="c")]
    assert set(ids(*told)) == set(ids(*reversed(told))) == {"a", "c"}


def test_headlines_without_a_word_are_alike() -> None:
    assert ids(finding("!!", name="one"), finding("??", name="two")) == ["one"]
    assert ids(finding("", name="one"), finding("Apple", name="two")) == ["one", "two"]


def test_what_follows_a_dash_stays_where_little_else_would_be_left() -> None:
    assert words_of("Apple - Buy Rating") == {"apple", "buy", "rating"}


def test_korean_headlines_are_compared_alike() -> None:
    first, again = "애플, 3분기 실적 예상치 상회", "애플 3분기 실적 예상치 상회 - 연합뉴스"
    assert ids(finding(first, name="first", hours=2), finding(again, name="again")) == ["first"]
