"""The curve of equity, and what of it came by trading: money in and out is no gain and no loss.

Each point has `external`, the money that came until then, and `growth`, what a dollar of the first point became without
it. The broker's list of activities and the equity do not change at one instant, and many activities have a date and no
time, so it is not their time that tells between which points money came: it is the step of equity and cash that shows
it. What no step shows waits for one, some days at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, Self

from sqlalchemy import Connection, Float, Row, Select, and_, bindparam, cast, func, insert, select, update

from engine.adapters.sql.account_tables import ActivityRow, EquityRow
from engine.adapters.sql.base import one_of
from engine.adapters.sql.desk_tables import SettingRow
from engine.model.account import Account
from engine.model.activity import MONEY, Activity

KNOWN = "money_known"
"""The setting that has the dollars that came by no trade since the first point, as far as the broker told of them."""
EARLIER, LATER = timedelta(days=1), timedelta(days=3)
"""How long before and after an activity's time equity may show it; many have only a date, and some are told late."""
SMALL = Decimal("0.002")
"""Money under this part of equity is not looked for among the steps, which are larger: it counts with the next one."""
NEAR, NEARER = Decimal("0.5"), Decimal("0.25")
"""How far a step of equity may be off the money that it is to show, as a part of that money.

It must be nearer where cash tells something else, because shares were bought or sold at the same time.
"""

