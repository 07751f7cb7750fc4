"""Moves stops and targets at the broker, each by an intent that is stored before the broker is asked.

An order is replaced, never doubled: as long as the broker has not taken the new price, the old one stands. What was
begun and not answered, as by a process that died, is gone on with; it is over once the broker shows the new price,
which `reconcile` finds. A price that the market reached meanwhile is not sent, and no stop is moved down any more once
the desk is not active, or the limits leave no room for it.
"""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import structlog

from engine.common.hand_stops import hand_stops, is_stopped_by_hand
from engine.common.orders import Orders, ask
from engine.common.portfolio import LimitsOf, true_portfolio
from engine.common.retry_each import for_each
from engine.common.trade_lookup import existing, refuse_inactive
from engine.errors import (
    AlreadyDecided,
    BadExit,
    DeskNotActive,
    MoveRefused,
    OrderRefused,
    RequestRefused,
    RiskUnchanged,
)
from engine.execution.corporate_actions import Restate
from engine.execution.exit_gate import ExitGate, as_seen, at_last
from engine.execution.live_exits import moves_of, reaches, with_move_done
from engine.execution.looser_stops import refuse_looser
from engine.execution.reconcile_notices import tell_done_moves
from engine.execution.senseless_exits import market_price, senseless, tell_senseless
from engine.model.desk import ENGINE, OWN_ACCORD
from engine.model.exit_plan import ExitMove, ExitPlan
from engine.model.notices.base import stamp
from engine.model.notices.trades import ExitNotMoved
from engine.model.trade import Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()

GIVES_UP = timedelta(minutes=5)
"""Real time for which a move that the broker does not show is tried; then it is given up, and told."""


def begin_move(transaction: Transaction, trade: Trade, role: OrderRole, move: ExitMove) -> Trade:
    """Store that a stop or target is to stand at another price from now on, and return the trade."""
    moved = replace(trade, exit_plan=_with(trade.exit_plan, role, move))
    transaction.update(moved)
    return moved


def _with(plan: ExitPlan, role: OrderRole, move: ExitMove | None) -> ExitPlan:
    return replace(plan, stop=move) if role is OrderRole.STOP else replace(plan, target=move)


