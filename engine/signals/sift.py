"""Bars that cannot be are left out before they reach a score, whichever source they come from."""

from collections import Counter
from dataclasses import replace

import numpy as np

from engine.model.market import BarFlaw, BarHistory

MOST_SHARES = 2**32 - 1
"""More than any symbol ever traded in a day; the board keeps volumes in 32 bits."""


def sifted(history: BarHistory) -> tuple[BarHistory, Counter[BarFlaw]]:
    """Return a history with NaN in place of each impossible bar, its volumes in whole shares, and what was wrong."""
    values = history.stacked
    opened, high, low, close, volume = values
    given = ~np.isnan(values).all(axis=0)
    refused = np.zeros(close.shape, bool)
    flaws = Counter(history.flaws)
    with np.errstate(invalid="ignore"):
        numbers = np.isfinite(values).all(axis=0) & (volume <= MOST_SHARES)
        rules = (
            (BarFlaw.NO_NUMBER, ~numbers),
            (BarFlaw.NOT_POSITIVE, (values[:4].min(axis=0) <= 0) | (volume < 0)),
            (BarFlaw.CROSSED, (low > np.minimum(opened, close)) | (high < np.maximum(opened, close))),
            (BarFlaw.NO_TRADE, np.rint(volume) == 0),
        )
    for flaw, breaks in rules:
        new = breaks & given & ~refused
        refused |= new
        if new.any():
            flaws[flaw] += int(np.count_nonzero(new))
    values[4] = np.rint(volume)
    values[:, refused] = np.nan
    return replace(BarHistory.of(history.symbols, history.starts, values), flaws=flaws), flaws
