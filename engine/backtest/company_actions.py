"""What companies did to their shares, and whether prices were traded at or are adjusted for it already.

Prices as they were traded fall by a split; those that are adjusted for it do not. Taken out of these once more, a split
would be a move that nobody ever saw.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import log, log1p
from types import MappingProxyType

import numpy as np

from engine.errors import SettingsInvalid
from engine.model.backtest import DataNote, NoteKind
from engine.model.market import BarHistory, day_begin, exchange_date
from engine.signals.sift import sifted
from engine.signals.slots import instant

PLAIN = 0.3
"""A split that moves a price by more cannot be mistaken for what a price does in a night."""
NEAR = timedelta(days=7)
"""Over more days a price can come anywhere."""
EVER: Mapping[str, date] = MappingProxyType({})
"""No last day for any symbol."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyAction:
    """What happened to a share before the open of a day: `split` new ones for an old one, `dividend` dollars paid."""

    symbol: str
    on: date
    split: Fraction = Fraction(1)
    dividend: Decimal = Decimal(0)


def restated_dividends(actions: Sequence[CompanyAction], until: Mapping[str, date] = EVER) -> list[CompanyAction]:
    """Return the dividends alone, each restated by the later splits of its symbol, up to a day where one is given."""
    told = []
    for paid in (each for each in actions if each.dividend):
        share, last = paid.dividend, until.get(paid.symbol, date.max)
        for each in actions:
            if each.symbol == paid.symbol and paid.on < each.on <= last:
                share = share * each.split.denominator / each.split.numerator
        told.append(replace(paid, split=Fraction(1), dividend=share))
    return told


def unknown_dividends(symbols: Sequence[str], actions: Sequence[CompanyAction]) -> list[DataNote]:
    """Say of which symbols no dividend is named, of all of them or of how many; nothing where each has one."""
    paid = {each.symbol for each in actions if each.dividend}
    unknown = [symbol for symbol in symbols if symbol not in paid]
    if len(unknown) == len(symbols):
        return [DataNote(kind=NoteKind.NO_DIVIDENDS)]
    return [DataNote(kind=NoteKind.NO_DIVIDENDS, symbol=unknown[0], count=len(unknown))] if unknown else []


def splits_taken_out(bars: BarHistory, actions: Sequence[CompanyAction]) -> BarHistory:
    """Restate prices and volumes of before each split in the shares after it."""
    splits = [each for each in actions if each.split != 1 and each.symbol in bars.symbols]
    values = bars.stacked
    for split in splits:
        column, before = bars.symbols.index(split.symbol), first_bar(bars, split.on)
        values[:4, :before, column] /= float(split.split)
        values[4, :before, column] *= float(split.split)
    return replace(BarHistory.of(bars.symbols, bars.starts, values), flaws=bars.flaws) if splits else bars


def unseen_splits(bars: BarHistory, actions: Sequence[CompanyAction]) -> Iterator[DataNote]:
    """Name the splits that prices as they were traded do not show, and so may be adjusted for already.

    Raises SettingsInvalid where that is beyond doubt: nobody should read a result on prices that are adjusted twice.
    """
    splits = [each for each in actions if each.split != 1 and each.symbol in bars.symbols]
    if not splits:
        return
    bars, _ = sifted(bars)
    for (symbol, before, after), together in _by_bars(bars, splits).items():
        column = bars.symbols.index(symbol)
        closed, opened = float(bars.close[before, column]), float(bars.open[after, column])
        wanted, move = -sum(log(each.split) for each in together), log(opened / closed)
        if abs(move) >= abs(move - wanted):
            continue
        days = [exchange_date(instant(int(bars.starts[place]))) for place in (before, after)]
        split = together[0]
        if abs(wanted) > log1p(PLAIN) and days[1] - days[0] <= NEAR:
            raise SettingsInvalid(
                f"--actions: {symbol} split {split.split.numerator}:{split.split.denominator} on {split.on}, and its"
                f" prices do not show it: ${closed:.2f} on {days[0]}, ${opened:.2f} on {days[1]}. They are adjusted"
                " for it already; expected a file of actions without this split, and with dividends in the shares of"
                " after it"
            )
        yield DataNote(kind=NoteKind.SPLIT_UNSEEN, symbol=symbol, on=split.on, part=opened / closed - 1)


def _by_bars(
    bars: BarHistory, splits: Sequence[CompanyAction]
) -> Mapping[tuple[str, int, int], Sequence[CompanyAction]]:
    """Return splits by their symbol and the bars between which its price must have moved."""
    found = defaultdict[tuple[str, int, int], list[CompanyAction]](list)
    for split in splits:
        places = np.flatnonzero(np.isfinite(bars.close[:, bars.symbols.index(split.symbol)]))
        number = int(np.searchsorted(places, first_bar(bars, split.on)))
        if 0 < number < len(places):
            found[split.symbol, int(places[number - 1]), int(places[number])].append(split)
    return found


def first_bar(bars: BarHistory, on: date) -> int:
    """Return the first bar of a day, or of the next that has any; the number of all where there is none."""
    return int(np.searchsorted(bars.starts, int(day_begin(on).timestamp())))
