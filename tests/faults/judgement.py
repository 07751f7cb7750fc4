"""The promises, held against what the fake Alpaca and Slack remember, once a desk has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.adapters.sql.store import SqlStore
from engine.common.recall import WENT_BACK
from engine.model.trade import RESERVED, Trade, TradeState
from engine.ports.store import Reader
from tests.faults.allowances import beyond_allowed, seen
from tests.faults.copies import A_MOMENT, Loss
from tests.faults.halts_held import after_halt, count_lost, halts_lost
from tests.faults.kill_points import Note
from tests.faults.notices_told import ENTERED, notices_lost, told_of_losses
from tests.faults.simulated_market import World
from tests.support.fakes.alpaca.desk import Accepted
from tests.support.fakes.alpaca.orders import Json

ALIVE = frozenset({"new", "partially_filled", "accepted", "pending_new", "held"})


BREACHES = ("doubled", "lost", "not_allowed", "after_halt", "halts_lost", "unprotected", "notices_lost", "faults")


@dataclass
class Judgement:
    """What was found; each list has one line for each breach, the counters say how much was looked at."""

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    not_allowed: list[str] = field(default_factory=list)
    after_halt: list[str] = field(default_factory=list)
    halts_lost: list[str] = field(default_factory=list)
    unprotected: list[str] = field(default_factory=list)
    notices_lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def breaches(self) -> list[str]:
        """Return every breach."""
        return [line for name in BREACHES for line in getattr(self, name)]

    def add(self, other: "Judgement") -> None:
        """Take in what another one found."""
        for name in BREACHES:
            getattr(self, name).extend(getattr(other, name))
        self.seen.update(other.seen)


def judge(world: World, notes: Sequence[Note]) -> Judgement:
    """Look at everything; the desk of this world has settled and nobody trades."""
    found = Judgement()
    store = SqlStore(world.database)
    try:
        with store.reading() as reader:
            trades = {trade.id: trade for trade in reader.trades()}
            found.faults += trade_faults(reader)
            found.notices_lost += notices_lost(world, reader, trades)
            found.not_allowed += beyond_allowed(reader, trades, world.entries, notes, world.losses)
    finally:
        store.close()
    orders = world.alpaca.orders
    entries = world.entries
    found.doubled += doubled(trades, entries, orders)
    found.lost += lost(trades, entries, orders, world.losses)
    found.lost += _misread(trades, orders)
    found.after_halt += after_halt(entries, notes, world.losses)
    found.halts_lost += halts_lost(entries, notes, world.losses)
    found.unprotected += unprotected(trades, orders)
    found.faults += [f"fault: {note.detail}" for note in notes if note.what == "fault"]
    found.seen.update(_counts(world, trades, entries, notes))
    return found


def trade_faults(reader: Reader) -> Iterator[str]:
    """Say which trades the desk could not handle, by a fault of its own; it goes on without them."""
    for row in reader.audit(limit=1_000_000):
        if (row.action, row.outcome) == ("trade fault", "began"):
            yield f"fault: {row.subject} could not be handled: {row.why}"


def doubled(trades: dict[str, Trade], entries: Sequence[Accepted], orders: Sequence[Json]) -> Iterator[str]:
    for name, times in Counter(entry.client_order_id for entry in entries).items():
        if times > 1:
            yield f"{name}: {times} entries"
    bought = _filled(orders, "buy")
    for symbol, shares in _filled(orders, "sell").items():
        if shares > bought[symbol]:
            yield f"{symbol}: {shares} shares were sold, {bought[symbol]} bought"
    for trade in trades.values():
        if trade.exit_shares > trade.filled_shares:
            yield f"{trade.id}: sold {trade.exit_shares} of {trade.filled_shares} shares"
        if trade.filled_shares > trade.shares:
            yield f"{trade.id}: bought {trade.filled_shares} of {trade.shares} shares"


def lost(
    trades: dict[str, Trade], entries: Sequence[Accepted], orders: Sequence[Json], losses: Sequence[Loss]
) -> Iterator[str]:
    """An order without its trade, a trade without its order, and one of which the desk believes something else.

    An order of lost seconds that bought nothing may be forgotten with them; what it bought must stand in the books.
    """
    by_id = {order["client_order_id"]: order for order in orders}
    for entry in entries:
        trade, filled = trades.get(entry.client_order_id), Decimal(by_id[entry.client_order_id]["filled_qty"])
        if trade is None and not filled and any(loss.since <= entry.at <= loss.ended + A_MOMENT for loss in losses):
            continue
        if trade is None:
            spans = ", ".join(f"{loss.since} to {loss.ended}" for loss in losses)
            what = f"{filled} shares bought, taken at {entry.at}, lost {spans or 'nothing'}"
            yield f"{entry.client_order_id}: an order without a trade ({what})"
        elif filled != trade.filled_shares:
            yield f"{trade.id}: {filled} shares bought, the desk says {trade.filled_shares} ({trade.state})"
        elif trade.state not in ENTERED and filled:
            yield f"{trade.id}: {filled} shares bought, but the trade is {trade.state}"
    for trade in trades.values():
        yield from _astray(trade, by_id.get(trade.id))
    yield from _miscounted(trades, orders)


def _astray(trade: Trade, order: Json | None) -> Iterator[str]:
    """Say what is wrong with where a trade stands at rest; `order` is its entry."""
    if trade.state in ENTERED and order is None:
        yield f"{trade.id}: {trade.state} without an order"
    if trade.state is TradeState.APPROVED:
        yield f"{trade.id}: approved, and never carried out"
    if trade.state is TradeState.SUBMITTED and order is not None and order["status"] not in ALIVE:
        yield f"{trade.id}: submitted, but its order is over"
    if trade.state is TradeState.CLOSED and trade.held_shares:
        yield f"{trade.id}: closed with {trade.held_shares} shares left"


def _miscounted(trades: dict[str, Trade], orders: Sequence[Json]) -> Iterator[str]:
    """Compare the shares of each symbol at the broker with those of its trades."""
    held = Counter[str]()
    for trade in trades.values():
        held[trade.symbol] += trade.held_shares if trade.state in RESERVED else 0
    bought, sold = _filled(orders, "buy"), _filled(orders, "sell")
    for symbol in bought:
        if bought[symbol] - sold[symbol] != held[symbol]:
            story = "; ".join([*_trades_of(symbol, trades), *_orders_of(symbol, orders)])
            yield f"{symbol}: {bought[symbol] - sold[symbol]} shares held, the desk says {held[symbol]}: {story}"


def _misread(trades: dict[str, Trade], orders: Sequence[Json]) -> Iterator[str]:
    """A trade whose stop, by which its risk is counted, is not the lowest of those that are live."""
    live = defaultdict[str, list[Decimal]](list)
    for order in orders:
        if order["side"] == "sell" and order["type"] == "stop" and order["status"] in ALIVE:
            live[order["symbol"]].append(Decimal(order["stop_price"]))
    held = Counter(trade.symbol for trade in trades.values() if trade.state in RESERVED)
    for trade in trades.values():
        stops = live[trade.symbol]
        if trade.state is TradeState.OPEN and held[trade.symbol] == 1 and stops and min(stops) != trade.stop:
            yield f"{trade.id}: its stop is at {min(stops)}, the desk says {trade.stop}"


def _trades_of(symbol: str, trades: dict[str, Trade]) -> Iterator[str]:
    for trade in trades.values():
        if trade.symbol == symbol and trade.filled_shares:
            yield f"{trade.id} {trade.state} bought {trade.filled_shares} sold {trade.exit_shares}"


def _orders_of(symbol: str, orders: Sequence[Json]) -> Iterator[str]:
    for order in orders:
        if order["symbol"] == symbol:
            name, filled = order["client_order_id"], f"{order['filled_qty']}/{order['qty']}"
            yield f"{name} {order['side']} {order['type']} {order['status']} {filled}"


def unprotected(trades: dict[str, Trade], orders: Sequence[Json]) -> Iterator[str]:
    """Compare stops with what is held, and hold that no exit is still on its way to another price."""
    stops: Counter[str] = Counter()
    for order in orders:
        if order["side"] == "sell" and order["type"] == "stop" and order["status"] in ALIVE:
            stops[order["symbol"]] += int(Decimal(order["qty"]) - Decimal(order["filled_qty"]))
    for trade in trades.values():
        if trade.state is TradeState.OPEN and stops[trade.symbol] < trade.held_shares:
            story = "; ".join(_orders_of(trade.symbol, orders))
            yield f"{trade.id}: {trade.held_shares} shares held, stops for {stops[trade.symbol]}: {story}"
        if trade.state is TradeState.OPEN and trade.exit_plan.is_moving:
            yield f"{trade.id}: an exit is on its way for ever: {trade.exit_plan}"


def _filled(orders: Sequence[Json], side: str) -> dict[str, Decimal]:
    filled: dict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        if order["side"] == side:
            filled[order["symbol"]] += Decimal(order["filled_qty"])
    return filled


def _counts(
    world: World, trades: dict[str, Trade], entries: Sequence[Accepted], notes: Sequence[Note]
) -> dict[str, int]:
    sent = Counter(
        str(seen.body.get("client_order_id"))
        for seen in world.alpaca.requests
        if (seen.method, seen.path) == ("POST", "/v2/orders") and isinstance(seen.body, dict)
    )
    losses = world.losses
    return {
        "restores": sum(not loss.while_it_ran for loss in losses),
        "failovers": sum(loss.while_it_ran for loss in losses),
        "seconds lost": round(sum((loss.began - loss.since).total_seconds() for loss in losses)),
        "trades": len(trades),
        "entries": len(entries),
        "parts sold": sum(trade.exit_plan.is_part_sold for trade in trades.values()),
        "closed": sum(trade.state is TradeState.CLOSED for trade in trades.values()),
        "ids sent more than once": sum(times > 1 for times in sent.values()),
        "halts": sum(note.what == "halted" for note in notes),
        "halts that the database lost": count_lost(notes, losses),
        "halts because the database went back": sum(note.detail == WENT_BACK for note in notes),
        "messages": len(world.slack.messages),
        "troubles": sum(note.what == "trouble" for note in notes),
        **world.hands.done,
        **told_of_losses(world),
        **seen(trades, notes),
    }
