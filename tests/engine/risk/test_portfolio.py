from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model.portfolio import Position
from engine.model.record import Record
from engine.model.trade import Trade, TradeState
from engine.risk.limits import Limits
from engine.risk.protections import DailyLoss
from tests.engine.risk.examples import a_portfolio
from tests.fakes.trades import a_sizing, a_trade

HELD = Position(symbol="AAPL", shares=100, cost=Decimal(100), price=Decimal(99))
OPEN = a_trade(
    state=TradeState.OPEN,
    shares=100,
    filled_shares=100,
    fill_price=Decimal(100),
    stop=Decimal(98),
    sizing=a_sizing(entry=Decimal(100)),
)


def test_a_fill_above_the_plan_raises_the_risk() -> None:
    assert a_portfolio(trades=(OPEN,)).risk == 200
    assert a_portfolio(trades=(replace(OPEN, fill_price=Decimal("100.50")),)).risk == 250


def test_what_an_open_trade_may_still_buy_is_risk_before_it_is_bought() -> None:
    partly = replace(OPEN, filled_shares=40)
    portfolio = a_portfolio(trades=(partly,), buying={partly.id: 60})
    assert portfolio.risk == 200
    assert portfolio.slips(Decimal("0.01")) == 60


@pytest.mark.parametrize(
    ("trade", "risk", "slips"),
    [
        (replace(OPEN, state=TradeState.APPROVED, filled_shares=0, fill_price=None), 200, 100),
        (replace(OPEN, state=TradeState.SUBMITTED, filled_shares=30), 200, 70),
        (OPEN, 200, 0),
        (replace(OPEN, state=TradeState.CLOSING, exit_shares=50), 100, 0),
        (replace(OPEN, state=TradeState.CLOSED, exit_shares=100), 0, 0),
    ],
)
def test_only_what_is_not_yet_bought_may_fill_worse(trade: Trade, risk: int, slips: int) -> None:
    portfolio = a_portfolio(trades=(trade,))
    assert [portfolio.risk, portfolio.slips(Decimal("0.01"))] == [Decimal(risk), Decimal(slips)]


@pytest.mark.parametrize(
    ("position", "trades", "shares"),
    [
        (HELD, (), 100),
        (HELD, (OPEN,), 0),
        (replace(HELD, shares=130), (OPEN,), 30),
        (replace(HELD, shares=70), (OPEN,), 0),
        (replace(HELD, shares=-40), (), -40),
        (HELD, (replace(OPEN, symbol="MSFT"),), 100),
        (HELD, (replace(OPEN, state=TradeState.SUBMITTED, filled_shares=0),), 0),
        (HELD, (replace(OPEN, state=TradeState.APPROVED, filled_shares=0),), 100),
    ],
    ids=[
        "nobody's",
        "a trade's",
        "more than a trade's",
        "less, for some were just sold",
        "short",
        "of another symbol",
        "filled before we know",
        "before our order left",
    ],
)
def test_what_no_trade_of_ours_holds_is_not_ours(position: Position, trades: tuple[Trade, ...], shares: int) -> None:
    foreign = a_portfolio(positions=(position,), trades=trades).foreign
    assert sum(held.shares for held in foreign) == shares


def test_what_is_not_ours_counts_as_a_part_of_its_value_long_or_short() -> None:
    positions = (HELD, replace(HELD, symbol="MSFT", shares=-100))
    assert a_portfolio(positions=positions, stopless=Decimal("0.05")).risk == 2 * 495


def test_the_shares_on_their_way_in_of_an_open_trade_are_ours() -> None:
    partly = replace(OPEN, filled_shares=40)
    assert a_portfolio(positions=(HELD,), trades=(partly,), buying={partly.id: 60}).foreign == ()


def test_the_open_loss_is_that_of_our_trades_and_winners_do_not_make_up_for_it() -> None:
    winner = replace(OPEN, id="MSFT_1", symbol="MSFT")
    positions = (
        HELD,
        replace(HELD, symbol="MSFT", price=Decimal(150)),
        replace(HELD, symbol="TSLA", price=Decimal(1)),
    )
    assert a_portfolio(positions=positions, trades=(OPEN, winner)).open_loss == 100


def test_the_days_loss_counts_what_is_lost_and_what_would_be() -> None:
    began_with_10_000 = Record(day_equity=Decimal(10_000), realised=Decimal(-150))
    portfolio = a_portfolio(positions=(HELD,), trades=(OPEN,), record=began_with_10_000)
    verdict = DailyLoss().look(portfolio, Limits(daily_loss=Decimal("0.025")))
    assert (verdict.figure, verdict.allowed) == (Decimal("0.025"), False)


def test_a_day_won_is_no_loss() -> None:
    portfolio = a_portfolio(record=Record(realised=Decimal(500)))
    assert DailyLoss().look(portfolio, Limits()).figure == 0
