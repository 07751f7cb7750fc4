"""A backtest as one would write it down in an afternoon: every bar of every symbol, one after another.

It shares no code with the simulation. It knows a desk that has no protection but the risk of one trade, the ceiling of
open risk, buying power, a pause after each trade and the cooldown after a stop, on bars with shares for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

import numpy as np

from engine.model.market import BarHistory

CENT = Decimal("0.01")
PAUSE, COOLDOWN = 1800, 3600
"""Seconds after a trade, and after one that was stopped, for which its symbol is left alone."""
READ, HIT = 5, (280, 285)
"""Seconds of a bar after which what its open brings is done, and after which a stop or a target counts as hit."""


@dataclass
class Held:
    symbol: int
    entered: int
    shares: int
    planned: Decimal
    entry: Decimal
    stop: Decimal
    target: Decimal | None


@dataclass
class PlainLoop:
    bars: BarHistory
    tenths: Any
    stops: Any
    cash: Decimal
    target: Decimal | None = Decimal("0.03")
    longest: int | None = None
    flat_bars: int = 0
    spread: Decimal = Decimal("0.0002")
    slip: Decimal = Decimal("0.0002")

    def run(self) -> list[tuple[Any, ...]]:
        self.held: list[Held] = []
        self.done: list[tuple[Any, ...]] = []
        self.rests: dict[int, int] = {}
        starts = self.bars.starts
        self.ends = [n for n in range(len(starts)) if n + 1 == len(starts) or starts[n + 1] - starts[n] != 300]
        for n in range(len(starts)):
            opened = [self.price("open", n, s) for s in range(len(self.bars.symbols))]
            self.at_the_open(n, opened)
            if n and n - 1 not in self.ends and self.left(n) > self.flat_bars:
                self.enter(n, opened)
            self.within(n)
            self.at_the_close(n)
        return sorted(self.done)

    def at_the_open(self, n: int, opened: Sequence[Decimal | None]) -> None:
        for held in list(self.held):
            price = opened[held.symbol]
            if price is None:
                continue
            if price <= held.stop:
                self.leave(held, self.sold(price), n, "stop", seconds=READ)
            elif held.target is not None and self.reached(held.target, price):
                self.leave(held, max(held.target, self.sold(price)), n, "target", seconds=READ)
            elif n - 1 in self.ends and self.tenths[n - 1, held.symbol] <= -7:
                self.leave(held, self.sold(price), n, "signal", seconds=READ)
            elif self.left(n) <= self.flat_bars:
                self.leave(held, self.sold(price), n, "before_close", seconds=READ)
            elif self.longest is not None and n - held.entered >= self.longest:
                self.leave(held, self.sold(price), n, "longest_hold", seconds=READ)

    def within(self, n: int) -> None:
        for held in list(self.held):
            low, high = self.price("low", n, held.symbol), self.price("high", n, held.symbol)
            if low is not None and low <= held.stop:
                self.leave(held, self.sold(held.stop), n, "stop", seconds=HIT[0])
            elif high is not None and held.target is not None and self.reached(held.target, high):
                self.leave(held, held.target, n, "target", seconds=HIT[1])

    def at_the_close(self, n: int) -> None:
        for held in list(self.held):
            last = int(np.flatnonzero(np.isfinite(self.bars.close[:, held.symbol]))[-1])
            if n == last and last < self.ends[-2] + 1:
                self.leave(held, self.sold(self.close(held.symbol, n)), n, "corporate_action", seconds=HIT[1])
            elif n == self.ends[-1]:
                self.leave(held, self.sold(self.close(held.symbol, n)), n, "desk", seconds=HIT[1])

    def enter(self, n: int, opened: Sequence[Decimal | None]) -> None:
        plans = []
        for s in sorted(range(len(opened)), key=lambda s: -self.tenths[n - 1, s]):
            price, is_free = opened[s], self.rests.get(s, 0) <= int(self.bars.starts[n]) + READ
            if self.tenths[n - 1, s] >= 7 and price is not None and self.price("close", n - 1, s) is not None:
                is_taken = any(held.symbol == s for held in self.held)
                shares = self.size(s, price, n) if is_free and not is_taken else 0
                plans += [(s, price, shares)] if shares > 0 else []
        for held in list(self.held):
            price = opened[held.symbol]
            if price is not None and self.tenths[n - 1, held.symbol] <= -7:
                self.leave(held, self.sold(price), n, "signal", seconds=READ)
        for s, price, most in plans:
            shares = min(most, self.size(s, price, n))
            self.rests[s] = int(self.bars.starts[n]) + READ + PAUSE
            if shares < 1 or shares * self.bought(price, Decimal(0)) > self.power(n):
                continue
            entry, stop = self.bought(price, self.half(price)), self.stop(price, n, s)
            self.cash -= shares * entry
            target = None if self.target is None else (entry * (1 + self.target)).quantize(CENT, ROUND_DOWN)
            self.held.append(Held(s, n, shares, price, entry, stop, target))

    def left(self, n: int) -> int:
        return next(end for end in self.ends if end >= n) - n + 1

    def size(self, s: int, price: Decimal, n: int) -> int:
        equity, stop = self.equity(n), self.stop(price, n, s)
        risk = sum((held.shares * max(Decimal(0), held.entry - held.stop) for held in self.held), Decimal(0))
        budget, apart = equity * Decimal("0.005"), price - stop
        near = int((budget / apart).quantize(Decimal(1), ROUND_HALF_UP))
        whole = near if near * apart <= budget * Decimal("1.001") else int(budget / apart)
        room = (equity * Decimal("0.02") - risk) / (apart + price * Decimal("0.0051"))
        return min(whole, int(room.to_integral_value(ROUND_CEILING)) - 1, int(self.power(n) / price))

    def leave(self, held: Held, price: Decimal, n: int, why: str, *, seconds: int) -> None:
        self.held.remove(held)
        fee = (held.shares * price * Decimal("20.60") / 1_000_000).quantize(CENT, ROUND_UP)
        fee += min(Decimal("9.79"), (held.shares * Decimal("0.000195")).quantize(CENT, ROUND_UP))
        self.cash += held.shares * price - fee
        self.rests[held.symbol] = int(self.bars.starts[n]) + seconds + (COOLDOWN if why == "stop" else PAUSE)
        names = self.bars.symbols
        self.done.append((held.entered, names[held.symbol], held.shares, held.planned, held.entry, held.stop,
                          held.target, n, price, why, fee))  # fmt: skip

    def equity(self, n: int) -> Decimal:
        return self.cash + sum((held.shares * self.seen(held.symbol, n) for held in self.held), Decimal(0))

    def power(self, n: int) -> Decimal:
        return max(Decimal(0), self.equity(n) + self.cash)

    def seen(self, s: int, n: int) -> Decimal:
        return self.price("open", n, s) or self.close(s, n - 1)

    def close(self, s: int, n: int) -> Decimal:
        while (price := self.price("close", n, s)) is None:
            n -= 1
        return price

    def stop(self, price: Decimal, n: int, s: int) -> Decimal:
        own = self.stops[n - 1, s]
        distance = Decimal("0.015") if np.isnan(own) else Decimal(str(round(float(own), 6)))
        return (price * (1 - distance)).quantize(CENT, ROUND_DOWN)

    def price(self, name: str, n: int, s: int) -> Decimal | None:
        value = getattr(self.bars, name)[n, s]
        return Decimal(str(float(value))) if np.isfinite(value) else None

    def half(self, price: Decimal) -> Decimal:
        return max(price * self.spread, CENT) / 2

    def sold(self, price: Decimal) -> Decimal:
        return max(CENT, ((price - self.half(price)) * (1 - self.slip)).quantize(CENT, ROUND_HALF_UP))

    def bought(self, price: Decimal, half: Decimal) -> Decimal:
        return ((price + half) * (1 + self.slip)).quantize(CENT, ROUND_HALF_UP)

    def reached(self, target: Decimal, price: Decimal) -> bool:
        return price > target or price - self.half(price) >= target
