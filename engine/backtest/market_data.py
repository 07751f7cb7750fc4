"""The bars that a backtest stands on: cleaned as the live desk's are, with what their reader must know.

Prices are in whole ticks of a hundredth of a cent, so that one and the same price is the same in numbers and in money.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from engine.backtest.company_actions import (
    CompanyAction,
    first_bar,
    restated_dividends,
    splits_taken_out,
    unseen_splits,
)
from engine.model.backtest import DataNote, NoteKind
from engine.model.fetched_bars import MANY_MISSING
from engine.model.market import BarFlaw, BarHistory, exchange_date
from engine.signals.sift import sifted
from engine.signals.slots import instant

TICKS = 4
"""Decimals of a price."""
JUMP = 0.3
"""A move from one bar to the next that is larger is named."""
CENT = 0.01
"""Dollars: the step of a price, so that a move of no more is none that a split explains."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MarketData:
    """Bars, where they are from, a hash of all that is in them, and what the reader must know.

    `dividends` has, by the bar before whose open they are paid, the symbol's column and dollars a share.
    """

    label: str
    bars: BarHistory
    fingerprint: str
    notes: tuple[DataNote, ...] = ()
    dividends: Mapping[int, tuple[tuple[int, Decimal], ...]] = field(default_factory=dict)


def prepared(
    label: str, bars: BarHistory, notes: Sequence[DataNote] = (), actions: Sequence[CompanyAction] = ()
) -> MarketData:
    """Clean a history and look it through; splits among `actions` are taken out of the prices before them.

    Raises SettingsInvalid where prices are adjusted for one of them already.
    """
    unseen = list(unseen_splits(bars, actions))
    bars = clean(splits_taken_out(bars, actions))
    flaws = sorted(each for each in bars.flaws.items() if each[0] is not BarFlaw.OUT_OF_ORDER)  # each took its place
    found = [DataNote(kind=NoteKind.REFUSED, symbol=str(flaw), count=count) for flaw, count in flaws]
    found += [*unseen, *(note for column in range(len(bars.symbols)) for note in _notes_of(bars, column))]
    paid = _dividends(bars, actions)
    return MarketData(
        label=label, bars=bars, fingerprint=_fingerprint(bars, paid), notes=(*notes, *found), dividends=paid
    )


def clean(bars: BarHistory) -> BarHistory:
    """Return bars with their prices in whole ticks, and without those that cannot be."""
    values = bars.stacked
    values[:4] = np.round(values[:4], TICKS)
    sound, _ = sifted(replace(BarHistory.of(bars.symbols, bars.starts, values), flaws=bars.flaws))
    return sound


def _fingerprint(bars: BarHistory, paid: Mapping[int, tuple[tuple[int, Decimal], ...]]) -> str:
    digest = sha256("\n".join(bars.symbols).encode())
    digest.update(bars.starts.astype("<i8").tobytes())
    digest.update(np.where(np.isnan(bars.stacked), np.nan, bars.stacked).astype("<f8").tobytes())
    digest.update(repr(sorted(paid.items())).encode())
    return digest.hexdigest()


def _notes_of(bars: BarHistory, column: int) -> list[DataNote]:
    """Say what is odd about a symbol's bars."""
    symbol, close, opened = bars.symbols[column], bars.close[:, column], bars.open[:, column]
    places = np.flatnonzero(np.isfinite(close))
    if not len(places):
        return []
    dates = np.array([exchange_date(instant(int(start))).toordinal() for start in bars.starts])
    notes = [
        DataNote(kind=NoteKind.JUMP, symbol=symbol, on=date.fromordinal(int(dates[after])), part=move)
        for after, move in _jumps(opened, close, places)
    ]
    between = slice(places[0], places[-1] + 1)
    there, days = np.isfinite(close[between]), dates[between]
    known = np.unique(days[there])
    lacking = [on for on in np.unique(days) if on not in known]
    if lacking:
        on = date.fromordinal(int(lacking[0]))
        notes.append(DataNote(kind=NoteKind.MISSING_DAYS, symbol=symbol, on=on, count=len(lacking)))
    of_known = np.isin(days, known)
    part = float(1 - there[of_known].mean())
    if part > MANY_MISSING:
        notes.append(DataNote(kind=NoteKind.MISSING_BARS, symbol=symbol, part=part))
    if dates[places[0]] > dates[0]:
        notes.append(DataNote(kind=NoteKind.LATE, symbol=symbol, on=date.fromordinal(int(dates[places[0]]))))
    return notes


def _jumps(
    opened: NDArray[np.float64], close: NDArray[np.float64], places: NDArray[np.int64]
) -> list[tuple[int, float]]:
    """Return the bars that opened, or closed, more than 30 % from the close before, and by how much."""
    before = close[places[:-1]]
    ways = np.array([opened[places[1:]], close[places[1:]]])
    logs = np.abs(np.log(ways / before))
    farthest = np.where(logs[0] > logs[1], ways[0], ways[1])
    # A price of few ticks moves by large parts of itself without any split.
    is_jump = (logs.max(axis=0) > np.log1p(JUMP)) & (np.abs(farthest - before) > CENT)
    return [(int(places[each + 1]), float(farthest[each] / before[each] - 1)) for each in np.flatnonzero(is_jump)]


def _dividends(bars: BarHistory, actions: Sequence[CompanyAction]) -> Mapping[int, tuple[tuple[int, Decimal], ...]]:
    """Return what is paid before which bar, in the shares of today."""
    paid: dict[int, tuple[tuple[int, Decimal], ...]] = {}
    for each in sorted(restated_dividends(actions), key=lambda each: (each.on, each.symbol)):
        bar = first_bar(bars, each.on)
        if each.symbol in bars.symbols and bar < len(bars.starts):
            paid[bar] = (*paid.get(bar, ()), (bars.symbols.index(each.symbol), each.dividend))
    return paid
