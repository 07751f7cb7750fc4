"""What was sold beyond what was held is bought back: both exits of a bracket filled, or one came late."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from engine.common.duty_calls import DutyCalls
from engine.common.orders import Orders, ask, bought_back, is_by_hand, next_id
from engine.common.retry_each import for_each
from engine.common.share_counts import told_foreign
from engine.common.symbol_halts import refuse_halted
from engine.common.trade_lookup import existing
from engine.common.trading_hours import TradingHours
from engine.errors import AlreadyDecided, OrderRefused, SymbolHalted
from engine.execution.corporate_actions import Restate
from engine.execution.exit_gate import ExitGate, as_seen, sent_once
from engine.execution.external_holdings import save_foreign, tell_foreign
from engine.execution.quantities import quantity_of
from engine.execution.rejected_orders import last_rejected, trouble_of
from engine.model.desk import OWN_ACCORD
from engine.model.duty import CallKind
from engine.model.notices.trades import CoveringShort, CoverRefused, OversoldCause, TradeOversold
from engine.model.signal import Side
from engine.model.trade import AT_THE_BROKER, Order, OrderRole, Trade, TradeState
from engine.ports.broker import POSITIONS_LAG, Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()

PAUSE = timedelta(minutes=5)
"""Real time after which a purchase that the broker took and then rejected is sent anew."""


class CoverShorts:
    """Tells at once that the desk is short by surprise, and buys the surplus back where that is wanted.

    It buys no more than the broker shows short, and only once nothing sells for the trade any more. That is an exit: a
    halt of the desk, which the risk of a short brings about by itself, does not keep it. One of the exchange does: an
    order at the market would wait for whatever price trading reopens at. While a company exchanges the shares, or
    nobody knows whether it did, it waits: how many are owed is not known then. What the broker refuses, or takes and
    then rejects, is told once, and tried again.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        hours: TradingHours,
        exits: ExitGate,
        restate: Restate,
        calls: DutyCalls,
        wanted: bool,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._hours = hours
        self._exits = exits
        self._restate = restate
        self._calls = calls
        self._wanted = wanted
        self._rejected: dict[str, datetime] = {}
        self._even: dict[str, datetime] = {}

    def __call__(self) -> None:
        """See to every trade that sold more than it bought; raises TradeFault or the first TemporaryError at last."""
        with self._store.reading() as reader:
            short = oversold(reader)
            known = reader.orders_of([trade.id for trade in short])
        if not short:
            return
        positions = {held.symbol: held.shares for held in self._broker.positions()}
        trades = {trade.id: trade for trade in short}
        for_each(trades, lambda trade_id: self._see_to(trades[trade_id], known[trade_id], positions))

    def _see_to(self, trade: Trade, known: tuple[Order, ...], positions: Mapping[str, int]) -> None:
        orders = ask(self._broker, trade.id, known)
        self._enqueue(trade, orders)
        found = positions.get(trade.symbol, 0)
        short = max(0, -found)
        with self._store.reading() as reader:
            is_understood = self._is_understood(reader, trade, found)
        is_moving = any(not order.state.is_over for order in (*orders.exits, *orders.covers))
        if not is_understood or is_moving or not orders.short_shares(trade):  # what bought it back is yet to be booked
            self._even.pop(trade.id, None)
            return
        if not short:
            self._settle(trade, known)
            return
        self._even.pop(trade.id, None)
        shares = min(orders.short_shares(trade), short)
        is_wanted = self._wanted or trade.state is TradeState.CLOSING  # which somebody asked for
        if not is_wanted or not shares or not self._hours.is_regular(self._clock.now()):
            return
        rejected = last_rejected(trade.id, OrderRole.COVER, orders.covers)
        if rejected:
            self._tell_refused(trade, shares, rejected[0].client_order_id, trouble_of(rejected[-1]))
            if self._is_pausing(rejected[-1]):
                return
        self._buy_back(trade, shares, found, known, is_told=bool(rejected))

    def _buy_back(self, trade: Trade, shares: int, found: int, known: Sequence[Order], *, is_told: bool) -> None:
        """Send what buys back, and tell it; not where `is_told` that the broker rejects it: that promises nothing."""
        key = next_id(trade.id, OrderRole.COVER, known)
        try:
            sent = sent_once(self._broker, key, lambda: self._bought_back(key, trade, shares, found))
        except (AlreadyDecided, SymbolHalted):
            return  # another process was quicker, or the exchange halts the symbol
        except OrderRefused as error:
            log.warning("not_bought_back", trade_id=trade.id, why=str(error))
            if not is_told and self._is_still_short(trade.symbol, shares):
                self._tell_refused(trade, shares, key, str(error.facts["reason"]))
            return
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.save_order(trade.id, sent)
            if not is_told:
                transaction.enqueue_notice(CoveringShort(key=key, at=now, trade_id=trade.id, shares=shares))
            transaction.write_audit(OWN_ACCORD.entry(now, "buy back", trade.id, f"{shares} shares"))
        log.warning("buying_back", trade_id=trade.id, shares=shares)

    def _is_pausing(self, rejected: Order) -> bool:
        """Tell whether it is too soon to send anew what the broker rejected; a life waits from its first look at it."""
        now = self._clock.now()
        return now - self._rejected.setdefault(rejected.client_order_id, now) < PAUSE * self._clock.speed

    def _is_still_short(self, symbol: str, shares: int) -> bool:
        """Tell whether the broker shows as many short still, and nobody else's order buys them back."""
        position = self._broker.position(symbol)
        buying = (order for order in self._broker.orders() if order.symbol == symbol and order.side is Side.BUY)
        return position is not None and position.shares <= -shares and not any(buying)

    def _tell_refused(self, trade: Trade, shares: int, turn: str, trouble: str) -> None:
        """Raise the alarm, once while one purchase after the other is refused or rejected."""
        now = self._clock.now()
        key = f"{trade.id}:cover-refused:{turn}"
        notice = CoverRefused(key=key, at=now, trade_id=trade.id, shares=shares, trouble=trouble)
        with self._store.writing() as transaction:
            if self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED):
                transaction.write_audit(OWN_ACCORD.entry(now, "buy back", trade.id, "refused", trouble))
                log.error("cover_refused", trade_id=trade.id, why=trouble)

    def _is_understood(self, reader: Reader, trade: Trade, found: int) -> bool:
        """Tell whether what the account is short of is what was sold: no company exchanges it."""
        if trade.symbol in self._restate.exchanging(reader):
            return False
        return found >= 0 or not quantity_of(reader, trade.symbol, found).is_suspect

    def _bought_back(self, key: str, trade: Trade, shares: int, found: int) -> Order:
        """Send what buys back, unless the trade, or what buys for it, is no longer as it was seen, or is halted."""

        def look(reader: Reader) -> None:
            as_seen(trade)(reader)
            refuse_halted(reader, trade.symbol)
            is_next = next_id(trade.id, OrderRole.COVER, reader.orders(trade.id)) == key
            is_as_seen = is_next and existing(reader, trade.id).short_shares >= shares
            if not is_as_seen or not self._is_understood(reader, trade, found):
                raise AlreadyDecided(trade.id, trade.state, trade.decided_by)

        with self._exits.open(look) as last_look:
            return self._broker.buy_back(key, trade.symbol, shares, last_look)

    def _settle(self, trade: Trade, known: Sequence[Order]) -> None:
        """End a trade whose surplus the account is not short of: it came out of shares of others, at the same price.

        The account may show a sale a moment late, so that counts only when it lasts. Where others are not known to
        have had so many, somebody bought them back: that is booked at its own price, as every execution is.
        """
        now = self._clock.now()
        if now - self._even.setdefault(trade.id, now) < POSITIONS_LAG * self._clock.speed:
            return
        shares, price = trade.short_shares, trade.exit_price or Decimal(0)
        with self._store.writing() as transaction:
            foreign = told_foreign(transaction)
            left = foreign.pop(trade.symbol, 0) - shares
            if left < 0 or existing(transaction, trade.id).short_shares != shares:
                return
            transaction.save_order(trade.id, bought_back(trade, shares, price, known, now))
            save_foreign(transaction, {**foreign, trade.symbol: left} if left else foreign)
            tell_foreign(transaction, trade.symbol, left, now)
            transaction.write_audit(
                OWN_ACCORD.entry(now, "oversold", trade.id, f"{shares} shares", "out of shares of others")
            )
        self._even.pop(trade.id, None)
        log.warning("surplus_was_others", trade_id=trade.id, shares=shares)

    def _enqueue(self, trade: Trade, orders: Orders) -> None:
        """Raise the alarm, once for each number of shares."""
        surplus = orders.short_shares(trade) + sum(order.filled_shares for order in orders.covers)
        cause, now = _cause(orders, surplus), self._clock.now()
        notice = TradeOversold(
            key=f"{trade.id}:oversold:{surplus}",
            at=now,
            trade_id=trade.id,
            shares=surplus,
            cause=cause,
            is_bought_back=self._wanted,
        )
        with self._store.writing() as transaction:
            if transaction.enqueue_notice(notice):
                transaction.write_audit(OWN_ACCORD.entry(now, "oversold", trade.id, f"{surplus} shares", cause))
                log.error("oversold", trade_id=trade.id, shares=surplus)


