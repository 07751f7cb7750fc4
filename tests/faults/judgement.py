"""The three promises, held against what the fake Alpaca and Slack remember, once a desk has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest

from sqlalchemy import create_engine, make_url, select

from engine.adapters.sql.store import SqlStore
from engine.adapters.sql.tables import OutboxRow
from engine.model.trade import RESERVED, Trade, TradeState
from engine.truth import Ledger
from tests.fakes.alpaca.desk import Accepted
from tests.fakes.alpaca.orders import Json
from tests.faults.fate import Note
from tests.faults.world import World

ENTERED = frozenset({TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING, TradeState.CLOSED})
ENDED = frozenset(
    {TradeState.REJECTED, TradeState.EXPIRED, TradeState.REFUSED, TradeState.CANCELLED, TradeState.FAILED}
)
ALIVE = frozenset({"new", "partially_filled", "accepted", "pending_new", "held"})


@dataclass
class Judgement:
    """What was found; each list has one line for each breach, the counters say how much was looked at."""

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    after_halt: list[str] = field(default_factory=list)
    unprotected: list[str] = field(default_factory=list)
    notices_lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def breaches(self) -> list[str]:
        """Return every breach."""
        return [
            *self.doubled,
            *self.lost,
            *self.after_halt,
            *self.unprotected,
            *self.notices_lost,
            *self.faults,
        ]

    def add(self, other: "Judgement") -> None:
        """Take in what another one found."""
        for name in ("doubled", "lost", "after_halt", "unprotected", "notices_lost", "faults"):
            getattr(self, name).extend(getattr(other, name))
        self.seen.update(other.seen)


def judge(world: World, notes: Sequence[Note]) -> Judgement:
    """Look at everything; the desk of this world has settled and nobody trades."""
    found = Judgement()
    store = SqlStore(world.database)
    try:
        with store.reading() as ledger:
            trades = {trade.id: trade for trade in ledger.trades()}
            found.notices_lost += _notices_lost(world, ledger, trades)
    finally:
        store.close()
    orders = world.alpaca.orders
    entries = [taken for taken in world.alpaca.ledger if taken.side == "buy" and not taken.replaces]
    found.doubled += _doubled(trades, entries, orders)
    found.lost += _lost(trades, entries, orders)
    found.after_halt += after_halt(entries, notes)
    found.unprotected += _unprotected(trades, orders)
    found.faults += [f"fault: {note.detail}" for note in notes if note.what == "fault"]
    found.seen.update(_counts(world, trades, entries, notes))
    return found


def _doubled(trades: dict[str, Trade], entries: Sequence[Accepted], orders: Sequence[Json]) -> Iterator[str]:
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


def _lost(trades: dict[str, Trade], entries: Sequence[Accepted], orders: Sequence[Json]) -> Iterator[str]:
    """An order without its trade, a trade without its order, and one of which the desk believes something else."""
    by_id = {order["client_order_id"]: order for order in orders}
    for entry in entries:
        trade, filled = trades.get(entry.client_order_id), Decimal(by_id[entry.client_order_id]["filled_qty"])
        if trade is None:
            yield f"{entry.client_order_id}: an order without a trade"
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


def _trades_of(symbol: str, trades: dict[str, Trade]) -> Iterator[str]:
    for trade in trades.values():
        if trade.symbol == symbol and trade.filled_shares:
            yield f"{trade.id} {trade.state} bought {trade.filled_shares} sold {trade.exit_shares}"


def _orders_of(symbol: str, orders: Sequence[Json]) -> Iterator[str]:
    for order in orders:
        if order["symbol"] == symbol:
            name, filled = order["client_order_id"], f"{order['filled_qty']}/{order['qty']}"
            yield f"{name} {order['side']} {order['type']} {order['status']} {filled}"


def after_halt(entries: Sequence[Accepted], notes: Sequence[Note]) -> Iterator[str]:
    """An entry that was accepted between a halt's commit and the resume that followed.

    A halt whose desk died between the commit and this note is not seen here; the next lives find the desk halted.
    """
    switches = [note for note in notes if note.what in {"halted", "resumed"}]
    for halt, after in zip_longest(switches, switches[1:]):
        if halt.what != "halted":
            continue
        for entry in entries:
            if halt.at < entry.at and (after is None or entry.at < after.at):
                yield f"{entry.client_order_id}: accepted at {entry.at}, halted at {halt.at}"


def _unprotected(trades: dict[str, Trade], orders: Sequence[Json]) -> Iterator[str]:
    stops: Counter[str] = Counter()
    for order in orders:
        if order["side"] == "sell" and order["type"] == "stop" and order["status"] in ALIVE:
            stops[order["symbol"]] += int(Decimal(order["qty"]) - Decimal(order["filled_qty"]))
    for trade in trades.values():
        if trade.state is TradeState.OPEN and stops[trade.symbol] < trade.held_shares:
            yield f"{trade.id}: {trade.held_shares} shares held, stops for {stops[trade.symbol]}"


def _notices_lost(world: World, ledger: Ledger, trades: dict[str, Trade]) -> list[str]:
    lost = [f"{each.notice.key}: told, and never delivered" for each in ledger.waiting(10_000)]
    told = _told(world.database)
    for key, delivered in told.items():
        posted = ledger.posted(key)
        if delivered and posted and posted.ts not in world.slack.messages:
            lost.append(f"{key}: delivered, says the desk, but Slack never had it")
    for trade in trades.values():
        lost += [
            f"{trade.id}: nobody was told that it is {what}" for what in _due(trade) if _is_missing(trade, what, told)
        ]
    return lost


def _due(trade: Trade) -> Iterator[str]:
    """Say what the desk must have been told of a trade."""
    if trade.state in RESERVED or trade.state is TradeState.CLOSED:
        yield "approved"
    if trade.state in ENTERED:
        yield "submitted"
    if trade.filled_shares and trade.state in {TradeState.CLOSING, TradeState.CLOSED}:
        yield "filled"
    if trade.state is TradeState.CLOSED:
        yield "closed"
    if trade.state in ENDED:
        yield trade.state


def _is_missing(trade: Trade, what: str, told: dict[str, bool]) -> bool:
    return f"{trade.id}:{what}" not in told


def _told(database: str) -> dict[str, bool]:
    """Return every notice that was ever told, and whether it is delivered."""
    url = make_url(database)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    with engine.connect() as connection:
        rows = connection.execute(select(OutboxRow.key, OutboxRow.delivered)).all()
    engine.dispose()
    return {row.key: row.delivered for row in rows}


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
    return {
        "trades": len(trades),
        "entries": len(entries),
        "closed": sum(trade.state is TradeState.CLOSED for trade in trades.values()),
        "ids sent more than once": sum(times > 1 for times in sent.values()),
        "halts": sum(note.what == "halted" for note in notes),
        "messages": len(world.slack.messages),
        "troubles": sum(note.what == "trouble" for note in notes),
    }
