from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.conditions import Conditions
from engine.backtest.desk_rules import DeskRules
from engine.backtest.loss_bounds import LossBounds
from engine.backtest.simulate import simulate
from engine.model.backtest import BacktestTrade, Costs
from engine.model.fees import NO_FEES
from engine.model.trade import ExitReason
from engine.risk.limits import Limits
from engine.strategies.contract import Exits
from tests.support.board_strategy import GivenScores
from tests.support.generated_market import generated
from tests.support.one_symbol import FREE, bars_of, simulated

LAST = 77


def place(trade: BacktestTrade, name: str) -> int:
    """Return in which bar of the first day a trade was bought or sold."""
    at: datetime = getattr(trade, name)
    return (at.hour * 60 + at.minute - (13 * 60 + 30)) // 5


def only(trades: tuple[BacktestTrade, ...]) -> BacktestTrade:
    assert len(trades) == 1
    return trades[0]


def test_a_score_is_acted_on_at_the_open_of_the_next_bar() -> None:
    trade = only(simulated(bars_of({10: (101, 101, 101, 101), 11: (102, 102, 102, 102)}), {10: 7}).trades)
    assert (place(trade, "bar"), place(trade, "entered_at")) == (10, 11)
    assert trade.planned == trade.entry == Decimal(102)
    # 0.5 % of $100,000 over the way from $102 to its stop, which is cut to the cent
    assert (trade.stop, trade.shares) == (Decimal("100.47"), 327)


def test_the_last_score_of_a_session_buys_nothing() -> None:
    assert simulated(bars_of({}, {}), {LAST: 9}).trades == ()


def test_the_last_bar_of_a_session_may_be_bought_at_its_open() -> None:
    assert place(only(simulated(bars_of({}, {}), {LAST - 1: 9}).trades), "entered_at") == LAST


def test_nothing_is_bought_in_the_last_seconds_that_the_desk_forbids() -> None:
    assert simulated(bars_of({}, {}), {LAST - 1: 9}, last_entry=timedelta(minutes=5)).trades == ()


def test_nothing_is_bought_where_nobody_trades() -> None:
    assert simulated(bars_of({11: ()}), {10: 7}).trades == ()


def test_a_stop_within_a_bar_is_sold_at_its_price() -> None:
    trade = only(simulated(bars_of({20: (100, 100, 98, 99)}), {10: 7}).trades)
    assert (place(trade, "exited_at"), trade.exit, trade.reason) == (20, Decimal("98.50"), ExitReason.STOP)


def test_a_gap_through_the_stop_is_sold_at_the_open() -> None:
    trade = only(simulated(bars_of({}, {0: (95, 96, 94, 95)}), {10: 7}).trades)
    assert (trade.exit, trade.reason) == (Decimal(95), ExitReason.STOP)


def test_a_gap_through_the_target_gets_the_better_price() -> None:
    trade = only(simulated(bars_of({}, {0: (107, 108, 106, 107)}), {10: 7}).trades)
    assert (trade.exit, trade.reason) == (Decimal(107), ExitReason.TARGET)


def test_a_target_is_sold_at_its_price_once_somebody_pays_more() -> None:
    just_there, past = {20: (100, 103, 100, 102)}, {20: (100, 103.01, 100, 102)}
    spread = replace(FREE, spread_bp=Decimal(2))
    assert only(simulated(bars_of(just_there), {10: 7}, costs=spread).trades).reason is ExitReason.DESK
    trade = only(simulated(bars_of({20: (100, 103.05, 100, 102)}), {10: 7}, costs=spread).trades)
    assert (trade.exit, trade.target, trade.reason) == (Decimal("103.01"), Decimal("103.01"), ExitReason.TARGET)
    assert only(simulated(bars_of(past), {10: 7}).trades).exit == Decimal(103)


HALF = Exits(partial=Decimal("0.5"), trail=Decimal("0.02"))


