"""Fifth stage: an approved trade becomes one order at the broker.

The trade is moved to `submitted` before the request leaves, and its id is the order's client id. Whatever happens then,
the broker can be asked by that id whether it has the order; that is how `reconcile` ends what this stage left unclear.
"""

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
)
from engine.model.desk import OWN_ACCORD, DeskState
from engine.model.notice import Notice, NoticeKind
from engine.model.trade import Entry, Trade, TradeState
from engine.ports import Broker, Clock
from engine.stages.gate import Gate
from engine.stages.services import Service, Services
from engine.truth import Store

log = structlog.get_logger()

YOUNG = timedelta(minutes=2)
"""How long the price at which a trade was approved holds for an order that did not leave at once."""


class Execute:
    """Sends entries through the gate."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, gate: Gate, services: Services) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
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
            book.record(OWN_ACCORD.entry(now, "submit", trade.id, f"{trade.shares} shares"))
        self.send(submitted)
        return submitted

    def send(self, trade: Trade) -> None:
        """Send the order of a submitted trade; the caller knows that the broker does not have it."""
        entry = Entry(
            client_order_id=trade.id,
            symbol=trade.symbol,
            shares=trade.shares,
            stop=trade.stop,
            target=trade.target,
        )
        try:
            self._gate.submit(entry)
        except DeskNotActive as error:
            self._end(trade, TradeState.CANCELLED, str(error.facts["state"]))
            raise
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

    def give_up(self, trade: Trade) -> None:
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


def is_young(trade: Trade, now: datetime) -> bool:
    """Tell whether the price at which a trade was approved still holds."""
    return now - (trade.decided_at or trade.proposed_at) <= YOUNG
