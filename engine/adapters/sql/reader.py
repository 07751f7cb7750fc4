"""The port Reader in SQL: desk, trades, orders, notices and settings here, the rest by the parts it is made of."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, Connection, Integer, Select, bindparam, or_, select, true

from engine.adapters.sql.account_history import SqlAccountHistory
from engine.adapters.sql.audit_rows import SqlAuditRows
from engine.adapters.sql.base import one_of
from engine.adapters.sql.decision_records import TRADES, SqlDecisionRecords, approved_of
from engine.adapters.sql.desk_tables import (
    AuditRow,
    DeskRow,
    FenceRow,
    KeyRow,
    MessageRow,
    OutageRow,
    OutboxRow,
    SettingRow,
)
from engine.adapters.sql.journal import SqlJournal
from engine.adapters.sql.news_rows import SqlNewsRows
from engine.adapters.sql.notice_rows import notice_of, waiting_of
from engine.adapters.sql.numbered_rows import SqlNumberedRows
from engine.adapters.sql.performance import SqlPerformance
from engine.adapters.sql.shadow_trades import SqlShadowTrades
from engine.adapters.sql.signal_outcomes import SqlSignalHistory
from engine.adapters.sql.signals import SIGNAL, KnownSignals, Place, at_once, read_signals
from engine.adapters.sql.tables import DecisionRow, OrderRow, SignalRow, TradeRow
from engine.adapters.sql.values import order_of, signal_of, trade_of, value_of
from engine.model.desk import Desk, Term
from engine.model.manual_proposal import KeptKey
from engine.model.notices.base import Notice, NoticeKind, Posted, Waiting
from engine.model.outage import Outage
from engine.model.signal import Signal
from engine.model.trade import Clearance, Order, OrderRole, Trade, TradeState

WHOLE = {
    "trades": select(
        TradeRow,
        SignalRow.origin_source.label("source"),
        SignalRow.origin_by.label("source_by"),
        SignalRow.origin_note.label("source_note"),
        SignalRow.origin_limit.label("limit"),
    )
    .join(SignalRow, SignalRow.id == TradeRow.signal_id)
    .order_by(TradeRow.proposed_at, TradeRow.id),
    "orders": select(OrderRow).order_by(OrderRow.id),
    "decisions": select(DecisionRow).order_by(DecisionRow.id),
    "audit": select(AuditRow).order_by(AuditRow.number),
}
TERM = select(FenceRow.term, FenceRow.holder)
DESK_TERM = "desk_term"
"""The setting that has the term in which the desk's state was changed last."""
CLEARANCE = (
    select(
        DeskRow,
        FenceRow.term,
        FenceRow.holder,
        TradeRow.state.label("trade_state"),
        TradeRow.decided_by,
        select(SettingRow.value).where(SettingRow.name == DESK_TERM).scalar_subquery().label("desk_term"),
    )
    .select_from(TradeRow)
    .join(DeskRow, true())
    .join(FenceRow, true())
    .where(TradeRow.id == bindparam("this"))
)
OUTAGES = select(OutageRow).order_by(OutageRow.since, OutageRow.process)
AT_ONCE = 1_000
TRADE = TRADES.where(TradeRow.id == bindparam("this"))
SETTING = select(SettingRow.value).where(SettingRow.name == bindparam("name"))
SETTINGS = select(SettingRow.name, SettingRow.value).where(SettingRow.name.in_(bindparam("names", expanding=True)))
ENQUEUED = select(OutboxRow).where(OutboxRow.key == bindparam("key"))
ENQUEUED_KIND = select(OutboxRow.kind).where(OutboxRow.key == bindparam("key"))
MESSAGE = select(MessageRow).where(MessageRow.key == bindparam("key"))
KEPT_KEY = select(KeyRow).where(KeyRow.key == bindparam("key"))
UNPUBLISHED = TRADES.where(TradeRow.state == TradeState.PROPOSED, TradeRow.published.is_(False)).order_by(
    TradeRow.proposed_at, TradeRow.signal_id
)
SYMBOLS = (
    select(TradeRow.symbol)
    .where(
        TradeRow.state.in_(bindparam("states", expanding=True)),
        TradeRow.symbol.in_(bindparam("among", expanding=True)),
    )
    .distinct()
)
DESK = select(DeskRow)
ENTRY_FIRST = (OrderRow.role != OrderRole.ENTRY, OrderRow.id)
ORDERS = select(OrderRow).where(OrderRow.trade_id.in_(bindparam("some", expanding=True))).order_by(*ENTRY_FIRST)


