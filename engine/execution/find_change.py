"""Which exchange of shares is behind what a trade has: told, announced, or shown by its quantity, price and cost.

It is told with its moment among the executions by hand that are not booked: what was dealt before it was of the shares
of before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from engine.execution.company_changes import (
    Change,
    announced_change,
    first_told,
    is_announced_as,
    is_counted,
    is_told_late,
    makes,
    together,
    told_change,
)
from engine.execution.due_actions import begin, exchanges_due
from engine.execution.executions import Cut, cuts
from engine.model.account import Position
from engine.model.activity import EXCHANGES, Activity
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction
from engine.model.money import ZERO
from engine.model.trade import AT_THE_BROKER, Trade
from engine.ports.store import Reader
from engine.risk.restating import SHOWN, closest, fits, is_denied, is_doubtful, is_shown_by_price, plausible

ACTIVITY_LAG = timedelta(days=2)
"""Days by which the account's activities, or an announcement, may come after the shares themselves."""


def known_change(
    reader: Reader, trade: Trade, among: Sequence[Cut], position: Position | None, *, held_back: int, on: date
) -> tuple[Change, Cut] | None:
    """Return what activities, or announcements, say by a day became of a trade's shares; None while they say nothing.

    It is returned with its moment `among` the executions by hand that are not booked, by which the shares are those
    that were told, or shown. `held_back` are shares that exits sold and that are not booked. What was announced
    counts once the quantity shows it. Where only whole shares are told, the ratio is the one by which the cost of
    the `position` moved.
    """
    rows = reader.unclaimed(EXCHANGES)
    ours = reader.symbols(AT_THE_BROKER, {row.symbol for row in rows})
    announced = exchanges_due(reader, on)
    done = [action for action, state in reader.corporate_actions(on - ACTIVITY_LAG, on) if state is ActionState.APPLIED]
    own = [action for action in announced if action.symbol == trade.symbol and trade.was_bought_before(action.ex_date)]
    first = first_told(rows, trade.symbol)
    moved = _moved(trade, among[0].before, position)
    possible = _until(among, first.at) if first else ()
    for cut in reversed(possible):
        told = told_change(rows, trade.symbol, cut.before, ours, moved)
        if told is None:
            continue
        if any(is_told_late(told, action, trade.symbol, cut) for action in done):
            # Its shares show it already, by an announcement or by their value: the account tells a little later.
            return replace(told, ratio=Fraction(1), symbol=trade.symbol), among[0]
        is_fitting = is_counted(told, cut, held_back)
        missed = None if is_fitting else _missed_before(trade, told, possible, own, moved, on)
        if missed:
            return missed
        if len(among) == 1 or is_fitting:
            # The account counts whole shares, the company the exact ratio. Several may be due: not any other's.
            changes = (announced_change(action, cut.before) for action in own)
            exact = (change.ratio for change in changes if is_announced_as(change, told, cut.before))
            return replace(told, ratio=next(exact, told.ratio)), cut
        if told.ratio == 1:
            return told, among[0]
    return _shown_change(trade, own, among)


def inferred_change(
    trade: Trade, among: Sequence[Cut], position: Position | None, price_before: Decimal | None, *, on: date
) -> tuple[Change, Cut] | None:
    """Return the split that a change of quantity is, where the price or the cost moved by the inverse.

    What was sold since and is not booked counts as found. It is returned with its moment `among` the executions by
    hand: those before it were dealt at the price of the old shares, those after it at that of the new ones.
    """
    if position is None:
        return None
    paid, moved = trade.fill_price or ZERO, _moved(trade, among[0].before, position)
    cost = position.cost if moved else ZERO
    for cut in among:
        if not (_is_dealt_at(cut.earlier, price_before or trade.entry) and _is_dealt_at(cut.later, position.price)):
            continue
        fitting = [
            ratio
            for ratio in plausible(cut.before, cut.after)
            if (price_before is not None and fits(ratio, price_before, position.price))
            or (fits(ratio, paid, cost) and fits(ratio, trade.entry, position.price))
            or (not moved and is_shown_by_price(ratio, trade.entry, position.price))
        ]
        ratio = closest(fitting, moved)
        if ratio is not None and not is_denied(ratio, moved):
            return _seen(trade, ratio, on), cut
    return None


def _missed_before(
    trade: Trade,
    told: Change,
    possible: Sequence[Cut],
    announced: Sequence[CorporateAction],
    moved: Fraction | None,
    on: date,
) -> tuple[Change, Cut] | None:
    """Return the change of before a told one that is shown by what went out then: other shares than were known of.

    It was announced, or the cost of a share moved by the inverse of both.
    """
    if not told.taken:
        return None
    taken = int(told.taken) if possible[0].before >= 0 else -int(told.taken)
    among = cuts(possible[-1].earlier, possible[0].before, taken)
    shown = _shown_change(trade, announced, among)
    if shown or not moved:
        return shown
    first = moved / told.ratio
    for cut in among:
        ratio = closest(plausible(cut.before, cut.after), first)
        if ratio is None or abs(ratio / first - 1) > SHOWN:
            continue
        before = trade.entry
        after = before * ratio.denominator / ratio.numerator
        if _is_dealt_at(cut.earlier, before) and _is_dealt_at(cut.later, after):
            return _seen(trade, ratio, on), cut
    return None


def _shown_change(
    trade: Trade, announced: Sequence[CorporateAction], among: Sequence[Cut]
) -> tuple[Change, Cut] | None:
    """Return the first announced change that the quantity shows, by itself or as the first of several missed ones."""
    for number, action in enumerate(announced):
        cut = _until(among, begin(action))[-1]
        if cut.before == cut.after:
            continue
        changes = [announced_change(each, cut.before) for each in announced[number:]]
        if changes[0].symbol != trade.symbol:
            if abs(cut.after) <= 1:
                return changes[0], cut
        elif any(makes(ratio, cut.before, cut.after) for ratio in together(changes, trade.symbol)):
            return changes[0], cut
    return None


def _seen(trade: Trade, ratio: Fraction, on: date) -> Change:
    """Return the split that nobody told of and that the shares show."""
    key = f"seen-{trade.symbol}-{on:%Y%m%d}-{ratio.numerator}-{ratio.denominator}"
    return Change(key=key, kind=ActionKind.SPLIT, ratio=ratio, symbol=trade.symbol)


def _until(among: Sequence[Cut], moment: datetime) -> Sequence[Cut]:
    """Return the cuts before which nothing was dealt from a moment on; the first of all is always one."""
    return [cut for cut in among if all(execution.at < moment for execution in cut.earlier)]


def _is_dealt_at(executions: Sequence[Activity], price: Decimal) -> bool:
    """Tell whether executions were of shares of about a price."""
    return not any(is_doubtful(execution.price or ZERO, price) for execution in executions)


def _moved(trade: Trade, expected: int, position: Position | None) -> Fraction | None:
    """Return the ratio by whose inverse the cost of a share moved; None where others hold the symbol as well.

    Where nothing else is held, the broker changes the cost by the exact inverse, whatever the price does.
    """
    if position is None or expected != trade.held_shares or not trade.fill_price or position.cost <= 0:
        return None
    return Fraction(trade.fill_price) / Fraction(position.cost)
