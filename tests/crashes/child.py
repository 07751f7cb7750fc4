"""A desk that dies: a process of its own, killed at a named point of the order path, or living on from what is left."""

import json
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from engine.adapters.factory import Adapters
from engine.adapters.redis import GROUP, RedisSignalStream, connect
from engine.adapters.valkey import EmbeddedValkey
from engine.model.trade import Entry, Order, Trade
from engine.ports.broker import nothing_more
from engine.ports.stream import SIGNAL_STREAM, SignalStream
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.broker import TroubledBroker

STANDING = "standing.json"
"""The file in which the last life writes how things stand."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStream:
    """The real stream, up to the point at which the process is killed."""

    def __init__(self, stream: SignalStream, point: str) -> None:
        self._stream = stream
        self._point = point

    def publish(self, trade: Trade) -> None:
        if self._point == "before publish":
            die()
        self._stream.publish(trade)
        if self._point == "after publish":
            die()

    def read(self) -> tuple[tuple[str, str], ...]:
        return self._stream.read()

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        if self._point == "after read":
            die()
        self._stream.acknowledge(entry_ids)

    def depth(self) -> int:
        return self._stream.depth()

    def set_aside(self, entry_ids: Sequence[str]) -> None:
        self._stream.set_aside(entry_ids)


class DyingBroker(TroubledBroker):
    """The paper broker, up to the point at which the process is killed."""

    point = ""

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        if self.point == "before submit":
            die()
        order = super().submit(entry, last_look)
        if self.point == "after submit":
            die()
        return order


def live(folder: Path, point: str) -> None:
    """Live through the example until the point comes; without one, go on from what is left, and write how it stands.

    The points: before publish, after publish, after read, before submit, after submit.
    """
    server = EmbeddedValkey(folder / "valkey")
    client = connect(server.start())

    def dying(adapters: Adapters) -> Adapters:
        broker = DyingBroker(adapters.broker)
        broker.point = point
        return replace(adapters, stream=DyingStream(RedisSignalStream(client, "engine"), point), broker=broker)

    if point:
        harness = EngineHarness.at_the_example(folder, on=dying)
        harness.play_the_signal()
        harness.engine.commands.approve(worked_example.TRADE_ID, EngineHarness.TRADER)
    else:
        harness = EngineHarness.build(folder, on=dying)
        go_on(harness)
        standing = state_of(harness) | {"pending": client.xpending(SIGNAL_STREAM, GROUP)["pending"]}
        (folder / STANDING).write_text(json.dumps(standing), encoding="utf-8")
    harness.close()
    client.close()
    server.stop()


def go_on(harness: EngineHarness) -> None:
    harness.clock.set(worked_example.AT + timedelta(seconds=40))
    harness.market.recorded = worked_example.history()
    for symbol, price in (("AAPL", "150.25"), ("MSFT", "420.80"), ("TSLA", "255.60")):
        harness.market.price(symbol, price)
    harness.engine.jobs.start()
    for _ in range(2):
        harness.engine.jobs.housekeeping()
        harness.engine.jobs.decide_proposals()
        harness.engine.jobs.reconcile()


def state_of(harness: EngineHarness) -> dict[str, object]:
    kinds = [notice.kind for notice in harness.told() if notice.trade_id == worked_example.TRADE_ID]
    held = [position.shares for position in harness.broker.positions() if position.symbol == "AAPL"]
    return {"state": harness.trade().state, "told": kinds, "held": held}