class SqlReader(
    SqlPerformance,
    SqlSignalHistory,
    SqlAccountHistory,
    SqlDecisionRecords,
    SqlNumberedRows,
    SqlShadowTrades,
    SqlJournal,
    SqlNewsRows,
    SqlAuditRows,
):
    """The port Reader within one transaction; `known` are signals that any of them read before."""

    learns = True
    """Whether the signals that are read here may be remembered: not while they can still be undone."""

    def __init__(self, connection: Connection, known: KnownSignals) -> None:
        self._connection = connection
        self._known = known

    def desk(self) -> Desk:
        """Return the desk's state."""
        return value_of(Desk, self._connection.execute(DESK).one())

    def outages(self) -> tuple[Outage, ...]:
        """Return what processes found lost and nobody has reached since."""
        return tuple(value_of(Outage, row) for row in self._connection.execute(OUTAGES))

    def term(self) -> Term:
        """Return the term that is now."""
        number, holder = self._connection.execute(TERM).one()
        return Term(number=number, holder=holder)

    def desk_term(self) -> int:
        """Return the number of the term that began when the desk's state was changed last, 0 before it ever was."""
        return int(self.setting(DESK_TERM) or 0)

    def clearance(self, trade_id: str) -> Clearance | None:
        """Return what says whether a trade's entry may leave, in one read; None where there is no such trade."""
        row = self._connection.execute(CLEARANCE, {"this": trade_id}).first()
        if row is None:
            return None
        return Clearance(
            desk=value_of(Desk, row),
            desk_term=int(row.desk_term or 0),
            state=row.trade_state,
            decided_by=row.decided_by,
            term=Term(number=row.term, holder=row.holder),
        )

    def trade(self, trade_id: str) -> Trade | None:
        """Return a trade."""
        return next(iter(self._trades(TRADE, this=trade_id)), None)

    def trades(
        self,
        states: Collection[TradeState] = (),
        *,
        symbol: str = "",
        since: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[Trade, ...]:
        """Return trades, newest first; in any state where none is named, `since` those proposed or ended from then."""
        given = {"symbol": symbol, "since": since, "limit": limit}
        named = {name: value for name, value in given.items() if value not in {"", None}}
        query = _trades_by(frozenset(states), *named)
        return self._trades(query, **named)

    def symbols(self, states: Collection[TradeState], among: Collection[str]) -> frozenset[str]:
        """Return those of some symbols that have a trade in one of these states."""
        return frozenset(self._connection.scalars(SYMBOLS, {"states": list(states), "among": list(among)}))

    def unpublished(self) -> tuple[Trade, ...]:
        """Return proposals that never reached the stream, oldest first, those of one instant as they were proposed."""
        return self._trades(UNPUBLISHED)

    def orders(self, trade_id: str) -> tuple[Order, ...]:
        """Return a trade's orders as last seen, entry first, without nesting."""
        return self.orders_of([trade_id])[trade_id]

    def orders_of(self, trade_ids: Collection[str]) -> Mapping[str, tuple[Order, ...]]:
        """Return the orders of many trades as `orders` does, by trade; those of a trade without any are empty."""
        found: dict[str, list[Order]] = {trade_id: [] for trade_id in trade_ids}
        for some in at_once(list(found)):
            for row in self._connection.execute(ORDERS, {"some": some}):
                found[row.trade_id].append(order_of(row))
        return {trade_id: tuple(orders) for trade_id, orders in found.items()}

    def signals(self, limit: int, symbol: str = "") -> tuple[Signal, ...]:
        """Return signals, newest first, of one symbol if it is named, whether a trade came of them or not."""
        query = select(*SIGNAL).order_by(SignalRow.at.desc(), SignalRow.id.desc()).limit(limit)
        if symbol:
            query = query.where(SignalRow.symbol == symbol)
        return tuple(map(signal_of, self._connection.execute(query)))

    def setting(self, name: str) -> str | None:
        """Return a setting that was changed at run time."""
        return self._connection.scalar(SETTING, {"name": name})

    def settings(self, names: Collection[str]) -> Mapping[str, str]:
        """Return those of some settings that were changed at run time, by name."""
        rows = self._connection.execute(SETTINGS, {"names": sorted(names)})
        return {row.name: row.value for row in rows}

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """Return notices not yet delivered, in the order in which they were told."""
        query = select(OutboxRow).where(OutboxRow.delivered.is_(False)).order_by(OutboxRow.number).limit(limit)
        rows = self._connection.execute(query)
        return tuple(waiting_of(row) for row in rows)

    def was_enqueued(self, key: str, kind: NoticeKind | None = None) -> bool:
        """Tell whether a notice was ever put into the outbox, as this kind where one is named."""
        found = self._connection.scalar(ENQUEUED_KIND, {"key": key})
        return found is not None and kind in {None, found}

    def enqueued(self, key: str) -> Notice | None:
        """Return a notice that was put into the outbox, delivered or not; None where there is none any more."""
        row = self._connection.execute(ENQUEUED, {"key": key}).first()
        return None if row is None else notice_of(row)

    def posted(self, key: str) -> Posted | None:
        """Return where the message of a notice stands."""
        row = self._connection.execute(MESSAGE, {"key": key}).first()
        return None if row is None else value_of(Posted, row)

    def kept_key(self, key: str) -> KeptKey | None:
        """Return what a key from elsewhere was used for, None where it is new."""
        row = self._connection.execute(KEPT_KEY, {"key": key}).first()
        return None if row is None else value_of(KeptKey, row)

    def rows(self, table: str) -> Iterator[object]:
        """Yield all of 'trades', 'orders', 'decisions' or 'audit', oldest first, each column an attribute."""
        yield from self._connection.execute(WHOLE[table].execution_options(yield_per=AT_ONCE))

    def _trades(self, query: Select[TradeRow], **named: object) -> tuple[Trade, ...]:
        rows = self._connection.execute(query, named).all()
        signals = self._signals({(row.signal_id, row.id) for row in rows})
        return tuple(trade_of(row, signals[row.signal_id, row.id], approved_of(row)) for row in rows)

    def _signals(self, places: Collection[Place]) -> Mapping[Place, Signal]:
        known = self._known.among(places)
        missing = places - known.keys()
        read = read_signals(self._connection, {number for number, _ in missing})
        unknown = {place: read[place[0]] for place in missing}
        if self.learns:
            self._known.keep(unknown)
        return known | unknown


@cache
def _trades_by(states: frozenset[TradeState], *named: str) -> Select[TradeRow]:
    """Return the query for trades in these states, with a parameter for each of `symbol`, `since` and `limit`.

    Made once for each kind of question: to put a query together takes longer than to answer it.
    """
    query = TRADES.order_by(TradeRow.proposed_at.desc(), TradeRow.id.desc())
    if states:
        query = query.where(one_of(TradeRow.state, sorted(states)))
    if "symbol" in named:
        query = query.where(TradeRow.symbol == bindparam("symbol"))
    if "since" in named:
        since: BindParameter[datetime] = bindparam("since")
        query = query.where(or_(TradeRow.proposed_at >= since, TradeRow.closed_at >= since))
    return query.limit(bindparam("limit", type_=Integer)) if "limit" in named else query
