"""Two bots, as two processes would be, on one PostgreSQL and one broker."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from engine.adapters.factory import Adapters
from engine.adapters.sql.store import open_store
from engine.bootstrap import Engine, wire
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.stream import FakeSignalStream
from tests.support.fakes.worked_example import TRADE_ID


@dataclass(frozen=True, kw_only=True)
class TwoBots:
    """The example's desk before its signal, and a second bot on the same database; each has connections of its own."""

    harness: EngineHarness
    other: Engine

    def at_once(self, act: Callable[[Engine], object]) -> list[Future[object]]:
        """Let both do the same at the same time."""
        with ThreadPoolExecutor(2) as threads:
            done = [threads.submit(act, bot) for bot in (self.harness.engine, self.other)]
            wait(done)
        return done

    def bought(self) -> list[tuple[str, int]]:
        """Return the id and the shares of every order for AAPL that the broker ever took, legs left out."""
        entry = self.harness.broker.order(TRADE_ID)
        held = [position.shares for position in self.harness.broker.positions() if position.symbol == "AAPL"]
        return [(entry.client_order_id, shares) for shares in held] if entry else []

    def rows(self, action: str) -> int:
        with self.harness.store.reading() as reader:
            return sum(entry.action == action for entry in reader.audit(subject=TRADE_ID))

    @classmethod
    @contextmanager
    def open(cls, folder: Path, url: str) -> Iterator[Self]:
        """Open the example's desk on the database at a URL."""
        outside = list[Adapters]()
        with ExitStack() as stack:
            stores = [open_store(url), open_store(url)]
            for store in stores:
                stack.callback(store.close)  # last, for until the broker stops it tells both bots of fills

            def shared(adapters: Adapters) -> Adapters:
                outside.append(replace(adapters, store=stores[0]))
                return outside[0]

            built = EngineHarness.build(folder, cash=worked_example.CASH, on=shared)
            stack.callback(built.store.close)
            harness = replace(built, store=stores[0])
            stack.callback(harness.close)
            harness.begin_the_example()
            stream = FakeSignalStream(harness.stream.server, "desk-2", idle_seconds=0)
            yield cls(
                harness=harness, other=wire(harness.settings, replace(outside[0], store=stores[1], stream=stream))
            )
