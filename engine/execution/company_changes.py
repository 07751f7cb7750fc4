"""What a company made of the shares that are held, as the account's activities or an announcement tell it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.risk.restating import plausible

TOGETHER = timedelta(days=1)
"""The rows of one action stand no further apart than that."""

SIMPLE = 10
"""Denominators up to that are those of a split; larger ones come from shares that were cut to whole ones."""

KINDS = {
    ActivityKind.SPLIT: ActionKind.SPLIT,
    ActivityKind.RENAME: ActionKind.RENAME,
    ActivityKind.MERGER: ActionKind.MERGER,
    ActivityKind.REMOVAL: ActionKind.REMOVAL,
}
EXCHANGES = frozenset(KINDS)
"""Kinds of activities that tell of shares that were exchanged; a spin-off only adds others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What became of the shares of a symbol: `ratio` new ones for each, of `symbol`, and `dollars` for all of them.

    A ratio of 0 is the end of them. `rows` are the ids of the activities that tell it.
    """

    key: str
    kind: ActionKind
    ratio: Fraction
    symbol: str
    dollars: Decimal = Decimal(0)
    rows: tuple[str, ...] = ()


def exchanges(action: CorporateAction) -> bool:
    """Tell whether an action exchanges the shares themselves; a spin-off only adds others."""
    return action.kind is not ActionKind.SPIN_OFF


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


def told_change(rows: Sequence[Activity], symbol: str, shares: int) -> Change | None:
    """Return what the unclaimed activities say of a symbol of which so many shares were held; None for nothing.

    The old shares go out in a row and the new ones come in with another, of the same or a new symbol; where only the
    difference is told, the shares of before make the ratio.
    """
    first = next((row for row in rows if row.symbol == symbol and row.kind in KINDS and row.shares), None)
    if first is None:
        return None
    same = [row for row in rows if row.kind is first.kind and abs(row.at - first.at) < TOGETHER]
    gone = -sum((row.shares for row in same if row.symbol == symbol and row.shares < 0), Decimal(0))
    come = [row for row in same if row.shares > 0 and (row.symbol == symbol or gone)]
    came = sum((row.shares for row in come), Decimal(0))
    if gone or first.kind is not ActivityKind.SPLIT:
        before, after = (gone or Decimal(shares)), came
    else:
        before, after = Decimal(shares), Decimal(shares) + came
    if first.kind is ActivityKind.SPLIT and gone and not came:  # a reverse split told by its difference
        before, after = Decimal(shares), Decimal(shares) - gone
    if before <= 0 or after < 0:
        return None
    ratio = Fraction(after) / Fraction(before)
    if first.kind is ActivityKind.RENAME:
        ratio = Fraction(1)  # the rows may count shares of others too, or what was held at another time
    if first.kind is ActivityKind.SPLIT and ratio.denominator > SIMPLE:  # whole shares only were told
        ratio = next(plausible(int(before), int(after)), ratio)
    return Change(
        key=first.id,
        kind=KINDS[first.kind],
        ratio=ratio,
        symbol=come[0].symbol if come else symbol,
        dollars=sum((row.dollars for row in same if row.symbol in {symbol, ""}), Decimal(0)),
        rows=tuple(row.id for row in same if row.symbol == symbol or row in come),
    )


def is_cash_in_lieu(row: Activity) -> bool:
    """Tell whether an activity pays for fractions of a share that a split left over."""
    return row.kind is ActivityKind.SPLIT and not row.shares and row.dollars > 0
