"""Strategies in Python that a desk may trade by, and what they may come to do once they trade."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Scores
from engine.strategies.windows import before, lowest, mean
from tests.support.shadow_strategies import Dips


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounces(Dips):
    """Buys a bar that closed lower, with its stop a little under the last lows, and sells after one that rose a lot."""

    fell: float = 0.003
    rose: float = 0.006
    name: str = "bounces"
    exits: Exits = Exits(stop=Decimal("0.02"), target=Decimal("0.012"), longest_bars=40)

    def scores(self, bars: BarHistory) -> Scores:
        moved = bars.close / before(bars.close) - 1
        stop = 1 - 0.998 * lowest(bars.low, 4) / bars.close
        buys, sells = (moved <= -self.fell) & (stop > 0), moved >= self.rose
        tenths = np.where(buys, 8, np.where(sells, -9, 0))
        return Scores(tenths=tenths.astype(np.int8), stop=np.where(buys, stop, np.nan))


@dataclass(frozen=True, kw_only=True, slots=True)
class Busy(Bounces):
    """Buys after a bar of more volume than the one before, with a stop 1.2345 % away."""

    name: str = "busy"

    def scores(self, bars: BarHistory) -> Scores:
        buys = bars.volume > 1.1 * before(bars.volume)
        return Scores(tenths=np.where(buys, 9, 0).astype(np.int8), stop=np.where(buys, 0.012345, np.nan))


@dataclass(frozen=True, kw_only=True, slots=True)
class Hair(Busy):
    """Wants its stop where the price is, but for what floats get wrong."""

    name: str = "hair"

    def scores(self, bars: BarHistory) -> Scores:
        found = Busy.scores(self, bars)
        return Scores(tenths=found.tenths, stop=np.where(found.tenths > 0, 1e-16, np.nan))


@dataclass(frozen=True, kw_only=True, slots=True)
class Near(Busy):
    """Wants its stop nearer than a price may move until its order."""

    name: str = "near"

    def scores(self, bars: BarHistory) -> Scores:
        found = Busy.scores(self, bars)
        return Scores(tenths=found.tenths, stop=np.where(found.tenths > 0, 0.004, np.nan))


@dataclass(frozen=True, kw_only=True, slots=True)
class LooksBack(Bounces):
    """Sells what is far under its mean of more bars than a session has."""

    name: str = "looks_back"
    warm_up_sessions: int = 2

    def scores(self, bars: BarHistory) -> Scores:
        sells = bars.close < 0.8 * mean(bars.close, 100)
        return Scores(tenths=np.where(sells, -9, 0).astype(np.int8))


@dataclass(frozen=True, kw_only=True, slots=True)
class OfNoCode(Bounces):
    """Has a fingerprint that no change of its code would change."""

    @property
    def fingerprint(self) -> str:
        return "mine"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tells(Bounces):
    """Raises with a key of the desk's, as somebody who prints the environment to find a mistake may."""

    name: str = "tells"

    def scores(self, bars: BarHistory) -> Scores:  # noqa: ARG002 (named as in the contract)
        raise RuntimeError(f"the key is {os.environ.get('ALPACA_SECRET_KEY')}, {bool(os.environ.get('PATH'))}")


def _raise() -> None:
    raise ZeroDivisionError("a price of 0")


def _loop() -> None:
    while True:
        pass


def _read_the_clock() -> None:
    time.time()


def _read_a_file() -> None:
    open("/etc/hostname").close()  # noqa: PTH123 (as somebody may write it)


@dataclass(frozen=True, kw_only=True, slots=True)
class Turns(Bounces):
    """Scores well, and does something else on bars of a symbol that is called after it."""

    DEEDS: ClassVar[dict[str, Callable[[], object]]] = {
        "RAISES": _raise,
        "LOOPS": _loop,
        "EXITS": sys.exit,
        "DIES": lambda: os._exit(3),
        "CLOCK": _read_the_clock,
        "FILE": _read_a_file,
    }

    def scores(self, bars: BarHistory) -> Scores:
        deed = self.DEEDS.get(bars.symbols[0])
        if deed:
            deed()
        return Bounces.scores(self, bars)