def test_a_target_that_sells_a_part_leaves_the_rest_to_the_trail() -> None:
    bars = bars_of({20: (100, 104, 100, 103.9), 21: (103.9, 106, 103.9, 106), 22: (106, 106, 103, 103)})
    trade = only(simulated(bars, {10: 7}, exits=HALF).trades)
    assert trade.shares == 333
    assert trade.exit == (166 * Decimal(103) + 167 * Decimal("103.88")) / 333  # the trail: 2 % under 106
    assert (place(trade, "exited_at"), trade.reason, trade.target) == (22, ExitReason.STOP, Decimal(103))


def test_a_stop_of_two_orders_pays_the_fees_of_either() -> None:
    costs = replace(FREE, fees=Costs().fees)
    bars = bars_of({20: (100, 100, 98, 99)})
    parted, whole = (
        only(simulated(bars, {10: 7}, exits=each, costs=costs).trades) for each in (HALF, replace(HALF, partial=None))
    )
    assert (parted.exit, parted.reason) == (whole.exit, ExitReason.STOP)
    assert parted.fees == whole.fees + Decimal("0.01")  # each order's are rounded up


def test_of_one_share_the_target_sells_all() -> None:
    bars = bars_of({20: (100, 104, 100, 103.9)})
    one = only(simulated(bars, {10: 7}, exits=replace(HALF, partial=Decimal("0.002"))).trades)
    assert (one.exit, one.reason) == (Decimal(103), ExitReason.TARGET)


def test_where_a_bar_touches_both_the_stop_came_first() -> None:
    trade = only(simulated(bars_of({20: (100, 110, 90, 100)}), {10: 7}).trades)
    assert (trade.exit, trade.reason) == (Decimal("98.50"), ExitReason.STOP)


def test_the_bar_that_is_bought_may_stop_the_trade() -> None:
    trade = only(simulated(bars_of({11: (100, 100, 98, 99)}), {10: 7}).trades)
    assert place(trade, "exited_at") == 11


def test_a_purchase_pays_the_ask_and_the_slippage_and_a_sale_gets_the_bid_less_it() -> None:
    costs = Costs(spread_bp=Decimal(10), slippage_bp=Decimal(20), participation=Decimal(1))
    trade = only(simulated(bars_of({20: (100, 100, 98, 99)}), {10: 7}, costs=costs).trades)
    assert trade.entry == Decimal("100.25")  # 100.05 x 1.002
    assert trade.exit == Decimal("98.25")  # (98.50 - 0.04925) x 0.998
    sold = trade.shares * trade.exit
    assert trade.fees == Decimal("0.68") + Decimal("0.07"), sold  # SEC and TAF, each rounded up


def test_a_spread_is_never_under_a_cent() -> None:
    cheap = bars_of(dict.fromkeys(range(78), (6, 6, 6, 6)))
    costs = replace(FREE, spread_bp=Decimal(2))
    assert only(simulated(cheap, {10: 7}, costs=costs).trades).entry == Decimal("6.01")


def test_what_a_bar_has_no_shares_for_is_bought_at_the_next_opens() -> None:
    bars = bars_of({12: (101, 101, 101, 101)}, volume=1_000)
    trade = only(simulated(bars, {10: 7}, costs=replace(FREE, participation=Decimal("0.2"))).trades)
    assert trade.shares == 333
    assert trade.entry == (200 * Decimal(100) + 133 * Decimal(101)) / 333


def test_an_entry_that_waited_and_opens_under_its_stop_is_sold_at_a_price_that_was_there() -> None:
    bars = bars_of(dict.fromkeys(range(12, 78), (90, 91, 89, 90)))
    bars.volume[11, 0] = 5
    found = simulated(bars, {10: 7}, costs=replace(FREE, participation=Decimal("0.1")))
    trade = only(found.trades)
    assert (place(trade, "entered_at"), trade.entry) == (12, Decimal(90))
    assert (place(trade, "exited_at"), trade.exit, trade.reason) == (12, Decimal(90), ExitReason.STOP)
    assert found.equity[-1] == 100_000


