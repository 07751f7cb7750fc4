"""Strategies of which it is known whether they use bars that had not closed, and some that do what none may do."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Hours, Scores
from engine.strategies.loader import load
from engine.strategies.sessions import sessions_of
from engine.strategies.windows import highest, lowest, mean

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Wanted = Callable[[BarHistory], Flags | Scores]


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A strategy that buys where a function says so; `warm_up_sessions` are those that it claims to need."""

    name: str
    wanted: Wanted
    warm_up_sessions: int = 3
    propose_at: int = 7
    exits: Exits = Exits()
    hours: Hours = Hours()

    @property
    def fingerprint(self) -> str:
        return self.name

    def scores(self, bars: BarHistory) -> Scores:
        wanted = self.wanted(bars)
        return wanted if isinstance(wanted, Scores) else Scores(tenths=np.where(wanted, 8, 0).astype(np.int8))


def times(bars: BarHistory) -> pd.DatetimeIndex:
    """Return the starts of bars in New York."""
    return pd.DatetimeIndex(pd.to_datetime(bars.starts, unit="s", utc=True)).tz_convert("America/New_York")


def frame(bars: BarHistory, values: Floats) -> pd.DataFrame:
    """Return values by their bars' times in New York."""
    return pd.DataFrame(values, index=times(bars), columns=list(bars.symbols))


def by_session(bars: BarHistory, values: Floats, join: Callable[[Floats], Floats]) -> Floats:
    """Return for each bar what a function makes of its whole session."""
    found = np.full_like(values, np.nan)
    sessions = sessions_of(bars.starts)
    for first, end in zip(sessions.first[:-1], sessions.first[1:], strict=True):
        found[first:end] = join(values[first:end])
    return found


def _next_close(bars: BarHistory) -> Flags:
    return np.vstack([bars.close[1:] > bars.close[:-1], np.zeros((1, len(bars.symbols)), bool)])


def _days_high(bars: BarHistory) -> Flags:
    return bars.close < 0.99 * by_session(bars, bars.high, lambda day: np.fmax.reduce(day, axis=0))


def _full_sample_mean(bars: BarHistory) -> Flags:
    found: Flags = bars.close < np.nanmean(bars.close, axis=0)
    return found


def _resampled_label(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close)
    hourly = prices.resample("1h", label="left").last().reindex(prices.index, method="ffill")
    return (hourly > prices).to_numpy()


def _shifted_merge(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close)
    daily = prices.groupby(times(bars).date).last()
    return daily.reindex(times(bars).date).to_numpy() > bars.close


def _centred(bars: BarHistory) -> Flags:
    return (frame(bars, bars.close).rolling(11, center=True).mean() > bars.close).to_numpy()


def _filled_back(bars: BarHistory) -> Flags:
    sparse = frame(bars, bars.close)
    sparse[times(bars).minute % 30 != 25] = np.nan
    return (sparse.bfill() > bars.close).to_numpy()


def _future_high(bars: BarHistory) -> Flags:
    return highest(bars.high[::-1], 12)[::-1] > 1.005 * bars.close


def _global_z(bars: BarHistory) -> Flags:
    found: Flags = (bars.close - np.nanmean(bars.close, axis=0)) / np.nanstd(bars.close, axis=0) < -1
    return found


def _ranked(bars: BarHistory) -> Flags:
    ranks = np.argsort(np.argsort(np.nan_to_num(bars.volume), axis=0), axis=0)
    return ranks > 0.9 * len(bars.starts)


def _next_open(bars: BarHistory) -> Flags:
    sessions = sessions_of(bars.starts)
    opens = bars.open[sessions.first[:-1]]
    following = np.vstack([opens[1:], np.full((1, len(bars.symbols)), np.nan)])
    return following[sessions.session] > 1.002 * bars.close


def _reversed_sum(bars: BarHistory) -> Flags:
    left = np.nan_to_num(bars.volume)[::-1].cumsum(axis=0)[::-1]
    found: Flags = left > 0.5 * left[0]
    return found


def _trend_line(bars: BarHistory) -> Flags:
    numbers, prices = np.arange(len(bars.starts)), np.nan_to_num(bars.close, nan=1)
    slope, height = np.polyfit(numbers, prices, 1)
    found: Flags = prices < height + slope * numbers[:, np.newaxis]
    return found


def _interpolated(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close)
    sparse = prices.copy()
    sparse[times(bars).minute % 15 != 0] = np.nan
    return (sparse.interpolate() > prices).to_numpy()


