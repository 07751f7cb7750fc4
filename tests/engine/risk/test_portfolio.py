from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model.account import AssetKind, Position
from engine.model.exit_plan import ExitMove, ExitPlan
from engine.model.trade import Trade, TradeState
from engine.model.trade_record import TradeRecord
from engine.risk.limits import Limits
from engine.risk.protections import DailyLoss
from engine.risk.sizing import size
from tests.engine.risk.examples import a_portfolio
from tests.support.fakes.trades import a_sizing, a_trade

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


def test_shares_whose_stop_cannot_be_sent_for_now_count_no_less_than_those_of_others() -> None:
    narrow = replace(OPEN, stop=Decimal("99.50"))
    assert a_portfolio(trades=(narrow,)).risk == 50
    assert a_portfolio(trades=(narrow,), awaited=("AAPL",)).risk == 150
    assert a_portfolio(trades=(OPEN,), awaited=("AAPL",)).risk == 200


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


WAITING = replace(OPEN, state=TradeState.SUBMITTED, filled_shares=0, fill_price=None)
PARTLY = replace(OPEN, filled_shares=40)


@pytest.mark.parametrize(
    ("held", "told", "trades", "shares"),
    [
        (70, 70, (WAITING,), 70),
        (170, 70, (WAITING,), 70),
        (70, 0, (WAITING,), 0),
        (130, 70, (WAITING,), 70),
        (190, 70, (WAITING,), 90),
        (20, 70, (WAITING,), 20),
        (110, 70, (PARTLY,), 70),
        (170, 70, (PARTLY,), 70),
        (170, 70, (OPEN,), 70),
        (70, 70, (OPEN,), 0),
        (-30, -30, (WAITING,), -30),
        (70, -30, (WAITING,), 0),
    ],
    ids=[
        "nothing bought",
        "filled before we know",
        "filled in part before we know",
        "filled in part, or others bought",
        "others bought for sure",
        "others sold",
        "the rest of a part waits",
        "the rest filled before we know",
        "beside an open trade",
        "ours sold a moment ago",
        "short",
        "short, filled before we know",
    ],
)
def test_what_was_told_as_not_ours_stays_so_while_an_order_waits(
    held: int, told: int, trades: tuple[Trade, ...], shares: int
) -> None:
    portfolio = a_portfolio(
        positions=(replace(HELD, shares=held),),
        trades=trades,
        buying={PARTLY.id: 60} if PARTLY in trades else {},
        told_foreign={"AAPL": told},
    )
    assert sum(position.shares for position in portfolio.foreign) == shares


def test_a_fill_that_we_do_not_know_of_yet_changes_no_risk() -> None:
    before, after = (
        a_portfolio(positions=(replace(HELD, shares=shares),), trades=(WAITING,), told_foreign={"AAPL": 70})
        for shares in (70, 170)
    )
    assert before.risk == after.risk == WAITING.risk + 70 * 99 * before.stopless


def test_what_is_not_ours_counts_as_a_part_of_its_value() -> None:
    positions = (HELD, replace(HELD, symbol="MSFT"))
    assert a_portfolio(positions=positions, stopless=Decimal("0.05")).risk == 2 * 495


def test_a_fraction_of_a_share_that_is_not_ours_counts_with_the_rest() -> None:
    held = replace(HELD, shares=130, quantity=Decimal("130.5"))
    portfolio = a_portfolio(positions=(held,), trades=(OPEN,))
    assert [(beyond.shares, beyond.value) for beyond in portfolio.foreign] == [(30, Decimal("30.5") * 99)]


@pytest.mark.parametrize(
    ("stops", "dollars"),
    [
        (((100, "97"),), 300),
        (((100, "1"),), 9_900),
        (((100, "101"),), 0),
        (((60, "97"),), 180 + 80),
        (((60, "97"), (40, "99")), 180 + 40),
        (((100, "99"), (100, "97")), 300),
        (((60, "99"), (60, "97")), 180 + 40),
        ((), 200),
    ],
    ids=["moved", "as good as gone", "over the entry", "for a part", "two", "twice", "too many", "none"],
)
def test_the_risk_of_a_trade_is_by_its_live_stops(stops: tuple[tuple[int, str], ...], dollars: int) -> None:
    live = {OPEN.id: tuple((shares, Decimal(price)) for shares, price in stops)}
    assert a_portfolio(positions=(HELD,), trades=(OPEN,), stops=live).risk == dollars