def test_an_entry_that_waited_and_opens_over_its_target_wins_nothing_at_once() -> None:
    bars = bars_of(dict.fromkeys(range(12, 78), (110, 111, 109, 110)))
    bars.volume[11, 0] = 5
    trade = only(simulated(bars, {10: 7}, costs=replace(FREE, participation=Decimal("0.1"))).trades)
    assert trade.entry == trade.exit == Decimal(110)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("participation", ["0.002", "0.05", "1"])
def test_nothing_is_bought_or_sold_at_a_price_that_nobody_traded_at(seed: int, participation: str) -> None:
    dice = np.random.default_rng(seed)
    bars = generated(seed=seed, sessions=4, volatility=0.08, night=0.05, missing=0.02, volume=20_000)
    bars.volume[(dice.random(bars.close.shape) < 0.5) & np.isfinite(bars.close)] = 1  # entries have to wait
    tenths = np.where(dice.random(bars.close.shape) < 0.05, dice.integers(-9, 13, bars.close.shape), 0)
    strategy = GivenScores(tenths=tenths, exits=Exits(stop=Decimal("0.004"), target=Decimal("0.006")))
    limits = replace(Limits(), stop_distance=strategy.exits.stop, target_distance=Decimal("0.006"), daily_loss=None)
    given = Conditions(
        rules=DeskRules(limits=limits), costs=replace(FREE, participation=Decimal(participation)),
        cash=Decimal(100_000), calendar=ExchangeCalendar(),
    )  # fmt: skip
    found = simulate(bars, strategy, given).trades
    assert len(found) > 5
    for trade in found:
        column = bars.symbols.index(trade.symbol)
        bought, sold = (np.searchsorted(bars.starts, at.timestamp()) for at in (trade.entered_at, trade.exited_at))
        held = slice(bought, sold + 1)
        low, high = np.nanmin(bars.low[held, column]), np.nanmax(bars.high[held, column])
        cent = 0.005 + 1e-9  # prices are dealt in cents
        assert low - cent <= trade.entry <= high + cent, trade
        assert low - cent <= trade.exit <= high + cent, trade


def test_what_is_not_bought_by_the_close_is_cancelled() -> None:
    bars = bars_of({}, {}, volume=100)
    trade = only(simulated(bars, {LAST - 2: 7}, costs=replace(FREE, participation=Decimal("0.2"))).trades)
    assert trade.shares == 40


def test_what_was_bought_by_the_close_has_a_stop_that_follows_it() -> None:
    bars = bars_of({LAST: (100, 102, 100, 102)}, {0: (101, 101, 101, 101)}, volume=100)
    few = replace(FREE, participation=Decimal("0.2"))
    trade = only(simulated(bars, {LAST - 2: 7}, costs=few, exits=Exits(trail=Decimal("0.015"))).trades)
    assert (trade.shares, trade.last_stop, trade.reason) == (40, Decimal("100.47"), ExitReason.STOP)


def test_what_a_bar_has_no_shares_for_is_sold_at_the_next_opens_after_a_stop() -> None:
    bars = bars_of({20: (100, 100, 98, 98), 21: (97, 97, 97, 97)})
    bars.volume[20:22] = 1_000
    trade = only(simulated(bars, {10: 7}, costs=replace(FREE, participation=Decimal("0.2"))).trades)
    assert trade.exit == (200 * Decimal("98.50") + 133 * Decimal(97)) / 333
    assert place(trade, "exited_at") == 21


def test_a_sell_signal_sells_at_the_next_open() -> None:
    trade = only(simulated(bars_of({31: (101, 101, 101, 101)}), {10: 7, 30: -7}).trades)
    assert (place(trade, "exited_at"), trade.exit, trade.reason) == (31, Decimal(101), ExitReason.SIGNAL)


