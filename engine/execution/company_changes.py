"""What a company made of the shares that are held, as the account's activities or an announcement tell it; pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from engine.execution.executions import Cut
from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.risk.restating import closest, plausible, whole

TOGETHER = timedelta(days=1)
"""The rows of one action stand no further apart than that."""

SIMPLE = 10
"""Denominators up to that are those of a split; larger ones come from shares that were cut to whole ones."""

NEARLY = Fraction(1, 50)
"""By how much the ratio of whole shares may differ from that of the company."""

KINDS = {
    ActivityKind.SPLIT: ActionKind.SPLIT,
    ActivityKind.RENAME: ActionKind.RENAME,
    ActivityKind.MERGER: ActionKind.MERGER,
    ActivityKind.REMOVAL: ActionKind.REMOVAL,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What became of the shares of a symbol: `ratio` new ones for each, of `symbol`, and `dollars` for all of them.

    A ratio of 0 is the end of them. `rows` are the ids of the activities that tell it, and `taken` the old shares that
    went out by them, or came in where they were sold short, 0 where only the difference is told.
    """

    key: str
    kind: ActionKind
    ratio: Fraction
    symbol: str
    dollars: Decimal = Decimal(0)
    rows: tuple[str, ...] = ()
    taken: Decimal = Decimal(0)


def announced_change(action: CorporateAction, shares: int) -> Change:
    """Return what an announced action makes of so many shares."""
    is_end = action.kind is ActionKind.REMOVAL or (action.kind is ActionKind.MERGER and not action.new_symbol)
    return Change(
        key=action.id,
        kind=action.kind,
        ratio=Fraction(0) if is_end else action.ratio,
        symbol=action.new_symbol or action.symbol,
        dollars=action.cash * shares,
    )


def first_told(rows: Sequence[Activity], symbol: str) -> Activity | None:
    """Return the first of the activities that tell of an exchange of the shares of a symbol."""
    return next((row for row in rows if row.symbol == symbol and row.kind in KINDS and row.shares), None)


def told_change(
    rows: Sequence[Activity],
    symbol: str,
    shares: int,
    ours: Collection[str] = frozenset(),
    moved: Fraction | None = None,
) -> Change | None:
    """Return what the unclaimed activities say of a symbol of which so many shares were held; None for nothing.

    The old shares go out in a row and the new ones come in with another, of the same or a new symbol; where only the
    difference is told, the shares of before make the ratio. Rows of a day may be of several companies: None where it
    is not clear which of them are of this one. `ours` are the symbols of our trades, `moved` is the ratio by whose
    inverse the cost of a share moved, if that is known. Of shares sold short, which are below 0, old ones come in and
    new ones go out.
    """
    if shares < 0:
        rows, shares = [replace(row, shares=-row.shares) for row in rows], -shares
    first = first_told(rows, symbol)
    if first is None:
        return None
    same = [row for row in rows if row.kind is first.kind and abs(row.at - first.at) < TOGETHER]
    gone = -sum((row.shares for row in same if row.symbol == symbol and row.shares < 0), Decimal(0))
    if not gone and first.kind is not ActivityKind.SPLIT:
        return _come_for_others(first, same, ours)
    come = _come_for(symbol, gone, same, shares)
    if come is None or (first.kind is ActivityKind.RENAME and not come):
        return None
    came = sum((row.shares for row in come), Decimal(0))
    is_difference = first.kind is ActivityKind.SPLIT and bool(gone) and not came  # of a reverse split
    before = gone if gone and not is_difference else Decimal(shares)
    ratio = _told_ratio(first.kind, before, before - gone + came, moved)
    if ratio is None:
        return None
    return Change(
        key=first.id,
        kind=KINDS[first.kind],
        ratio=ratio,
        symbol=come[0].symbol if come else symbol,
        dollars=sum((row.dollars for row in same if row.symbol in {symbol, ""}), Decimal(0)),
        rows=tuple(row.id for row in same if (row.symbol == symbol and row.shares <= 0) or row in come),
        taken=Decimal(0) if is_difference else gone,
    )


def _told_ratio(kind: ActivityKind, before: Decimal, after: Decimal, moved: Fraction | None) -> Fraction | None:
    """Return how many shares came out of each one of before; None where the numbers make no sense."""
    if before <= 0 or after < 0:
        return None
    ratio = Fraction(after) / Fraction(before)
    if kind is ActivityKind.RENAME:
        return Fraction(1)  # the rows may count shares of others too, or what was held at another time
    if kind is ActivityKind.SPLIT and ratio.denominator > SIMPLE:  # whole shares only were told
        return closest(plausible(int(before), int(after)), moved) or ratio
    return ratio


