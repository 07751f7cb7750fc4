"""One round of the worked example at a desk of several processes: a symbol is bought and sold, whatever happens."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from threading import Thread
from typing import Final

from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL
from engine.errors import StoreUnavailable
from engine.model.desk import DeskState
from engine.model.trade import OVER, Trade, TradeState
from tests.several.spread_desk import HEADLINE_BEFORE, SPEED, SpreadDesk
from tests.several.spread_findings import Rounds
from tests.support.fakes.alpaca.faults import Fault
from tests.support.waiting import until

PAUSES: Final = (5.0 / SPEED, 120.0 / SPEED)
"""Real seconds of a pause."""
PATIENCE: Final = 180.0
"""Real seconds within which a step of the example must be done, whatever happens to processes.

That is long, because a busy machine leaves little to seven of them; what is lost does not come then either."""
ASKS_AGAIN: Final = 4.0
"""Real seconds after which a person who saw nothing happen asks again."""
HALTS: Final = 0.2
"""In how many of the rounds somebody halts the desk, and resumes."""
FAULTS: Final = 0.2
"""In how many an order, or the answer to it, is lost on the way."""
HALTED_FOR: Final = 2.0
"""Real seconds for which a halt holds: long enough for what waits to be sent again."""
TARGET, STOP, PRICE = "156.00", "147.00", "150.25"
AFTER_THE_HEADLINE: Final = timedelta(seconds=1)
BAR, LATE = timedelta(minutes=5), timedelta(minutes=1)
LOOK: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is done to a process: `seconds` after the bar it is killed, or paused for so many (real) seconds."""

    after: float
    pause: float | None
    seed: float

    @classmethod
    def thrown(cls, dice: random.Random) -> "Deed":
        after, is_kill, pause, seed = dice.uniform(0, 3), dice.random() < 0.5, dice.uniform(*PAUSES), dice.random()
        return cls(after=after, pause=None if is_kill else pause, seed=seed)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What happens in a round: at the price `exit` the trade ends, '' where a person closes it.

    `halts_after` is how many seconds after the proposal somebody halts the desk; `fault` whether an order is lost on
    its way to the broker, or its answer (True).
    """

    auto: bool = False
    exit: str = ""
    halts_after: float | None = None
    fault: bool | None = None
    deeds: tuple[Deed, ...] = ()

    @classmethod
    def thrown(cls, dice: random.Random) -> "Plan":
        return cls(
            auto=dice.random() < 0.5,
            exit=dice.choice((TARGET, STOP, "")),
            halts_after=dice.uniform(0, 2) if dice.random() < HALTS else None,
            fault=dice.random() < 0.5 if dice.random() < FAULTS else None,
            deeds=tuple(Deed.thrown(dice) for _ in range(1 if dice.random() < 0.75 else 2)),
        )


class Round:
    """One symbol's signal, bought and sold."""

    def __init__(self, desk: SpreadDesk, symbol: str, plan: Plan, found: Rounds) -> None:
        self._desk = desk
        self._symbol = symbol
        self._plan = plan
        self._found = found

    def play(self) -> None:
        """Play it, and note what did not happen in time."""
        try:
            self.want_auto()
            with self._trouble():
                self.buy()
                self.sell()
        except TimeoutError as error:
            self._found.zeros.lost.append(f"{self._symbol}: {error}")
        self._desk.push(self._symbol, PRICE)

    def buy(self) -> None:
        """Let the bar close, and wait until its proposal is bought, or has ended; raises TimeoutError."""
        if self._plan.fault is not None:
            self._desk.alpaca.fault("POST", "/v2/orders", Fault.DROP, handled=self._plan.fault)
        self._desk.clock.move_to(self._desk.plan[self._symbol] - HEADLINE_BEFORE + AFTER_THE_HEADLINE)
        self._wait("a score of its headline", self._is_scored)
        self._desk.clock.move_to(self._desk.plan[self._symbol])
        began = time.monotonic()
        if not self._proposed():
            self._found.seen["signals missed"] += 1
            return
        self._found.seen["proposals"] += 1
        if self._plan.halts_after is not None:
            time.sleep(self._plan.halts_after)
            self._halt_and_resume()
        self._wait("a fill or an end", lambda: self._has(TradeState.OPEN, TradeState.CLOSING), self._approve)
        self._found.seen["not bought" if self._is_over() else "bought"] += 1
        if not self._is_over():
            self._found.fills.append(round(time.monotonic() - began, 2))

    def sell(self) -> None:
        """Wait until a trade that was bought is sold; raises TimeoutError."""
        if self.trade() is None:
            return
        if self._plan.exit:
            self._desk.push(self._symbol, self._plan.exit)
        self._wait("the close", self._is_over, self._close)

    def _is_scored(self) -> bool:
        with self._desk.store.reading() as reader:
            since = self._desk.plan[self._symbol] - 2 * HEADLINE_BEFORE
            return bool(reader.findings([self._symbol], since).get(self._symbol))

    def _proposed(self) -> bool:
        """Tell whether the signal was proposed: its bar is decided on until the next one closes, and not later.

        That is half a minute here, of which a takeover on a busy machine may take all.
        """
        self._wait("a proposal", lambda: self.trade() or self._is_too_late())
        return self.trade() is not None

    def _is_too_late(self) -> bool:
        return self._desk.clock.now() > self._desk.plan[self._symbol] + BAR + LATE

    # What people do

    def want_auto(self) -> None:
        """Switch AUTO_MODE as planned, on a desk that trades; raises TimeoutError."""
        self._wait("a desk that trades", lambda: self._state()[0] is DeskState.ACTIVE)
        word = "on" if self._plan.auto else "off"
        self._found.did[f"AUTO_MODE {word}"] += 1
        self._wait(f"/auto {word}", lambda: self._state()[1] is self._plan.auto, lambda: self._order(f"/auto {word}"))

    def _approve(self) -> None:
        """Approve the proposal; in AUTO_MODE only one that the desk was asked about, as before AUTO_MODE was on."""
        trade = self.trade()
        if trade is None or trade.state is not TradeState.PROPOSED:
            return
        if not self._plan.auto or self._desk.clock.now() - trade.proposed_at > LATE:
            self._say(f"/approve {self._symbol}")

    def _close(self) -> None:
        if self._plan.exit or not self._has(TradeState.OPEN):
            return
        with suppress(PersonRefused, OSError, HTTPException, TimeoutError):
            trader = self._desk.trader
            trader.command(CHANNEL.id, f"/close {self._symbol}")
            trader.submit(trader.wait_for_view(timeout=2.0), {})

    def _halt_and_resume(self) -> None:
        """Halt the desk; from when it is stored on, until somebody resumes, no entry may reach the broker."""
        self._found.did["halts"] += 1
        self._wait("/halt", self._is_halted, lambda: self._say("/halt a drill"))
        before = len(self._desk.alpaca.reader)
        time.sleep(HALTED_FOR)
        late = [each for each in self._desk.alpaca.reader[before:] if each.side == "buy"]
        self._found.zeros.after_halt += [f"{each.client_order_id} at {each.at}" for each in late]
        self._wait("/resume", lambda: not self._is_halted(), lambda: self._order("/resume"))

    def _say(self, command: str) -> None:
        """Let the trader say it; perhaps nobody hears it just now."""
        with suppress(PersonRefused, OSError, HTTPException):
            self._desk.trader.command(CHANNEL.id, command)

    def _order(self, command: str) -> None:
        """Let the admin say it."""
        with suppress(PersonRefused, OSError, HTTPException):
            self._desk.admin.command(CHANNEL.id, command)

    # What is seen

    def trade(self) -> Trade | None:
        """Return the symbol's trade, None before it is proposed."""
        with self._desk.store.reading() as reader:
            trades = [trade for trade in reader.trades() if trade.symbol == self._symbol]
        return trades[0] if trades else None

    def _has(self, *states: TradeState) -> bool:
        trade = self.trade()
        return trade is not None and trade.state in {*states, *OVER}

    def _is_over(self) -> bool:
        return self._has()

    def _is_halted(self) -> bool:
        return self._state()[0] is DeskState.HALTED

    def _state(self) -> tuple[DeskState, bool]:
        with self._desk.store.reading() as reader:
            desk = reader.desk()
        return desk.state, desk.auto

    def _wait(self, what: str, condition: Callable[[], object], again: Callable[[], None] = lambda: None) -> object:
        """Wait until something is so, and do what brings it about every few seconds; raises TimeoutError."""
        began = time.monotonic()
        asked = began - ASKS_AGAIN
        while not (seen := self._holds(condition)):
            now = time.monotonic()
            if now - began > PATIENCE:
                raise TimeoutError(f"{what} did not come within {PATIENCE:.0f} s; {self.trade()}")
            if now - asked >= ASKS_AGAIN:
                self._holds(again)
                asked = now
            time.sleep(LOOK)
        return seen

    def _look_for(self, condition: Callable[[], object], seconds: float) -> bool:
        """Tell whether something comes true within so many seconds."""
        with suppress(TimeoutError):
            return bool(until(lambda: self._holds(condition), seconds))
        return False

    @staticmethod
    def _holds(condition: Callable[[], object]) -> object:
        """Return what a condition holds; None while the database is away."""
        with suppress(StoreUnavailable):
            return condition()
        return None

    # What happens to processes

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """Kill or pause one process, or two, meanwhile."""
        threads = [Thread(target=self._do, args=(deed,)) for deed in self._plan.deeds]
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join()

    def _do(self, deed: Deed) -> None:
        time.sleep(deed.after)
        victim = self._desk.victim(random.Random(deed.seed))  # noqa: S311 (a seed is the point of it)
        led, terms, began = victim == self._desk.leader(), len(self._desk.terms), time.monotonic()
        role = "leader" if led else self._desk.members[victim].role
        self._found.did[f"{'killed' if deed.pause is None else 'paused'} {role}"] += 1
        if deed.pause is None:
            self._desk.kill(victim)
        else:
            self._desk.pause(victim, deed.pause)
        if led:
            self._note_takeover(terms, began, must_come=deed.pause is None)

    def _note_takeover(self, terms: int, began: float, *, must_come: bool) -> None:
        """Note after how long another term began: after each death of a leader, and after pauses that were too long."""
        ends = began + PATIENCE
        while must_come and len(self._desk.terms) == terms and time.monotonic() < ends:
            time.sleep(LOOK)
        if len(self._desk.terms) > terms:
            self._found.takeovers.append(round(self._desk.terms[terms].at - began, 2))
        elif must_come:
            self._found.zeros.lost.append(f"nobody led within {PATIENCE:.0f} s")
