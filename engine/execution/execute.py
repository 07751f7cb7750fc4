"""Fifth stage: an approved trade becomes one order at the broker.

The trade is moved to `submitted` before the request leaves, and its id is the order's client id. Whatever happens then,
the broker can be asked by that id whether it has the order; that is how `reconcile` ends what this stage left unclear.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from engine.common.approvals import Approvals, is_allowed
from engine.common.evidence import order_record
from engine.common.kept_orders import KeptOrders
from engine.common.newest_halt import ended_by_halt
from engine.common.orders import entry_of
from engine.common.retry_each import for_each
from engine.common.service_health import Service, ServiceHealth
from engine.common.trade_lookup import existing
from engine.common.trading_hours import TradingHours
from engine.errors import (
    AlreadyDecided,
    BrokerUnavailable,
    DeskNotActive,
    Expired,
    Fenced,
    LookedTooLongAgo,
    MarketClosed,
    NoPrice,
    OrderExists,
    OrderRefused,
    OrderUnclear,
    OtherStrategy,
    RequestRefused,
    RiskRefused,
    SymbolHalted,
)
from engine.execution.order_gate import OrderGate
from engine.model.desk import OWN_ACCORD, DeskState, Term
from engine.model.market import Session
from engine.model.notices.proposals import TradeDecided
from engine.model.notices.trades import TradeSubmitted
from engine.model.reason import EndReason
from engine.model.trade import Order, Trade, TradeState
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


class _End(NamedTuple):
    """How a trade is to end whose order did not leave, or never arrived."""

    state: TradeState
    reason: str


NEVER_ARRIVED = _End(TradeState.FAILED, EndReason.NEVER_ARRIVED)


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
        kept_orders: KeptOrders,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
        self._hours = hours
        self._services = services
        self._approvals = approvals
        self._kept_orders = kept_orders
        self._refused = dict[str, _End]()  # by trade, why its order was refused when it was sent again
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
            self._end(trade, _End(TradeState.CANCELLED, EndReason.EXPIRED))
            raise Expired(trade.id, trade.expires_at)
        with self._store.reading() as reader:
            desk = reader.desk()
        if desk.state is not DeskState.ACTIVE:
            self._end(trade, _End(TradeState.CANCELLED, desk.state))
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
            end = _end_of(error)
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
            allowed = is_allowed(trade, reader.desk())
        if is_proven:
            return False
        try:
            end = self._end_due(trade, attempts, now)
            if end:
                self._give_up(trade, end)
            elif allowed and self._is_due(attempts, now) and self._is_counted(trade, attempts):
                self._send(trade)
                return True
        except Fenced as error:
            log.warning("not_given_up", trade_id=trade.id, error=str(error))
        except RequestRefused as error:
            log.warning("not_sent_again", trade_id=trade.id, error=str(error))
            again = _end_of(error)
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

    def expire(self) -> None:
        """Cancel what was approved and not carried out while the price of the approval was young; raises TradeFault."""
        now = self._clock.now()
        with self._store.reading() as reader:
            approved = {trade.id: trade for trade in reader.trades({TradeState.APPROVED})}

        def end_if_old(trade_id: str) -> None:
            if not self._approvals.are_young(approved[trade_id], now):
                with suppress(AlreadyDecided):  # it was carried out at the last moment
                    self._end(approved[trade_id], _End(TradeState.CANCELLED, EndReason.EXPIRED))

        for_each(approved, end_if_old)

    def withdraw(self) -> None:
        """Cancel what entries have yet to buy once their time is over, or the desk was halted since they were approved.

        One for extended hours ends with its proposal, a bracket with the regular session in which it was decided: it
        must not buy on another day, at another day's price. A halt may not have reached the broker, and whoever let the
        desk trade again since counts on what it ended. Raises TradeFault, and the first TemporaryError, at the end.
        """
        now = self._clock.now()
        with self._store.reading() as reader:
            buying = {trade.id: trade for trade in reader.trades({TradeState.SUBMITTED})}
            buying |= {trade_id: existing(reader, trade_id) for trade_id in reader.unfilled()}
            halted = ended_by_halt(reader) if buying else frozenset()
        alive = [order for order in (self._broker.orders() if buying else ()) if not order.state.is_over]
        ours = {order.client_order_id: order for order in alive if order.client_order_id in buying}

        def look(trade_id: str) -> None:
            trade, order = buying[trade_id], ours[trade_id]
            if trade_id in halted:
                self._withdraw(trade, order, "")  # no more is said of one that the halt itself cancels
            elif self._is_late(trade, order, now):
                self._withdraw(trade, order, EndReason.NOT_FILLED)

        for_each(ours, look)

    def _is_late(self, trade: Trade, order: Order, now: datetime) -> bool:
        if not order.legs:
            return trade.expires_at <= now
        opened = self._hours.opened(now)
        was_before = opened is not None and self._approvals.young_until(trade) < opened
        return was_before or not self._hours.is_regular(now)

    def _withdraw(self, trade: Trade, order: Order, reason: str) -> None:
        if reason and not order.filled_shares:
            with suppress(AlreadyDecided), self._store.writing() as transaction:
                transaction.update(replace(trade, reason=reason))
        self._kept_orders.expect_end(order)
        try:
            self._broker.cancel(order)
        except OrderRefused as error:
            log.warning("entry_not_withdrawn", trade_id=trade.id, error=str(error))

    def _is_due(self, attempts: Sequence[datetime], now: datetime) -> bool:
        """Tell whether the next attempt's time has come, in market time: a replay's seconds are shorter."""
        wait = WAITS[min(len(attempts), len(WAITS)) - 1] * self._clock.speed
        return not attempts or now - attempts[-1] >= wait

    def _end_due(self, trade: Trade, attempts: Sequence[datetime], now: datetime) -> _End | None:
        """Say how a trade whose order is not shown is to end, None while the order may still be sent."""
        was_set_back = bool(attempts) and now < attempts[-1] - CLOCKS_DIFFER
        if trade.id in self._refused:
            return self._refused[trade.id]
        if was_set_back or not self._approvals.are_young(trade, now):
            return NEVER_ARRIVED
        return NEVER_ARRIVED if len(attempts) > len(WAITS) and self._is_due(attempts, now) else None

    def _is_counted(self, trade: Trade, attempts: Sequence[datetime]) -> bool:
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

    def _give_up(self, trade: Trade, end: _End) -> None:
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

    def _end(self, trade: Trade, end: _End, term: Term | None = None) -> None:
        now = self._clock.now()
        with self._store.writing(term) as transaction:
            transaction.move(replace(trade, reason=end.reason), end.state)
            transaction.enqueue_notice(TradeDecided(key=f"{trade.id}:{end.state}", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, end.state, trade.id, why=end.reason))

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


def _end_of(error: RequestRefused) -> _End | None:
    """Say how a trade ends whose order was refused like this, None where it is for somebody else to say."""
    facts = error.facts
    ends: tuple[tuple[type[RequestRefused], TradeState, str], ...] = (
        (MarketClosed, TradeState.CANCELLED, EndReason.OUTSIDE_HOURS),
        (Expired, TradeState.CANCELLED, EndReason.EXPIRED),
        (OtherStrategy, TradeState.CANCELLED, EndReason.OTHER_STRATEGY),
        (NoPrice, TradeState.CANCELLED, EndReason.NO_PRICE),
        (SymbolHalted, TradeState.CANCELLED, EndReason.SYMBOL_HALTED),
        (RiskRefused, TradeState.CANCELLED, str(facts.get("rule", ""))),
        (DeskNotActive, TradeState.CANCELLED, str(facts.get("state", ""))),
        (OrderRefused, TradeState.FAILED, str(facts.get("reason", ""))),
    )
    return next((_End(state, reason) for kind, state, reason in ends if isinstance(error, kind)), None)