def _smoothed(bars: BarHistory) -> Flags:
    waves = np.fft.rfft(np.nan_to_num(bars.close, nan=1), axis=0)
    waves[60:] = 0
    return np.fft.irfft(waves, len(bars.starts), axis=0) > bars.close


def _scaled_by_the_sample(bars: BarHistory) -> Flags:
    return bars.close < np.nanquantile(bars.close, 0.2, axis=0)


def _rolled_round(bars: BarHistory) -> Flags:
    return np.roll(bars.close, 78, axis=0) > bars.close


def _whole_days_vwap(bars: BarHistory) -> Flags:
    traded = by_session(bars, bars.close * bars.volume, lambda day: np.nansum(day, axis=0))
    return bars.close < traded / by_session(bars, bars.volume, lambda day: np.nansum(day, axis=0))


def _future_stop(bars: BarHistory) -> Scores:
    low = lowest(bars.low[::-1], 5)[::-1]
    stop = 1 - low / bars.close
    known = bars.close > mean(bars.close, 20)
    return Scores(tenths=np.where(known, 8, 0).astype(np.int8), stop=np.where(known & (stop > 0), stop, np.nan))


def _last_days_close_of_today(bars: BarHistory) -> Flags:
    sessions = sessions_of(bars.starts)
    return bars.close[sessions.first[1:] - 1][sessions.session] > 1.001 * bars.close


LOOK_AHEAD: Mapping[str, Wanted] = {
    "next close": _next_close,
    "day's high": _days_high,
    "full-sample mean": _full_sample_mean,
    "resampled label": _resampled_label,
    "shifted merge": _shifted_merge,
    "centred rolling": _centred,
    "filled back": _filled_back,
    "future high": _future_high,
    "global z-score": _global_z,
    "ranks of the sample": _ranked,
    "next session's open": _next_open,
    "reversed sum": _reversed_sum,
    "trend line through all": _trend_line,
    "interpolated": _interpolated,
    "Fourier": _smoothed,
    "quantile of the sample": _scaled_by_the_sample,
    "rolled round the end": _rolled_round,
    "whole day's VWAP": _whole_days_vwap,
    "stop at a later low": _future_stop,
    "last session's close, a day off": _last_days_close_of_today,
}
AHEAD = tuple(Planted(name=name, wanted=wanted) for name, wanted in LOOK_AHEAD.items())
"""Each uses a later bar in a way of its own."""


def _so_far(bars: BarHistory) -> Flags:
    return bars.close < 0.995 * by_session(bars, bars.high, lambda day: np.fmax.accumulate(day, axis=0))


def _last_close(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close)
    daily = prices.groupby(times(bars).date).last().shift(1)
    return daily.reindex(times(bars).date).to_numpy() > bars.close


def _whole_hours(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close)
    ends = prices.copy()
    ends.index = ends.index + pd.Timedelta(minutes=5)
    hourly = ends.resample("1h", label="right", closed="right").last()
    return (hourly.reindex(ends.index, method="ffill").to_numpy() > bars.close) & np.isfinite(bars.close)


def _as_of(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close)
    closes = prices[times(bars).minute == 0].dropna()
    merged = pd.merge_asof(prices, closes, left_index=True, right_index=True, suffixes=("", "_then"))
    return merged[[f"{symbol}_then" for symbol in bars.symbols]].to_numpy() > bars.close


def _across(bars: BarHistory) -> Flags:
    changes = bars.close / mean(bars.close, 30)
    found: Flags = changes == np.fmax.reduce(changes, axis=1)[:, np.newaxis]
    return found


def _vwap(bars: BarHistory) -> Flags:
    traded = by_session(bars, np.nan_to_num(bars.close * bars.volume), lambda day: day.cumsum(axis=0))
    return bars.close < traded / by_session(bars, np.nan_to_num(bars.volume), lambda day: day.cumsum(axis=0))


def _morning(bars: BarHistory) -> Flags:
    hours = np.array([datetime.fromtimestamp(int(at), ZoneInfo("America/New_York")).hour for at in bars.starts])
    return (hours < 11)[:, np.newaxis] & np.isfinite(bars.close)


def _drawn(bars: BarHistory) -> Flags:
    draws = np.array([np.random.default_rng(int(at)).random(len(bars.symbols)) for at in bars.starts])
    return (draws < 0.1) & np.isfinite(bars.close)


