"""What must be zero at a desk of several processes, held against what Alpaca and Slack remember, once it is at rest."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Final

from engine.model.trade import Trade, TradeState
from tests.faults.judgement import doubled, lost, unprotected
from tests.faults.notices_told import due, is_missing, outbox
from tests.several.spread_desk import SpreadDesk
from tests.support.fakes.alpaca.desk import Accepted
from tests.support.fakes.worked_example import PRICES

PATIENCE: Final = 60.0
"""Real seconds in which a desk comes to rest."""
HELD: Final = frozenset(symbol for symbol, _, _ in PRICES)
"""What the desk holds from the beginning: there is no entry of it at the broker."""


@dataclass(kw_only=True)
class Zeros:
    """Each list has one line for each breach of a promise."""

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    after_halt: list[str] = field(default_factory=list)
    unprotected: list[str] = field(default_factory=list)
    notices_lost: list[str] = field(default_factory=list)
    notices_doubled: list[str] = field(default_factory=list)

    @property
    def breaches(self) -> list[str]:
        """Return every breach."""
        return [f"{each.name}: {line}" for each in fields(self) for line in getattr(self, each.name)]

    def counts(self) -> dict[str, int]:
        """Count them by promise."""
        return {each.name.replace("_", " "): len(getattr(self, each.name)) for each in fields(self)}

    def add(self, other: "Zeros") -> None:
        """Take in what another one found."""
        for each in fields(self):
            getattr(self, each.name).extend(getattr(other, each.name))


def judge(desk: SpreadDesk, found: Zeros, seen: Counter[str], *, patience: float = PATIENCE) -> None:
    """Wait until nothing is left to tell, then look at everything, and count what there was."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends and not _is_at_rest(desk):
        time.sleep(0.2)
    with desk.store.reading() as reader:
        every = {trade.id: trade for trade in reader.trades()}
        waiting = reader.waiting(10_000)
        told = outbox(str(desk.environment["DATABASE_URL"]))
        posted = {key: where.ts for key in told if (where := reader.posted(key))}
    trades, orders, entries = _bought(every.values()), desk.alpaca.orders, _entries(desk)
    found.doubled += doubled(trades, entries, [order for order in orders if order["symbol"] not in HELD])
    found.doubled += [
        f"{symbol}: {n} trades" for symbol, n in Counter(t.symbol for t in trades.values()).items() if n > 1
    ]
    found.lost += lost(trades, entries, orders, desk.losses)
    found.unprotected += unprotected(every, orders)
    messages = desk.messages()
    there = {message["ts"] for message in messages}
    found.notices_lost += [f"{each.notice.key} was not delivered" for each in waiting]
    found.notices_lost += [f"{key} is not in Slack" for key, ts in posted.items() if ts not in there]
    gone = {key for loss in desk.losses for key in loss.notices}
    for trade in trades.values():
        missing = [what for what in due(trade) if is_missing(trade, what, told, gone)]
        found.notices_lost += [f"{trade.id}: not told {what}" for what in missing]
    marked = [message["metadata"]["event_payload"] for message in messages if message.get("metadata")]
    keys = Counter(payload["key"] for payload in marked if "key" in payload)
    found.notices_doubled += [
        f"{key} was posted {times} times" for key, times in keys.items() if times > 1 and key not in gone
    ]
    sent = Counter(
        str(each.body.get("client_order_id"))
        for each in desk.alpaca.requests
        if (each.method, each.path) == ("POST", "/v2/orders") and isinstance(each.body, dict)
    )
    seen["entries"] += len(entries)
    seen["orders sent more than once"] += sum(times > 1 for times in sent.values())
    seen["notices"] += len(told)
    seen["messages"] += len(messages)
    seen["terms"] += len(desk.terms)
    with desk.store.apart() as connection:
        seen["tasks done"] += connection.exec_driver_sql("SELECT count(*) FROM tasks WHERE state = 'done'").scalar_one()


def _is_at_rest(desk: SpreadDesk) -> bool:
    """Tell whether nothing moves or waits, and all that was lost was found: the account is read once a minute."""
    with desk.store.reading() as reader:
        moving = reader.trades({TradeState.APPROVED, TradeState.SUBMITTED, TradeState.CLOSING})
        trades, waits = _bought(reader.trades()), bool(reader.waiting(1))
    return not (moving or waits or any(lost(trades, _entries(desk), desk.alpaca.orders, desk.losses)))


def _bought(every: Iterable[Trade]) -> dict[str, Trade]:
    return {trade.id: trade for trade in every if trade.symbol not in HELD}


def _entries(desk: SpreadDesk) -> list[Accepted]:
    return [each for each in desk.alpaca.reader if each.side == "buy"]
