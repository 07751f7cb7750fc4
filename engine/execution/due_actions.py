"""Which announced actions are due and not carried out yet, and the trades whose shares they are about."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.execution.action_calendar import BACK
from engine.execution.company_changes import KINDS, first_told
from engine.model.activity import EXCHANGES, NOBODY
from engine.model.corporate_action import ActionState, CorporateAction
from engine.model.market import EXCHANGE_ZONE, exchange_date
from engine.model.trade import AT_THE_BROKER, Trade
from engine.ports.store import Reader, Transaction

SPIN_OFF_WAITS = timedelta(days=366)
"""Days for which a spin-off may stay not understood: the new company may trade late, or at no exchange."""


def due_actions(reader: Reader, on: date) -> list[CorporateAction]:
    """Return the announced actions that change shares or prices by a day and are not carried out yet."""
    announced = (
        action for action, state in reader.corporate_actions(on - SPIN_OFF_WAITS, on) if state is ActionState.ANNOUNCED
    )
    return [action for action in announced if action.ex_date >= on - BACK or not action.is_exchange]


def exchanges_due(reader: Reader, on: date) -> list[CorporateAction]:
    """Return those of them that exchange the shares themselves."""
    return [action for action in due_actions(reader, on) if action.is_exchange]


def exchange_due(reader: Reader, symbol: str, on: date) -> CorporateAction | None:
    """Return what exchanges the shares of a symbol by a day and is not carried out yet: announced, or told of.

    What the account's activities tell of has no rate until it is understood: its `new_shares` are 0.
    """
    announced = next((action for action in exchanges_due(reader, on) if action.symbol == symbol), None)
    row = first_told(reader.unclaimed(EXCHANGES), symbol)
    if announced or row is None:
        return announced
    day, unknown = exchange_date(row.at), Decimal(0)
    return CorporateAction(id=row.id, kind=KINDS[row.kind], symbol=symbol, ex_date=day, new_shares=unknown)


def spin_offs_due(reader: Reader, on: date) -> list[tuple[CorporateAction, tuple[Trade, ...]]]:
    """Return those of them that only spin others off, each with our trades that hold its shares since before."""
    return spin_offs_among(due_actions(reader, on), reader)


def spin_offs_among(
    actions: Iterable[CorporateAction], reader: Reader
) -> list[tuple[CorporateAction, tuple[Trade, ...]]]:
    """Return those of some actions that only spin others off, each with our trades as `spin_offs_due` does."""
    spin_offs = [action for action in actions if not action.is_exchange]
    found = ((action, holders(reader, action)) for action in spin_offs)
    return [(action, trades) for action, trades in found if trades]


def holders(reader: Reader, action: CorporateAction) -> tuple[Trade, ...]:
    """Return our trades at the broker that bought shares of an action before its day."""
    trades = reader.trades(AT_THE_BROKER, symbol=action.symbol)
    return tuple(trade for trade in trades if trade.filled_shares and trade.was_bought_before(action.ex_date))


def unbooked(reader: Reader, on: date) -> dict[str, datetime]:
    """Return the symbols of which no sale is booked before a spin-off is understood, and from when on.

    What a share cost is not known until then. Who waits in vain is not kept waiting for ever.
    """
    due = spin_offs_due(reader, on)
    return {action.symbol: begin(action) for action, _ in due if action.ex_date >= on - BACK}


def changed_lately(reader: Reader, on: date) -> dict[str, date]:
    """Return the symbols whose shares, or their worth, a company changed in the days up to one: the last day of each.

    Announced or carried out, or told by the account and not understood yet.
    """
    days = [(action.symbol, action.ex_date) for action, _ in reader.corporate_actions(on - BACK, on)]
    days += [(row.symbol, exchange_date(row.at)) for row in reader.unclaimed(EXCHANGES) if row.shares]
    return dict(sorted(days))


def begin(action: CorporateAction) -> datetime:
    """Return the instant with which the day of an action begins."""
    return datetime.combine(action.ex_date, time(), EXCHANGE_ZONE)


def was_exchanged(reader: Reader, symbol: str, since: datetime, now: datetime) -> bool:
    """Tell whether shares of a symbol were exchanged since an instant, or may have been."""
    done = reader.corporate_actions(exchange_date(since), exchange_date(now))
    rows = reader.activities(symbol=symbol, since=since)
    return any(row.kind in EXCHANGES and row.shares for row in rows) or any(
        action.symbol == symbol and action.is_exchange for action, _ in done
    )


def claim_exchanges(transaction: Transaction, symbol: str) -> None:
    """Take what the account tells of a symbol for carried out: somebody said that it is right as it is."""
    for row in transaction.unclaimed(EXCHANGES, symbol=symbol):
        transaction.claim_activity(row.id, NOBODY)
