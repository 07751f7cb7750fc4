"""How many bars a second a backtest takes, beside others: the same entries, stops and targets on the same random walk.

The peers are given the entries, and need not score anything; our own figure is given with and without the scores. All
of them trade one symbol, one trade at a time, without costs. How many trades are the same ones as ours is told.
Seconds are those of the processor: other programs do not count.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.figure import Figure, Peer
from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.conditions import Conditions
from engine.backtest.desk_rules import DeskRules
from engine.backtest.market_data import clean
from engine.backtest.simulate import simulate
from engine.backtest.sources import walk
from engine.model.backtest import Costs
from engine.model.fees import NO_FEES
from engine.model.market import BarHistory
from engine.risk.limits import Limits
from engine.signals.slots import Slots
from engine.strategies.contract import Scores, Strategy
from engine.strategies.loader import load

YEARS = 12
SHORT = 60_000
"""Bars for the peers that take seconds for more."""
RUNS = 3
CASH = 100_000
FREE = Costs(spread_bp=Decimal(0), slippage_bp=Decimal(0), fees=NO_FEES, participation=Decimal(1))
LIMITS = Limits(
    daily_loss=None,
    drawdown=None,
    losing_streak=None,
    trades_a_day=None,
    open_positions=None,
    stop_cooldown_seconds=None,
)
Trades = set[tuple[int, int]]
"""The bars in which each trade was bought and sold."""


@dataclass(frozen=True)
class _Given:
    """A strategy whose scores are known already."""

    strategy: Strategy
    tenths: NDArray[np.int8]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.strategy, name)

    def scores(self, bars: BarHistory) -> Scores:
        del bars
        return Scores(tenths=self.tenths)


class WalkedMarket:
    """A random walk of one symbol, and where it is bought: `stop` and `target` of who buys at a bar's open."""

    def __init__(self, bars: int | None = None) -> None:
        calendar, slots = ExchangeCalendar(), Slots(ExchangeCalendar(), 300)
        days = (date(2012, 1, 3) + timedelta(days=number) for number in range(365 * YEARS))
        starts = np.concatenate([slots.of(on) for on in days if calendar.day(on)])[:bars]
        self.bars = clean(walk(("WALK",), starts, seed=1))
        self.strategy = load("seed")
        self.tenths = self.strategy.scores(self.bars).tenths
        opened = self.bars.open[:, 0]
        self.stop = np.floor(opened * 98.5 + 1e-6) / 100
        self.target = np.floor(opened * 103 + 1e-6) / 100
        is_next = np.append(False, np.diff(starts) == 300)
        self.buys = np.append(False, self.tenths[:-1, 0] >= self.strategy.propose_at) & is_next

    @property
    def count(self) -> int:
        """How many bars it has."""
        return len(self.bars.starts)

    def ours(self, *, scored: bool) -> Trades:
        """Trade by our own simulation, scores included or given."""
        strategy: Any = self.strategy if scored else _Given(self.strategy, np.maximum(self.tenths, 0))
        rules = DeskRules(limits=LIMITS, quiet=timedelta(0), last_entry=timedelta(0))
        given = Conditions(rules=rules, costs=FREE, cash=Decimal(CASH), calendar=ExchangeCalendar())
        found = simulate(self.bars, strategy, given)
        entered, exited = (
            np.searchsorted(self.bars.starts, [at.timestamp() for at in times]).tolist()
            for times in ([t.entered_at for t in found.trades], [t.exited_at for t in found.trades])
        )
        return set(zip(entered, exited, strict=True))

    def plain_loop(self) -> Trades:
        """Trade by a loop over every bar."""
        low, high = self.bars.low[:, 0].tolist(), self.bars.high[:, 0].tolist()
        buys, stop, target = self.buys.tolist(), self.stop.tolist(), self.target.tolist()
        done, entered = set[tuple[int, int]](), -1
        for bar in range(len(low)):
            if entered < 0 and buys[bar]:
                entered = bar
            if entered >= 0 and (low[bar] <= stop[entered] or high[bar] > target[entered]):
                done.add((entered, bar))
                entered = -1
        return done

    def backtesting_py(self) -> Trades:
        """Trade by backtesting.py."""
        library: Any = import_module("backtesting")
        following = self.frame().shift(-1)
        frame = self.frame().assign(Buy=following.Buy, Stop=following.Stop, Target=following.Target).fillna(0)

        class Seed(library.Strategy):  # type: ignore[misc]  # has no types
            def init(self) -> None:
                """Need nothing."""

            def next(self) -> None:
                if self.data.Buy[-1] and not self.position:
                    self.buy(size=0.5, sl=self.data.Stop[-1], tp=self.data.Target[-1])

        found = library.Backtest(frame, Seed, cash=CASH, finalize_trades=False).run()["_trades"]
        return set(zip(found.EntryBar.tolist(), found.ExitBar.tolist(), strict=True))

    def vectorbt(self) -> Trades:
        """Trade by vectorbt."""
        library: Any = import_module("vectorbt")
        frame = self.frame()
        found = library.Portfolio.from_signals(
            frame.Close,
            entries=frame.Buy.astype(bool),
            exits=np.zeros(len(frame), bool),
            price=frame.Open,
            open=frame.Open,
            high=frame.High,
            low=frame.Low,
            sl_stop=(1 - frame.Stop / frame.Open).to_numpy(),
            tp_stop=(frame.Target / frame.Open - 1).to_numpy(),
            stop_entry_price="fillprice",
            init_cash=CASH,
        ).trades.records
        closed = found[found.status == 1]
        return set(zip(closed.entry_idx.tolist(), closed.exit_idx.tolist(), strict=True))

    def backtrader(self) -> Trades:
        """Trade by backtrader."""
        library: Any = import_module("backtrader")
        market = self

        class Seed(library.Strategy):  # type: ignore[misc]  # has no types
            def __init__(self) -> None:
                self.done: Trades = set()

            def next(self) -> None:
                bar = len(self)  # the bar after this one, from 0
                if not self.position and bar < market.count and market.buys[bar]:
                    self.buy_bracket(
                        size=100,
                        exectype=library.Order.Market,
                        stopprice=market.stop[bar],
                        limitprice=market.target[bar],
                    )

            def notify_trade(self, trade: Any) -> None:
                if trade.isclosed:
                    self.done.add((trade.baropen - 1, trade.barclose - 1))

        cerebro = library.Cerebro(stdstats=False)
        cerebro.broker.setcash(1e9)
        cerebro.adddata(library.feeds.PandasData(dataname=self.frame()))
        cerebro.addstrategy(Seed)
        done: Trades = cerebro.run()[0].done
        return done

    def frame(self) -> Any:
        """Return the bars as the peers take them."""
        values = {
            "Open": self.bars.open[:, 0], "High": self.bars.high[:, 0], "Low": self.bars.low[:, 0],
            "Close": self.bars.close[:, 0], "Volume": self.bars.volume[:, 0],
            "Buy": self.buys.astype(float), "Stop": self.stop, "Target": self.target,
        }  # fmt: skip
        return pd.DataFrame(values, index=pd.to_datetime(self.bars.starts, unit="s"))


