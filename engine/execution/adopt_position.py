"""A position that somebody bought elsewhere becomes a trade: from then on it is protected and counted like any other.

Everything is checked and written under the order lock, in one transaction: of two admins one adopts, and no stop or
sale of another process is on its way meanwhile. The exits are sent afterwards by whoever protects open trades, so a
death in between leaves a trade that the next round protects.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog

from engine.common.orders import adopted_entry
from engine.common.outage_guard import OutageGuard
from engine.common.portfolio import LimitsOf, joined
from engine.common.share_counts import told_foreign, unexplained
from engine.common.trade_lookup import existing
from engine.errors import AdoptionRefused, CorporateActionDue, RiskUnchanged
from engine.execution.corporate_actions import Restate
from engine.execution.end_orders import EndOrders
from engine.execution.external_holdings import save_foreign
from engine.execution.external_positions import to_sell
from engine.execution.foreign_stops import end_stops, is_stop_of_foreign
from engine.execution.protect import Protect
from engine.execution.quantities import quantity_of
from engine.model.account import AssetKind, Position
from engine.model.adoption import Adoption
from engine.model.desk import FLATTENING, Request
from engine.model.money import CENT
from engine.model.notices.trades import TradeAdopted
from engine.model.portfolio import Portfolio
from engine.model.risk import BindingLimit, Sizing, share_of
from engine.model.signal import ADOPTED, Signal, neutral_readings
from engine.model.trade import ALIVE, Order, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction
from engine.risk.exit_checks import FARTHEST
from engine.risk.limits import Limits
from engine.risk.verdicts import of_open_risk

log = structlog.get_logger()


class AdoptPosition:
    """Makes a trade of shares that the desk did not buy."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        end_orders: EndOrders,
        restate: Restate,
        limits_of: LimitsOf,
        outage_guard: OutageGuard,
        protect: Protect,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._end_orders = end_orders
        self._restate = restate
        self._limits_of = limits_of
        self._outage_guard = outage_guard
        self._protect = protect
        self._zone = zone

    def __call__(self, asked: Adoption, request: Request) -> Trade:
        """Return the trade that was made, once its exits were sent; the next round sends those that could not be.

        Raises RequestRefused, and TemporaryError where nothing was done.
        """
        trade = self._adopted(asked, request)
        with self._outage_guard():
            self._end_foreign_stops(trade.symbol)
        with self._outage_guard():
            self._protect.trade(trade.id)
        with self._store.reading() as reader:
            return existing(reader, trade.id)

    def _adopted(self, asked: Adoption, request: Request) -> Trade:
        with self._store.order_lock(urgent=True) as term:
            account, positions = self._broker.account(), self._broker.positions()
            orders = [order for order in self._broker.orders() if order.symbol == asked.symbol]
            now = self._clock.now()
            with self._store.writing(term) as transaction:
                limits = self._limits_of(transaction)
                portfolio = joined(transaction, account, positions, now, limits)
                position = self._position(asked, transaction, portfolio, orders)
                shares = _whole_shares(asked, position)
                _refuse_senseless_prices(asked, position.price)
                _refuse_too_much_risk(asked, shares, position, portfolio, limits)
                trade = self._trade(asked, shares, position, portfolio, request, now)
                return self._store_trade(transaction, trade, request, now)

    def _end_foreign_stops(self, symbol: str) -> None:
        """Cancel the stops that the desk sent while the shares were others': they would sell what the trade holds.

        Left to the next round of ExternalPositions where it fails; raises BrokerUnavailable.
        """
        stops = [order for order in self._broker.orders() if order.symbol == symbol and is_stop_of_foreign(order)]
        end_stops(self._store, self._end_orders, stops, self._clock.now())

    def _position(
        self, asked: Adoption, transaction: Transaction, portfolio: Portfolio, orders: Sequence[Order]
    ) -> Position:
        """Return the position that may be adopted from; raises RequestRefused."""
        symbol = asked.symbol
        position = portfolio.position(symbol)
        if position is None or (position.kind is AssetKind.STOCK and not position.units):
            raise AdoptionRefused("symbol", "not_held", symbol)
        if position.kind is not AssetKind.STOCK:
            raise AdoptionRefused("symbol", "no_stock", symbol)
        if position.units < 0:
            raise AdoptionRefused("symbol", "short", symbol)
        if position.quantity is not None:
            raise AdoptionRefused("symbol", "fraction", symbol)
        if transaction.symbols(ALIVE, [symbol]):
            raise AdoptionRefused("symbol", "in_a_trade", symbol)
        if transaction.setting(FLATTENING):
            raise AdoptionRefused("symbol", "flattening", symbol)
        if symbol in self._restate.entries_stopped(transaction) | self._restate.changing(transaction):
            raise CorporateActionDue(symbol)
        if symbol in unexplained(transaction) or not quantity_of(transaction, symbol, position.shares).is_as_told:
            raise AdoptionRefused("symbol", "unsettled", symbol)
        if any(to_sell(order) and not is_stop_of_foreign(order) for order in orders):
            raise AdoptionRefused("symbol", "being_sold", symbol)
        return position

    def _trade(
        self, asked: Adoption, shares: int, position: Position, portfolio: Portfolio, request: Request, now: datetime
    ) -> Trade:
        entry = _entry(position)
        sizing = Sizing(
            shares=shares,
            entry=entry,
            stop=asked.stop,
            target=asked.target,
            equity=portfolio.account.equity,
            budget=Decimal(0),
            unrounded=Decimal(shares),
            cap=BindingLimit.DESK,
            risk_before=portfolio.open_risk,
            target_distance=asked.target / entry - 1,
        )
        signal = Signal(
            symbol=asked.symbol,
            at=now,
            price=position.price,
            readings=neutral_readings(position.price),
            components=(),
            findings=(),
            scorer=ADOPTED,
        )
        return Trade(
            id=f"{asked.symbol}_{now.astimezone(self._zone):%Y%m%d_%H%M%S}",
            symbol=asked.symbol,
            state=TradeState.SUBMITTED,
            signal=signal,
            sizing=sizing,
            shares=shares,
            stop=asked.stop,
            target=asked.target,
            proposed_at=now,
            expires_at=now,
            decided_by=request.by,
            decided_at=now,
            filled_shares=shares,
            fill_price=entry,
            filled_at=now,
        )

    def _store_trade(self, transaction: Transaction, trade: Trade, request: Request, now: datetime) -> Trade:
        if transaction.trade(trade.id) is not None:  # a trade of this symbol began, and ended, in this very second
            raise AdoptionRefused("symbol", "unsettled", trade.symbol)
        transaction.propose(trade)
        transaction.mark_published(trade.id)
        transaction.save_order(trade.id, adopted_entry(trade, now))
        opened = transaction.move(trade, TradeState.OPEN)
        foreign = told_foreign(transaction)
        left = foreign.pop(trade.symbol, 0) - trade.shares
        save_foreign(transaction, foreign | ({trade.symbol: left} if left else {}))
        transaction.enqueue_notice(
            TradeAdopted(key=f"{trade.id}:adopted", at=now, trade_id=trade.id, by=request.by, shares=trade.shares)
        )
        what = f"{trade.shares} shares, stop {trade.stop}, target {trade.target}"
        transaction.write_audit(request.entry(now, "adopt", trade.id, what))
        log.info("position_adopted", trade_id=trade.id, shares=trade.shares, stop=str(trade.stop), by=request.by)
        return opened


