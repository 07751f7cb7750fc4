"""A desk that was away: python -m tests.faults.away --trades 1000 --changes 50.

It holds many positions and is not running while stops and targets are hit and shares are sold by hand. Another life
begins, with a minute's requests as Alpaca allows them: how long until the desk was told of everything?
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import structlog
from rich.console import Console

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.bootstrap import Engine, wire
from engine.common.orders import Orders, entry_of
from engine.common.trade_following import follow
from engine.model.market import Session
from engine.model.notices.base import NoticeKind
from engine.model.trade import Trade, TradeState
from engine.ports.broker import Broker
from tests.engine.adapters.alpaca.access import access_to
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.alpaca.orders import ALIVE
from tests.support.fakes.trades import a_sizing, a_trade

SHARES, SOLD = 2, 1
STOP, TARGET = Decimal("9.80"), Decimal("10.30")
LONGEST = 600
"""Seconds of the desk's time after which what was not told counts as lost."""
TOLD = frozenset({NoticeKind.CLOSED, NoticeKind.SOLD_BY_HAND})


@dataclass(frozen=True, kw_only=True)
class Return:
    """What became of the changes: how long the start took, how many were told by then, and after how long all.

    `start` is in real seconds, `last` in seconds of the desk's time, in which requests are counted by the minute;
    `too_much` is what was told and had not happened, `bare` which trades lack a stop.
    """

    changes: int
    start: float
    requests: int
    at_once: int
    told: int
    last: float
    too_much: int
    bare: tuple[str, ...]


def come_back(folder: Path, trades: int, changes: int) -> Return:
    """Hold so many positions, change so many while nobody looks, and begin another life."""
    with AtAlpaca.open(folder, strict=False) as desk:
        desk.broker.stop()  # the life before is over, and hears of nothing that follows
        clock = desk.harness.clock
        with _broker(desk, RateLimiter(1_000_000)) as hand:
            names = _hold(desk, hand, trades)
            clock.advance(60)
            expected = {(name, _change(desk, hand, name, turn)) for turn, name in enumerate(names[:changes])}
        with _broker(desk, RateLimiter(timer=lambda: clock.now().timestamp(), pause=clock.advance)) as broker:
            return _watch(desk, wire(desk.harness.settings, replace(desk.adapters, broker=broker)), expected)


def _watch(desk: AtAlpaca, engine: Engine, expected: set[tuple[str, NoticeKind]]) -> Return:
    """Start, and run what the timetable runs until all is told and every share has its stop again."""
    asked, began, clock = len(desk.fake.requests), time.monotonic(), desk.harness.clock
    born = clock.now()
    engine.jobs.start()
    start, requests, at_once = time.monotonic() - began, len(desk.fake.requests) - asked, len(expected & _told(desk))
    seconds = 0
    while (not expected <= _told(desk) or _bare(desk)) and seconds < LONGEST:
        seconds += 1
        clock.advance(1)
        engine.jobs.poll_unconfirmed()
        if seconds % 15 == 0:
            engine.jobs.housekeeping()
        if seconds % 60 == 0:
            engine.jobs.reconcile()
    return Return(
        changes=len(expected),
        start=start,
        requests=requests,
        at_once=at_once,
        told=len(expected & _told(desk)),
        last=(clock.now() - born).total_seconds(),
        too_much=len(_told(desk) - expected),
        bare=_bare(desk),
    )


def _told(desk: AtAlpaca) -> set[tuple[str, NoticeKind]]:
    with desk.harness.store.reading() as reader:
        notices = [waiting.notice for waiting in reader.waiting(1_000_000)]
    return {(notice.trade_id, notice.kind) for notice in notices if notice.kind in TOLD}


def _bare(desk: AtAlpaca) -> tuple[str, ...]:
    """Return the open trades of which not every share has a live stop at the broker."""
    stops = Counter[str]()
    for order in desk.fake.orders:
        if order["side"] == "sell" and order["type"] == "stop" and order["status"] in ALIVE:
            stops[order["symbol"]] += int(order["qty"]) - int(order["filled_qty"])
    with desk.harness.store.reading() as reader:
        trades = reader.trades({TradeState.OPEN})
    return tuple(trade.id for trade in trades if stops[trade.symbol] < trade.held_shares)


def _hold(desk: AtAlpaca, hand: Broker, count: int) -> list[str]:
    """Let the desk hold so many positions, bought as brackets that protect them, and know of each."""
    trades = [
        _trade(f"Z{chr(65 + n // 676 % 26)}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}", desk) for n in range(count)
    ]
    for trade in trades:
        desk.fake.price(trade.symbol, "10")
        desk.harness.clock.advance(0.01)  # no two orders reach a broker in one instant, and lists are read by instants
        hand.submit(entry_of(trade, Session.REGULAR))
    filled = {order.client_order_id: order for order in hand.orders()}
    with desk.harness.store.writing() as transaction:
        for trade in trades:
            transaction.propose(trade)
            transaction.mark_published(trade.id)
            sent, order = (
                transaction.move(transaction.move(trade, TradeState.APPROVED), TradeState.SUBMITTED),
                filled[trade.id],
            )
            transaction.save_order(trade.id, order)
            transaction.move(follow(sent, Orders(entry=order, lone=()))[0], TradeState.OPEN)
    return [trade.id for trade in trades]


def _trade(symbol: str, desk: AtAlpaca) -> Trade:
    return a_trade(
        id=f"{symbol}_20250819_100000",
        symbol=symbol,
        shares=SHARES,
        stop=STOP,
        target=TARGET,
        sizing=a_sizing(entry=Decimal(10), stop=STOP, shares=SHARES),
        proposed_at=desk.harness.clock.now(),
    )


def _change(desk: AtAlpaca, hand: Broker, name: str, turn: int) -> NoticeKind:
    """Let a stop or a target be hit, or somebody sell by hand; return what the desk must be told."""
    symbol = name.split("_", maxsplit=1)[0]
    if turn % 3 < 2:
        desk.fake.price(symbol, "9.70" if turn % 3 == 0 else "10.50")
        return NoticeKind.CLOSED
    hand.close(f"by-hand-{symbol}", symbol, SOLD)  # what protects the shares ends with it
    return NoticeKind.SOLD_BY_HAND


@contextmanager
def _broker(desk: AtAlpaca, budget: RateLimiter) -> Iterator[AlpacaBroker]:
    access = access_to(desk.fake, timeouts=(3.0, 60.0), budget=budget)
    broker = AlpacaBroker(access, desk.adapters.clock, desk.adapters.calendar, patience=1.0)
    try:
        yield broker
    finally:
        broker.stop()


def main() -> int:
    """Print what was measured; 1 when something was not told, told without a reason, or left without a stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trades", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=50)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        found = come_back(Path(folder), given.trades, given.changes)
    Console().print(
        f"{given.trades:,} open trades, {found.changes} changes while away: started in {found.start:.1f} s with "
        f"{found.requests} requests; {found.at_once} told at once, {found.told} within {found.last:.0f} s of the desk; "
        f"{found.too_much} told without a reason, {len(found.bare)} without a stop",
        soft_wrap=True,
    )
    return 0 if (found.told, found.too_much, found.bare) == (found.changes, 0, ()) else 1


if __name__ == "__main__":
    sys.exit(main())