def test_a_sell_signal_of_the_last_bar_sells_at_the_next_days_open_whatever_it_is() -> None:
    trade = only(simulated(bars_of({}, {0: (90, 90, 90, 90)}), {10: 7, LAST: -7}).trades)
    assert (trade.exit, trade.reason) == (Decimal(90), ExitReason.SIGNAL)


def test_a_trade_is_sold_after_its_longest_bars() -> None:
    trade = only(simulated(bars_of({}), {10: 7}, exits=Exits(longest_bars=6)).trades)
    assert (place(trade, "entered_at"), place(trade, "exited_at")) == (11, 17)
    assert trade.reason is ExitReason.LONGEST_HOLD


def test_a_trade_is_sold_before_the_close_and_none_is_bought_from_then_on() -> None:
    flat = timedelta(minutes=15)
    trades = simulated(bars_of({}, {}), {10: 7, LAST - 2: 7, 78 + 5: 7}, flat_before=flat).trades
    assert [(place(trade, "exited_at"), trade.reason) for trade in trades] == [(75, ExitReason.BEFORE_CLOSE)] * 2


def test_a_trade_is_sold_after_its_longest_days() -> None:
    trade = only(simulated(bars_of({}, {}, {}, {}), {10: 7}, longest_hold_days=2).trades)
    assert trade.exited_at - trade.entered_at == timedelta(days=2, hours=-1, minutes=5)


def test_a_score_may_bring_its_own_stop() -> None:
    trade = only(simulated(bars_of({20: (100, 100, 98, 99)}), {10: 7}, stops={10: 0.03}).trades)
    assert (trade.stop, trade.shares, trade.reason) == (Decimal("97.00"), 166, ExitReason.DESK)


def test_without_a_target_a_trade_runs_on() -> None:
    trade = only(simulated(bars_of({20: (100, 200, 100, 200)}), {10: 7}, exits=Exits(target=None)).trades)
    assert (trade.target, trade.reason) == (None, ExitReason.DESK)


def test_size_compounds_with_the_account() -> None:
    bars = bars_of({20: (100, 104, 100, 100)})
    first, second = simulated(bars, {10: 7, 40: 7}).trades
    assert (first.shares, second.shares) == (333, 336)


def test_a_symbol_rests_after_a_trade_and_longer_after_a_stop() -> None:
    bars = bars_of({20: (100, 100, 98, 100), 21: (100, 100, 100, 100)})
    found = simulated(bars, {10: 7, **dict.fromkeys(range(20, 50), 7)})
    assert [place(trade, "entered_at") for trade in found.trades] == [11, 33]
    assert (found.refused["symbol_rests"], found.refused["stop_cooldown"]) == (6, 6)


def test_a_delisted_symbol_is_sold_at_its_last_price() -> None:
    bars = bars_of({}, dict.fromkeys(range(78), ()), others=1)
    bars.close[77, 0] = bars.low[77, 0] = 99.0
    found = simulated(bars, {10: 7})
    assert (only(found.trades).exit, only(found.trades).reason) == (Decimal(99), ExitReason.CORPORATE_ACTION)
    assert found.delisted == ("S0",)


def test_what_is_open_at_the_end_is_sold_at_the_last_price_and_counted() -> None:
    found = simulated(bars_of({}), {10: 7})
    assert only(found.trades).reason is ExitReason.DESK
    assert found.unfinished == 1


def test_a_dividend_is_paid_to_who_holds_the_share_overnight() -> None:
    found = simulated(bars_of({}, {}), {10: 7}, dividends={78: ((0, Decimal("0.50")),)})
    assert found.equity[77] == 100_000
    assert found.equity[78] == 100_000 + 333 * 0.50


def test_the_account_is_told_at_every_close() -> None:
    found = simulated(bars_of({15: (100, 101, 100, 101)}), {10: 7})
    assert len(found.equity) == len(found.invested) == len(found.starts) == 78
    assert (found.equity[14], found.equity[15]) == (100_000, 100_000 + 333)
    assert (found.invested[10], found.invested[15]) == (0, 333 * 101)


