"""Whose the shares of a position are, line by line: no share of others is shown under a trade's stop."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.model.account import AssetKind, Position
from engine.model.portfolio import Portfolio
from engine.model.trade import Trade, TradeState
from engine.model.view import MissingShares, PositionLine
from engine.views.holdings import missing_shares, position_lines, waiting_risk
from tests.engine.risk.examples import a_portfolio
from tests.support.fakes.trades import a_sizing, a_trade

OURS = a_trade(
    state=TradeState.OPEN,
    shares=500,
    filled_shares=500,
    fill_price=Decimal("149.45"),
    stop=Decimal("147.25"),
    sizing=a_sizing(entry=Decimal("149.50"), stop=Decimal("147.25"), shares=500),
)
WAITING = replace(OURS, state=TradeState.SUBMITTED, filled_shares=0, fill_price=None)
BOTH = Position(symbol="AAPL", shares=850, cost=Decimal("149.80"), price=Decimal("151.45"))


def beside(trade: Trade | None, position: Position = BOTH, *, told: int = 350, **changes: object) -> Portfolio:
    """A portfolio with one position, one trade of ours, and so many shares told as never ours."""
    trades = (trade,) if trade else ()
    return a_portfolio(positions=(position,), trades=trades, told_foreign={"AAPL": told}, **changes)


def shown(portfolio: Portfolio) -> list[tuple[str | None, int, Decimal]]:
    """The lines: the trade, the shares, and the dollars of risk."""
    return [(line.trade.id if line.trade else None, line.shares, line.risk) for line in position_lines(portfolio)]


def test_a_position_of_a_trade_and_of_others_is_a_line_for_each() -> None:
    assert shown(beside(OURS)) == [
        (OURS.id, 500, Decimal(1_100)),
        (None, 350, 350 * Decimal("151.45") * Decimal("0.015")),
    ]


def test_a_trade_that_holds_nothing_yet_has_no_line() -> None:
    portfolio = beside(WAITING, replace(BOTH, shares=350))
    assert shown(portfolio) == [(None, 350, portfolio.risk_beyond(portfolio.foreign[0]))]
    assert waiting_risk(portfolio, position_lines(portfolio)) == 500 * Decimal("2.25")


def test_of_what_came_in_while_an_order_waits_it_is_not_known_yet_whose_it_is() -> None:
    ours_perhaps, others = position_lines(beside(WAITING))
    assert (ours_perhaps.shares, ours_perhaps.is_unclear, others.shares, others.is_unclear) == (500, True, 350, False)
    assert (ours_perhaps.trade, ours_perhaps.risk) == (None, Decimal(0))


def test_each_won_or_lost_by_what_it_cost_and_together_what_the_position_did() -> None:
    ours, others = position_lines(beside(OURS))
    assert (ours.cost, ours.unrealised) == (Decimal("149.45"), Decimal(1_000))
    assert others.cost == Decimal("150.30")
    assert ours.unrealised + others.unrealised == BOTH.unrealised


def test_a_position_of_one_alone_costs_what_the_broker_says() -> None:
    [ours] = position_lines(beside(OURS, replace(BOTH, shares=500), told=0))
    [others] = position_lines(beside(None))
    assert (ours.cost, others.cost) == (BOTH.cost, BOTH.cost)


@pytest.mark.parametrize(
    "portfolio",
    [
        beside(OURS, replace(BOTH, cost=Decimal(80))),
        beside(OURS, exchanged={"AAPL": Fraction(2)}),
    ],
    ids=["an average that leaves nothing for the rest", "shares that may be others than we bought"],
)
def test_where_the_average_cannot_be_divided_it_counts_for_the_rest(portfolio: Portfolio) -> None:
    assert position_lines(portfolio)[-1].cost == portfolio.positions[0].cost


def a_coin() -> Position:
    return replace(BOTH, symbol="BTCUSD", shares=0, quantity=Decimal("0.5"), kind=AssetKind.CRYPTO)


@pytest.mark.parametrize(
    "portfolio",
    [
        beside(OURS),
        beside(WAITING),
        beside(replace(OURS, state=TradeState.APPROVED, filled_shares=0, fill_price=None)),
        beside(replace(OURS, filled_shares=200), buying={OURS.id: 300}),
        beside(OURS, replace(BOTH, shares=350)),
        beside(OURS, replace(BOTH, quantity=Decimal("850.4"))),
        beside(OURS, stops={OURS.id: ((500, Decimal(140)),)}),
        beside(OURS, replace(BOTH, symbol="MSFT"), told=0),
        beside(replace(OURS, exit_shares=700, exit_price=Decimal(147)), replace(BOTH, shares=-200), told=0),
        beside(OURS, replace(BOTH, shares=-200), told=-200),
        a_portfolio(
            positions=(BOTH, a_coin()), trades=(replace(OURS, id="AAPL_2", shares=100, filled_shares=100), OURS)
        ),
    ],
    ids=[
        "both",
        "filled before we know",
        "approved",
        "bought in part",
        "sold a moment ago",
        "a fraction",
        "a stop that was moved",
        "a position that the broker does not show",
        "sold twice",
        "short",
        "two trades and a coin",
    ],
)
def test_the_lines_add_up_to_the_position_and_to_the_open_risk(portfolio: Portfolio) -> None:
    lines = position_lines(portfolio)
    for position in portfolio.positions:
        assert sum(line.held * line.multiplier for line in lines if line.symbol == position.symbol) == position.units
    beside_them = waiting_risk(portfolio, lines) + missing_shares(portfolio, lines).risk
    assert sum(line.risk for line in lines) + beside_them == portfolio.risk


@pytest.mark.parametrize("state", [TradeState.OPEN, TradeState.CLOSING])
def test_shares_that_the_account_does_not_show_are_missing_and_not_still_to_be_bought(state: TradeState) -> None:
    portfolio = beside(replace(OURS, state=state), replace(BOTH, symbol="MSFT"), told=0)
    lines = position_lines(portfolio)
    assert waiting_risk(portfolio, lines) == 0
    assert missing_shares(portfolio, lines) == MissingShares(symbols=("AAPL",), risk=Decimal(1_100))


def test_what_is_sold_short_belongs_to_the_trade_that_sold_too_much() -> None:
    oversold = replace(OURS, exit_shares=700, exit_price=Decimal(147))
    lines: tuple[PositionLine, ...] = position_lines(beside(oversold, replace(BOTH, shares=-200), told=0))
    assert [(line.trade, line.shares) for line in lines] == [(oversold, -200)]


def test_what_is_beside_a_trade_says_so() -> None:
    alone = position_lines(beside(None))
    for trade in (OURS, WAITING, replace(WAITING, state=TradeState.APPROVED)):
        assert position_lines(beside(trade, replace(BOTH, shares=850)))[-1].beside_a_trade
    assert [line.beside_a_trade for line in alone] == [False]
