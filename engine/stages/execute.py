"""Fifth stage: an approved trade becomes one order at the broker.

The trade is moved to `submitted` before the request leaves, and its id is the order's client id. Whatever happens then,
the broker can be asked by that id whether it has the order; that is how `reconcile` ends what this stage left unclear.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from engine.errors import (
    AlreadyDecided,
    BrokerUnavailable,
    DeskNotActive,
    Expired,
    MarketClosed,
    OrderRefused,
    OrderUnclear,
    Refused,
)
from engine.model.desk import OWN_ACCORD, Desk, DeskState
from engine.model.notice import Notice, NoticeKind
from engine.model.trade import Order, Trade, TradeState
from engine.ports import Broker, Clock
from engine.stages.decide import existing
from engine.stages.gate import Gate
from engine.stages.hours import TradingHours
from engine.stages.services import Service, Services
from engine.truth import Ledger, Store

log = structlog.get_logger()

YOUNG = timedelta(minutes=2)
"""How long the price at which a trade was approved holds for an order that did not leave at once."""

WAITS = (timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8))
"""Real time before each further attempt of an order without a clear answer."""
SUBMIT, SUBMIT_AGAIN = "submit", "submit again"
LOOKED_THROUGH = 100
"""Entries of the audit about one trade; a submitted one has a dozen."""


class Execute:
    """Sends entries through the gate."""

    def __init__(
        self, *, store: Store, broker: Broker, clock: Clock, gate: Gate, hours: TradingHours, services: Services
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
        self._hours = hours
        self._services = services

    def __call__(self, trade: Trade) -> Trade:
        """Submit an approved trade; raises the Refused that says why the trade was ended instead.

        When the broker is not reached or its answer is lost, the trade stays `submitted` and `reconcile` finds out.
        """
        now = self._clock.now()
        if trade.expires_at <= now:
            self._end(trade, TradeState.CANCELLED, "expired")
            raise Expired(trade.id, trade.expires_at)
        with self._store.reading() as ledger:
            desk = ledger.desk()
        if desk.state is not DeskState.ACTIVE:
            self._end(trade, TradeState.CANCELLED, desk.state)
            raise DeskNotActive(desk.state, desk.reason, desk.by)
        with self._store.writing() as book:
            submitted = book.move(trade, TradeState.SUBMITTED)
            book.tell(Notice(key=f"{trade.id}:submitted", kind=NoticeKind.SUBMITTED, at=now, trade_id=trade.id))
            book.record(OWN_ACCORD.entry(now, SUBMIT, trade.id, f"{trade.shares} shares"))
        try:
            self._send(submitted)
        except DeskNotActive as error:
            self._end(submitted, TradeState.CANCELLED, str(error.facts["state"]))
            raise
        return submitted

    def send_again(self, trade: Trade) -> bool:
        """Send the order of a submitted trade that the broker does not have, once it is due, or end the trade.

        Returns whether it was sent.

        After three more attempts, or when its price is no longer young, it ends as failed. While the desk is not
        active, or was stopped since the approval, nothing is sent, but the order may still surface. The attempts are
        counted in the audit, so that a restart, or another bot on the same truth, goes on counting.
        """
        now = self._clock.now()
        with self._store.reading() as ledger:
            attempts = attempts_of(ledger, trade.id)
            allowed = is_allowed(trade, ledger.desk())
        try:
            if not is_young(trade, now):
                self._give_up(trade)
            elif allowed and (not attempts or now - attempts[-1] >= self._wait(attempts)):
                if len(attempts) > len(WAITS):
                    self._give_up(trade)
                elif self._is_counted(trade, attempts):
                    self._send(trade)
                    return True
        except Refused as error:
            log.warning("not_sent_again", trade_id=trade.id, error=str(error))
        return False

    def unanswered(self) -> tuple[str, ...]:
        """Return the ids of the submitted trades whose orders the broker is not known to have."""
        with self._store.reading() as ledger:
            return tuple(trade.id for trade in ledger.trades({TradeState.SUBMITTED}) if not ledger.orders(trade.id))

    def _send(self, trade: Trade) -> None:
        try:
            self._gate.submit(trade)
        except MarketClosed:
            self._end(trade, TradeState.CANCELLED, "outside_regular_hours")
            raise
        except OrderRefused as error:
            self._end(trade, TradeState.FAILED, str(error.facts["reason"]))
            raise
        except (BrokerUnavailable, OrderUnclear) as error:
            log.warning("order_unclear", trade_id=trade.id, error=str(error))
            self._services.lost(Service.BROKER, error)
        else:
            log.info("submitted", trade_id=trade.id, shares=trade.shares)

    def expire(self) -> None:
        """Cancel what was approved and not carried out while the price of the approval was young."""
        now = self._clock.now()
        with self._store.reading() as ledger:
            old = [trade for trade in ledger.trades({TradeState.APPROVED}) if not is_young(trade, now)]
        for trade in old:
            with suppress(AlreadyDecided):  # it was carried out at the last moment
                self._end(trade, TradeState.CANCELLED, "expired")

    def withdraw(self) -> None:
        """Cancel what entries have yet to buy once their time is over: raises TryAgain.

        One for extended hours ends with its proposal, a bracket with the regular session: it must not buy on another
        day, at another day's price.
        """
        now = self._clock.now()
        with self._store.reading() as ledger:
            buying = {trade.id: trade for trade in ledger.trades({TradeState.SUBMITTED})}
            buying |= {trade_id: existing(ledger, trade_id) for trade_id in ledger.unfilled()}
        is_regular = self._hours.is_regular(now)
        for order in self._broker.orders() if buying else ():
            trade = buying.get(order.client_order_id)
            is_late = not is_regular if order.legs else trade is not None and trade.expires_at <= now
            if trade and is_late and not order.state.is_over:
                self._withdraw(trade, order)

    def _withdraw(self, trade: Trade, order: Order) -> None:
        with suppress(AlreadyDecided), self._store.writing() as book:
            if not order.filled_shares:
                book.update(replace(trade, reason="not_filled"))
        try:
            self._broker.cancel(order)
        except OrderRefused as error:
            log.warning("entry_not_withdrawn", trade_id=trade.id, error=str(error))

    def _wait(self, attempts: Sequence[datetime]) -> timedelta:
        """Return how long to wait after the attempts so far, in market time: a replay's seconds are shorter."""
        return WAITS[min(len(attempts), len(WAITS)) - 1] * self._clock.speed

    def _is_counted(self, trade: Trade, attempts: Sequence[datetime]) -> bool:
        """Count one more attempt; False where somebody else did, or the trade moved on."""
        with self._store.writing() as book:
            if len(attempts_of(book, trade.id)) != len(attempts):
                return False
            if existing(book, trade.id).state is not TradeState.SUBMITTED:
                return False
            book.record(OWN_ACCORD.entry(self._clock.now(), SUBMIT_AGAIN, trade.id, f"{trade.shares} shares"))
            return True

    def _give_up(self, trade: Trade) -> None:
        """End a submitted trade whose order never arrived; raises BrokerUnavailable, and AlreadyDecided if it ended."""
        with self._gate.shut():  # nothing is on its way now, so the broker's answer is final
            if self._broker.order(trade.id) is None:
                self._end(trade, TradeState.FAILED, "never_arrived")

    def _end(self, trade: Trade, state: TradeState, reason: str) -> None:
        now = self._clock.now()
        with self._store.writing() as book:
            book.move(replace(trade, reason=reason), state)
            book.tell(Notice(key=f"{trade.id}:{state}", kind=NoticeKind.DECIDED, at=now, trade_id=trade.id))
            book.record(OWN_ACCORD.entry(now, state, trade.id, why=reason))


def attempts_of(ledger: Ledger, trade_id: str) -> tuple[datetime, ...]:
    """Return when a trade's order was sent, oldest first."""
    entries = ledger.audit(subject=trade_id, limit=LOOKED_THROUGH)
    return tuple(sorted(entry.at for entry in entries if entry.action in {SUBMIT, SUBMIT_AGAIN}))


def is_young(trade: Trade, now: datetime) -> bool:
    """Tell whether the price at which a trade was approved still holds."""
    return now - (trade.decided_at or trade.proposed_at) <= YOUNG


def is_allowed(trade: Trade, desk: Desk) -> bool:
    """Tell whether the desk trades, and went on trading since a trade was approved: a halt ends what was before it."""
    decided = trade.decided_at or trade.proposed_at
    return desk.state is DeskState.ACTIVE and (desk.since is None or desk.since <= decided)
