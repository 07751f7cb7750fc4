"""The people at a victim's desk."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from engine.bootstrap import Engine
from engine.errors import HaltNotPersisted
from engine.model.desk import DeskState, Request
from engine.model.standing import StandingTerms
from engine.model.trade import TradeState
from engine.ports.clock import Clock
from tests.faults.crashing_store import MortalStore
from tests.faults.kill_points import Diary


class Person:
    """Approves, also beforehand, resizes, rejects, closes, moves exits, halts and resumes, one act a turn, by dice.

    Two people of one seed roll the same dice, so they often click on the same card.
    """

    def __init__(
        self, engine: Engine, who: Request, *, seed: int, store: MortalStore, clock: Clock, diary: Diary
    ) -> None:
        self._engine = engine
        self._who = who
        self._dice = random.Random(seed)  # noqa: S311 (a seed is the point of it)
        self._store = store
        self._clock = clock
        self._diary = diary

    def __call__(self) -> None:
        """Take a turn; raises what the desk says to it."""
        roll = self._dice.random()
        if self._engine.queries.desk().state is not DeskState.ACTIVE:
            if roll < 0.25:
                self._engine.commands.resume(self._who)
            return
        if roll < 0.03:
            self._halt()
        elif roll < 0.06:
            self._stand()
        elif roll < 0.25:
            self._leave()
        else:
            self._decide(roll)

    def _halt(self) -> None:
        """Halt; one that cannot be written is a promise as well, unless somebody ends it before it is given."""
        asked: datetime = self._clock.now()
        try:
            self._engine.commands.halt(self._who, "practice")
        except HaltNotPersisted:
            self._store.note_held_halt(asked)
            raise

    def _stand(self) -> None:
        """Approve some buys beforehand, or take one such approval back."""
        standing, now = self._engine.commands.standing, self._clock.now()
        given = standing.current()
        if given and self._dice.random() < 0.4:
            name = self._dice.choice(given).id
            standing.revoke(name, self._who)
            self._diary.note("revoked", self._clock.now(), name)
            return
        terms = StandingTerms(
            symbols=tuple(self._dice.sample(self._engine.queries.watchlist(), 4)),
            most_dollars=Decimal(500_000),
            least_tenths=7,
            until=now + timedelta(minutes=self._dice.choice((1, 10, 60))),
            uses=self._dice.randint(1, 4),
        )
        standing.ask(terms, self._who)

    def _leave(self) -> None:
        """Close a trade, or let its stop or target stand elsewhere."""
        held = self._engine.queries.trades({TradeState.OPEN})
        if not held:
            return
        trade, exits = self._dice.choice(held), self._engine.commands.exits
        part = Decimal(self._dice.randint(1, 14)) / 1000
        match self._dice.choice(("close", "stop", "target", "trail")):
            case "close":
                self._engine.commands.close(trade.id, self._who)
            case "stop":
                exits.stop(trade.id, round(trade.entry * (1 - part), 2), self._who)
            case "target":
                exits.target(trade.id, round(trade.entry * (1 + 3 * part), 2), self._who)
            case _:
                exits.trail(trade.id, part, None, self._who)

    def _decide(self, roll: float) -> None:
        asked = self._engine.queries.trades({TradeState.PROPOSED})
        if not asked:
            return
        trade = self._dice.choice(asked)
        if roll < 0.35:
            self._engine.commands.reject(trade.id, self._who, "no")
        elif roll < 0.45:
            self._engine.commands.resize(trade.id, max(1, trade.shares // 2), self._who)
        else:
            self._engine.commands.approve(trade.id, self._who)
