from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest

from engine.adapters.order_checks import check_entry
from engine.errors import OrderRefused
from engine.model.trade import Entry

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=512,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)
LIMITED = replace(ENTRY, limit=Decimal("150.25"))


def test_a_sound_entry_passes() -> None:
    check_entry(ENTRY)
    check_entry(ENTRY, Decimal("150.25"))
    check_entry(LIMITED)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ENTRY, shares=0),
        replace(ENTRY, shares=-1),
        replace(ENTRY, shares=cast("int", float("nan"))),
        replace(ENTRY, shares=cast("int", 1.5)),
        replace(ENTRY, symbol=""),
        replace(ENTRY, symbol="aapl"),
        replace(ENTRY, client_order_id=""),
        replace(ENTRY, client_order_id="x" * 129),
        replace(ENTRY, stop=Decimal("NaN")),
        replace(ENTRY, stop=Decimal(0)),
        replace(ENTRY, stop=Decimal("147.995")),
        replace(ENTRY, target=Decimal("Infinity")),
        replace(ENTRY, target=Decimal("147.99")),
        replace(LIMITED, limit=Decimal("150.255")),
        replace(LIMITED, limit=Decimal("147.99")),
        replace(LIMITED, limit=Decimal("154.75")),
        replace(ENTRY, extended=True),
    ],
)
def test_trap_what_the_sdk_lets_through_is_refused_before_anyone_is_asked(wrong: Entry) -> None:
    with pytest.raises(OrderRefused):
        check_entry(wrong)


def test_trap_a_bracket_with_its_stop_above_the_price_is_refused() -> None:
    with pytest.raises(OrderRefused):
        check_entry(ENTRY, Decimal("147.99"))
    with pytest.raises(OrderRefused):
        check_entry(ENTRY, Decimal("154.75"))
