from datetime import datetime, timedelta

import structlog

from engine.model.activity import Activity, ActivityKind
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


class AccountActivities:
    """Keeps what happened in the account: executions with the trade that they belong to, money that came and went.

    A database that was put back reads on where it ended, so it finds what it lacks.
    """

    def __init__(self, *, store: Store, broker: Broker, clock: Clock) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock

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
        """Return from when on to read; what was before the first look of all is in the positions already."""
        with self._store.reading() as reader:
            last, first = reader.last_activity(), reader.setting(FIRST_LOOK)
        if last is not None or first is not None:
            return last or datetime.fromisoformat(first or "")
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.set_setting(FIRST_LOOK, now.isoformat())
        return now


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
