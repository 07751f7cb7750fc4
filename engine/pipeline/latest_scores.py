"""What the strategy in force says of each symbol after its last bar: by the board's indicators, or by its own code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.common.service_health import Service, ServiceHealth
from engine.common.universe import Universe
from engine.errors import StrategyFailed
from engine.model.market import BarHistory
from engine.model.origin import BY_STRATEGY, Origin
from engine.model.signal import Component, Part, Readings
from engine.pipeline.whole_bars import WholeBars
from engine.signals import technical
from engine.signals.board import Board
from engine.signals.indicators import Flags, Indicators
from engine.strategies.code_strategy import CodeStrategy
from engine.strategies.contract import Scores, stop_part
from engine.strategies.technical_strategy import TechnicalStrategy


@dataclass(frozen=True, kw_only=True, slots=True)
class LatestScores:
    """Scores in the rows of a board, each after the symbol's last bar there, as arrays of shape (symbols,).

    `tenths` count where a row is `valid`. `components` are the parts of a row's score. `stop` has the distance of the
    stop that a score brought, a part of the price; NaN for none.
    """

    board: Board
    indicators: Indicators
    tenths: NDArray[np.int8]
    valid: Flags
    components: Callable[[int], tuple[Component, ...]]
    stop: NDArray[np.float64] | None = None

    def readings(self, row: int, price: Decimal) -> Readings:
        """Return the indicators of a symbol at a price, which need not be what its score stands on."""
        return technical.readings_at(self.indicators, row, price)

    def close(self, row: int) -> Decimal:
        """Return the price at which a symbol's last bar ended, dollars a share."""
        return Decimal(str(round(float(self.indicators.close[row]), 4)))

    def origin(self, row: int) -> Origin:
        """Return what the strategy asks for beside the score."""
        if self.stop is None or not np.isfinite(self.stop[row]):
            return BY_STRATEGY
        return Origin(stop_distance=stop_part(float(self.stop[row])))


class StrategyScores(Protocol):
    """Where the scores of the strategy in force come from."""

    def renew(self, bar: datetime) -> None:
        """Score the bars up to the one that starts then, and closed last; raises MarketUnavailable."""
        ...

    def latest(self, board: Board | None = None) -> LatestScores:
        """Return the scores of now: after the last bars of the board that is kept, or of another one."""
        ...

    def has_scored(self, board: Board | None) -> bool:
        """Tell whether this process has the scores of the newest bar, on the board that is kept or another one."""
        ...

    def to_show(self, newer: Board | None) -> Board | None:
        """Return the board whose scores people are shown: a newer one, or None for the one that is kept."""
        ...


class BoardScores:
    """A strategy of the seed's kind: its scores are made of the board's indicators, whenever they are asked for."""

    def __init__(self, *, universe: Universe, strategy: TechnicalStrategy) -> None:
        self._universe = universe
        self._strategy = strategy

    def renew(self, bar: datetime) -> None:
        """Do nothing: the board has the bar."""

    def latest(self, board: Board | None = None) -> LatestScores:
        """Score the indicators."""
        board, indicators = _measured(self._universe, board)
        scores = technical.technical_scores(indicators, self._strategy.rules)
        return LatestScores(
            board=board,
            indicators=indicators,
            tenths=scores.total,
            valid=scores.valid,
            components=lambda row: technical.components(scores, row),
        )

    def has_scored(self, board: Board | None) -> bool:
        """Tell that it can score any board."""
        del board
        return True

    def to_show(self, newer: Board | None) -> Board | None:
        """Return the newer one."""
        return newer


class _Kept(NamedTuple):
    """A symbol's score, and the start (POSIX seconds) of the bar after which it was given."""

    start: int
    tenths: int
    stop: float


class CodeScores:
    """A strategy in Python: it scores once a bar, all that it looks back on, and what it said is kept until the next.

    Where it gives no proper scores there are none until the next bar. The desk is told once, and once it scores again.
    """

    def __init__(
        self, *, universe: Universe, strategy: CodeStrategy, whole_bars: WholeBars, services: ServiceHealth
    ) -> None:
        self._universe = universe
        self._strategy = strategy
        self._bars = whole_bars
        self._services = services
        self._scored: tuple[datetime, tuple[str, ...]] | None = None
        self._kept: dict[str, _Kept] = {}

    def renew(self, bar: datetime) -> None:
        """Let the strategy score the bars up to one, unless it did so, or failed at it; raises MarketUnavailable."""
        symbols = self._bars.watched
        if not symbols or self._scored == (bar, symbols):
            return
        since = self._bars.session_before(bar, self._strategy.warm_up_sessions)
        history = self._bars.until(int(bar.timestamp()), since, symbols)
        try:
            self._kept = _last(history, self._strategy.scores(history))
        except StrategyFailed as error:
            self._kept = {}
            self._services.lost(Service.STRATEGY, error)
        else:
            self._services.back(Service.STRATEGY)
        self._scored = (bar, symbols)

    def latest(self, board: Board | None = None) -> LatestScores:
        """Return what was said of each symbol, where no bar of it came since."""
        board, indicators = _measured(self._universe, board)
        kept, size = self._kept, len(board.symbols)
        tenths, valid, stop = np.zeros(size, np.int8), np.zeros(size, bool), np.full(size, np.nan)
        for row, symbol in enumerate(board.symbols):
            said = kept.get(symbol)
            if said is not None and said.start == indicators.bar[row]:
                tenths[row], valid[row], stop[row] = said.tenths, True, said.stop
        return LatestScores(
            board=board,
            indicators=indicators,
            tenths=tenths,
            valid=valid,
            components=lambda row: (Component(part=Part.CODE, tenths=int(tenths[row])),),
            stop=stop,
        )

    def has_scored(self, board: Board | None) -> bool:
        """Tell whether its code was asked about the newest bar, which only the process that leads does."""
        return self._behind(board) == 0

    def to_show(self, newer: Board | None) -> Board | None:
        """Return the one that is kept until the bar that closed a moment ago is taken in, within a session."""
        is_next = newer is not None and self._behind(newer) == newer.bar_seconds
        return None if is_next and self.has_scored(None) else newer

    def _behind(self, board: Board | None) -> int | None:
        """Return the seconds from the bar that its code was asked about to a board's newest, None without either."""
        last = (self._universe.board if board is None else board).last
        return None if self._scored is None or last is None else last - int(self._scored[0].timestamp())


def _measured(universe: Universe, board: Board | None) -> tuple[Board, Indicators]:
    """Return a board, the one that is kept where none is given, and its indicators."""
    with universe.lock:
        board = universe.board if board is None else board
        return board, board.indicators()


def _last(bars: BarHistory, scores: Scores) -> dict[str, _Kept]:
    """Return what was said after each symbol's last bar; nothing of symbols without any."""
    found = {}
    has = np.isfinite(bars.close)
    rows = len(bars.starts) - 1 - has[::-1].argmax(axis=0)
    for column, symbol in enumerate(bars.symbols):
        row = int(rows[column])
        if has[row, column]:
            stop = np.nan if scores.stop is None else float(scores.stop[row, column])
            found[symbol] = _Kept(int(bars.starts[row]), int(scores.tenths[row, column]), stop)
    return found
