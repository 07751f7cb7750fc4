from decimal import Decimal

import pytest

from bot.listeners.size_amounts import amount
from engine.errors import BadAmount
from engine.model.calculation import Amount, AmountKind


@pytest.mark.parametrize(
    ("typed", "kind", "figure"),
    [
        ("400", AmountKind.SHARES, "400"),
        ("0400", AmountKind.SHARES, "400"),
        ("*400*", AmountKind.SHARES, "400"),
        ("1,000 shares", AmountKind.SHARES, "1000"),
        ("400주", AmountKind.SHARES, "400"),
        ("$20000", AmountKind.DOLLARS, "20000"),
        ("$20,000.50", AmountKind.DOLLARS, "20000.50"),
        ("$20k", AmountKind.DOLLARS, "20000"),
        ("1.5K usd", AmountKind.DOLLARS, "1500"),
        ("20000달러", AmountKind.DOLLARS, "20000"),
        ("5%", AmountKind.EQUITY, "0.05"),
        ("2.5 % of equity", AmountKind.EQUITY, "0.025"),
        ("0.3% risk", AmountKind.RISK, "0.003"),
        ("0.3%r", AmountKind.RISK, "0.003"),
        ("0.3% 위험", AmountKind.RISK, "0.003"),
        ("위험 0.3%", AmountKind.RISK, "0.003"),
        ("0.3 퍼센트 위험", AmountKind.RISK, "0.003"),
        ("５％", AmountKind.EQUITY, "0.05"),
        ("순자산의 5%", AmountKind.EQUITY, "0.05"),
        ("5 percent of equity", AmountKind.EQUITY, "0.05"),
        ("＄２０，０００", AmountKind.DOLLARS, "20000"),
        ("2만 달러", AmountKind.DOLLARS, "20000"),
        ("$ 20000", AmountKind.DOLLARS, "20000"),
        ("1,000주", AmountKind.SHARES, "1000"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, kind: AmountKind, figure: str) -> None:
    assert amount(typed) == Amount(kind=kind, figure=Decimal(figure))


def test_nothing_is_no_amount() -> None:
    assert amount("  ") is None


@pytest.mark.parametrize(
    "typed", ["0", "$0", "0%", "-5", "lots", "1.5", ".5", "1e3", "9" * 5_000, "٣", "1,5", "0.3r", "5% 400", "$", "%"]
)
def test_what_could_mean_something_else_is_refused(typed: str) -> None:
    with pytest.raises(BadAmount):
        amount(typed)


@pytest.mark.parametrize(
    ("typed", "one", "other"),
    [
        ("$2,50", "2.50", "250"),
        ("1,5", "1.5", "15"),
        ("$20.000", "20", "20000"),
        ("2,5% risk", "2.5", "25"),
        ("１，５", "1.5", "15"),
    ],
)
def test_an_amount_that_could_be_two_is_refused_with_both(typed: str, one: str, other: str) -> None:
    with pytest.raises(BadAmount) as refused:
        amount(typed)
    assert (refused.value.facts["one"], refused.value.facts["other"]) == (one, other)


@pytest.mark.parametrize("typed", ["−5", "－5", "+5", "＋5", "$-5", "-$5", "5 apples", "5% of my soul", "₩5000", "€5"])
def test_signs_and_other_units_are_no_amount(typed: str) -> None:
    with pytest.raises(BadAmount):
        amount(typed)
