"""What outlives a victim: Alpaca, Slack, Redis and the database, with a hand on the market and on the calendar."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any, Self

from engine.adapters.sql.store import open_store
from engine.common.order_ids import is_own
from tests.engine.backtest.parity import with_exits
from tests.faults.child_process import PRICES, Life
from tests.faults.clock import MovingClock
from tests.faults.copies import Copies, Loss
from tests.faults.kill_points import Diary
from tests.faults.other_hands import Hands
from tests.support.fakes.alpaca.desk import Accepted
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import NEW_YORK
from tests.support.fakes.slack import Reply, ScriptedSlack

PARTS = {"partial": "0.4", "trail": "0.05"}
FIRST_DAY = datetime(2025, 8, 19, 10, 0, tzinfo=NEW_YORK)


class LedgerSlack(ScriptedSlack):
    """A Slack that remembers under which timestamp each message was posted, and of which notice it is."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, str] = {}
        self._turn = Lock()

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[Reply, bytes]:
        with self._turn:
            if method in {"conversations.history", "conversations.replies"}:
                self.replies.append(Reply(body={"ok": True, "messages": self._shown()}))
            reply, answer = super().answer(method, arguments)
            if method == "chat.postMessage":
                self.messages[f"{len(self.calls)}.000000"] = _key_of(arguments)
        return reply, answer

    def _shown(self) -> list[dict[str, Any]]:
        return [
            {"ts": ts, "metadata": {"event_type": "notice", "event_payload": {"key": key}}}
            for ts, key in reversed(self.messages.items())
        ]


def _key_of(arguments: dict[str, Any]) -> str:
    """Return the key of the notice that a message is of, '' where it is of none."""
    marked = arguments.get("metadata") or "{}"
    metadata = json.loads(marked) if isinstance(marked, str) else marked
    return str(metadata.get("event_payload", {}).get("key", ""))


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything around the victims of one chapter of a campaign; `losses` is what its database has lost so far.

    `halts` are those that nobody has ended.
    """

    folder: Path
    database: str
    redis: str
    alpaca: FakeAlpaca
    slack: LedgerSlack
    clock: MovingClock
    dice: random.Random
    hands: Hands
    copies: Copies
    strategy: str
    losses: list[Loss] = field(default_factory=list)
    halts: list[datetime] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, database: str, redis: str, seed: int, *, parts: bool = False) -> Iterator[Self]:
        """Open a world; with `parts` the target of a trade sells a part of it, and the rest is trailed."""
        open_store(database).close()  # once for all lives, which then begin sooner
        clock = MovingClock.starting(FIRST_DAY)
        with FakeAlpaca(clock, cash="1000000", slippage_bp="1", strict=False) as alpaca, LedgerSlack() as slack:
            for symbol, price in PRICES.items():
                alpaca.price(symbol, price)
            dice = random.Random(seed)  # noqa: S311 (a seed is the point of it)
            yield cls(
                folder=folder,
                database=database,
                redis=redis,
                alpaca=alpaca,
                slack=slack,
                clock=clock,
                dice=dice,
                hands=Hands(alpaca, dice, PRICES),
                copies=Copies.of(database, folder),
                strategy=str(with_exits(folder / "mine.toml", PARTS)) if parts else "seed",
            )

    @property
    def entries(self) -> list[Accepted]:
        """Return the entries that the broker took, oldest first."""
        bought = (taken for taken in self.alpaca.reader if taken.side == "buy" and not taken.replaces)
        return [taken for taken in bought if is_own(taken.client_order_id)]

    def put_back(self, *, before: datetime | None = None, while_it_runs: bool = False) -> bool:
        """Put the database back to how it was a moment ago, or longer; False where nobody has made a copy.

        With `before` it is put back to the last copy from before an instant. What the desk keeps outside of it stays.
        """
        kept = [number for number, (at, _) in enumerate(self.copies.kept) if before is None or at < before]
        if not kept:
            return False
        number = kept[-1] if before or self.dice.random() < 0.5 else self.dice.choice(kept)
        self.losses.append(self.copies.put_back(number, self.clock, while_it_ran=while_it_runs))
        return True

    def watch(self, diary: Diary) -> bool:
        """Read on in a diary, and remember since when the desk is halted; tell whether a life began its work."""
        news = diary.news()
        for note in news:
            if note.what == "halted":
                self.halts.append(note.at)
            elif note.what == "resumed":
                self.halts.clear()
        return any(note.what == "works" for note in news)

    @property
    def halted(self) -> datetime | None:
        """Return since when the desk is halted, None where it is not, as far as its diary was read."""
        return self.halts[0] if self.halts else None

    def life(self, **how: Any) -> Life:
        """Describe a life in this world that starts now."""
        return Life(
            folder=self.folder,
            database=self.database,
            redis=self.redis,
            broker=self.alpaca.trading_url,
            keys=(self.alpaca.key, self.alpaca.secret),
            slack=self.slack.api_url,
            shift=self.clock.shift,
            seed=self.dice.randrange(1_000_000),
            strategy=self.strategy,
            **how,
        )

    def let_time_pass(self) -> None:
        """Jump: most often not at all, sometimes past the youth of an approval, sometimes past a proposal's life."""
        self.clock.jump(self.dice.choices((0.0, 30.0, 130.0, 1000.0), (80, 10, 8, 2))[0])

    def move(self) -> None:
        """Let something happen at the exchange or on the line to it."""
        symbol = self.dice.choice(sorted(PRICES))
        normal = Decimal(PRICES[symbol])
        roll = self.dice.random()
        if roll < 0.5:
            self.alpaca.release_cancels()
        if roll < 0.35:  # a stop is hit, and the price comes back
            self._push(symbol, normal * Decimal("0.97"))
        elif roll < 0.55:  # a target
            self._push(symbol, normal * Decimal("1.04"))
        elif roll < 0.7:
            self.alpaca.partly_fill(self.dice.randrange(1, 40))
        elif roll < 0.8:
            self.alpaca.fault("POST", "/v2/orders", Fault.DROP, handled=self.dice.random() < 0.5)
        elif roll < 0.85:
            self.alpaca.fault("*", "/v2/orders/*", Fault.BROKEN, handled=self.dice.random() < 0.5)
        elif roll < 0.9:
            self.alpaca.refuse_next("account is restricted")
        elif roll < 0.93:
            self.alpaca.reject_next()
        else:
            self.hands.act()
        self._push(symbol, normal)

    def calm(self) -> None:
        """End every fault, and let every price stand where it belongs, so that what remains is the desk's own doing."""
        self.alpaca.mend()
        self.alpaca.accept_next()  # a rejection still to come would keep a purchase that ends a short back for minutes
        self.alpaca.fill_wholly()  # what is left of an order waits for a price, and none comes any more
        self.alpaca.release_cancels()
        for symbol, price in PRICES.items():
            self._push(symbol, Decimal(price))

    def _push(self, symbol: str, price: Decimal) -> None:
        self.alpaca.price(symbol, str(round(price, 2)))
