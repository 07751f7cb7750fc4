"""Which change of a limit lets the desk risk more; each limit that may change at run time says so at its field.

A limit from above is looser the higher it is, one from below the lower; where there is none, nothing is looser.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseSide:
    """On which side a limit is loose, a switch as 1 or 0; `zero_is_none` where 0 stands for no limit."""

    is_from_above: bool
    zero_is_none: bool = False


MOST = LooseSide(is_from_above=True)
MOST_IF_ANY = LooseSide(is_from_above=True, zero_is_none=True)
LEAST = LooseSide(is_from_above=False)

UNLIMITED = Decimal("Infinity")


def is_looser(side: LooseSide, before: Decimal | None, after: Decimal | None) -> bool:
    """Tell whether a limit's figure after a change lets the desk risk more than the one before; None is no limit."""
    return _looseness(after, side) > _looseness(before, side)


def _looseness(figure: Decimal | None, side: LooseSide) -> Decimal:
    if figure is None or (side.zero_is_none and figure == 0):
        return UNLIMITED
    return figure if side.is_from_above else -figure
