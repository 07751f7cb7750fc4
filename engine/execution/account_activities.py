from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from engine.common.order_ids import is_own, trade_id_of
from engine.model.activity import MONEY, Activity, ActivityKind
from engine.model.desk import OWN_ACCORD
from engine.model.notices.account import MoneyMove, MoneyMoved
from engine.model.notices.base import NoticeKind
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()

FIRST_LOOK = "activities_since"
"""The setting that has the instant from which on the account's activities are kept."""
OF_AN_ORDER = frozenset({ActivityKind.FILL, ActivityKind.FEE})
"""Kinds that belong to the trade of their order, where they name one."""
OVERLAP = timedelta(minutes=5)
"""What is read again with each look: an activity may be shown a little after its time."""
LOOK_BACK = timedelta(days=7)
"""How far back an empty database is told, at its first look, what orders of ours did."""
MOST_ASKED = 200
"""Orders that are asked for at the first look, the newest ones: about as many as a minute has requests for.

Where a minute has fewer, the next look goes on where this one ended.
"""


class AccountActivities:
    """Keeps what happened in the account: executions with the trade that they belong to, money that came and went.

    A database that was put back reads on where it ended, so it finds what it lacks; one that is empty finds at least
    what orders of ours did of late.
    """

    def __init__(self, *, store: Store, broker: Broker, clock: Clock) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        # Which orders are ours of those that the first look asked for, by the broker's ids: they do not change.
        self._is_ours: dict[str, bool] = {}

    def __call__(self) -> None:
        """Read what is new, in one transaction with its notices; raises BrokerUnavailable."""
        since = self._since()
        found = self._broker.activities(since - OVERLAP)
        with self._store.reading() as reader:
            new = _unknown(reader, found)
        if not new:
            return
        with self._store.writing() as transaction:
            for activity in new:
                if transaction.add_activity(activity, _trade_of(transaction, activity)) and activity.is_external:
                    _tell_money(transaction, activity)
        log.info("activities_read", count=len(new))

    def _since(self) -> datetime:
        """Return from when on to read."""
        with self._store.reading() as reader:
            last, first = reader.last_activity(), reader.setting(FIRST_LOOK)
        known = [at for at in (last, datetime.fromisoformat(first) if first else None) if at]
        return max(known) if known else self._first_look()

    def _first_look(self) -> datetime:
        """Keep what must be known of before the first look of all, and return the instant of that look.

        What happened before is in the positions already, but for those of our own orders: the trade that each of them
        belongs to was lost with the database.
        """
        now = self._clock.now()
        lost = self._since_lost_entries(self._broker.activities(now - LOOK_BACK))
        with self._store.writing() as transaction:
            for activity in lost:
                transaction.add_activity(activity, "")
            transaction.set_setting(FIRST_LOOK, now.isoformat())
        return now

    def _since_lost_entries(self, found: Iterable[Activity]) -> tuple[Activity, ...]:
        """Return what happened to each symbol since the first execution of an order of ours, oldest first."""
        executed = {activity.order_id: activity for activity in reversed(tuple(found)) if activity.order_id}
        since = dict[str, datetime]()
        for broker_id, execution in list(executed.items())[:MOST_ASKED]:
            if broker_id not in self._is_ours:
                order = self._broker.order_of(broker_id)
                self._is_ours[broker_id] = order is not None and is_own(trade_id_of(order.client_order_id))
            if self._is_ours[broker_id]:
                since[execution.symbol] = min(execution.at, since.get(execution.symbol, execution.at))
        if len(executed) > MOST_ASKED:
            log.warning("first_look_cut", orders=len(executed), asked=MOST_ASKED)
        return tuple(
            activity
            for activity in found
            if activity.kind not in MONEY and activity.symbol in since and activity.at >= since[activity.symbol]
        )


def _unknown(reader: Reader, found: tuple[Activity, ...]) -> list[Activity]:
    if not found:
        return []
    known = {activity.id for activity in reader.activities(since=min(activity.at for activity in found))}
    return [activity for activity in found if activity.id not in known]


def _trade_of(reader: Reader, activity: Activity) -> str:
    return reader.trade_of_order(activity.order_id) if activity.kind in OF_AN_ORDER and activity.order_id else ""


def _tell_money(transaction: Transaction, activity: Activity) -> None:
    is_cash, came = activity.kind is ActivityKind.CASH, activity.dollars > 0
    move = (MoneyMove.DEPOSIT if came else MoneyMove.WITHDRAWAL) if is_cash else MoneyMove(activity.kind.value)
    key, dollars = f"{NoticeKind.MONEY_MOVED}:{activity.id}", activity.dollars
    transaction.enqueue_notice(MoneyMoved(key=key, at=activity.at, move=move, dollars=dollars, symbol=activity.symbol))
    transaction.write_audit(OWN_ACCORD.entry(activity.at, "money", move, f"{dollars} {activity.symbol or '-'}"))
