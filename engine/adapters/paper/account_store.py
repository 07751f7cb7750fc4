"""The paper broker's account: one SQLite file, because what a broker holds must survive the bot."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from engine.adapters.files import make_private
from engine.adapters.paper.activities import TABLE as ACTIVITIES_TABLE, PaperActivities
from engine.errors import BrokerUnavailable
from engine.model.account import Position
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState

Parsed = TypeVar("Parsed")

POSITIONS = "CREATE TABLE positions (symbol TEXT PRIMARY KEY, shares INTEGER NOT NULL, cost TEXT NOT NULL)"
TABLES = f"""
CREATE TABLE IF NOT EXISTS account (cash TEXT NOT NULL);
{POSITIONS.replace("TABLE", "TABLE IF NOT EXISTS")};
CREATE TABLE IF NOT EXISTS prices (symbol TEXT PRIMARY KEY, price TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS dealt (
    symbol TEXT NOT NULL, side TEXT NOT NULL, at TEXT NOT NULL, shares INTEGER NOT NULL, PRIMARY KEY (symbol, side)
);
CREATE TABLE IF NOT EXISTS orders (
    broker_id TEXT PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE, root TEXT NOT NULL, role TEXT NOT NULL,
    symbol TEXT NOT NULL, shares INTEGER NOT NULL, state TEXT NOT NULL, price TEXT, expires_at TEXT,
    triggered INTEGER NOT NULL, filled_shares INTEGER NOT NULL, paid TEXT NOT NULL, filled_at TEXT, looked_at TEXT,
    reason TEXT NOT NULL, extended INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS orders_by_root ON orders (root);
CREATE INDEX IF NOT EXISTS orders_by_state ON orders (state);
{ACTIVITIES_TABLE}
"""
UNFINISHED = tuple(state.value for state in OrderState if not state.is_over)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRecord:
    """An order as the account has it.

    `root` is the client order id of the order that it came with: its own for one that was sent, the entry's for a leg,
    the replaced one's for a replacement. `price` is the limit, stop or target, None at the market; `paid` the dollars
    of all fills; `triggered` says that a stop became a market order; `looked_at` the instant of the price at which
    part of it was filled; `expires_at` is None where it stands until cancelled; `extended` lets it fill before the open
    and after the close too.
    """

    broker_id: str
    client_order_id: str
    root: str
    role: OrderRole
    symbol: str
    shares: int
    state: OrderState
    price: Decimal | None = None
    expires_at: datetime | None = None
    triggered: bool = False
    filled_shares: int = 0
    paid: Decimal = Decimal(0)
    filled_at: datetime | None = None
    looked_at: datetime | None = None
    reason: str = ""
    extended: bool = False

    @property
    def side(self) -> Side:
        """Entries and covers buy, everything else sells."""
        return Side.BUY if self.role in {OrderRole.ENTRY, OrderRole.COVER} else Side.SELL

    @property
    def remaining(self) -> int:
        """Shares that are still to be filled."""
        return 0 if self.state.is_over else self.shares - self.filled_shares

    @property
    def is_live(self) -> bool:
        """Whether it can be filled now."""
        return not self.state.is_over and self.state is not OrderState.HELD

    def order(self, legs: tuple[Order, ...] = ()) -> Order:
        """Return it in the words of the port."""
        return Order(
            broker_id=self.broker_id,
            client_order_id=self.client_order_id,
            role=self.role,
            symbol=self.symbol,
            side=self.side,
            shares=self.shares,
            state=self.state,
            price=self.price,
            filled_shares=self.filled_shares,
            fill_price=self.paid / self.filled_shares if self.filled_shares else None,
            filled_at=self.filled_at,
            reason=self.reason,
            legs=legs,
        )


COLUMNS = tuple(field.name for field in fields(OrderRecord))
SAVE_RECORD = (
    f"INSERT INTO orders ({', '.join(COLUMNS)}) VALUES ({', '.join('?' for _ in COLUMNS)})"  # noqa: S608 (constants)
    f" ON CONFLICT (broker_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in COLUMNS)}"
)


class AccountStore:
    """Money, positions, orders and last prices, read and written inside `open()`, by one thread at a time.

    Amounts are text, so that they stay exact. `path` may be ":memory:".
    """

    def __init__(self, path: Path | str, *, cash: Decimal) -> None:
        self._lock = threading.Lock()
        if isinstance(path, Path):
            make_private(path)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.history = PaperActivities(self._db)
        try:
            self._prepare(cash)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, cash: Decimal) -> None:
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + TABLES)
        self._upgrade()
        with self.open():
            self._db.execute("INSERT INTO account SELECT ? WHERE NOT EXISTS (SELECT * FROM account)", (str(cash),))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Hold the account; what was changed is kept on leaving without an exception, and only then.

        Raises BrokerUnavailable when the file cannot be read or written.
        """
        with self._lock:
            try:
                with self._transaction():
                    yield
            except sqlite3.Error as error:
                raise BrokerUnavailable(f"the paper broker's account: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _upgrade(self) -> None:
        """Bring a file of before the extended hours, and of before positions could be short, up to date."""
        if "extended" not in {column[1] for column in self._db.execute("PRAGMA table_info(orders)")}:
            self._db.execute("ALTER TABLE orders ADD COLUMN extended INTEGER NOT NULL DEFAULT 0")
        (positions,) = self._db.execute("SELECT sql FROM sqlite_master WHERE name = 'positions'").fetchone()
        if "CHECK" in positions:
            with self.open():
                self._db.execute("ALTER TABLE positions RENAME TO long_positions")
                self._db.execute(POSITIONS)
                self._db.execute("INSERT INTO positions SELECT symbol, shares, cost FROM long_positions")
                self._db.execute("DROP TABLE long_positions")

    def is_new(self) -> bool:
        """Tell whether nothing was ever held or ordered."""
        return not self._db.execute("SELECT 1 FROM positions UNION SELECT 1 FROM orders LIMIT 1").fetchall()

    def cash(self) -> Decimal:
        """Return the dollars in the account."""
        return Decimal(self._db.execute("SELECT cash FROM account").fetchone()[0])

    def add_cash(self, dollars: Decimal) -> None:
        """Add dollars to the account, or take them when negative."""
        self._db.execute("UPDATE account SET cash = ?", (str(self.cash() + dollars),))

    def positions(self) -> tuple[Position, ...]:
        """Return every position at its last price, by symbol."""
        rows = self._db.execute(
            "SELECT symbol, shares, cost, price FROM positions JOIN prices USING (symbol) ORDER BY symbol"
        )
        return tuple(
            Position(symbol=symbol, shares=shares, cost=Decimal(cost), price=Decimal(price))
            for symbol, shares, cost, price in rows
        )

    def held(self, symbol: str) -> int:
        """Return the shares held of a symbol, below 0 where it is sold short."""
        row = self._db.execute("SELECT shares FROM positions WHERE symbol = ?", (symbol,)).fetchone()
        return 0 if row is None else int(row[0])

    def cost(self, symbol: str) -> Decimal:
        """Return the average cost of a position, 0 where there is none."""
        row = self._db.execute("SELECT cost FROM positions WHERE symbol = ?", (symbol,)).fetchone()
        return Decimal(0) if row is None else Decimal(row[0])

    def hold(self, symbol: str, shares: int, cost: Decimal) -> None:
        """Set a position; 0 shares end it."""
        self._db.execute("DELETE FROM positions WHERE symbol = ?", (symbol,))
        if shares:
            self._db.execute("INSERT INTO positions VALUES (?, ?, ?)", (symbol, shares, str(cost)))

    def price(self, symbol: str) -> Decimal | None:
        """Return the last price that was seen."""
        row = self._db.execute("SELECT price FROM prices WHERE symbol = ?", (symbol,)).fetchone()
        return None if row is None else Decimal(row[0])

    def save_price(self, symbol: str, price: Decimal, at: datetime) -> None:
        """Keep a price, unless a later one is known."""
        self._db.execute(
            "INSERT INTO prices VALUES (?, ?, ?) ON CONFLICT (symbol)"
            " DO UPDATE SET price = excluded.price, at = excluded.at WHERE excluded.at >= prices.at",
            (symbol, str(price), at.isoformat(timespec="microseconds")),
        )

    def dealt(self, symbol: str, side: Side, at: datetime) -> int:
        """Return the shares that were bought or sold at the quote of an instant, so far."""
        where = "WHERE symbol = ? AND side = ? AND at = ?"
        row = self._db.execute(f"SELECT shares FROM dealt {where}", (symbol, side, _to_column(at))).fetchone()  # noqa: S608 (constants)
        return 0 if row is None else int(row[0])

    def deal(self, symbol: str, side: Side, at: datetime, shares: int) -> None:
        """Add to the shares dealt at a quote; those of an earlier one are forgotten."""
        dealt = self.dealt(symbol, side, at) + shares
        self._db.execute("INSERT OR REPLACE INTO dealt VALUES (?, ?, ?, ?)", (symbol, side, _to_column(at), dealt))

    def record(self, *, broker_id: str = "", client_order_id: str = "") -> OrderRecord | None:
        """Return the order with this id of either kind."""
        records = self._records("WHERE broker_id = ? OR client_order_id = ?", broker_id, client_order_id)
        return records[0] if records else None

    def group(self, root: str) -> tuple[OrderRecord, ...]:
        """Return an order that was sent and all that came with it, oldest first."""
        return self._records("WHERE root = ?", root)

    def unfinished(self) -> tuple[OrderRecord, ...]:
        """Return every order that is not over, oldest first."""
        return self._records(f"WHERE state IN ({', '.join('?' for _ in UNFINISHED)})", *UNFINISHED)

    def save(self, record: OrderRecord) -> None:
        """Add an order, or change it."""
        self._db.execute(SAVE_RECORD, [_to_column(value) for value in astuple(record)])

    def _records(self, where: str, *values: str) -> tuple[OrderRecord, ...]:
        rows = self._db.execute(f"SELECT {', '.join(COLUMNS)} FROM orders {where} ORDER BY rowid", values)  # noqa: S608 (constants)
        return tuple(_record(*row) for row in rows)


def _to_column(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _record(*row: Any) -> OrderRecord:
    values = dict(zip(COLUMNS, row, strict=True))
    return OrderRecord(
        **values
        | {
            "role": OrderRole(values["role"]),
            "state": OrderState(values["state"]),
            "price": _optional(Decimal, values["price"]),
            "paid": Decimal(values["paid"]),
            "triggered": bool(values["triggered"]),
            "extended": bool(values["extended"]),
            "expires_at": _optional(datetime.fromisoformat, values["expires_at"]),
            "filled_at": _optional(datetime.fromisoformat, values["filled_at"]),
            "looked_at": _optional(datetime.fromisoformat, values["looked_at"]),
        }
    )


def _optional(parse: Callable[[str], Parsed], text: str | None) -> Parsed | None:
    return None if text is None else parse(text)
