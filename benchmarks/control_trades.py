"""The strategy on a market of the control: its scores on closed bars, and what its stop and its target make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from benchmarks.control_paths import LOOKS, Paths
from engine.model.fees import USUAL_FEES
from engine.model.market import BarHistory
from engine.model.signal import PROPOSE_AT
from engine.risk.limits import Limits
from engine.settings.adapters import PaperSettings
from engine.signals.board import Board
from engine.signals.technical import technical_scores

LIMITS = Limits()
SLIPPAGE = float(PaperSettings.model_fields["paper_slippage_bp"].default) / 10_000
"""What an order at the market loses beyond the quote, as a part of the price."""
SESSIONS = 20
"""Sessions before the first entry: what the scores look back on."""
LEFT = 15
"""Sessions at the end without entries, so that almost every trade ends by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trades:
    """What trades made, each as a part of its entry price: `gross` before costs, `net` after them."""

    gross: NDArray[np.float64]
    net: NDArray[np.float64]

    @classmethod
    def together(cls, several: Sequence["Trades"]) -> "Trades":
        """Put trades together."""
        return cls(
            gross=np.concatenate([trades.gross for trades in several]),
            net=np.concatenate([trades.net for trades in several]),
        )

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.gross)

    @property
    def mean(self) -> float:
        """The mean result before costs."""
        return float(self.gross.mean())

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return float(self.gross.std(ddof=1)) / sqrt(self.count)

    @property
    def hits(self) -> float:
        """The share of trades that won, before costs."""
        return float((self.gross > 0).mean())

    @property
    def hits_error(self) -> float:
        """The standard error of that share, if it is a third."""
        return sqrt(2 / 9 / self.count)


def buys(paths: Paths) -> NDArray[np.bool_]:
    """Tell after which bars the strategy wants to buy, shape (bars, symbols), by technical points without news."""
    board = Board(paths.symbols)
    wanted = np.zeros((len(paths.starts), len(paths.symbols)), bool)
    for number, start in enumerate(paths.starts):
        this = slice(number, number + 1)
        board.take(BarHistory.of(paths.symbols, paths.starts[this], paths.bars[:, this]))
        indicators = board.indicators()
        scores = technical_scores(indicators)
        wanted[number] = (scores.total >= PROPOSE_AT) & (indicators.bar == start)
    return wanted & _allowed(paths)


def at_random(paths: Paths, wanted: NDArray[np.bool_], *, seed: int) -> NDArray[np.bool_]:
    """Return as many entries of each symbol as the strategy's, after bars that dice choose."""
    dice = np.random.default_rng(seed)
    entries, allowed = np.zeros_like(wanted), _allowed(paths)
    for symbol in range(len(paths.symbols)):
        possible = np.flatnonzero(allowed[:, symbol])
        chosen = dice.choice(possible, min(len(possible), int(wanted[:, symbol].sum())), replace=False)
        entries[chosen, symbol] = True
    return entries


def traded(paths: Paths, wanted: NDArray[np.bool_]) -> Trades:
    """Buy at the first look after each wanted bar, one trade at a time in a symbol; hold to stop or target.

    A stop is sold at the look after the one that hit it, a target at its price or better, as the paper broker does;
    what is still held at the end is valued at the last price.
    """
    stop, target = float(LIMITS.stop_distance), float(LIMITS.target_distance)
    costs = paths.spread + 2 * SLIPPAGE + float(USUAL_FEES.sec) / 1_000_000
    gross, net = list[float](), list[float]()
    for symbol, price in enumerate(paths.price):
        free_at = 0
        for bar in np.flatnonzero(wanted[:, symbol]):
            look = (int(bar) + 1) * LOOKS
            if look < free_at:
                continue
            result, after = _held(price[look:], stop, target)
            free_at = look + after
            gross.append(result)
            net.append(result - float(costs[symbol]))
    return Trades(gross=np.array(gross), net=np.array(net))


def _held(price: NDArray[np.float64], stop: float, target: float) -> tuple[float, int]:
    """Hold from the first look on; return the result as a part of the entry, and the looks until the exit."""
    lower, upper = price[0] * (1 - stop), price[0] * (1 + target)
    for begin in range(1, len(price), 2_000):  # most end soon
        stretch = price[begin : begin + 2_000]
        out = (stretch <= lower) | (stretch >= upper)
        if out.any():
            at = begin + int(np.argmax(out))
            at = at if price[at] >= upper else min(at + 1, len(price) - 1)
            return float(price[at] / price[0] - 1), at
    return float(price[-1] / price[0] - 1), len(price)


def _allowed(paths: Paths) -> NDArray[np.bool_]:
    """Tell after which bars may be bought, shape (bars, symbols).

    Not the last of a session, not before a symbol was there for 20 sessions, and not at the end of the market.
    """
    last = np.append(np.diff(paths.session) > 0, [True])
    seasoned = paths.session[np.argmax(np.isfinite(paths.bars[3]), axis=0)] + SESSIONS
    in_time = (paths.session < paths.session[-1] - LEFT) & ~last
    allowed: NDArray[np.bool_] = (paths.session[:, np.newaxis] >= seasoned) & in_time[:, np.newaxis]
    return allowed