@pytest.mark.parametrize(
    ("wish", "stops", "dollars"),
    [
        ("97", (), 300),
        ("97", ((100, "98"),), 300),
        ("97", ((60, "99"), (40, "98")), 300),
        ("97", ((60, "96"), (40, "98")), 240 + 120),
        ("99", ((100, "98"),), 200),
        ("99", (), 200),
        ("101", ((100, "98"),), 200),
    ],
)
def test_a_stop_on_its_way_down_counts_as_if_it_were_there_and_one_on_its_way_up_only_once_it_is(
    wish: str, stops: tuple[tuple[int, str], ...], dollars: int
) -> None:
    move = ExitMove(price=Decimal(wish), before=Decimal(98), by="U0ADMIN", at=OPEN.proposed_at)
    moving = replace(OPEN, exit_plan=ExitPlan(stop=move))
    live = {OPEN.id: tuple((shares, Decimal(price)) for shares, price in stops)}
    assert a_portfolio(positions=(HELD,), trades=(moving,), stops=live).risk == dollars


def test_what_is_still_to_be_bought_counts_down_to_a_stop_on_its_way_down() -> None:
    move = ExitMove(price=Decimal(90), before=Decimal(98), by="U0ADMIN", at=OPEN.proposed_at)
    partly = replace(OPEN, filled_shares=40, exit_plan=ExitPlan(stop=move))
    portfolio = a_portfolio(trades=(partly,), buying={partly.id: 60}, stops={partly.id: ((100, Decimal(98)),)})
    assert portfolio.risk == 100 * 10


def test_what_is_still_to_be_bought_counts_down_to_the_lowest_stop() -> None:
    partly = replace(OPEN, filled_shares=40)
    portfolio = a_portfolio(trades=(partly,), buying={partly.id: 60}, stops={partly.id: ((100, Decimal(90)),)})
    assert portfolio.risk == 100 * 10


@pytest.mark.parametrize("trades", [(), (OPEN,)], ids=["nobody's", "beside a trade"])
def test_what_is_sold_short_counts_in_full(trades: tuple[Trade, ...]) -> None:
    short = replace(HELD, shares=-70)
    long = a_portfolio(trades=trades)
    portfolio = replace(long, positions=(short,))
    assert portfolio.risk == long.risk + 70 * 99
    assert portfolio.buying_power == long.buying_power - 70 * 99
    assert portfolio.exposure("AAPL") == 70 * 99


@pytest.mark.parametrize("shown", [0, -40, -100, -130])
def test_shares_sold_twice_count_in_full_before_the_broker_shows_them_and_once_when_it_does(shown: int) -> None:
    oversold = replace(OPEN, exit_shares=200, exit_price=Decimal(98))
    positions = (replace(HELD, shares=shown),) if shown else ()
    price = 99 if shown else 100
    assert a_portfolio(positions=positions, trades=(oversold,)).risk == max(100, -shown) * price


@pytest.mark.parametrize("shown", [0, -100])
def test_three_trades_sold_twice_buy_no_room_under_the_ceiling(shown: int) -> None:
    trades = tuple(
        replace(OPEN, id=symbol, symbol=symbol, exit_shares=200, exit_price=Decimal(98)) for symbol in ("A", "B", "C")
    )
    positions = tuple(replace(HELD, symbol=trade.symbol, shares=shown) for trade in trades if shown)
    portfolio = a_portfolio(positions=positions, trades=trades)
    assert portfolio.open_risk > Decimal("0.1")
    assert size("MSFT", Decimal(100), portfolio, Limits()).shares == 0


