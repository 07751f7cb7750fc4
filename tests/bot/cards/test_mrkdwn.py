from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.cards.mrkdwn import actor, day_and_time, escaped, fitted, linked, meter, moment, spoken, why
from bot.messages import Texts
from engine.model.reason import Reason
from tests.bot.cards.examples import ENGLISH, KOREAN
from tests.support.fakes.trades import PROPOSED_AT


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<!channel> & <@U123>", "&lt;!channel&gt; &amp; &lt;@U123&gt;"),
        ("*bold* `code` ~gone~", "∗bold∗ ˋcodeˋ ∼gone∼"),
        ("between +0.02R ~ +0.31R, ~a ~ b~", "between +0.02R ~ +0.31R, ∼a ~ b∼"),
        ("a~b ~", "a∼b ∼"),
        ("_slanted_ _open shut_ __twice__", "ˍslantedˍ ˍopen shutˍ ˍ_twice_ˍ"),
        (":rotating_light: :+1: :100: up", "∶rotating_light: ∶+1: ∶100: up"),
        ("AAPL_20250819_234515 at 10:30:15, cut 3:1:2", "AAPL_20250819_234515 at 10:30:15, cut 3:1:2"),
        ("two\nlines\tand\x00a null", "two lines and a null"),
        ("\u202etxet\u2066 turned\u200f", "txet turned"),
        ("   ", "none"),
        ("실적 발표", "실적 발표"),
    ],
)
def test_other_peoples_words_are_shown_and_do_nothing(typed: str, shown: str) -> None:
    assert escaped(typed) == shown


def test_other_peoples_words_are_cut_with_their_escapes_whole() -> None:
    assert escaped("<" * 50, 10) == "&lt;&lt;…"
    assert escaped("a" * 50, 10) == "aaaaaaaaa…"


@pytest.mark.parametrize(("user", "said"), [("U0TRADER1", "<@U0TRADER1>"), ("engine", "engine"), ("", "none")])
def test_a_person_is_a_mention(user: str, said: str) -> None:
    assert actor(user) == said


def test_what_is_no_user_is_no_mention() -> None:
    assert actor("U1> <!channel>") == "U1&gt; &lt;!channel&gt;"


@pytest.mark.parametrize(
    ("before", "after", "bar"),
    [
        ("0", "0", "░░░░░░░░░░"),
        ("0.01", "0.015", "█████▓▓▓░░"),
        ("0.02", "0.05", "██████████"),
        ("0.015", "0.01", "████████░░"),
    ],
)
def test_a_meter_never_leaves_its_frame(before: str, after: str, bar: str) -> None:
    assert meter(Decimal(before), Decimal(after), Decimal("0.02")) == bar


def test_a_screen_reader_hears_times_and_links_as_words() -> None:
    marked = "*Due* <!date^1755615015^{time}|23:50 KST> at <https://x.example/a|Example>\n██░"
    assert spoken(marked) == "Due 23:50 KST at Example"


def test_a_time_that_slack_does_not_convert_names_its_zone() -> None:
    desk = Texts("en", ZoneInfo("UTC"))
    assert spoken(moment(PROPOSED_AT, desk)) == "14:45 UTC"
    assert spoken(day_and_time(PROPOSED_AT, desk)) == "Aug 19, 2025, 14:45 UTC"
    assert spoken(day_and_time(PROPOSED_AT, KOREAN, seconds=True)) == "2025년 8월 19일 23:45:15 KST"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://news.example/2?a=1&b=2", "news.example"),
        ("https://apple.com.evil.example/apple.com", "apple.com.evil.example"),
        ("https://evil.example#@apple.com", "evil.example"),
        ("https://evil.example?//apple.com/", "evil.example"),
        ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        ("http://news.example:8443/", "news.example:8443"),
        ("https://NEWS.example/", "news.example"),
    ],
)
def test_a_link_shows_the_host_that_it_leads_to(url: str, host: str) -> None:
    assert linked("Apple rises", url) == f"<{url.replace('&', '&amp;')}|Apple rises> ({host})"


@pytest.mark.parametrize(
    "url",
    [
        "https://apple.com@evil.example/",
        "https://user:pass@evil.example/",
        "https://evil.example\\@apple.com/",
        "https:///evil.example/",
        "https:/evil.example/",
        "//evil.example/",
        "https://аррӏе.com/",
        "https://evil。example/",
        "https://%65vil.example/",
        "https://evil.example:99999/",
        "https://[::1/",
        "https://" + "a" * 90 + ".example/",
        "javascript:alert(1)//https://x.example",
        "",
    ],
)
def test_an_address_whose_host_cannot_be_told_for_sure_is_no_link(url: str) -> None:
    assert linked("Apple rises", url) == "Apple rises"


def test_a_long_list_ends_with_a_count() -> None:
    assert fitted(["12345"] * 10, ENGLISH, length=20) == ("12345", "12345", "12345", "… and 7 more")
    assert fitted(["12345"], ENGLISH, length=20) == ("12345",)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("min_price 4.985 5 price", "price is $4.99, minimum $5.00"),
        ("min_volume 9999 10000 shares", "volume today is 9,999 shares, minimum 10,000 shares"),
        ("buying_power 76928 76000 dollars", "costs $76,928, buying power $76,000"),
        ("buying_power 0 1 shares", "buying power is too small for one share"),
        ("solvency -500 0 dollars", "no equity in the account (−$500)"),
        ("daily_loss", "daily loss limit reached"),
        ("1 2 3 4", "1 2 3 4"),
        ("too late in the day", "too late in the day"),
    ],
)
def test_a_rules_refusal_is_told_with_its_figures(kept: str, said: str) -> None:
    assert why(Reason.read(kept), ENGLISH) == said