EXTERNAL = and_(one_of(ActivityRow.kind, sorted(MONEY)), ActivityRow.order_id == "")
"""Activities that are `is_external`: what an order cost is a cost of trading."""
POINT = select(EquityRow.at, EquityRow.equity, EquityRow.cash, EquityRow.external, EquityRow.growth)
NEXT_POINT = POINT.where(EquityRow.at > bindparam("at")).order_by(EquityRow.at).limit(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A point of the curve; `external` is the money in it that came by no trade, `growth` what it is without that."""

    at: datetime
    equity: Decimal
    cash: Decimal
    external: Decimal
    growth: float

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Read a point from its row."""
        return cls(at=row.at, equity=row.equity, cash=row.cash, external=row.external, growth=row.growth)

    @property
    def is_base(self) -> bool:
        """Whether something can grow from it: there is none where all is lost."""
        return self.equity > 0 and self.growth > 0


def is_shown(before: Point, now: Account | Point, money: Decimal) -> bool:
    """Tell whether money seems to have come (below 0: gone) between a point and now."""
    of_equity, of_cash = _misfits(before, now, money)
    return of_equity <= NEARER or (of_equity <= NEAR and of_cash <= NEAR)


def last_point(connection: Connection, before: datetime | None = None, *, base: bool = False) -> Point | None:
    """Return the last point, before an instant or of all; only one from which something can grow where `base`."""
    named = {"before": before} if before else {}
    return _single(connection, _last_point(*named, base=base), named)


def money_known(connection: Connection) -> Decimal:
    """Return the dollars that came by no trade since the first point, as far as they are known."""
    return Decimal(connection.scalar(select(SettingRow.value).where(SettingRow.name == KNOWN)) or 0)


def money_waiting(connection: Connection, last: Point) -> Decimal:
    """Return the dollars that are known and that the last point does not show."""
    return money_known(connection) - last.external


def add_point(connection: Connection, at: datetime, account: Account) -> None:
    """Add a point to the curve, in place of one of the same instant."""
    last = last_point(connection, at)
    if last is None:
        external, growth = _beginning(connection, at, account)
    else:
        external = last.external + _money_in(connection, last, at, account)
        growth = _grown(last if last.is_base else last_point(connection, at, base=True), account.equity, external)
    row = {
        "at": at,
        "equity": account.equity,
        "cash": account.cash,
        "buying_power": account.buying_power,
        "margin": account.margin,
        "external": external,
        "growth": growth,
    }
    if not connection.execute(update(EquityRow).where(EquityRow.at == at), row).rowcount:
        connection.execute(insert(EquityRow), row)


def take_in(connection: Connection, activity: Activity) -> None:
    """Find the step of the curve that shows an activity's money, and take it out of what was won by trading since.

    Money of before the curve began is in its first point; what no step shows is waited for while it may still come.
    """
    money = activity.dollars
    began = connection.scalar(select(func.min(EquityRow.at)))
    if not activity.is_external or not money or began is None or activity.at < began - EARLIER:
        return
    window = _points(connection, POINT.where(EquityRow.at.between(activity.at - EARLIER, activity.at + LATER)))
    before = last_point(connection, activity.at - EARLIER)
    steps = list(pairwise([before, *window] if before else window))
    showing = [(sum(_misfits(*step, money)), step[1].at) for step in steps if is_shown(*step, money)]
    if showing:
        _shift(connection, min(showing)[1], money)
    elif window and last_point(connection) != window[-1]:
        _shift(connection, max(began, activity.at), money)
    _know(connection, money_known(connection) + money)


def flows(
    connection: Connection, since: datetime, until: datetime | None = None
) -> tuple[tuple[datetime, Decimal], ...]:
    """Return when money came or went after an instant, and what it made of a dollar in the account, oldest first."""
    before = last_point(connection, since)
    stretch = POINT.where(EquityRow.at >= (before.at if before else since))
    if until:
        stretch = stretch.where(EquityRow.at <= until)
    points = stretch.add_columns(
        func.lag(EquityRow.external, type_=EquityRow.external.type).over(order_by=EquityRow.at).label("earlier")
    ).subquery()
    changed = select(points.c.at, points.c.equity, points.c.external, points.c.earlier)
    rows = connection.execute(changed.where(points.c.external != points.c.earlier).order_by(points.c.at))
    return tuple((row.at, made_of(row.equity, row.external - row.earlier)) for row in rows)


def made_of(equity: Decimal, money: Decimal) -> Decimal:
    """Return what money that came made of each dollar of an account whose equity it now is; 1 where none was left."""
    without = equity - money
    return equity / without if equity > 0 and without > 0 else Decimal(1)


def in_later_money(changes: Iterable[tuple[datetime, Decimal]], at: datetime) -> Decimal:
    """Return what a dollar of an instant is after the flows that came later."""
    dollar = Decimal(1)
    for when, factor in changes:
        dollar *= factor if when > at else 1
    return dollar


def _misfits(before: Point, now: Account | Point, money: Decimal) -> tuple[Decimal, Decimal]:
    """Tell how badly money explains the steps of equity and of cash, as parts of it: 0 where they are just that.

    What is known to have come already explains its own part of the step.
    """
    rest = money + (now.external - before.external if isinstance(now, Point) else 0)
    of_cash = min(abs(money), abs(now.cash - before.cash - rest))
    return abs(now.equity - before.equity - rest) / abs(money), of_cash / abs(money)


def _beginning(connection: Connection, at: datetime, account: Account) -> tuple[Decimal, float]:
    """Return what the first point has: nothing came yet. One that is told late goes by the one after it."""
    after = _single(connection, NEXT_POINT, {"at": at})
    if after is None:
        return Decimal(0), 1.0
    return after.external, _grown(after if after.is_base else None, account.equity, after.external)


def _money_in(connection: Connection, last: Point, at: datetime, account: Account) -> Decimal:
    """Return the dollars that came between the last point and an account, as far as they are known."""
    money = money_waiting(connection, last)
    if not money or abs(money) < SMALL * abs(last.equity) or is_shown(last, account, money):
        return money
    return Decimal(0) if _is_fresh(connection, money, at) else money


def _is_fresh(connection: Connection, money: Decimal, at: datetime) -> bool:
    """Tell whether what makes up most of some money came so lately that equity may not show it yet."""
    lately = select(ActivityRow.dollars).where(ActivityRow.at >= at - LATER, EXTERNAL)
    return any(abs(dollars) >= abs(money) / 2 for dollars in connection.scalars(lately))


def _grown(base: Point | None, equity: Decimal, external: Decimal) -> float:
    """Return what a dollar of the first point became, from one of its points on."""
    if base is None:
        return 1.0
    return base.growth * float((equity - (external - base.external)) / base.equity)


def _shift(connection: Connection, since: datetime, money: Decimal) -> None:
    """Let money have come with the first point from an instant on, and work out the growth again from there."""
    base = last_point(connection, since, base=True)
    changed = []
    for point in _points(connection, POINT.where(EquityRow.at >= since)):
        external = point.external + money
        after = replace(point, external=external, growth=_grown(base, point.equity, external))
        changed.append({"this": after.at, "external": after.external, "growth": after.growth})
        base = after if after.is_base else base
    if changed:
        these = update(EquityRow).where(EquityRow.at == bindparam("this"))
        connection.execute(these.values(external=bindparam("external"), growth=bindparam("growth")), changed)


def _know(connection: Connection, money: Decimal) -> None:
    known = update(SettingRow).where(SettingRow.name == KNOWN).values(value=str(money))
    if not connection.execute(known).rowcount:
        connection.execute(insert(SettingRow), {"name": KNOWN, "value": str(money)})


def _points(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Point]:
    return [Point.of(row) for row in connection.execute(query.order_by(EquityRow.at))]


@cache
def _last_point(*named: str, base: bool) -> Select[*tuple[Any, ...]]:
    """Return the query for the last point, with a parameter for `before`."""
    query = POINT.order_by(EquityRow.at.desc()).limit(1)
    if "before" in named:
        query = query.where(EquityRow.at < bindparam("before"))
    return query.where(EquityRow.growth > 0, cast(EquityRow.equity, Float) > 0) if base else query


def _single(connection: Connection, query: Select[*tuple[Any, ...]], named: Mapping[str, object]) -> Point | None:
    row = connection.execute(query, named).first()
    return None if row is None else Point.of(row)
