"""Fifth stage: an approved trade becomes one order at the broker.

The trade is moved to `submitted` before the request leaves, and its id is the order's client id. Whatever happens then,
the broker can be asked by that id whether it has the order; that is how `reconcile` ends what this stage left unclear.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from engine.common.approvals import Approvals, is_allowed
from engine.common.evidence import order_record
from engine.common.newest_halt import ended_by_halt
from engine.common.orders import entry_of
from engine.common.service_health import Service, ServiceHealth
from engine.common.trade_lookup import existing
from engine.common.trading_hours import TradingHours
from engine.errors import (
    BrokerUnavailable,
    DeskNotActive,
    Expired,
    Fenced,
    LookedTooLongAgo,
    OrderExists,
    OrderUnclear,
    RequestRefused,
)
from engine.execution.entry_ends import EXPIRED, NEVER_ARRIVED, EndEntry, EntryEnd, end_of
from engine.execution.order_gate import OrderGate
from engine.model.desk import OWN_ACCORD, DeskState
from engine.model.market import Session
from engine.model.notices.trades import TradeSubmitted
from engine.model.trade import Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import CLOCKS_DIFFER, Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()

WAITS = (timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8))
"""Real time before each further attempt of an order without a clear answer."""
LOOKS, BETWEEN_LOOKS = 3, 2.0
"""How often an order is looked for in vain until its trade is given up, and the real seconds between these looks."""
SUBMIT, SUBMIT_AGAIN, EXISTS = "submit", "submit again", "order exists"
"""What the audit calls the attempts, and the proof that the broker has the order though it does not show it."""
LOOKED_THROUGH = 100
"""Entries of the audit about one trade; a submitted one has a dozen."""


class Execute:
    """Sends entries through the gate."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        gate: OrderGate,
        hours: TradingHours,
        services: ServiceHealth,
        approvals: Approvals,
        end_entry: EndEntry,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
        self._hours = hours
        self._services = services
        self._approvals = approvals
        self._end = end_entry
        self._refused = dict[str, EntryEnd]()  # by trade, why its order was refused when it was sent again
        self._missed = dict[str, list[float]]()  # by trade, when (steady) its order was looked for in vain

    def __call__(self, trade: Trade, read_at: float | None = None) -> Trade:
        """Submit an approved trade; raises the RequestRefused that says why the trade was ended instead.

        `read_at` is when, in steady seconds, the price of the approval was read, None where that was in another life.
        When the broker is not reached or its answer is lost, the trade stays `submitted` and `reconcile` finds out.
        """
        now = self._clock.now()
        if read_at is not None:
            self._approvals.given(trade.id, read_at)
        if trade.expires_at <= now:
            self._end(trade, EXPIRED)
            raise Expired(trade.id, trade.expires_at)
        with self._store.reading() as reader:
            desk = reader.desk()
        if desk.state is not DeskState.ACTIVE:
            self._end(trade, EntryEnd(TradeState.CANCELLED, desk.state))
            raise DeskNotActive(desk.state, desk.reason, desk.by)
        with self._store.writing() as transaction:
            submitted = transaction.move(trade, TradeState.SUBMITTED)
            transaction.enqueue_notice(TradeSubmitted(key=f"{trade.id}:submitted", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, SUBMIT, trade.id, f"{trade.shares} shares"))
            session = Session.REGULAR if self._hours.is_regular(now) else Session.PRE
            transaction.save_decision(order_record(trade, entry_of(trade, session), now))
        try:
            self._send(submitted)
        except RequestRefused as error:
            end = end_of(error)
            if end:
                self._end(submitted, end)  # nothing was sent before this attempt, and nothing by it
            raise
        return submitted

    def send_again(self, trade: Trade) -> bool:
        """Send the order of a submitted trade that the broker does not show, once it is due, or end the trade.

        Returns whether it was sent.

        After three more attempts, or when its price is no longer young, it ends as failed, once several looks have not
        found the order; one of which the broker said that it has it is looked for until it is found. While the desk is
        not active, or was stopped since the approval, nothing is sent. The attempts are counted in the audit, so that a
        restart, or another bot on the same database, goes on counting.
        """
        now = self._clock.now()
        with self._store.reading() as reader:
            attempts, is_proven = attempts_of(reader, trade.id), is_known_to_exist(reader, trade.id)
            allowed = is_allowed(trade, reader.desk()) and trade.id not in ended_by_halt(reader)
        if is_proven:
            return False
        try:
            end = self._end_due(trade, attempts, now)
            if end:
                self._give_up(trade, end)
            elif allowed and self._is_due(attempts, now) and self._count_attempt(trade, attempts):
                self._send(trade)
                return True
        except Fenced as error:
            log.warning("not_given_up", trade_id=trade.id, error=str(error))
        except RequestRefused as error:
            log.warning("not_sent_again", trade_id=trade.id, error=str(error))
            again = end_of(error)
            if again and not isinstance(error, DeskNotActive):
                self._refused[trade.id] = again  # an earlier attempt may have arrived, so it is looked for first
        return False

    def unanswered(self) -> tuple[str, ...]:
        """Return the ids of the submitted trades whose orders the broker is not known to have."""
        with self._store.reading() as reader:
            return tuple(trade.id for trade in reader.trades({TradeState.SUBMITTED}) if not reader.orders(trade.id))

    def _send(self, trade: Trade) -> None:
        try:
            self._gate.submit(trade)
        except OrderExists as error:
            log.warning("order_exists", trade_id=trade.id, error=str(error))
            self._save_proof(trade)
        except (BrokerUnavailable, OrderUnclear) as error:
            log.warning("order_unclear", trade_id=trade.id, error=str(error))
            self._services.lost(Service.BROKER, error)
        except (Fenced, LookedTooLongAgo) as error:
            log.warning("order_held_back", trade_id=trade.id, error=str(error))
        else:
            log.info("submitted", trade_id=trade.id, shares=trade.shares)

    def _is_due(self, attempts: Sequence[datetime], now: datetime) -> bool:
        """Tell whether the next attempt's time has come, in market time: a replay's seconds are shorter."""
        wait = WAITS[min(len(attempts), len(WAITS)) - 1] * self._clock.speed
        return not attempts or now - attempts[-1] >= wait

    def _end_due(self, trade: Trade, attempts: Sequence[datetime], now: datetime) -> EntryEnd | None:
        """Say how a trade whose order is not shown is to end, None while the order may still be sent."""
        was_set_back = bool(attempts) and now < attempts[-1] - CLOCKS_DIFFER
        if trade.id in self._refused:
            return self._refused[trade.id]
        if was_set_back or not self._approvals.are_young(trade, now):
            return NEVER_ARRIVED
        return NEVER_ARRIVED if len(attempts) > len(WAITS) and self._is_due(attempts, now) else None

    def _count_attempt(self, trade: Trade, attempts: Sequence[datetime]) -> bool:
        """Count one more attempt; False where somebody else did, or the trade moved on."""
        with self._store.writing() as transaction:
            if len(attempts_of(transaction, trade.id)) != len(attempts):
                return False
            if existing(transaction, trade.id).state is not TradeState.SUBMITTED:
                return False
            transaction.write_audit(
                OWN_ACCORD.entry(self._clock.now(), SUBMIT_AGAIN, trade.id, f"{trade.shares} shares")
            )
            return True

    def _give_up(self, trade: Trade, end: EntryEnd) -> None:
        """End a submitted trade whose order several looks did not find; raises TemporaryError, and AlreadyDecided."""
        missed, now = self._missed.setdefault(trade.id, []), self._clock.steady()
        if missed and now - missed[-1] < BETWEEN_LOOKS:
            return
        with self._gate.shut() as term:  # nothing is on its way now, and nothing of an earlier term can leave
            if self._is_shown(trade):
                self._save_proof(trade)
                return
            missed.append(now)
            if len(missed) >= LOOKS:
                self._end(trade, end, term)
                self._forget(trade)

    def _is_shown(self, trade: Trade) -> bool:
        """Tell whether the broker shows an order, by its id or in a list: each may lag behind what it took."""
        if self._broker.order(trade.id) or trade.id in self._broker.find_orders([trade.id]):
            return True
        return any(order.client_order_id == trade.id for order in self._broker.orders())

    def _save_proof(self, trade: Trade) -> None:
        """Keep in the audit, once, that the broker has an order: then it is looked for until it is found."""
        with self._store.writing() as transaction:
            if not is_known_to_exist(transaction, trade.id):
                transaction.write_audit(OWN_ACCORD.entry(self._clock.now(), EXISTS, trade.id))

    def _forget(self, trade: Trade) -> None:
        self._missed.pop(trade.id, None)
        self._refused.pop(trade.id, None)


def attempts_of(reader: Reader, trade_id: str) -> tuple[datetime, ...]:
    """Return when a trade's order was sent, oldest first."""
    entries = reader.audit(subject=trade_id, limit=LOOKED_THROUGH)
    return tuple(sorted(entry.at for entry in entries if entry.action in {SUBMIT, SUBMIT_AGAIN}))


def is_known_to_exist(reader: Reader, trade_id: str) -> bool:
    """Tell whether the broker once said, or showed, that it has a trade's order."""
    return any(entry.action == EXISTS for entry in reader.audit(subject=trade_id, limit=LOOKED_THROUGH))
