from dataclasses import dataclass
from datetime import date

MANY_MISSING = 0.02
"""The part of a symbol's bars, between its first and last one, whose lack is worth telling."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchedSymbol:
    """What is kept of a symbol in the days that were asked for.

    `added` are the bars that were not there before. `empty` are sessions without any bar, `missing` is the part of the
    other sessions' bars that is not there. `is_readjusted` tells that all was read anew, because of a split.
    """

    symbol: str
    bars: int
    added: int
    empty: tuple[date, ...]
    missing: float
    is_readjusted: bool
