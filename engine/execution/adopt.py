"""Orders of ours that no trade of the database stands for: it lost its last second, was put back, or gave up early."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import structlog

from engine.common.order_ids import is_own
from engine.common.orders import ask
from engine.common.portfolio import LimitsOf
from engine.common.trade_lookup import existing
from engine.model.desk import ENGINE, OWN_ACCORD
from engine.model.money import CENT
from engine.model.notices.trades import FilledLate, TradeAdopted
from engine.model.risk import BindingLimit, Sizing
from engine.model.signal import RECOVERED, Signal, neutral_readings
from engine.model.trade import AT_THE_BROKER, OVER, Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction
from engine.risk.limits import Limits
from engine.risk.restating import fits, plausible
from engine.risk.sizing import stop_for, target_for

log = structlog.get_logger()


class Adopt:
    """Makes a trade of such an order, or opens the trade again that was over too early."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, limits_of: LimitsOf) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._limits_of = limits_of

    def __call__(self, trade_id: str, trade: Trade | None, known: Sequence[Order]) -> Trade | None:
        """Return the trade that is at the broker after all, None where there is none; raises BrokerUnavailable.

        `trade` is what the database has of it, `known` the orders that it keeps.
        """
        if not is_own(trade_id):
            return None
        orders = ask(self._broker, trade_id, known)
        if orders.entry is None:
            return None
        if trade is None:
            return self._recovered(orders.entry)
        if trade.state in OVER:
            now = (orders.bought_shares(trade), orders.sold_shares(trade))
            is_as_kept = now == (trade.filled_shares, trade.exit_shares)
            return None if is_as_kept else self._opened_again(trade, orders.entry)
        return self._caught_up(trade)

    def _recovered(self, entry: Order) -> Trade:
        """Write down a trade that the database does not know, as its order tells it."""
        now = self._clock.now()
        equity = self._broker.account().equity
        with self._store.writing() as transaction:
            stored = transaction.trade(entry.client_order_id)
            if stored is not None:
                return stored
            trade = trade_of(entry, equity, self._limits_of(transaction), now)
            transaction.propose(trade)
            transaction.mark_published(trade.id)
            _tell_adopted(transaction, trade, "not in the database", now)
        log.warning("order_adopted", trade_id=trade.id, shares=trade.shares)
        return trade

    def _opened_again(self, trade: Trade, entry: Order) -> Trade | None:
        """Open a trade that was over: the broker filled an order of it all the same."""
        now = self._clock.now()
        shares, price = entry.filled_shares, entry.fill_price or Decimal(0)
        with self._store.writing() as transaction:
            stored = existing(transaction, trade.id)
            if stored.state is not trade.state:
                return stored if stored.state in AT_THE_BROKER else None
            opened = open_again(transaction, stored, entry, now)
            if trade.state is not TradeState.CLOSED:  # what an exit sold too much is told by who buys it back
                late = FilledLate(key=f"{trade.id}:late", at=now, trade_id=trade.id, shares=shares, price=price)
                transaction.enqueue_notice(late)
        log.warning("filled_late", trade_id=trade.id, was=trade.state)
        return opened

    def _caught_up(self, trade: Trade) -> Trade | None:
        """Bring a trade to where its order is; the database lost the moves in between."""
        now = self._clock.now()
        with self._store.writing() as transaction:
            stored = existing(transaction, trade.id)
            if stored.state is not trade.state:  # it was carried out meanwhile
                return stored if stored.state in AT_THE_BROKER else None
            if trade.state is TradeState.PROPOSED:
                trade = transaction.move(replace(trade, decided_by=ENGINE, decided_at=now), TradeState.APPROVED)
            trade = transaction.move(trade, TradeState.SUBMITTED)
            _tell_adopted(transaction, trade, "moves lost", now)
        log.warning("order_adopted", trade_id=trade.id, shares=trade.shares)
        return trade


def open_again(transaction: Transaction, trade: Trade, dealt: Order, now: datetime) -> Trade:
    """Open a trade that was over, because of what an order dealt all the same."""
    what = f"{dealt.filled_shares} {dealt.fill_price or Decimal(0)}"
    transaction.write_audit(OWN_ACCORD.entry(now, "open again", trade.id, what, f"was {trade.state}"))
    return transaction.move(replace(trade, closed_at=None, closed_by=""), TradeState.OPEN)


def trade_of(entry: Order, equity: Decimal, limits: Limits, now: datetime) -> Trade:
    """Make a submitted trade of its entry alone; `equity` in dollars is that of now. Pure.

    Stop and target are where its legs stand. `limits` say where they belong for an entry that came without.
    """
    price = entry.fill_price or entry.price or _between(entry)
    stop, target = (_leg_price(entry, role, price) for role in (OrderRole.STOP, OrderRole.TARGET))
    stop, target = stop or max(CENT, stop_for(price, limits)), target or target_for(price, limits.target_distance)
    symbol = entry.client_order_id.split("_", maxsplit=1)[0]
    sizing = Sizing(
        shares=entry.shares,
        entry=price,
        stop=stop,
        target=target,
        equity=equity,
        budget=Decimal(0),
        unrounded=Decimal(entry.shares),
        cap=BindingLimit.DESK,
        risk_before=Decimal(0),
        target_distance=target / price - 1,
    )
    readings = neutral_readings(price)
    signal = Signal(symbol=symbol, at=now, price=price, readings=readings, components=(), findings=(), scorer=RECOVERED)
    return Trade(
        id=entry.client_order_id,
        symbol=symbol,
        state=TradeState.SUBMITTED,
        signal=signal,
        sizing=sizing,
        shares=entry.shares,
        stop=stop,
        target=target,
        proposed_at=now,
        expires_at=now,
        decided_by=ENGINE,
        decided_at=now,
    )


def _tell_adopted(transaction: Transaction, trade: Trade, why: str, now: datetime) -> None:
    transaction.enqueue_notice(TradeAdopted(key=f"{trade.id}:adopted", at=now, trade_id=trade.id))
    transaction.write_audit(OWN_ACCORD.entry(now, "adopt", trade.id, f"{trade.shares} shares", why))


def _leg_price(entry: Order, role: OrderRole, paid: Decimal) -> Decimal | None:
    """Return the price of a leg, in the shares that the entry bought, wherever the broker adjusted it to a split."""
    leg = entry.leg(role)
    if leg is None or leg.price is None:
        return None
    ratios = (ratio for ratio in plausible(entry.shares, leg.shares) if fits(ratio, paid, leg.price))
    ratio = next(ratios, Fraction(1))
    return round(leg.price * ratio.numerator / ratio.denominator, 2)


def _between(entry: Order) -> Decimal:
    """Return the price between the legs of an order at the market, which has none of its own; a cent without any."""
    prices = [leg.price for leg in entry.legs if leg.price is not None]
    return sum(prices, Decimal(0)) / len(prices) if prices else CENT
