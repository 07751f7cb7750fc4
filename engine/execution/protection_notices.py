from dataclasses import replace
from decimal import Decimal

import structlog

from engine.common.duty_calls import DutyCalls
from engine.common.trade_lookup import existing
from engine.errors import CancelPending
from engine.model.activity import EXCHANGES
from engine.model.corporate_action import CorporateAction
from engine.model.desk import OWN_ACCORD
from engine.model.duty import CallKind
from engine.model.notices.corporate_actions import ActionLate
from engine.model.notices.trades import CancelStuck, ExitSenseless, TargetSet, TradeUnprotected
from engine.model.trade import OrderRole, Trade
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()


class ProtectionNotices:
    """Tells the desk, and keeps in the audit, how the stops of its trades do."""

    def __init__(self, *, store: Store, clock: Clock, calls: DutyCalls) -> None:
        self._store = store
        self._clock = clock
        self._calls = calls

    def record(self, trade: Trade) -> None:
        """Keep in the audit that a stop and a target were sent, of which the desk was told before."""
        with self._store.writing() as transaction:
            what = f"{trade.stop} {trade.target}"
            transaction.write_audit(OWN_ACCORD.entry(self._clock.now(), "protect", trade.id, what))

    def tell_pending(self, trade: Trade, pending: CancelPending) -> None:
        """Tell the desk, once for each order, that a sale waits for its cancel."""
        key = f"{trade.id}:cancel:{pending.client_order_id}"
        with self._store.writing() as transaction:
            transaction.enqueue_notice(CancelStuck(key=key, at=self._clock.now(), trade_id=trade.id))
        log.warning("cancel_pending", trade_id=trade.id, client_order_id=pending.client_order_id)

    def tell_protected(self, trade: Trade) -> None:
        """Tell the desk that what was bought without a bracket has its stop and target now, as was planned."""
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.enqueue_notice(TargetSet(key=f"{trade.id}:target", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, "protect", trade.id, f"{trade.stop} {trade.target}"))
        log.info("protected", trade_id=trade.id, stop=str(trade.stop), target=str(trade.target))

    def tell_bare(self, trade: Trade, shares: int, market: Decimal, turn: str) -> None:
        """Tell the desk, once for each price and turn, that shares stay without a stop: the market has reached it."""
        now = self._clock.now()
        key = f"{trade.id}:bare:{trade.stop}:{turn}"
        with self._store.writing() as transaction:
            if existing(transaction, trade.id).state is not trade.state:
                return  # it is being sold
            notice = ExitSenseless(
                key=key, at=now, trade_id=trade.id, role=OrderRole.STOP, price=trade.stop, market=market, bare=shares
            )
            if not self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED):
                return
            what = f"{OrderRole.STOP} {trade.stop}, market {market}"
            transaction.write_audit(OWN_ACCORD.entry(now, "protect", trade.id, "not sent", what))
        log.warning(
            "exit_makes_no_sense", trade_id=trade.id, role=OrderRole.STOP, price=str(trade.stop), market=str(market)
        )

    def tell_late(self, trade: Trade, shares: int, action: CorporateAction) -> None:
        """Tell the desk, once for each action, that shares, if there are any, have no stop until it is carried out."""
        if shares <= 0:
            return
        now = self._clock.now()
        notice = ActionLate(key=f"{trade.id}:late:{action.id}", at=now, trade_id=trade.id, action=action, bare=shares)
        with self._store.writing() as transaction:
            if existing(transaction, trade.id).state is not trade.state:
                return  # it is being sold
            rows = transaction.unclaimed(EXCHANGES, symbol=trade.symbol)
            notice = replace(notice, is_told=any(row.id == action.id for row in rows))
            if not self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED):
                return
            what = f"{action.kind} of {action.ex_date} is late, {shares} shares"
            transaction.write_audit(OWN_ACCORD.entry(now, "protect", trade.id, "not sent", what))
        log.warning("action_late", trade_id=trade.id, action=action.kind.value, shares=shares)

    def tell_sale_refused(self, trade: Trade, trouble: str) -> None:
        """Tell the desk, once for a trade, that the broker rejects its sale, and that it has no stop any more."""
        self._tell(trade, "exit", trouble, is_sale=True)

    def tell_unprotected(
        self, trade: Trade, turn: str, trouble: str, *, bare: int = 0, is_on_hold: bool = False
    ) -> None:
        """Tell the desk that shares had no live stop, and what keeps them from having one now, if something does."""
        self._tell(trade, turn, trouble, bare=bare, is_on_hold=is_on_hold)

    def _tell(
        self, trade: Trade, turn: str, trouble: str, *, bare: int = 0, is_on_hold: bool = False, is_sale: bool = False
    ) -> None:
        now = self._clock.now()
        with self._store.writing() as transaction:
            if existing(transaction, trade.id).state is not trade.state:
                return  # it moved on meanwhile, and its orders with it
            notice = TradeUnprotected(
                key=f"{trade.id}:unprotected:{turn}",
                at=now,
                trade_id=trade.id,
                trouble=trouble,
                bare=bare,
                is_on_hold=is_on_hold,
                is_sale=is_sale,
            )
            if self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED):
                transaction.write_audit(OWN_ACCORD.entry(now, "protect", trade.id, trouble or str(trade.stop)))
        log.warning("unprotected", trade_id=trade.id, stop=str(trade.stop), trouble=trouble)
