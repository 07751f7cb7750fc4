from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.slots import SESSIONS
from engine.strategies.contract import LATER, Exits, Hours, Scores
from engine.strategies.fingerprints import fingerprint_of
from engine.strategies.technical import technical_history, technical_known


@dataclass(frozen=True, kw_only=True, slots=True)
class TechnicalStrategy:
    """A strategy of the seed's kind: the same indicators, with numbers of its own. It may trade live.

    From `propose_at` tenths on a score proposes a trade, from `strong_at` on it is called strong.
    """

    name: str
    rules: TechnicalRules = SEED_RULES
    propose_at: int = 7
    strong_at: int = 12
    exits: Exits = field(default_factory=Exits)
    hours: Hours = field(default_factory=Hours)

    @property
    def fingerprint(self) -> str:
        """A hash of all its numbers; its name has no part in it."""
        numbers = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in {"name", "hours"}}
        exits = {each.name: getattr(self.exits, each.name) for each in fields(self.exits)}
        kept = {name: value for name, value in exits.items() if name not in LATER or value is not None}
        return fingerprint_of(numbers | {"exits": kept, "hours": [str(self.hours.first), str(self.hours.last)]})

    @property
    def warm_up_sessions(self) -> int:
        """The sessions before a bar's own that its score looks back on."""
        return SESSIONS

    def scores(self, bars: BarHistory) -> Scores:
        """Score every bar of a history as the live price board would after it."""
        return Scores(tenths=technical_history(bars, self.rules))

    def known(self, bars: BarHistory) -> NDArray[np.bool_]:
        """Tell after which bars there is a score, be it 0, shape (bars, symbols); without one there is no signal."""
        return technical_known(bars, self.rules)
