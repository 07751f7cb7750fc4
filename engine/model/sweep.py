"""Many variants of one strategy on the same bars, and what choosing among them was worth on later ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.model.backtest import Costs, DataNote
from engine.model.evaluation import DeflatedSharpe, Verdict, WalkForward

Numbers = Mapping[str, Decimal]
"""The numbers of a variant by their names in the strategy's file, such as `rsi.low`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """What one variant did on all bars: `mean` result of a trade (R), `total_return` as a part, `sharpe` of a day."""

    numbers: Numbers
    fingerprint: str
    trades: int
    mean: float | None
    total_return: float | None
    sharpe: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """All variants in their order, and what those that were chosen window after window did on later sessions.

    No variant is the best by what it did on the bars that it was chosen on: only `walk` says what a choice is worth.
    `tried` is how many variants were ever tried on the data, `luck` how far the highest Sharpe ratio of this sweep
    is beyond the luckiest of them, None where nobody knows. `walked` is how many indicators had to be worked out.
    """

    strategy: str
    data: str
    data_fingerprint: str
    version: str
    seed: int
    symbols: tuple[str, ...]
    cash: Decimal
    costs: Costs
    settings: Mapping[str, str]
    ranges: Mapping[str, tuple[Decimal, ...]]
    variants: tuple[Variant, ...]
    walk: WalkForward
    luck: DeflatedSharpe | None
    tried: int
    walked: int
    notes: tuple[DataNote, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether choosing showed an edge on later sessions that luck does not explain."""
        return self.walk.verdict
