"""What the desk learns when a trade moved on at the broker, or its exits were moved there."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import structlog

from engine.common.trade_following import dollars_of, shares_of
from engine.execution.live_exits import Moved
from engine.model.desk import ENGINE, OWN_ACCORD
from engine.model.exit_plan import ExitMove
from engine.model.notices.account import EntryChanged, ExitMoved
from engine.model.notices.base import stamp
from engine.model.notices.proposals import TradeDecided
from engine.model.notices.trades import ExitChanged, PartSold, StopSold, StopTrailed, TradeClosed, TradeFilled
from engine.model.risk import share_of
from engine.model.trade import AS_FILLED, Order, OrderRole, Trade, TradeState
from engine.ports.store import Transaction

log = structlog.get_logger()


def tell_progress(transaction: Transaction, before: Trade, after: Trade, entry: Order | None, now: datetime) -> None:
    """Tell what became of a trade with a look at its orders: filled, closed, given up."""
    told: dict[str, type[TradeFilled | TradeClosed | TradeDecided]] = {}
    if after.filled_shares and entry and entry.state.is_over:
        told["filled"] = TradeFilled
    if after.state is not before.state:
        if after.state is TradeState.CLOSED:
            # One that a late fill opened again has its end told once more.
            again = f":{after.exit_price}" if transaction.was_enqueued(f"{after.id}:closed") else ""
            told[f"closed{again}"] = TradeClosed
        if after.state in {TradeState.CANCELLED, TradeState.FAILED}:
            told[after.state] = TradeDecided
        why = entry.reason if entry else ""
        transaction.write_audit(OWN_ACCORD.entry(now, after.state, after.id, f"{after.held_shares} shares held", why))
        log.info(after.state, trade_id=after.id, held=after.held_shares)
    for name, kind in told.items():
        transaction.enqueue_notice(kind(key=f"{after.id}:{name}", at=now, trade_id=after.id))


def tell_part_sold(
    transaction: Transaction, before: Trade, trade: Trade, sales: Sequence[Order], now: datetime
) -> None:
    """Tell, where it is news, that the target sold its part of a trade, by `sales`, and that the rest runs on.

    An order counts in the shares of its day. Once they were restated, what was sold of the trade altogether is told.
    """
    if before.exit_plan.is_part_sold or not trade.exit_plan.is_part_sold:
        return
    if trade.restated == AS_FILLED or trade.exit_price is None:
        shares = shares_of(sales)
        price = dollars_of(sales) / shares
    else:
        shares, price = trade.exit_shares, trade.exit_price
    notice = PartSold(key=f"{trade.id}:part_sold", at=now, trade_id=trade.id, shares=shares, price=round(price, 4))
    transaction.enqueue_notice(notice)
    transaction.write_audit(OWN_ACCORD.entry(now, "part sold", trade.id, f"{shares} shares, {trade.held_shares} left"))
    log.info("part_sold", trade_id=trade.id, shares=shares, held=trade.held_shares)


def tell_stops_sold(transaction: Transaction, trade: Trade, exits: Sequence[Order], now: datetime) -> None:
    """Tell, once for each, that a stop sold a part of a trade that goes on: its cancel hung, or it stood nearer.

    One beside which another stands at the same price is not told: the trade is about to end, which is told.
    """
    if trade.state is not TradeState.OPEN or not trade.held_shares:
        return
    standing = {order.price for order in exits if order.role is OrderRole.STOP and order.is_standing}
    for stop in exits:
        is_sale = stop.role is OrderRole.STOP and stop.state.is_over and stop.filled_shares
        if not is_sale or stop.fill_price is None or stop.price in standing:
            continue
        key = f"{trade.id}:stop_sold:{stop.broker_id}"
        notice = StopSold(key=key, at=now, trade_id=trade.id, shares=stop.filled_shares, price=stop.fill_price)
        if transaction.enqueue_notice(notice):
            what = f"{stop.filled_shares} shares, {trade.held_shares} left"
            transaction.write_audit(OWN_ACCORD.entry(now, "stop sold", trade.id, what))
            log.warning("stop_sold", trade_id=trade.id, shares=stop.filled_shares, held=trade.held_shares)


def tell_done_moves(
    transaction: Transaction,
    before: Trade,
    trade: Trade,
    done: Sequence[tuple[OrderRole, ExitMove]],
    now: datetime,
) -> None:
    """Tell that the broker shows a stop or target where it was to stand; the audit has what was asked for already.

    Of a stop that follows the price a trade tells once an hour. What a trade had `before` that moved its stop by
    itself, and has no more, is told with the stop that was moved down.
    """
    has_ended = before.exit_plan.follows_closes and not trade.exit_plan.follows_closes
    for role, move in done:
        log.info("exit_moved", trade_id=trade.id, role=role, before=str(move.before), after=str(move.price), by=move.by)
        if move.by == ENGINE:
            key = f"{trade.id}:trailed:{now:%Y%m%d%H}"
            transaction.enqueue_notice(StopTrailed(key=key, at=now, trade_id=trade.id))
            continue
        risk_before, risk_after = _risks(transaction, trade, role, move.before, now)
        transaction.enqueue_notice(
            ExitChanged(
                key=f"{trade.id}:changed:{role}:{stamp(move.at)}",
                at=now,
                trade_id=trade.id,
                role=role,
                by=move.by,
                before=move.before,
                after=move.price,
                risk_before=risk_before,
                risk_after=risk_after,
                is_trail_ended=has_ended and role is OrderRole.STOP,
            )
        )


def tell_moved_exits(transaction: Transaction, trade: Trade, moved: Sequence[Moved], now: datetime) -> None:
    """Tell, with the trade's risk before and after, that somebody moved its stop or target at the broker."""
    for move in moved:
        before, after = _risks(transaction, trade, move.role, move.before, now)
        notice = ExitMoved(
            key=f"{trade.id}:moved:{move.role}:{move.before}:{move.after}:{stamp(now)}",
            at=now,
            trade_id=trade.id,
            role=move.role,
            before=move.before,
            after=move.after,
            risk_before=before,
            risk_after=after,
        )
        transaction.enqueue_notice(notice)
        transaction.write_audit(
            OWN_ACCORD.entry(now, f"{move.role} moved at the broker", trade.id, f"{move.before} -> {move.after}")
        )
        log.warning(
            "exit_moved_by_hand", trade_id=trade.id, role=move.role, before=str(move.before), after=str(move.after)
        )


