"""The bars of one symbol's window as few bytes, with a mark of each bar by which one that was changed is found."""

import base64
import zlib
from hashlib import sha256

import numpy as np

from engine.model.market import BarHistory
from engine.signals.slots import instant

BAR = 48
"""Bytes of a bar: its start, open, high, low, close and volume."""
MARK = 3
"""Bytes of a bar's mark: of 16 million changes one is not seen."""


def packed(window: BarHistory) -> bytes:
    """Return a window of one symbol as compressed bytes: starts (int64), then open, high, low, close and volume."""
    return zlib.compress(window.starts.astype("<i8").tobytes() + window.stacked.astype("<f8").tobytes(), 9)


def unpacked(symbol: str, content: bytes) -> BarHistory:
    """Return the window that was packed; raises ValueError for anything else."""
    try:
        numbers = zlib.decompress(content)
    except zlib.error as error:
        raise ValueError(f"the bars cannot be unpacked: {error}") from error
    if len(numbers) % BAR:
        raise ValueError("the bars cannot be unpacked: some are cut off")
    bars = len(numbers) // BAR
    starts = np.frombuffer(numbers, "<i8", count=bars).astype(np.int64)
    values = np.frombuffer(numbers, "<f8", offset=8 * bars).reshape(5, bars, 1).astype(np.float64)
    return BarHistory.of((symbol,), starts, values)


def marks(window: BarHistory) -> str:
    """Return the marks of all bars of a window, in their order, as text."""
    return base64.b64encode(b"".join(_marks(window))).decode()


def changed_bars(window: BarHistory, marked: str) -> tuple[str, ...]:
    """Name the bars that are not as they were when they were marked, by their starts in UTC."""
    kept = base64.b64decode(marked)
    before = [kept[place : place + MARK] for place in range(0, len(kept), MARK)]
    found = [
        f"{instant(int(start)):%Y-%m-%d %H:%M} UTC"
        for start, was, now in zip(window.starts, before, _marks(window), strict=False)
        if was != now
    ]
    extra = len(window.starts) - len(before)
    return (*found, *([f"{abs(extra)} bars {'too many' if extra > 0 else 'missing'}"] if extra else []))


def _marks(window: BarHistory) -> list[bytes]:
    bars = np.empty((len(window.starts), BAR // 8), "<i8")  # each bar's bytes side by side: its start, then its values
    bars[:, 0], bars[:, 1:] = window.starts, window.stacked.astype("<f8")[:, :, 0].T.view("<i8")
    content = bars.tobytes()
    return [sha256(content[place : place + BAR]).digest()[:MARK] for place in range(0, len(content), BAR)]
