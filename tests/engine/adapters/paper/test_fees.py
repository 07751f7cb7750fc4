"""What a sale at the paper broker costs, and how the account tells of it."""

from decimal import Decimal

import pytest

from engine.model.activity import Activity, ActivityKind
from engine.model.fees import NO_FEES, USUAL_FEES
from tests.engine.adapters.paper import REGULAR, Paper, open_paper


def fees(paper: Paper) -> list[Activity]:
    return [activity for activity in paper.broker.activities(REGULAR) if activity.kind is ActivityKind.FEE]


@pytest.mark.parametrize(
    ("shares", "dollars", "due"),
    [
        (512, "79247.36", "1.74"),  # 79,247.36 x 20.60 / million = 1.6325 -> 1.64; 512 x 0.000195 = 0.0998 -> 0.10
        (1, "150.25", "0.02"),  # neither is ever less than a cent
        (100_000, "15025000", "319.31"),  # 309.515 -> 309.52, and at most 9.79
        (0, "0", "0"),
    ],
)
def test_each_fee_is_rounded_up_to_the_cent(shares: int, dollars: str, due: str) -> None:
    assert USUAL_FEES.due(shares, Decimal(dollars)) == Decimal(due)
    assert NO_FEES.due(shares, Decimal(dollars)) == 0


def test_a_purchase_costs_no_fee_and_a_sale_does() -> None:
    with open_paper(fees=USUAL_FEES) as paper:
        paper.quote("150.24", "150.25")
        paper.buy(512)
        assert (paper.held, fees(paper)) == (512, [])
        paper.quote("154.00", "154.01")
        paper.broker.close("exit-1", "AAPL", 512)
        sale = paper.order("exit-1")
        assert sale.fill_price == Decimal("153.97")
        (fee,) = fees(paper)
        assert (fee.dollars, fee.symbol, fee.order_id) == (Decimal("-1.73"), "AAPL", sale.broker_id)
        before = Decimal(100_000) - 512 * Decimal("150.28") + 512 * Decimal("153.97")
        assert paper.broker.account().cash == before - Decimal("1.73")


def test_a_sale_in_parts_pays_no_more_than_one_in_a_piece() -> None:
    with open_paper(fees=USUAL_FEES) as paper:
        paper.quote("150.24", "150.25")
        paper.buy(100)
        paper.broker.look()
        paper.broker.close("exit-1", "AAPL", 100)
        for _ in range(10):
            paper.quote("150.00", "150.25", sizes=(10, 10))
            paper.broker.look()
        sale = paper.order("exit-1")
        assert sale.filled_shares == 100
        assert sale.fill_price is not None
        assert -sum(fee.dollars for fee in fees(paper)) == USUAL_FEES.due(100, 100 * sale.fill_price)


def test_shares_sold_short_by_hand_pay_as_others_do() -> None:
    with open_paper(fees=USUAL_FEES) as paper:
        paper.broker.deal_by_hand("AAPL", -100, Decimal("150.25"))
        assert [fee.dollars for fee in fees(paper)] == [Decimal("-0.33")]
