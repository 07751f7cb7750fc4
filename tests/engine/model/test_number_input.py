from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from engine.model.number_input import WORDS, AmbiguousNumber, InputUnit, read_number, read_seconds

figures = st.decimals(min_value=0, max_value=999_999_999, places=2, allow_nan=False)
units = st.sampled_from([(unit, word) for unit, words in WORDS.items() for word in words])
FULL_WIDTH = str.maketrans({chr(place): chr(place + 0xFEE0) for place in range(0x21, 0x7F)})


def read(text: str) -> tuple[str, InputUnit]:
    found = read_number(text)
    return f"{found.number.normalize():f}", found.unit


@pytest.mark.parametrize(
    ("typed", "number", "unit"),
    [
        ("400", "400", InputUnit.NONE),
        ("1,000", "1000", InputUnit.NONE),
        ("1,234,567.5", "1234567.5", InputUnit.NONE),
        ("2.50", "2.5", InputUnit.NONE),
        ("0.125", "0.125", InputUnit.NONE),
        ("1.125%", "1.125", InputUnit.PERCENT),
        ("2.5 %", "2.5", InputUnit.PERCENT),
        ("２．５％", "2.5", InputUnit.PERCENT),
        ("2.5 퍼센트", "2.5", InputUnit.PERCENT),
        ("$20,000.50", "20000.5", InputUnit.DOLLARS),
        ("US$ 20", "20", InputUnit.DOLLARS),
        ("＄２０", "20", InputUnit.DOLLARS),
        ("20 달러", "20", InputUnit.DOLLARS),
        ("$20k", "20000", InputUnit.DOLLARS),
        ("2만 달러", "20000", InputUnit.DOLLARS),
        ("1,000주", "1000", InputUnit.SHARES),
        ("50bp", "50", InputUnit.BASIS_POINTS),
        ("1,800초", "1800", InputUnit.SECONDS),
        ("30 MINUTES", "30", InputUnit.MINUTES),
    ],
)
def test_a_number_is_read_with_its_unit_in_either_language(typed: str, number: str, unit: InputUnit) -> None:
    assert read(typed) == (number, unit)


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("1,5", ("1.5", "15")),
        ("2,50", ("2.50", "250")),
        ("$2,50", ("2.50", "250")),
        ("0,5%", ("0.5", "5")),
        ("１，５", ("1.5", "15")),
        ("1.000", ("1", "1000")),
        ("1.500", ("1.5", "1500")),
        ("1.125", ("1.1250", "1125")),
        ("1.234,56", ("1234.56", "123456")),
        ("12,3456", ("12.3456", "123456")),
        ("1,5만", ("1.5만", "15만")),
        ("$2,50k", ("2.50k", "250k")),
    ],
)
def test_what_could_be_two_numbers_is_refused_with_both(typed: str, readings: tuple[str, str]) -> None:
    with pytest.raises(AmbiguousNumber) as refused:
        read_number(typed)
    assert refused.value.readings == readings


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-5", "\u22125", "－5", "\u20135", "+5", "＋5", "$-5", "-$5", "--5", ".5", "1,,000", "1..5", "1,00,000",
     "1.000.000", "1'000", "1 000", "1e3", "0x10", "³", "٣", "½", "五", "nan", "inf", "$", "%", "5%$", "$5%",
     "5 apples", "₩5", "€5", "5k%", "9" * 13, "9" * 5_000, "bp 5"],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_a_guess(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*") as refused:
        read_number(typed)
    assert not isinstance(refused.value, AmbiguousNumber)


@given(figure=figures, unit=units)
def test_a_number_written_as_the_desk_writes_it_is_read_as_it_is(figure: Decimal, unit: tuple[InputUnit, str]) -> None:
    for written in (f"{figure:,.2f}", f"{figure:.2f}"):
        found = read_number(f"{written} {unit[1]}")
        assert (found.number, found.unit) == (figure, unit[0])


@given(figure=figures, unit=units)
def test_full_width_forms_mean_what_their_narrow_twins_do(figure: Decimal, unit: tuple[InputUnit, str]) -> None:
    assert read_number(f"{figure:,.2f}{unit[1]}".translate(FULL_WIDTH)) == read_number(f"{figure:,.2f}{unit[1]}")


@given(figure=figures.filter(lambda figure: figure >= 1))
def test_a_decimal_comma_is_never_read_as_another_number_in_silence(figure: Decimal) -> None:
    as_elsewhere = f"{figure:,.2f}".translate(str.maketrans(",.", ".,"))
    with pytest.raises(ValueError, match=r".*"):
        read_number(as_elsewhere)


@given(text=st.text(alphabet="0123456789.,+-−%$kr bp주초달러만 ", max_size=20))
def test_whatever_is_typed_is_a_number_of_at_least_0_or_refused(text: str) -> None:
    try:
        found = read_number(text)
    except ValueError:
        return
    assert found.number >= 0


@given(text=st.from_regex(r"[0-9]{1,6}[.,][0-9]{1,6}", fullmatch=True))
def test_both_readings_can_be_typed_back_without_another_question(text: str) -> None:
    try:
        read_number(text)
    except AmbiguousNumber as doubt:
        for reading in doubt.readings:
            read_number(reading)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("5400", 5_400),
        ("90 min", 5_400),
        ("1 h 30 min", 5_400),
        ("1h30min", 5_400),
        ("1시간 30분", 5_400),
        ("1시간30분", 5_400),
        ("1.5 h", 5_400),
        ("1 d 1 h 1 min 1 s", 90_061),
        ("１ｈ ５ｍｉｎ", 3_900),
        ("0 s", 0),
    ],
)
def test_a_time_is_read_in_seconds_in_either_language(typed: str, seconds: int) -> None:
    assert read_seconds(typed) == seconds


def test_a_number_without_a_unit_counts_what_it_is_asked_in() -> None:
    assert read_seconds("15", bare=60) == 900


@pytest.mark.parametrize("typed", ["30 min 1 h", "1 h 1 h", "1 h 30", "1 h $30", "1 h -5 min", "h", "", "1 h " * 40])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each says only what was typed)
        read_seconds(typed)


def test_a_time_that_could_be_two_is_refused_with_both() -> None:
    with pytest.raises(AmbiguousNumber) as refused:
        read_seconds("1,5 h")
    assert refused.value.readings == ("1.5", "15")
