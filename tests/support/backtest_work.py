"""What a backtest's process does in tests, by names that another process can import."""

import os
import time
from collections.abc import Callable

from bot.cards.backtest import BacktestReport
from bot.charts.pictures import Words
from bot.delivery.backtest_process import report
from engine.desk_research import DeskResearch
from engine.errors import MarketUnavailable, NoBars, StrategyInvalid
from engine.research import BacktestRequest

Progress = Callable[[str, float], None]


def two_walks(asked: BacktestRequest, research: DeskResearch, words: Words, progress: Progress) -> BacktestReport:
    """Do the real work, with few random walks."""
    few = BacktestRequest(
        strategy=asked.strategy, data=asked.data, symbols=asked.symbols, first=asked.first, last=asked.last, walks=2
    )
    return report(few, research, words, progress)


def endless(_asked: BacktestRequest, _research: DeskResearch, _words: Words, progress: Progress) -> BacktestReport:
    """Say that a third is done, and never end."""
    progress("trades", 1 / 3)
    while True:
        time.sleep(0.05)  # until it is killed


def dies(_asked: BacktestRequest, _research: DeskResearch, _words: Words, progress: Progress) -> BacktestReport:
    """End as a process does that the kernel kills."""
    progress("trades", 0.5)
    os._exit(9)


def raises(_asked: BacktestRequest, _research: DeskResearch, _words: Words, _progress: Progress) -> BacktestReport:
    """Raise what nobody foresaw."""
    raise ZeroDivisionError("a strategy's own")


def without_bars(
    _asked: BacktestRequest, _research: DeskResearch, _words: Words, _progress: Progress
) -> BacktestReport:
    """Find no prices."""
    raise NoBars("nothing", "AAPL")


def without_market(
    _asked: BacktestRequest, _research: DeskResearch, _words: Words, _progress: Progress
) -> BacktestReport:
    """Find no market."""
    raise MarketUnavailable("away")


def with_a_bad_strategy(
    _asked: BacktestRequest, _research: DeskResearch, _words: Words, _progress: Progress
) -> BacktestReport:
    """Find the strategy to be none."""
    raise StrategyInvalid("no scores")
