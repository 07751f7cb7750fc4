from decimal import Decimal

import pytest

from bot.listeners.amounts import amount
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
