from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Row, Update, bindparam, delete, insert, or_, select, update

from engine import spans
from engine.adapters.sql.account_tables import ActivityRow, CorporateActionRow, RiskRow
from engine.adapters.sql.audit_chain import append
from engine.adapters.sql.base import Base
from engine.adapters.sql.desk_tables import DeskRow, FenceRow, KeyRow, MessageRow, OutageRow, OutboxRow, SettingRow
from engine.adapters.sql.equity import add_point, take_in
from engine.adapters.sql.fingerprints import entries
from engine.adapters.sql.journal import save as save_entry
from engine.adapters.sql.news_tables import FindingRow, HeadlineRow, ModelCallRow, ScoredRow, SpendingRow, UnscoredRow
from engine.adapters.sql.notice_rows import columns_of_notice
from engine.adapters.sql.outbox import SqlClaims
from engine.adapters.sql.performance import TABLES
from engine.adapters.sql.reader import DESK_TERM, SqlReader
from engine.adapters.sql.result_rollups import make_again
from engine.adapters.sql.shadow_trades import save
from engine.adapters.sql.signals import KnownSignals
from engine.adapters.sql.tables import DecisionRow, FillRow, OrderRow, SignalRow, TradeRow
from engine.adapters.sql.values import (
    columns_of,
    columns_of_call,
    columns_of_order,
    columns_of_signal,
    columns_of_trade,
    order_of,
)
from engine.errors import AlreadyDecided, Repeated, UnknownTrade
from engine.model.account import Account
from engine.model.activity import Activity
from engine.model.corporate_action import ActionState, CorporateAction
from engine.model.desk import AuditEntry, Desk
from engine.model.journal import JournalEntry
from engine.model.manual_proposal import KeptKey
from engine.model.market import Headline, exchange_date
from engine.model.news import ModelCall
from engine.model.notices.base import Notice, Posted
from engine.model.outage import Outage
from engine.model.shadow import ShadowTrade
from engine.model.signal import Finding, Signal
from engine.model.trade import MOVES, Order, OrderState, Trade, TradeState

END = select(TradeRow.symbol, TradeRow.closed_at).where(TradeRow.id == bindparam("this"))
ORDERS_OF = select(OrderRow).where(OrderRow.trade_id == bindparam("this"))
SAVE_ORDER = update(OrderRow).where(OrderRow.id == bindparam("this"))
ADD_ORDER = insert(OrderRow).returning(*OrderRow.__table__.c)
ADD_SIGNAL = insert(SignalRow).returning(SignalRow.id)
SET_DESK = update(DeskRow)
KNOWN_ACTIVITY = select(ActivityRow.id).where(ActivityRow.id == bindparam("this"))
COMPARE_AND_SET = update(TradeRow).where(TradeRow.id == bindparam("this"), TradeRow.state == bindparam("expected"))

REHEARSED, REHEARSED_LENGTH = "rehearsal", 12_000
"""The key of a row that nobody ever sees, and its characters: some new pages of SQLite, as a notice may need."""