def _whole_shares(asked: Adoption, position: Position) -> int:
    """Return the shares that are to be adopted; raises AdoptionRefused."""
    wanted = Decimal(position.shares) if asked.shares is None else asked.shares
    if wanted != wanted.to_integral_value():
        raise AdoptionRefused("shares", "fraction", asked.symbol, most=position.shares)
    if not 1 <= wanted <= position.shares:
        raise AdoptionRefused("shares", "too_many" if wanted > 0 else "none", asked.symbol, most=position.shares)
    return int(wanted)


def _refuse_senseless_prices(asked: Adoption, price: Decimal) -> None:
    """Refuse a stop that is not below the price of now, a target that is not above it, and parts of a cent."""
    for field, wanted in (("stop", asked.stop), ("target", asked.target)):
        if wanted < CENT or wanted != round(wanted, 2):
            raise AdoptionRefused(field, "no_price", asked.symbol, price=price)
    if asked.stop >= price:
        raise AdoptionRefused("stop", "above_price", asked.symbol, price=price)
    if asked.target <= price:
        raise AdoptionRefused("target", "below_price", asked.symbol, price=price)
    if asked.target > price * FARTHEST:
        raise AdoptionRefused("target", "far", asked.symbol, price=price)


def _entry(position: Position) -> Decimal:
    """Return dollars a share: what was paid, or the price of now where the broker does not know it."""
    return position.cost if position.cost > 0 else position.price


def _refuse_too_much_risk(
    asked: Adoption, shares: int, position: Position, portfolio: Portfolio, limits: Limits
) -> None:
    """Refuse a stop so far down that the shares would risk more than they count for now, and the ceiling is reached."""
    counted = shares * position.price * portfolio.stopless
    planned = shares * max(Decimal(0), _entry(position) - asked.stop)
    verdict = of_open_risk(share_of(portfolio.risk - counted + planned, portfolio.account.equity), limits)
    if planned > counted and not verdict.allowed:
        raise RiskUnchanged(verdict.rule, verdict.figure, verdict.limit, verdict.unit)