def test_what_is_no_stock_counts_by_its_multiplier_and_its_setting_and_is_no_share() -> None:
    contract = Position(
        symbol="AAPL260117C00200000",
        shares=0,
        cost=Decimal(3),
        price=Decimal(5),
        kind=AssetKind.OPTION,
        quantity=Decimal(2),
        multiplier=100,
    )
    coin = replace(contract, symbol="BTCUSD", kind=AssetKind.CRYPTO, quantity=Decimal("0.5"), multiplier=1)
    portfolio = a_portfolio(positions=(contract, coin), other_assets=Decimal("0.5"))
    assert portfolio.foreign == ()
    assert portfolio.risk == Decimal("0.5") * (1_000 + Decimal("2.5"))
    sold = replace(portfolio, positions=(replace(contract, quantity=Decimal(-2)),))
    assert sold.risk == 1_000


def test_a_trade_whose_symbol_was_changed_counts_by_its_new_symbol() -> None:
    renamed = replace(OPEN, symbol="META")
    position = replace(HELD, symbol="META", price=Decimal(97))
    portfolio = a_portfolio(positions=(position,), trades=(renamed,), stops={OPEN.id: ((100, Decimal(95)),)})
    assert [portfolio.risk, portfolio.open_loss] == [Decimal(500), Decimal(300)]
    assert not portfolio.foreign


def test_shares_of_ours_that_the_broker_does_not_show_count_as_stopped() -> None:
    assert a_portfolio(trades=(OPEN,)).open_loss == 200


def test_what_was_lost_on_the_part_that_was_sold_is_in_the_open_loss() -> None:
    half = replace(OPEN, exit_shares=50, exit_price=Decimal(98))
    assert a_portfolio(positions=(replace(HELD, shares=50),), trades=(half,)).open_loss == 100 + 50


def test_buying_back_dearer_than_it_was_sold_is_in_the_open_loss() -> None:
    oversold = replace(OPEN, exit_shares=200, exit_price=Decimal(101))
    position = replace(HELD, shares=-100, price=Decimal(104))
    assert a_portfolio(positions=(position,), trades=(oversold,)).open_loss == 300


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
    began_with_10_000 = TradeRecord(day_equity=Decimal(10_000), realised=Decimal(-150))
    portfolio = a_portfolio(positions=(HELD,), trades=(OPEN,), record=began_with_10_000)
    verdict = DailyLoss().look(portfolio, Limits(daily_loss=Decimal("0.025")))
    assert (verdict.figure, verdict.allowed) == (Decimal("0.025"), False)


def test_a_day_won_is_no_loss() -> None:
    portfolio = a_portfolio(record=TradeRecord(realised=Decimal(500)))
    assert DailyLoss().look(portfolio, Limits()).figure == 0


@pytest.mark.parametrize(
    ("position", "trade", "buying"),
    [
        (HELD, OPEN, 0),
        (replace(HELD, shares=40), replace(OPEN, filled_shares=40), 60),
        (replace(HELD, shares=130), OPEN, 0),
        (replace(HELD, shares=-70), OPEN, 0),
        (replace(HELD, symbol="MSFT"), replace(OPEN, exit_shares=200, exit_price=Decimal(98)), 0),
        (replace(HELD, symbol="BTC", kind=AssetKind.CRYPTO, shares=0, quantity=Decimal("0.5")), OPEN, 0),
    ],
    ids=["ours", "bought in part", "more than ours", "short", "sold twice", "no stock"],
)
def test_at_other_prices_a_portfolio_says_what_a_new_one_would(position: Position, trade: Trade, buying: int) -> None:
    before = a_portfolio(positions=(position,), trades=(trade,), buying={trade.id: buying})
    assert before.risk
    account, record = replace(before.account, equity=Decimal(9)), TradeRecord(entries=3)
    fallen = (replace(position, price=Decimal("90.25")),)
    repriced = before.repriced(account, fallen, record)
    new = replace(before, account=account, positions=fallen, record=record)
    assert repriced == new
    for name in ("risk", "open_risk", "foreign", "symbols", "open_loss", "buying_power"):
        assert getattr(repriced, name) == getattr(new, name), name
    assert repriced.slips(Decimal("0.01")) == new.slips(Decimal("0.01"))