def _come_for(symbol: str, gone: Decimal, same: Sequence[Activity], shares: int) -> Sequence[Activity] | None:
    """Return what came in for the shares of a symbol; None where it may have come in for those of others.

    A rename brings as many as it takes. What a split brings is of another symbol only if all shares went out for it.
    """
    kind = same[0].kind
    come = [row for row in same if row.shares > 0]
    own = [row for row in come if row.symbol == symbol]
    if kind is not ActivityKind.RENAME and (own or (kind is ActivityKind.SPLIT and gone < shares)):
        return own
    others = [row for row in come if row.symbol != symbol]
    as_many = [row for row in others if row.shares == gone] if kind is ActivityKind.RENAME else []
    left = {row.symbol for row in same if row.shares < 0}
    fitting = as_many or others
    fitting = [row for row in fitting if row.symbol not in left] or fitting
    is_alone = left - {row.symbol for row in come} == {symbol}
    is_clear = len({row.symbol for row in fitting}) == 1 and (as_many or is_alone)
    return fitting if is_clear or not fitting else None


def _come_for_others(first: Activity, same: Sequence[Activity], ours: Collection[str]) -> Change | None:
    """Return what shares are to the trades of a symbol that came in for those of another one: nothing new.

    The trades are of that symbol already, or shares that are not ours became such. None where another trade of ours
    waits for them.
    """
    come = [row for row in same if row.symbol == first.symbol]
    came = sum((row.shares for row in come), Decimal(0))
    gone = [row for row in same if row.shares < 0]
    if first.kind is ActivityKind.RENAME:
        gone = [row for row in gone if -row.shares == came]
    names = {row.symbol for row in gone}
    if names & set(ours):
        return None
    return Change(
        key=first.id,
        kind=KINDS[first.kind],
        ratio=Fraction(1),
        symbol=first.symbol,
        dollars=sum((row.dollars for row in same if row.symbol in {first.symbol, ""}), Decimal(0)),
        rows=tuple(row.id for row in (*come, *(gone if len(names) == 1 else ()))),
    )


def is_cash_in_lieu(row: Activity) -> bool:
    """Tell whether an activity pays for fractions of a share that a split left over."""
    return row.kind is ActivityKind.SPLIT and not row.shares and row.dollars > 0


def is_told_late(told: Change, done: CorporateAction, symbol: str, cut: Cut) -> bool:
    """Tell whether the account reports what was carried out already; it may count whole shares only.

    It ends then in the symbol that the shares have by now; what gives them another one is still to come, and so is what
    the shares there are at the `cut` show. Of a difference it is not said to how many shares it was added.
    """
    is_same = symbol == told.symbol == (done.new_symbol or done.symbol) and done.kind is told.kind
    if not is_same or not done.ratio:
        return is_same
    if cut.before != cut.after and makes(told.ratio, cut.before, cut.after):
        return False
    more = told.ratio - 1
    ratios = [told.ratio] if told.taken or more >= 1 else [told.ratio, 1 / (1 - more)]
    return any(abs(ratio / done.ratio - 1) < NEARLY for ratio in ratios)


def is_counted(told: Change, cut: Cut, held_back: int) -> bool:
    """Tell whether what the account took out, or added, fits the shares that there should be at a moment.

    Of those `held_back` were sold, before that moment or after it, and are not booked.
    """
    if told.taken:
        taken = told.taken if cut.before >= 0 else -told.taken
        return cut.before - held_back - 1 <= taken <= cut.before + 1
    return told.ratio.denominator <= SIMPLE and makes(told.ratio, cut.before, cut.after)


def is_announced_as(announced: Change, told: Change, shares: int) -> bool:
    """Tell whether the account reports, maybe in whole shares, what was announced."""
    is_kind = (told.kind, told.symbol) == (announced.kind, announced.symbol)
    if announced.kind is not ActionKind.SPLIT:
        return is_kind
    return is_kind and makes(announced.ratio, shares, whole(shares * told.ratio))


def together(changes: Sequence[Change], symbol: str) -> Iterator[Fraction]:
    """Yield the ratios of changes that leave a symbol as it is: of the first, of the first two, and so on."""
    ratio = Fraction(1)
    for change in changes:
        if change.symbol != symbol:
            return
        ratio *= change.ratio
        yield ratio


def makes(ratio: Fraction, before: int, after: int) -> bool:
    """Tell whether a ratio makes one number of shares of another, one more or less, and with a part of a share too."""
    return whole(before * ratio) - 1 <= after <= whole((before + 1) * ratio) + 1
