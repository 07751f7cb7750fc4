"""Where a backtest's bars come from: what is shipped, dice, somebody's file, or Alpaca."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.bar_files import COLUMNS, BarFiles
from engine.adapters.bar_store import BarStore
from engine.adapters.calendar import YEARS
from engine.adapters.clock import EndOfDay, SystemClock
from engine.adapters.factory import alpaca_access
from engine.adapters.recorded.bars import recorded_bars, recorded_span
from engine.adapters.recorded.files import recorded_days
from engine.backtest.actions_file import read_actions
from engine.backtest.company_actions import restated_dividends, unknown_dividends
from engine.backtest.market_data import MarketData, prepared
from engine.errors import NoBars, SettingsInvalid
from engine.model.backtest import DataNote, NoteKind
from engine.model.market import EXCHANGE_ZONE, BarHistory, day_begin, exchange_date
from engine.ports.calendar import Calendar
from engine.settings import AlpacaSettings
from engine.signals.slots import Slots, instant

RECORDED, RANDOM_WALK, ALPACA = "recorded", "random-walk", "alpaca"
WALKS = 10
"""Random walks where nobody says how many."""
VOLATILITY = 0.016
"""Deviation of a session of a random walk: what the seed's stop and target are made for."""
STEPS = 10
"""Prices of a random walk in a bar."""
FIRST_START, LAST_START = (
    int(datetime(year, 1, 1, tzinfo=EXCHANGE_ZONE).timestamp()) for year in (YEARS[0], YEARS[-1] + 1)
)
"""Between what the calendar knows the exchange's hours, POSIX seconds."""
LONG_AGO = date(2024, 1, 2)
ONE_DAY = timedelta(days=1)
HALF_A_DAY = 43_200
HOURS = 6 * 3600
"""Seconds between two bars from which on they are bars of days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataRequest:
    """Which bars are wanted. `source` is `recorded`, `random-walk`, `alpaca`, or the name of a file or of a folder.

    `first` and `last` are the days that are traded, None for all that there are; `before` are the sessions that scores
    look back on. `columns` says what a file calls its columns, `actions` names a file with splits and dividends.
    """

    source: str
    symbols: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    before: int = 20
    bar_seconds: int = 300
    seed: int = 1
    columns: Mapping[str, str] = field(default_factory=dict)
    actions: str = ""


def market_data(asked: DataRequest, alpaca: AlpacaSettings, calendar: Calendar) -> MarketData:
    """Read bars; raises SettingsInvalid, in a line that says what to do, and MarketUnavailable."""
    if asked.first and asked.last and asked.last < asked.first:
        raise SettingsInvalid(f"--to {asked.last} is before --from {asked.first}; expected a later day")
    for option, on in (("--from", asked.first), ("--to", asked.last)):
        if on and on.year not in YEARS:
            raise SettingsInvalid(f"{option} {on}: expected a day from {YEARS[0]} to {YEARS[-1]}")
    unknown = [name for name in asked.columns if name not in COLUMNS]
    if unknown:
        raise SettingsInvalid(f"--column {unknown[0]}: expected one of {', '.join(COLUMNS)}")
    readers: Mapping[str, Callable[[], MarketData]] = {
        RECORDED: lambda: _recorded(asked, calendar),
        RANDOM_WALK: lambda: _random_walk(asked, calendar),
        ALPACA: lambda: _alpaca(asked, alpaca, calendar),
    }
    read = readers.get(asked.source, lambda: _file(asked, calendar))()
    if not len(read.bars.starts):
        raise NoBars(f"{asked.source} has no session from {asked.first} to {asked.last}; expected other days")
    _refuse_empty(read.bars, asked)
    return read


def _recorded(asked: DataRequest, calendar: Calendar) -> MarketData:
    symbols = asked.symbols or tuple(recorded_days())
    _refuse_unknown(symbols, recorded_days(), RECORDED)
    begins, ends = recorded_span()
    if (asked.first or begins) > ends or (asked.last or ends) < begins:
        raise SettingsInvalid(f"--from, --to: prices are recorded from {begins} to {ends}; expected days among them")
    days = _days(max(begins, _earlier(asked, calendar)), min(ends, asked.last or ends), calendar)
    bars = recorded_bars(symbols, days, calendar, asked.bar_seconds)
    # Prices that are adjusted for splits and dividends have in them all that a file could tell.
    read_actions(asked.actions)
    return prepared(RECORDED, bars, _notes(NoteKind.GENERATED, NoteKind.NO_NEWS, NoteKind.DIVIDENDS_IN_PRICES))


def _random_walk(asked: DataRequest, calendar: Calendar) -> MarketData:
    symbols = asked.symbols or tuple(f"WALK{number}" for number in range(WALKS))
    last = asked.last or (asked.first or LONG_AGO).replace(month=12, day=31)
    asked = replace(asked, first=asked.first or LONG_AGO)
    slots = Slots(calendar, asked.bar_seconds)
    sessions = [slots.of(on) for on in _days(_earlier(asked, calendar), last, calendar)]
    starts = np.concatenate(sessions) if sessions else np.empty(0, np.int64)
    return prepared(RANDOM_WALK, walk(symbols, starts, seed=asked.seed), _notes(NoteKind.RANDOM, NoteKind.NO_NEWS))


def walk(symbols: Sequence[str], starts: np.ndarray[tuple[int], np.dtype[np.int64]], *, seed: int) -> BarHistory:
    """Make random walks without drift and without gaps at night; volume knows nothing of the price."""
    dice = np.random.default_rng(seed)
    deviation = VOLATILITY / np.sqrt(78 * STEPS)
    steps = dice.standard_normal((len(starts) * STEPS, len(symbols))) * deviation - deviation**2 / 2  # so it is fair
    price = np.round(dice.uniform(30, 300, len(symbols)) * np.exp(np.cumsum(steps, axis=0)), 2)
    looks = price.reshape(len(starts), STEPS, len(symbols))
    volume = np.rint(dice.lognormal(0, 0.4, (len(starts), len(symbols))) * 20_000) + 1
    return BarHistory.of(
        symbols, starts, np.stack([looks[:, 0], looks.max(axis=1), looks.min(axis=1), looks[:, -1], volume])
    )


def _file(asked: DataRequest, calendar: Calendar) -> MarketData:
    path = Path(asked.source)
    if path.is_dir():
        return _folder(asked, calendar)
    if not path.is_file():
        raise SettingsInvalid(
            f"--data {asked.source}: expected recorded, random-walk, alpaca, or a .csv or .parquet file, or a folder"
            " that trading-bot data fetch filled"
        )
    clock = EndOfDay(asked.last or date(YEARS[-1], 12, 31))
    files = BarFiles([path], clock, calendar, bar_seconds=asked.bar_seconds, names=asked.columns)
    symbols = asked.symbols or files.symbols()
    _refuse_unknown(symbols, files.symbols(), asked.source)
    starts = np.unique(np.concatenate([files.starts(symbol) for symbol in symbols] or [np.empty(0, np.int64)]))
    if not len(starts):
        raise SettingsInvalid(f"{asked.source} has no bars")
    for start in (starts[0], starts[-1]):
        if not FIRST_START <= start < LAST_START:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(start))
            raise SettingsInvalid(
                f"{asked.source} has a bar of the year {at.year}; expected bars of {YEARS[0]} to {YEARS[-1]}"
            )
    begins, ends = (exchange_date(instant(int(start))) for start in (starts[0], starts[-1]))
    if (asked.first or begins) > ends or (asked.last or ends) < begins:
        raise SettingsInvalid(
            f"--from, --to: {asked.source} has bars from {begins} to {ends}; expected days among them"
        )
    since = max(begins, _earlier(asked, calendar) if asked.first else begins)
    clock.on = min(ends, asked.last or ends)
    days = _days(since, clock.on, calendar)
    slots = [Slots(calendar, asked.bar_seconds).of(on) for on in days]
    _refuse_other_bars(asked, files.starts(symbols[0]), np.concatenate(slots) if slots else starts[:0])
    bars = files.bars(symbols, day_begin(since))
    actions = read_actions(asked.actions)
    told = [*_notes(NoteKind.NO_NEWS), *unknown_dividends(bars.symbols, actions)]
    return prepared(path.name, _within(bars, days), told, actions)


def _folder(asked: DataRequest, calendar: Calendar) -> MarketData:
    """Read what `trading-bot data fetch` kept."""
    store = BarStore(Path(asked.source))
    symbols = asked.symbols or store.symbols()
    if not symbols:
        raise SettingsInvalid(
            f"--data {asked.source} has no bars; expected a folder that trading-bot data fetch filled"
        )
    _refuse_unknown(symbols, store.symbols(), asked.source)
    about = {symbol: store.about(symbol) for symbol in symbols}
    kept = [each for files in about.values() for each in files]
    other = next((each for each in kept if each.bar_seconds != asked.bar_seconds), None)
    if other:
        raise SettingsInvalid(
            f"{asked.source} has bars of {other.bar_seconds / 60:g} minutes; expected bars of"
            f" {asked.bar_seconds // 60} minutes"
        )
    begins, ends = min(each.first for each in kept), max(each.last for each in kept)
    if (asked.first or begins) > ends or (asked.last or ends) < begins:
        raise SettingsInvalid(
            f"--from, --to: {asked.source} has bars from {begins} to {ends}; expected days among them, or"
            " trading-bot data fetch for others"
        )
    since = max(begins, _earlier(asked, calendar) if asked.first else begins)
    sessions = [
        Slots(calendar, asked.bar_seconds).of(on) for on in _days(since, min(ends, asked.last or ends), calendar)
    ]
    bars = store.history(symbols, np.concatenate(sessions) if sessions else np.empty(0, np.int64))
    sources = ", ".join(sorted({each.source for each in kept}))
    # Whatever a symbol's files were read on, fetching looked for a split since at the newest of these days.
    until = {symbol: max(each.adjusted_on for each in files) for symbol, files in about.items()}
    return _adjusted(sources, bars, asked, until, _notes(NoteKind.NO_NEWS))


def _alpaca(asked: DataRequest, alpaca: AlpacaSettings, calendar: Calendar) -> MarketData:
    refuse_without_keys(alpaca, "--data")
    if not asked.symbols or asked.first is None:
        raise SettingsInvalid(
            "--symbols, --from: expected both where --data is alpaca, such as AAPL,MSFT and 2025-01-02"
        )
    market = AlpacaMarket(
        alpaca_access(alpaca), SystemClock(), calendar, feed=alpaca.alpaca_feed, bar_seconds=asked.bar_seconds
    )
    try:
        since = day_begin(_earlier(asked, calendar))
        bars = market.bars(asked.symbols, since)
    finally:
        market.stop()
    today = exchange_date(SystemClock().now())
    bars = _within(bars, _days(exchange_date(since), asked.last or today, calendar))
    return _adjusted(market.label, bars, asked, dict.fromkeys(asked.symbols, today), _notes(NoteKind.NO_NEWS))


# What they have in common


def refuse_without_keys(alpaca: AlpacaSettings, option: str) -> None:
    """Raise SettingsInvalid where an option asks for Alpaca and there are no keys for it."""
    if not (alpaca.alpaca_key_id.get_secret_value() and alpaca.alpaca_secret_key.get_secret_value()):
        raise SettingsInvalid(f"ALPACA_KEY_ID, ALPACA_SECRET_KEY: expected both where {option} is alpaca")


def _notes(*kinds: NoteKind) -> list[DataNote]:
    return [DataNote(kind=kind) for kind in kinds]


def _adjusted(
    source: str, bars: BarHistory, asked: DataRequest, until: Mapping[str, date], notes: Sequence[DataNote]
) -> MarketData:
    """Prepare bars that are adjusted for splits up to a day of each symbol, and pay the asked file's dividends.

    The splits of the file say in which shares dividends of before them are told, and nothing of the prices.
    """
    actions = read_actions(asked.actions)
    told = [*notes, *unknown_dividends(bars.symbols, actions)]
    return prepared(source, bars, told, restated_dividends(actions, until))


def _earlier(asked: DataRequest, calendar: Calendar) -> date:
    """Return the first day of what scores look back on."""
    if asked.first is None:
        return date.min
    on, left, begins = asked.first, asked.before, date(YEARS[0], 1, 1)
    while left and on > begins:
        on -= ONE_DAY
        left -= calendar.day(on) is not None
    return on


def _days(first: date, last: date, calendar: Calendar) -> list[date]:
    days = (first + ONE_DAY * number for number in range((last - first).days + 1))
    return [on for on in days if calendar.day(on) is not None]


def _within(bars: BarHistory, days: Sequence[date]) -> BarHistory:
    """Return the bars of some days alone."""
    wanted = set(days)
    rows = np.array([exchange_date(instant(int(start))) in wanted for start in bars.starts], bool)
    return BarHistory.of(bars.symbols, bars.starts[rows], bars.stacked[:, rows], bars.flaws)


def _refuse_unknown(symbols: Sequence[str], known: Sequence[str] | Mapping[str, object], source: str) -> None:
    unknown = [symbol for symbol in symbols if symbol not in known]
    if unknown:
        raise SettingsInvalid(
            f"--symbols {unknown[0]}: {source} has no such symbol; it has {', '.join(sorted(known)[:20])}"
        )


def _refuse_empty(bars: BarHistory, asked: DataRequest) -> None:
    empty = [symbol for column, symbol in enumerate(bars.symbols) if not np.isfinite(bars.close[:, column]).any()]
    if empty:
        raise NoBars(
            f"--symbols {empty[0]}: {asked.source} has no bar of it in these days; expected other days, or without it",
            empty[0],
        )


def _refuse_other_bars(
    asked: DataRequest,
    starts: np.ndarray[tuple[int], np.dtype[np.int64]],
    slots: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    """Refuse bars of another length, and those that stand in another time zone."""
    apart = float(np.median(np.diff(starts))) if len(starts) > 1 else 0.0
    minutes = asked.bar_seconds // 60
    if apart >= HOURS:
        raise SettingsInvalid(f"{asked.source} has bars of days; expected bars of {minutes} minutes of regular hours")
    if 0 < apart != asked.bar_seconds:
        raise SettingsInvalid(f"{asked.source} has bars of {apart / 60:g} minutes; expected bars of {minutes} minutes")
    of_these_days = (
        starts[(starts >= slots[0] - HALF_A_DAY) & (starts <= slots[-1] + HALF_A_DAY)] if len(slots) else slots
    )
    inside = int(np.isin(of_these_days, slots).sum())
    if 2 * inside < min(len(slots), len(of_these_days)) or not inside:
        raise SettingsInvalid(
            f"{asked.source}: most of its bars do not start in the exchange's regular hours; expected other days, or"
            " starts with their right time zone, such as 2025-08-19T09:30:00-04:00"
        )
