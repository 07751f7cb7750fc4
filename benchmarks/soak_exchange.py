"""The outside of a desk over several processes, in one of its own: python -m benchmarks.soak_exchange '{...}'.

A stand-in for Alpaca that plays what a soak trades: the made symbols and news of `soak_parts`. It tells the settings
that lead to it in a line of JSON, and goes on until it is told to stop.
"""

import json
import sys
from dataclasses import replace
from datetime import timedelta

import numpy as np

from benchmarks.soak_parts import MONDAY, Crowd, EndlessNews, clock_since
from bot.cli.common import until_told_to_stop
from engine.adapters.calendar import ExchangeCalendar
from engine.model.market import BarHistory, day_start
from tests.scenarios.grown import at_alpaca, bars_of
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

EVERY = 0.1
"""Real seconds between two prices of a symbol."""
BEFORE = timedelta(days=60)
"""How far back the bars go; a desk asks for twenty sessions."""


def give_history(alpaca: FakeAlpaca, symbols: int, days: int, seed: int) -> None:
    """Give it the bars and headlines of all days at once; it shows them as their time comes."""
    calendar, end = ExchangeCalendar(), ManualClock(MONDAY + timedelta(days=2 * days + 7))
    market = Crowd(end, calendar, symbols)
    for symbol in market.symbols():
        alpaca.bars(symbol, _known(market.bars((symbol,), MONDAY - BEFORE)))
        daily = _known(market.daily_bars((symbol,), (MONDAY - BEFORE).date()))
        alpaca.bars(symbol, [replace(bar, at=day_start(bar.at)) for bar in daily], "1Day")
    for headline in EndlessNews(end, seed).headlines(market.symbols(), MONDAY - timedelta(days=1)):
        alpaca.news(headline.text, *headline.symbols, at=headline.at, source=headline.source)


def show_prices(alpaca: FakeAlpaca, market: Crowd) -> None:
    """Let every symbol trade at its price of now."""
    for shot in market.snapshots(market.symbols()):
        prices = {"bid": str(shot.bid), "ask": str(shot.ask)}
        alpaca.price(shot.symbol, str(shot.price), **prices, volume=shot.volume, at=shot.at)


def _known(history: BarHistory) -> list[Bar]:
    """Return the bars of the days on which a symbol was recorded."""
    rows = np.isfinite(history.close[:, 0])
    return bars_of(BarHistory.of(history.symbols, history.starts[rows], history.stacked[:, rows]))


def main() -> int:
    """Play until told to stop."""
    given = json.loads(sys.argv[1])
    stopping, calendar = until_told_to_stop(), ExchangeCalendar()
    clock = clock_since(given["began"], given["speed"])
    market = Crowd(clock, calendar, given["symbols"])
    with FakeAlpaca(clock, calendar=calendar, slippage_bp="2", strict=False) as alpaca:
        give_history(alpaca, given["symbols"], given["days"], given["seed"])
        show_prices(alpaca, market)
        print(json.dumps(at_alpaca(alpaca)), flush=True)  # noqa: T201 (the parent reads it)
        while not stopping.wait(EVERY):
            show_prices(alpaca, market)
    return 0


if __name__ == "__main__":
    sys.exit(main())
