"""A backtest to look at: trades at random on generated bars, through the whole of a year."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from bot.messages import Texts
from engine.backtest.honesty import evaluated
from engine.model.backtest import BacktestTrade, DataNote, NoteKind
from engine.model.evaluation import Control, Evaluation, Tried
from engine.model.market import BarHistory
from tests.support.backtests import backtest, days_of, random_bars, trade

STOP, TARGET = 0.985, 1.03
OF_A_TRADE = 30_000


def texts_of(locale: str) -> Texts:
    """Return the catalogue of a desk in Seoul."""
    return Texts(locale, ZoneInfo("Asia/Seoul"))


def year_of(bars: BarHistory, *, trades: int = 140, shift: float = 0.0) -> Evaluation:
    """Return the evaluation of so many trades at random, each `shift` dollars a share better than its bars."""
    random = np.random.default_rng(4)
    made = [_made(bars, random, shift) for _ in range(trades)]
    ends = np.array([each.exited_at.timestamp() for each in made])
    won = np.array([float(each.result - each.fees) for each in made])
    equity = 100_000 + np.array([won[ends <= start].sum() for start in bars.starts])
    done = backtest(
        equity,
        made,
        starts=bars.starts,
        symbols=bars.symbols,
        last=days_of(bars)[-1],
        holding=100_000 * (bars.close / bars.open[0]).mean(axis=1),
        spy=100_000 * bars.close[:, -1] / bars.open[0, -1],
        invested=np.where(np.arange(len(equity)) % 3 == 0, 0, OF_A_TRADE),
        notes=(DataNote(kind=NoteKind.GENERATED),),
        refused={"open_risk": 31, "cooldown": 12},
    )
    return evaluated(
        done,
        tried=Tried(variants=24, sharpes=tuple(random.normal(0, 0.01, 24))),
        control=Control(walks=20, means=tuple(random.normal(-0.05, 0.1, 20)), edges=1, actual=0.02),
    )


def year_bars(*, days: int = 260) -> BarHistory:
    """Return the hourly bars of four symbols, SPY among them."""
    return random_bars(days, ("AAPL", "MSFT", "NVDA", "SPY"), seed=3)


def _made(bars: BarHistory, random: np.random.Generator, shift: float) -> BacktestTrade:
    column, at = int(random.integers(0, len(bars.symbols) - 1)), int(random.integers(0, len(bars.starts) - 12))
    left = at + int(random.integers(1, 11))
    entry = float(bars.open[at, column])
    beyond = 0.97 if random.random() < 0.05 else 1.0
    came = max(min(float(bars.close[left, column]), entry * TARGET), entry * STOP * beyond) + shift
    return trade(
        symbol=bars.symbols[column],
        shares=int(OF_A_TRADE / entry),
        planned=_cents(entry),
        entry=_cents(entry),
        stop=_cents(entry * STOP),
        target=_cents(entry * TARGET),
        exit=_cents(came),
        fees=Decimal("0.90"),
        entered_at=datetime.fromtimestamp(int(bars.starts[at]), UTC),
        exited_at=datetime.fromtimestamp(int(bars.starts[left]), UTC),
    )


def _cents(price: float) -> Decimal:
    return Decimal(f"{price:.2f}")
