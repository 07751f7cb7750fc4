from dataclasses import dataclass
from typing import Final

from engine.errors import OtherStrategy
from engine.model.signal import Signal
from engine.model.trade import Trade
from engine.ports.store import Reader

LEADS: Final = "strategy_in_force"
"""The setting that keeps the strategy of the process that leads, or led last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyInForce:
    """The strategy by which a process trades: its name, and the hash of all that decides its scores and exits."""

    name: str
    fingerprint: str

    @property
    def label(self) -> str:
        """The name with the start of the fingerprint, which tells a changed strategy of the same name apart."""
        return f"{self.name} ({self.fingerprint[:8]})"

    @property
    def kept(self) -> str:
        """What the database keeps of it."""
        return f"{self.fingerprint} {self.name}"

    @classmethod
    def of(cls, signal: Signal) -> "StrategyInForce | None":
        """Return the strategy that scored a signal, None where it was not kept."""
        if not signal.strategy_fingerprint:
            return None
        return cls(name=signal.strategy, fingerprint=signal.strategy_fingerprint)

    @classmethod
    def leading(cls, reader: Reader) -> "StrategyInForce | None":
        """Return the strategy of the process that leads, or led last; None where none was kept."""
        fingerprint, _, name = (reader.setting(LEADS) or "").partition(" ")
        return cls(name=name, fingerprint=fingerprint) if fingerprint else None

    def objection(self, trade: Trade, reader: Reader) -> OtherStrategy | None:
        """Return why a trade may not be bought by this strategy, or by that of the process that leads; None if it may.

        What was proposed is one strategy's score with that strategy's stop and target, and no other one's. A trade of
        which no strategy was kept, from before that was done, may be bought.
        """
        proposed = self.of(trade.signal)
        if proposed is None:
            return None
        others = (each for each in (self, self.leading(reader)) if each and each.fingerprint != proposed.fingerprint)
        other = next(others, None)
        return OtherStrategy(trade.id, proposed.label, other.label) if other else None