def backtest() -> list[Figure]:
    """Time the walk of a backtest in millions of bars a second of one processor."""
    whole, short = WalkedMarket(), WalkedMarket(SHORT)
    ours, trades = _measured(lambda: whole.ours(scored=False), whole)
    scored, _ = _measured(lambda: whole.ours(scored=True), whole)
    mine = short.ours(scored=False)
    peers, told = list[Peer](), [f"{len(trades):,} trades on {whole.count:,} bars"]
    for name, run, market in (
        ("plain loop", whole.plain_loop, whole),
        ("vectorbt", whole.vectorbt, whole),
        ("backtesting.py", short.backtesting_py, short),
        ("backtrader", short.backtrader, short),
    ):
        samples, found = _measured(run, market)
        peers.append(Peer(name=name, value=sorted(samples)[len(samples) // 2]))
        same = found & (trades if market is whole else mine)
        told.append(f"{name}: {len(found):,} trades, {len(same):,} the same as ours")
    note = "; ".join(told)
    goal, unit = 10.0, "M bars/s"
    return [
        Figure.of("backtest", ours, unit=unit, goal=goal, better="higher", peers=tuple(peers), note=note),
        Figure.of("backtest, scores too", scored, unit=unit, goal=goal, better="higher", note="the seed's strategy"),
    ]


def _measured(run: Callable[[], Trades], market: WalkedMarket) -> tuple[Sequence[float], Trades]:
    """Return the millions of bars a second of some runs after a first one, which compiles, and the trades."""
    trades, samples = run(), list[float]()
    for _ in range(RUNS):
        begun = time.process_time()
        run()
        samples.append(market.count / (time.process_time() - begun) / 1e6)
    return samples, trades