class MoveExits:
    """Carries out the moves that are stored with open trades."""

    def __init__(
        self, *, store: Store, broker: Broker, clock: Clock, exits: ExitGate, restate: Restate, limits_of: LimitsOf
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._restate = restate
        self._limits_of = limits_of
        self._looking = threading.Lock()
        self._tried: dict[tuple[str, OrderRole], tuple[ExitMove, datetime]] = {}

    def __call__(self) -> tuple[str, ...]:
        """Go on with what is on its way; return the ids of the trades whose orders are to be looked at now.

        Raises TradeFault, and the first TemporaryError, once every trade had its turn.
        """
        with self._store.reading() as reader:
            moving = [trade.id for trade in reader.trades({TradeState.OPEN}) if trade.exit_plan.is_moving]
        with self._looking:
            self._tried = {key: tried for key, tried in self._tried.items() if key[0] in moving}
        for_each(moving, self.send)
        return tuple(moving)

    def send(self, trade_id: str, asked: OrderRole | None = None) -> None:
        """Ask the broker for the prices to which a trade's exits are being moved; what it refuses is ended and told.

        Where that is the move of the role that somebody `asked` for just now, raises MoveRefused, BadExit,
        DeskNotActive and RiskUnchanged. Raises TemporaryError: it goes on later.
        """
        with self._looking:
            with self._store.reading() as reader:
                trade, known = existing(reader, trade_id), reader.orders(trade_id)
                is_changing = trade.symbol in self._restate.suspended(reader)
            if trade.state is not TradeState.OPEN or not trade.exit_plan.is_moving or is_changing:
                return
            orders = ask(self._broker, trade.id, known)
            if orders.entry and not orders.entry.state.is_over:
                return  # its legs grow with what it buys
            market = market_price(self._broker, trade.symbol)
            refused = dict[OrderRole, RequestRefused]()
            for role, move in moves_of(trade):
                try:
                    self._send(trade, role, move, orders, market)
                except RequestRefused as error:
                    log.warning("exit_not_moved", trade_id=trade_id, role=role, why=str(error))
                    refused[role] = error
            if asked in refused:
                raise refused[asked]

    def _send(self, trade: Trade, role: OrderRole, move: ExitMove, orders: Orders, market: Decimal | None) -> None:
        """Bring about one move, or end and tell it where that cannot be; raises as `send`."""
        try:
            self._carry_out(trade, role, move, orders, market)
        except AlreadyDecided as error:
            log.info("exit_held_back", trade_id=trade.id, error=str(error))  # it moved on, or another wish came
        except (DeskNotActive, RiskUnchanged):
            self._give_up(trade, role, move)
            self._tell(trade, role, move, is_too_loose=True)
            raise
        except OrderRefused as error:
            if self._stands(trade, role, move):
                return  # another process was quicker, or an answer was lost
            reason = str(error.facts["reason"])
            self._give_up(trade, role, move)
            self._tell(trade, role, move, reason)
            raise MoveRefused(role, reason) from error

    def _carry_out(self, trade: Trade, role: OrderRole, move: ExitMove, orders: Orders, market: Decimal | None) -> None:
        if not orders.live(role) and not orders.bare_shares(trade):
            return
        left = [order for order in orders.live(role) if order.is_standing and not reaches(order.price, role, move)]
        if not left and any(order.is_standing for order in orders.live(role)):
            return  # it stands, and is taken over with the next look
        now = self._clock.now()
        if not orders.live(role) and self._is_stopped_by_hand(trade):
            self._give_up(trade, role, move)
            self._tell(trade, role, move, is_by_hand=True)
            raise BadExit(role, "by_hand", str(move.price))
        if market is not None and senseless(role, move.price, market):
            self._give_up(trade, role, move)
            tell_senseless(self._store, trade, role, market, now, price=move.price)
            raise BadExit(role, "over_market" if role is OrderRole.STOP else "under_market", str(move.price), market)
        if not orders.live(role) and market is not None:
            self._plan_anew(trade, role, move)
            return
        if now - self._tried_since(trade, role, move, now) > GIVES_UP * self._clock.speed:
            self._give_up(trade, role, move)
            self._tell(trade, role, move)
            return
        for order in left:
            moved = at_last(partial(self._replaced, trade, role, move, order), trade_id=trade.id)
            with self._store.writing() as transaction:
                transaction.save_order(trade.id, moved)

    def _is_stopped_by_hand(self, trade: Trade) -> bool:
        with self._store.reading() as reader:
            return is_stopped_by_hand(hand_stops(reader), trade)

    def _tried_since(self, trade: Trade, role: OrderRole, move: ExitMove, now: datetime) -> datetime:
        """Return since when a move is tried: by this process, for none was sent while no process ran.

        To move a stop down was allowed when it was asked for: that counts from then.
        """
        if role is OrderRole.STOP and move.price < move.before:
            return move.at
        tried, since = self._tried.get((trade.id, role), (None, now))
        if tried != move:
            since = now
        self._tried[trade.id, role] = move, since
        return since

    def _plan_anew(self, trade: Trade, role: OrderRole, move: ExitMove) -> None:
        """Let an exit of which no order stands be sent at the new price, by who gives bare shares their exits."""
        is_looser = self._is_looser(trade, role, move, trade.stop)
        now = self._clock.now()
        with self._store.writing() as transaction:
            seen = existing(transaction, trade.id)
            if dict(moves_of(seen)).get(role) == move:
                if is_looser:
                    refuse_inactive(transaction)
                planned = with_move_done(seen, role, move)
                transaction.update(planned)
                tell_done_moves(transaction, seen, planned, ((role, move),), now)

    def _replaced(self, trade: Trade, role: OrderRole, move: ExitMove, order: Order) -> Order:
        is_looser = self._is_looser(trade, role, move, trade.stop if order.price is None else order.price)

        def look(reader: Reader) -> None:
            as_seen(trade)(reader)
            now = existing(reader, trade.id)
            if dict(moves_of(now)).get(role) != move:
                raise AlreadyDecided(trade.id, now.state, now.decided_by)
            if is_looser:
                refuse_inactive(reader)

        with self._exits.open(look) as last_look:
            return self._broker.replace(order, move.price, last_look)

    def _is_looser(self, trade: Trade, role: OrderRole, move: ExitMove, standing: Decimal) -> bool:
        """Tell whether a stop is to be moved down, which was allowed when it was asked for and must be so still.

        Raises DeskNotActive and RiskUnchanged.
        """
        if role is not OrderRole.STOP or move.price >= standing:
            return False
        with true_portfolio(self._broker, self._store, self._clock, self._limits_of) as (reader, portfolio, limits):
            refuse_looser(reader, existing(reader, trade.id), move.price, portfolio, limits)
        return True

    def _stands(self, trade: Trade, role: OrderRole, move: ExitMove) -> bool:
        """Tell whether the broker has the price by now; raises BrokerUnavailable."""
        with self._store.reading() as reader:
            known = reader.orders(trade.id)
        standing = (order for order in ask(self._broker, trade.id, known).live(role) if order.is_standing)
        return any(reaches(order.price, role, move) for order in standing)

    def _give_up(self, trade: Trade, role: OrderRole, move: ExitMove) -> None:
        """End a move that does not come about; what stands goes on standing."""
        with self._store.writing() as transaction:
            now = existing(transaction, trade.id)
            if dict(moves_of(now)).get(role) == move:
                transaction.update(replace(now, exit_plan=_with(now.exit_plan, role, None)))
                entry = OWN_ACCORD.entry(self._clock.now(), f"{role} not moved", trade.id, f"wanted {move.price}")
                transaction.write_audit(entry)

    def _tell(
        self,
        trade: Trade,
        role: OrderRole,
        move: ExitMove,
        trouble: str = "",
        *,
        is_too_loose: bool = False,
        is_by_hand: bool = False,
    ) -> None:
        """Tell that a move of somebody's did not come about; one of the bot's own comes again with a later bar."""
        if move.by == ENGINE:
            return
        key, now = f"{trade.id}:not_moved:{role}:{stamp(move.at)}", self._clock.now()
        notice = ExitNotMoved(
            key=key,
            at=now,
            trade_id=trade.id,
            role=role,
            wanted=move.price,
            trouble=trouble,
            is_too_loose=is_too_loose,
            is_by_hand=is_by_hand,
        )
        with self._store.writing() as transaction:
            transaction.enqueue_notice(notice)