@pytest.mark.parametrize("fees", [NO_FEES, Costs().fees])
def test_what_the_account_has_at_the_end_is_what_the_trades_brought(fees: object) -> None:
    dice = np.random.default_rng(3)
    price = np.round(100 + np.cumsum(dice.normal(0, 0.4, 78)), 2)
    day = {number: (at, at + 0.5, at - 0.5, at) for number, at in enumerate(price.tolist())}
    costs = Costs(fees=fees)  # type: ignore[arg-type]  # one of the two
    found = simulated(bars_of(day, day, day), dict.fromkeys(range(0, 230, 9), 7), costs=costs)
    assert len(found.trades) > 3
    earned = sum(trade.result - trade.fees for trade in found.trades)
    assert found.equity[-1] == pytest.approx(float(100_000 + earned), abs=1e-6)


@pytest.mark.parametrize(("most", "bought"), [("0.0901", True), ("0.0899", False)])
def test_the_days_loss_is_a_part_of_what_the_session_before_left_whenever_the_day_first_asks(
    most: str, *, bought: bool
) -> None:
    """900 shares fall by $10, and are asked about in the afternoon alone: $9,000 of $100,000, not of $91,000."""
    fallen = dict.fromkeys(range(5, 78), (90.0, 90.0, 90.0, 90.0))
    bars = bars_of({}, fallen, others=1)
    tenths = np.zeros(bars.close.shape, np.int64)
    tenths[10, 0] = tenths[78 + 40, 1] = 7
    limits = Limits(
        stop_distance=Decimal("0.5"),
        per_trade=Decimal("0.45"),
        ceiling=Decimal("0.99"),
        daily_loss=Decimal(most),
        drawdown=None,
    )
    given = Conditions(
        rules=DeskRules(limits=limits, has_target=False), costs=FREE, cash=Decimal(100_000), calendar=ExchangeCalendar()
    )
    scores = GivenScores(tenths=tenths, stop=np.full(bars.close.shape, np.nan), exits=Exits(target=None))
    found = simulate(bars, scores, given)
    assert found.trades[0].shares == 900
    assert [trade.symbol for trade in found.trades[1:]] == ["S1"] * bought
    assert found.refused == ({} if bought else {"daily_loss": 1})


@pytest.mark.parametrize(
    "limits",
    [
        Limits(open_positions=2),
        Limits(open_positions=2, daily_loss=Decimal("0.004"), drawdown=Decimal("0.008")),
        Limits(open_positions=1, trades_a_day=2, losing_streak=2, losing_streak_seconds=20_000),
        Limits(open_positions=3, daily_loss=None, drawdown=None, stop_cooldown_seconds=7_200, ceiling=Decimal("0.05")),
    ],
)
def test_what_a_full_account_passes_by_is_refused_by_the_same_rules_as_one_by_one(
    limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = generated(seed=5, symbols=9, sessions=12, volatility=0.04, volume=1_000_000)
    dice = np.random.default_rng(5)
    tenths = np.where(dice.random(bars.close.shape) < 0.1, 8, 0)
    scores = GivenScores(tenths=tenths, stop=np.full(bars.close.shape, np.nan), exits=Exits())
    rules = DeskRules(limits=replace(limits, stop_distance=Decimal("0.01"), target_distance=Decimal("0.02")))
    given = Conditions(rules=rules, costs=Costs(), cash=Decimal(100_000), calendar=ExchangeCalendar())
    together = simulate(bars, scores, given)
    # Where losses are never said to be far from their limits every bar is looked at by itself.
    monkeypatch.setattr(LossBounds, "allow", lambda _self, some: [False] * len(some))
    one_by_one = simulate(bars, scores, given)
    assert together.trades == one_by_one.trades
    assert together.refused == one_by_one.refused
    assert together.refused["open_positions"] > 0
    assert together.equity.tobytes() == one_by_one.equity.tobytes()