def _cause(orders: Orders, surplus: int) -> OversoldCause:
    """Say why more was sold than was held. What was sold by hand explains no more of it than was sold so."""
    groups = [group for group in (orders.entry, *orders.lone) if group]
    filled = {order.role for order in orders.exits if order.filled_shares}
    if any(_sold_by_exits(group) > max(part.shares for part in group.parts) for group in groups):
        return OversoldCause.BOTH_EXITS
    if surplus <= sum(order.filled_shares for order in orders.exits if is_by_hand(order)):
        return OversoldCause.BY_HAND
    return OversoldCause.BOTH_EXITS if {OrderRole.STOP, OrderRole.TARGET} <= filled else OversoldCause.LATE_FILL


def _sold_by_exits(group: Order) -> int:
    """Count what a stop sold, and the target beside it; each is for the same shares."""
    return sum(part.filled_shares for part in group.parts if part.role in {OrderRole.STOP, OrderRole.TARGET})


class Oversold:
    """A reason for exits only: a trade sold more than it bought."""

    name = "oversold"

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def look(self) -> str:
        """Say whether the desk is short by surprise."""
        with self._store.reading() as reader:
            return self.name if oversold(reader) else ""


def oversold(reader: Reader) -> list[Trade]:
    """Return the trades that sold more than they bought, and have not bought it back."""
    return [trade for trade in reader.trades(AT_THE_BROKER) if trade.short_shares]
