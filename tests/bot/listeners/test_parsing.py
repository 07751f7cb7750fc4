import pytest

from bot.listeners.parsing import reason, shares, words
from engine.errors import BadNumber


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("AAPL 300", ["AAPL", "300"]),
        ("  `AAPL`\t*300* ", ["AAPL", "300"]),
        ("$BRK.B.", ["BRK.B"]),
        ("[AAPL_20250819_234515]", ["AAPL_20250819_234515"]),
        ("<@U123|kim> &", ["<@U123|kim>", "&"]),
        ("... “” ''", []),
        ("", []),
    ],
)
def test_words_are_read_without_what_is_wrapped_around_them(text: str, read: list[str]) -> None:
    assert words(text) == read


def test_a_word_is_cut_where_a_sentence_could_not_quote_it() -> None:
    assert words("x" * 10_000) == ["x" * 60]


def test_a_reason_is_one_line_of_what_was_typed() -> None:
    assert reason(" too\nclose <3 ") == "too close <3"
    assert reason("AT&T&not &lt; &amp;") == "AT&T&not &lt; &amp;"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("300", 300),
        ("1,000", 1000),
        ("001", 1),
        (" 7 ", 7),
        ("４００", 400),
        ("400 주", 400),
        ("1，000", 1000),
        ("400 shares", 400),
    ],
)
def test_shares_are_whole_numbers(text: str, number: int) -> None:
    assert shares(text) == number


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1.5", "x", "³", "٣", "1" * 10, "1,,0", "1,5", "10,00", ",100", "0,000", "1,000,000,000"]
)
def test_what_is_no_number_of_shares_is_refused(text: str) -> None:
    with pytest.raises(BadNumber):
        shares(text)


@pytest.mark.parametrize(
    ("text", "readings"), [("1,5", ("1.5", "15")), ("1.000", ("1", "1000")), ("10,00", ("10.00", "1000"))]
)
def test_shares_that_could_be_two_numbers_are_refused_with_both(text: str, readings: tuple[str, str]) -> None:
    with pytest.raises(BadNumber) as refused:
        shares(text)
    assert (refused.value.facts["one"], refused.value.facts["other"]) == readings
