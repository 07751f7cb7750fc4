"""What people ask of an open trade's exits: another stop, another target, a stop that follows the price.

A trader may tighten a stop, in every state of the desk. To loosen it takes an admin, an active desk, and room in the
limits; what would tighten it again by itself ends once it stands lower, so that their word holds.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

import structlog

from engine.common.desk_people import DeskPeople
from engine.common.hand_stops import hand_stops, is_stopped_by_hand
from engine.common.leader_watch import LeaderWatch
from engine.common.portfolio import LimitsOf, true_portfolio
from engine.common.service_health import Service, ServiceHealth
from engine.common.trade_lookup import existing
from engine.errors import (
    BadExit,
    BrokerUnavailable,
    CorporateActionDue,
    Fenced,
    LookedTooLongAgo,
    NoPrice,
    NotAllowed,
    NotOpen,
    OrderUnclear,
)
from engine.execution.corporate_actions import Restate
from engine.execution.looser_stops import refuse_looser
from engine.execution.move_exits import MoveExits, begin_move
from engine.execution.senseless_exits import market_price
from engine.model.desk import Request
from engine.model.exit_plan import ExitMove
from engine.model.notices.base import stamp
from engine.model.notices.trades import TrailSet
from engine.model.trade import OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.exit_checks import STOP, TARGET, TRAIL, check_stop, check_target, check_trail
from engine.risk.tightening import standing_stop, tightened_stop

log = structlog.get_logger()

LOOSEN: Final = "loosen"
"""The verb that it takes to let a trade risk more than it does."""


class ChangeExits:
    """Takes in what people want of the exits of an open trade, and lets `move` carry it out."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        services: ServiceHealth,
        limits_of: LimitsOf,
        people: DeskPeople,
        restate: Restate,
        move: MoveExits,
        leader_watch: LeaderWatch,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._services = services
        self._limits_of = limits_of
        self._people = people
        self._restate = restate
        self._move = move
        self._leader_watch = leader_watch

    def stop(self, trade_id: str, price: Decimal, request: Request) -> None:
        """Let a trade's stop stand at a price, dollars a share; raises RequestRefused, and then nothing changed."""
        trade, market = self._open_trade(trade_id)
        check_stop(price, market)
        before = standing_stop(trade.stop, trade.exit_plan.stop)
        if price == before:
            raise BadExit(STOP, "same", str(price))
        if price < before and not self._people.may(request.by, LOOSEN):
            raise NotAllowed("admin", "trader")
        if price < before:
            self._leader_watch.refuse()
        with true_portfolio(self._broker, self._store, self._clock, self._limits_of) as (
            transaction,
            portfolio,
            limits,
        ):
            trade = _still(transaction, trade, STOP)
            if price < before:
                refuse_looser(transaction, trade, price, portfolio, limits)
            self._begin(transaction, trade, OrderRole.STOP, price, before, request)
        self._send(trade_id, OrderRole.STOP)

    def target(self, trade_id: str, price: Decimal, request: Request) -> None:
        """Let a trade's target stand at a price, dollars a share; raises RequestRefused, and then nothing changed."""
        trade, market = self._open_trade(trade_id)
        check_target(price, market)
        before = trade.exit_plan.target.price if trade.exit_plan.target else trade.target
        if price == before:
            raise BadExit(TARGET, "same", str(price))
        with self._store.writing() as transaction:
            trade = _still(transaction, trade, TARGET)
            standing = {order.role for order in transaction.orders(trade_id) if order.is_standing}
            has_none = OrderRole.STOP in standing and OrderRole.TARGET not in standing
            if has_none or trade.exit_plan.is_part_sold:
                raise BadExit(TARGET, "no_order", str(price))
            if is_stopped_by_hand(hand_stops(transaction), trade):
                raise BadExit(TARGET, "by_hand", str(price))
            self._begin(transaction, trade, OrderRole.TARGET, price, before, request)
        self._send(trade_id, OrderRole.TARGET)

    def trail(self, trade_id: str, part: Decimal | None, ranges: Decimal | None, request: Request) -> None:
        """Let the stop follow the price from now on, by a part of it or by average true ranges; no more without both.

        Raises RequestRefused, and then nothing changed. Once it is set, it holds: where its first move is refused, that
        is told, and a later bar brings the next one.
        """
        check_trail(part, ranges)
        trade, market = self._open_trade(trade_id)
        now = self._clock.now()
        with self._store.writing() as transaction:
            trade = _still(transaction, trade, TRAIL)
            plan = replace(trade.exit_plan, trail=part, trail_atr=ranges, trailed_since=now if part or ranges else None)
            trade = replace(trade, exit_plan=plan)
            transaction.update(trade)
            before = standing_stop(trade.stop, plan.stop)
            wanted = tightened_stop(
                replace(plan, breakeven=None),  # which goes by closes alone
                entry=trade.entry,
                planned=trade.sizing.stop,
                stop=before,
                peak=market,
                atr=None,
            )
            what = f"{part:%}" if part else f"{ranges} ATR" if ranges else "off"
            key = f"{trade_id}:trail:{stamp(now)}"
            transaction.enqueue_notice(TrailSet(key=key, at=now, trade_id=trade_id, by=request.by))
            transaction.write_audit(request.entry(now, "trail", trade_id, what))
            if before < wanted < market:
                begin_move(
                    transaction, trade, OrderRole.STOP, ExitMove(price=wanted, before=before, by=request.by, at=now)
                )
        self._send(trade_id)

    def _begin(
        self,
        transaction: Transaction,
        trade: Trade,
        role: OrderRole,
        price: Decimal,
        before: Decimal,
        request: Request,
    ) -> None:
        now = self._clock.now()
        begin_move(transaction, trade, role, ExitMove(price=price, before=before, by=request.by, at=now))
        transaction.write_audit(request.entry(now, role, trade.id, f"{before} -> {price}"))

    def _send(self, trade_id: str, asked: OrderRole | None = None) -> None:
        """Ask the broker at once; where that has no clear end now, it goes on with the next round.

        Raises RequestRefused where the move of the role that was `asked` for is refused.
        """
        try:
            self._move.send(trade_id, asked)
        except (BrokerUnavailable, OrderUnclear) as error:
            self._services.lost(Service.BROKER, error)
        except (Fenced, LookedTooLongAgo) as error:
            log.warning("exit_held_back", trade_id=trade_id, error=str(error))

    def _open_trade(self, trade_id: str) -> tuple[Trade, Decimal]:
        """Return a trade whose exits may be moved, and its last price at the broker; raises RequestRefused."""
        with self._store.reading() as reader:
            trade = existing(reader, trade_id)
            if trade.state is not TradeState.OPEN:
                raise NotOpen(trade.id, trade.state)
            self._refuse_changing(reader, trade.symbol)
        market = market_price(self._broker, trade.symbol)
        if market is None:
            raise NoPrice(trade.symbol)
        return trade, market

    def _refuse_changing(self, reader: Reader, symbol: str) -> None:
        if symbol in self._restate.suspended(reader) | self._restate.changing(reader):
            raise CorporateActionDue(symbol)


def _still(reader: Reader, seen: Trade, field: str) -> Trade:
    """Return a trade as it is now; raises NotOpen, and BadExit where its exits are not those that were looked at."""
    now = existing(reader, seen.id)
    if now.state is not TradeState.OPEN:
        raise NotOpen(now.id, now.state)
    facts = (now.symbol, now.stop, now.target, now.restated, now.exit_plan)
    if facts != (seen.symbol, seen.stop, seen.target, seen.restated, seen.exit_plan):
        raise BadExit(field, "changed", now.id)
    return now