def _filled_forward(bars: BarHistory) -> Flags:
    prices = frame(bars, bars.close).ffill(limit=5)
    return (prices > prices.shift(3)).to_numpy()


def _rolling(bars: BarHistory) -> Flags:
    return (frame(bars, bars.close).rolling(50).mean() > bars.close).to_numpy()


def _volume_jump(bars: BarHistory) -> Flags:
    return bars.volume > 3 * mean(bars.volume, 40)


def _own_stop(bars: BarHistory) -> Scores:
    stop = 1 - lowest(bars.low, 10) / bars.close
    known = (bars.close > mean(bars.close, 20)) & (stop > 0)
    return Scores(tenths=np.where(known, 8, 0).astype(np.int8), stop=np.where(known, stop, np.nan))


LOOK_BACK: Mapping[str, Wanted] = {
    "day's high so far": _so_far,
    "last session's close": _last_close,
    "hours that are over": _whole_hours,
    "merged as of": _as_of,
    "ranks across symbols": _across,
    "day's VWAP so far": _vwap,
    "time of the day": _morning,
    "drawn by the bar's start": _drawn,
    "filled forward": _filled_forward,
    "rolling mean": _rolling,
    "volume jump": _volume_jump,
    "stop at an earlier low": _own_stop,
}
HONEST = (
    *(load(name) for name in ("seed", "trend", "reversion", "opening-range")),
    *(Planted(name=name, wanted=wanted) for name, wanted in LOOK_BACK.items()),
)
"""Each uses closed bars alone, some in ways that come near to the others."""


def _endless(_: BarHistory) -> Flags:
    while True:
        pass


def _raising(bars: BarHistory) -> Flags:
    raise KeyError(bars.symbols[0])


def _by_the_time(bars: BarHistory) -> Flags:
    return (bars.close > 0) & (time.time() > 0)


def _by_the_date(bars: BarHistory) -> Flags:
    return (bars.close > 0) & (datetime.now(UTC).year > 2000)


def _by_a_stamp(bars: BarHistory) -> Flags:
    return (bars.close > 0) & (pd.Timestamp.now().year > 2000)


def _from_a_file(bars: BarHistory) -> Flags:
    return (bars.close > 0) & bool(Path("/etc/hostname").read_bytes())


def _from_the_network(bars: BarHistory) -> Flags:
    with suppress(OSError):  # swallowed, and found all the same
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    return bars.close > 0


def _by_a_process(bars: BarHistory) -> Flags:
    subprocess.run([sys.executable, "-V"], check=False)
    return bars.close > 0


def _writing(bars: BarHistory) -> Flags:
    bars.close[0] = 1
    return bars.close > 0


def _insisting(bars: BarHistory) -> Flags:
    values = bars.close.base
    assert isinstance(values, np.ndarray)
    values.flags.writeable = True
    values[3, -1] += 1
    return bars.close > 0


def _drawing(bars: BarHistory) -> Flags:
    return np.random.default_rng().random(bars.close.shape) < 0.5


def _silent(bars: BarHistory) -> Flags:
    return bars.close < 0


def _short(bars: BarHistory) -> Scores:
    return Scores(tenths=np.ones((len(bars.starts) - 1, len(bars.symbols)), np.int8))


def _all_time(bars: BarHistory) -> Flags:
    return bars.close >= np.fmax.accumulate(bars.high, axis=0) * 0.995


def _dying(_: BarHistory) -> Flags:
    os._exit(3)


endless = Planted(name="endless", wanted=_endless)
raising = Planted(name="raising", wanted=_raising)
by_the_time = Planted(name="time.time", wanted=_by_the_time)
by_the_date = Planted(name="datetime.now", wanted=_by_the_date)
by_a_stamp = Planted(name="Timestamp.now", wanted=_by_a_stamp)
from_a_file = Planted(name="file", wanted=_from_a_file)
from_the_network = Planted(name="network", wanted=_from_the_network)
by_a_process = Planted(name="process", wanted=_by_a_process)
writing = Planted(name="writing", wanted=_writing)
insisting = Planted(name="insisting", wanted=_insisting)
drawing = Planted(name="drawing", wanted=_drawing)
silent = Planted(name="silent", wanted=_silent)
short = Planted(name="short", wanted=_short)
all_time = Planted(name="all-time high", wanted=_all_time)
dying = Planted(name="dying", wanted=_dying)
in_the_morning = Planted(name="morning", wanted=_morning)
