from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from engine.model.json_values import plain, valued


@dataclass(frozen=True, kw_only=True)
class Kept:
    number: int = 1
    share: float = 0.5
    amount: Decimal = Decimal(1)
    word: str = ""
    is_so: bool = False
    on: date | None = None
    parts: tuple[str, ...] = ()
    ratios: Mapping[str, Fraction | None] = field(default_factory=dict)


def test_what_was_written_comes_back() -> None:
    kept = Kept(number=2, amount=Decimal("1.50"), word="AAPL", is_so=True, on=date(2025, 8, 19), parts=("a", "b"))
    kept = replace(kept, ratios={"AAPL": Fraction(3, 2), "IBM": Fraction(2), "MSFT": None})
    assert valued(Kept, plain(kept)) == kept


def test_fields_that_are_given_are_taken_as_they_are_and_unknown_ones_are_left_out() -> None:
    assert valued(Kept, {"word": "AAPL", "dropped": 1}, number=3) == Kept(word="AAPL", number=3)


def test_a_whole_number_is_a_fraction_too() -> None:
    assert valued(Kept, {"share": 1}).share == 1


@pytest.mark.parametrize(
    "written",
    [
        {"number": "2"},
        {"number": 2.5},
        {"number": True},
        {"word": 2},
        {"is_so": "yes"},
        {"share": "half"},
        {"amount": "many"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"on": "tomorrow"},
        {"on": 20250819},
        {"parts": [1]},
        {"parts": 1},
        {"parts": "ab"},
        {"ratios": {"AAPL": 2}},
        {"ratios": {"AAPL": "two"}},
        {"ratios": {"AAPL": "1/0"}},
        [],
        "word",
        None,
    ],
)
def test_what_is_of_another_type_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        valued(Kept, written)