class SqlTransaction(SqlClaims, SqlReader):
    """The port Transaction; no other write runs beside it, so to look and then to write is safe."""

    learns = False

    def __init__(self, connection: Connection, known: KnownSignals) -> None:
        super().__init__(connection, known)
        self._changed: set[str] = set()

    def seal(self) -> None:
        """Add the fingerprints of the trades that were changed to the audit; nothing may be changed after that."""
        for entry in entries(self._connection, sorted(self._changed)):
            append(self._connection, entry)

    def set_desk(self, desk: Desk) -> None:
        """Change the desk; where that changes its state a new term begins."""
        if self.desk().state is not desk.state:
            term = self.term().number + 1
            self._connection.execute(update(FenceRow).values(term=term))
            self.set_setting(DESK_TERM, str(term))
        self._connection.execute(SET_DESK, columns_of(desk))

    def save_outage(self, outage: Outage) -> None:
        """Keep that a process finds a service lost."""
        self._put(OutageRow, columns_of(outage))

    def prolong_outage(self, outage: Outage) -> bool:
        """Keep until when it still holds; False where somebody has reached the service meanwhile."""
        mine = OutageRow.service == outage.service, OutageRow.process == outage.process
        return bool(self._connection.execute(update(OutageRow).where(*mine).values(until=outage.until)).rowcount)

    def end_outages(self, service: str, process: str, now: datetime) -> int:
        """Forget a process's outage of a service, and those of others that hold no more; return how many."""
        is_over = or_(OutageRow.process == process, OutageRow.until <= now)
        return self._connection.execute(delete(OutageRow).where(OutageRow.service == service, is_over)).rowcount

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting at run time."""
        self._put(SettingRow, {"name": name, "value": value})

    def add_signal(self, signal: Signal, why_not: str) -> None:
        """Keep a signal that no trade came of, and why."""
        self._add(SignalRow, columns_of_signal(signal) | {"why_not": why_not})

    def propose(self, trade: Trade) -> None:
        """Keep a new proposal with its signal; it is not yet published."""
        signal = columns_of_signal(trade.signal) | {"why_not": ""}
        signal_id = self._connection.scalar(ADD_SIGNAL, signal)
        self._add(TradeRow, columns_of_trade(trade) | {"signal_id": signal_id, "published": False})
        self._changed.add(trade.id)
        self._sum_up({(trade.symbol, trade.closed_at)})

    def mark_published(self, trade_id: str) -> None:
        """Note that a proposal is on the stream; raises UnknownTrade."""
        published = update(TradeRow).where(TradeRow.id == trade_id).values(published=True)
        if not self._connection.execute(published).rowcount:
            raise UnknownTrade(trade_id)

    def move(self, trade: Trade, to: TradeState) -> Trade:
        """Move a trade on, with whatever else of it has changed, and return it in its new state.

        Raises AlreadyDecided when the stored state is not `trade.state`, UnknownTrade, and ValueError for a move that
        does not exist.
        """
        if to not in MOVES.get(trade.state, frozenset()):
            raise ValueError(f"a trade never moves from {trade.state} to {to}")
        moved = replace(trade, state=to)
        self._compare_and_set(moved, expected=trade.state)
        decision = {
            "trade_id": trade.id,
            "from_state": trade.state,
            "to_state": to,
            "by": trade.closed_by or trade.decided_by,
            "at": max(filter(None, (trade.proposed_at, trade.decided_at, trade.filled_at, trade.closed_at))),
            "reason": trade.reason,
            "trace": spans.context() or None,
        }
        self._add(DecisionRow, decision)
        return moved

    def update(self, trade: Trade) -> None:
        """Keep what has changed of a trade that stays in its state; raises AlreadyDecided or UnknownTrade."""
        self._compare_and_set(trade, expected=trade.state)

    def save_order(self, trade_id: str, order: Order) -> None:
        """Keep an order and its legs as last seen, and each new fill; an older sight of it that comes late is left."""
        self._save_order_row(trade_id, order, parent_id=None)

    def save_findings(
        self, symbol: str, headlines: Sequence[Headline], findings: Sequence[Finding], scorer: str
    ) -> None:
        """Keep headlines as scored for a symbol, with what was found in them in place of what was found before."""
        for headline in headlines:
            self._put(HeadlineRow, columns_of(headline))
            self._put(ScoredRow, {"headline_id": headline.id, "symbol": symbol, "wording": headline.wording})
        ids = [headline.id for headline in headlines]
        before = delete(FindingRow).where(FindingRow.symbol == symbol, FindingRow.headline_id.in_(ids))
        self._connection.execute(before)
        for finding in findings:
            self._add(FindingRow, columns_of(finding) | {"scorer": scorer})

    def forget_scored(self, retracted: Collection[tuple[str, str]]) -> None:
        """Take away what was found in headlines about symbols, by (headline id, symbol): they count as not scored."""
        for headline_id, symbol in retracted:
            for row in (FindingRow, ScoredRow):
                self._connection.execute(delete(row).where(row.headline_id == headline_id, row.symbol == symbol))

    def note_unscored(self, at: datetime, reasons: Mapping[str, str]) -> None:
        """Note for each symbol by whom and why headlines about it are left out, and with '' that none are any more."""
        self._connection.execute(delete(UnscoredRow).where(UnscoredRow.symbol.in_(reasons)))
        for symbol, reason in reasons.items():
            if reason:
                self._add(UnscoredRow, {"symbol": symbol, "at": at, "reason": reason})

    def save_call(self, call: ModelCall) -> None:
        """Keep a call to a model."""
        self._add(ModelCallRow, columns_of_call(call))

    def add_spending(self, day: date, dollars: Decimal) -> None:
        """Add dollars to what was spent on a model on a day (UTC)."""
        self._put(SpendingRow, {"day": day, "dollars": self.spent(day) + dollars})

    def add_activity(self, activity: Activity, trade_id: str = "") -> bool:
        """Keep an activity, and the trade that it belongs to; False, and nothing done, when it was kept before."""
        if self._connection.scalar(KNOWN_ACTIVITY, {"this": activity.id}):
            return False
        self._add(ActivityRow, columns_of(activity) | {"trade_id": trade_id})
        take_in(self._connection, activity)
        return True

    def claim_activity(self, activity_id: str, trade_id: str) -> None:
        """Note that an activity belongs to a trade, or to nobody's (`NOBODY`)."""
        mine = update(ActivityRow).where(ActivityRow.id == activity_id).values(trade_id=trade_id)
        self._connection.execute(mine)

    def save_action(self, action: CorporateAction, state: ActionState) -> None:
        """Keep a corporate action, and how far the desk is with it."""
        self._put(CorporateActionRow, columns_of(action) | {"state": state})

    def save_equity(self, at: datetime, account: Account, open_risk: Decimal) -> None:
        """Add a point to the curve of equity and to the risk log."""
        add_point(self._connection, at, account)
        self._put(RiskRow, {"at": at, "open_risk": open_risk})

    def save_shadow(self, trade: ShadowTrade, before: ShadowTrade | None = None) -> bool:
        """Keep a new simulated trade, or what became of one; False where another process was there first."""
        return save(self._connection, trade, before)

    def save_journal(self, entry: JournalEntry) -> bool:
        """Keep a note or a grade; False where a version is kept that is as high."""
        return save_entry(self._connection, entry)

    def enqueue_notice(self, notice: Notice) -> bool:
        """Put a notice into the outbox; False, and nothing done, when its key was told before."""
        if self.was_enqueued(notice.key):
            return False
        self._add(OutboxRow, columns_of_notice(notice) | {"delivered": False, "trace": spans.context() or None})
        return True

    def delivered(self, number: int, posted: Posted | None) -> None:
        """Note that a waiting notice was delivered, and where its message stands if it has one."""
        done = update(OutboxRow).where(OutboxRow.number == number).values(delivered=True).returning(OutboxRow.key)
        key = self._connection.scalar(done)
        if key is None:
            raise ValueError(f"there is no notice {number}")
        if posted:
            self._put(MessageRow, columns_of(posted) | {"key": key})

    def rehearse(self) -> None:
        """Write as much as a long notice needs, and take it back: to leave the transaction well proves writes work."""
        self._add(MessageRow, {"key": REHEARSED, "channel": "-" * REHEARSED_LENGTH, "ts": ""})
        self._connection.execute(delete(MessageRow).where(MessageRow.key == REHEARSED))

    def write_audit(self, entry: AuditEntry) -> None:
        """Add to the audit; raises Repeated where it has an entry of the same request."""
        if self.is_served(entry.request):
            raise Repeated
        append(self._connection, entry)

    def keep_key(self, key: str, kept: KeptKey, at: datetime) -> None:
        """Keep what a new key was used for at an instant; raises Repeated where it was used before."""
        if self.kept_key(key) is not None:
            raise Repeated
        self._add(KeyRow, columns_of(kept) | {"key": key, "at": at})

    def forget_keys(self, before: datetime) -> int:
        """Forget the keys that were kept before an instant; return how many."""
        return self._connection.execute(delete(KeyRow).where(KeyRow.at < before)).rowcount

    def _add(self, table: type[Base], columns: dict[str, Any]) -> None:
        self._connection.execute(_adding(table), columns)

    def _put(self, table: type[Base], columns: dict[str, Any]) -> None:
        """Change the row of this primary key, or add it."""
        keys = {f"this_{column.key}": columns[column.key] for column in table.__table__.primary_key}
        if not self._connection.execute(_changing(table), columns | keys).rowcount:
            self._add(table, columns)

    def _compare_and_set(self, trade: Trade, *, expected: TradeState) -> None:
        ends = {(row.symbol, row.closed_at) for row in self._connection.execute(END, {"this": trade.id})}
        columns = columns_of_trade(trade) | {"this": trade.id, "expected": expected}
        if not self._connection.execute(COMPARE_AND_SET, columns).rowcount:
            stored = self.trade(trade.id)
            if stored is None:
                raise UnknownTrade(trade.id)
            raise AlreadyDecided(trade.id, stored.state, stored.decided_by)
        self._changed.add(trade.id)
        self._sum_up({*ends, (trade.symbol, trade.closed_at)})

    def _sum_up(self, ends: Collection[tuple[str, datetime | None]]) -> None:
        """Make the results again of the days on which a trade ended, and on which it no longer does."""
        for symbol, day in {(symbol, exchange_date(at)) for symbol, at in ends if at}:
            make_again(self._connection, TABLES, day, symbol)

    def _save_order_row(self, trade_id: str, order: Order, *, parent_id: int | None) -> None:
        known = self._order_row(trade_id, order)
        row = known or self._add_order(trade_id, order, parent_id)
        seen = order_of(row)
        if seen.state is OrderState.REPLACED and order.state is not OrderState.REPLACED and not order.replaced:
            return  # an older sight: its fills may count in what replaced it by now
        if known is None or seen != replace(order, legs=(), replaced=()):
            self._changed.add(trade_id)
        if order.filled_shares >= seen.filled_shares:
            self._connection.execute(SAVE_ORDER, columns_of_order(order) | {"this": row.id})
        if order.filled_shares > seen.filled_shares:
            self._add(FillRow, {"order_id": row.id, **_new_fill(seen, order)})
        for part in (*order.legs, *order.replaced):
            self._save_order_row(trade_id, part, parent_id=row.id)

    def _add_order(self, trade_id: str, order: Order, parent_id: int | None) -> Row[Any]:
        unfilled = columns_of_order(replace(order, filled_shares=0, fill_price=None))
        return self._connection.execute(ADD_ORDER, unfilled | {"trade_id": trade_id, "parent_id": parent_id}).one()

    def _order_row(self, trade_id: str, order: Order) -> Row[Any] | None:
        """Return the row of an order; one that replaced others takes over that of the newest of them."""
        rows = self._connection.execute(ORDERS_OF, {"this": trade_id}).all()
        sights = (order, *reversed(order.replaced))
        return next((row for sight in sights for row in rows if _is_same(row, sight)), None)


@cache
def _adding(table: type[Base]) -> Insert:
    return insert(table)


@cache
def _changing(table: type[Base]) -> Update:
    """Return the statement that changes the row of a primary key, whose columns are parameters after 'this_'."""
    keys = table.__table__.primary_key
    return update(table).where(*(column == bindparam(f"this_{column.key}") for column in keys))


def _is_same(row: Row[Any], order: Order) -> bool:
    """Compare the broker's ids; where one of the two lacks it, our own, which legs may share with their entry."""
    if row.broker_id and order.broker_id:
        return bool(row.broker_id == order.broker_id)
    return bool((row.client_order_id, row.role) == (order.client_order_id, order.role))


def _new_fill(seen: Order, now: Order) -> dict[str, Any]:
    """Work out what the shares since the last sight cost, dollars a share, from the averages of all then and now."""
    shares = now.filled_shares - seen.filled_shares
    paid = seen.filled_shares * (seen.fill_price or Decimal(0))
    price = None if now.fill_price is None else (now.filled_shares * now.fill_price - paid) / shares
    return {"shares": shares, "price": price, "at": now.filled_at}
