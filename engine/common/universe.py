import threading
from collections import Counter
from collections.abc import Sequence

from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.board import Board
from engine.signals.prices import RecentPrices


class Universe:
    """The symbols that are watched now, with their bars and recent prices; whoever touches these holds `lock`.

    A board has its symbols for life, so a change of symbols puts another one in its place. `joined` are the symbols
    that came since the last pass: while their bars were read, those of the others may have moved on. `read_anew` counts
    how often the whole window of each was read anew: who keeps bars of its earlier sessions reads them again then.
    """

    def __init__(self, symbols: Sequence[str], *, bar_seconds: int, rules: TechnicalRules = SEED_RULES) -> None:
        self.lock = threading.Lock()
        self.board = Board(symbols, bar_seconds=bar_seconds, rules=rules)
        self.prices = RecentPrices(symbols)
        self.joined: frozenset[str] = frozenset()
        self.read_anew: Counter[str] = Counter()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols, in the order in which they came."""
        return self.board.symbols

    def change(self, symbols: Sequence[str], history: BarHistory | None = None) -> None:
        """Watch these symbols from now on; `history` has the bars of those that are new."""
        with self.lock:
            board = self.board.regrown(symbols)
            if history and board.last is not None:  # else all of them are read with the first bars
                board.fill(history)
            self.joined = (self.joined | ({*symbols} - {*self.symbols})) & {*symbols}
            self.board, self.prices = board, self.prices.regrown(symbols)

    def cold(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Return those of some watched symbols that have too few good bars for a score."""
        with self.lock:
            return self.board.cold(symbols)