def tell_changed_entry(
    transaction: Transaction, before: Trade, after: Trade, entry: Order | None, now: datetime
) -> bool:
    """Tell that somebody gave an entry another limit or quantity at the broker, and return whether they did.

    It is compared with the order as it is kept, so it is told before the new one is; where none is, with the plan.
    """
    if entry is None or not entry.replaced or before.signal.is_recovered:
        return False
    entries = [order for order in transaction.orders(before.id) if order.role is OrderRole.ENTRY]
    if entry.broker_id in {order.broker_id for order in entries}:  # also a sight that another thread has overtaken
        return False
    known = next(iter(entries), None)
    planned = None if entry.price is None else before.sizing.entry
    shares, limit = (known.shares, known.price) if known else (before.shares, planned)
    if (shares, limit) == (entry.shares, entry.price):
        return False
    risks = (_entry_risk(before, shares, limit), _entry_risk(after, entry.shares, entry.price))
    equity = transaction.equity_at(now) or before.sizing.equity
    notice = EntryChanged(
        key=f"{before.id}:entry:{entry.broker_id}",
        at=now,
        trade_id=before.id,
        shares_before=shares,
        shares_after=entry.shares,
        limit_before=limit,
        limit_after=entry.price,
        risk_before=round(share_of(risks[0], equity), 6),
        risk_after=round(share_of(risks[1], equity), 6),
    )
    transaction.enqueue_notice(notice)
    what = f"{shares} at {limit} -> {entry.shares} at {entry.price}"
    transaction.write_audit(OWN_ACCORD.entry(now, "entry changed at the broker", before.id, what))
    log.warning("entry_changed_by_hand", trade_id=before.id, shares=entry.shares, limit=str(entry.price))
    return True


def _entry_risk(trade: Trade, shares: int, limit: Decimal | None) -> Decimal:
    """Return dollars lost if the stop is hit; what is yet to be bought may cost its limit."""
    bid = max(trade.entry, limit or trade.entry)
    coming = shares - trade.filled_shares
    at_risk = trade.filled_shares * max(Decimal(0), trade.entry - trade.stop)
    return at_risk + coming * max(Decimal(0), bid - trade.stop)


def _risks(
    transaction: Transaction, trade: Trade, role: OrderRole, before: Decimal, now: datetime
) -> tuple[Decimal, Decimal]:
    """Return a trade's risk as shares of equity, before its exit moved and now."""
    equity = transaction.equity_at(now) or trade.sizing.equity

    def risk(stop: Decimal) -> Decimal:
        return round(share_of(trade.held_shares * max(Decimal(0), trade.entry - stop), equity), 6)

    return risk(before if role is OrderRole.STOP else trade.stop), risk(trade.stop)
