"""Every setting of the engine, read once from the environment, frozen, in groups.

Each part of the engine gets only its own group. Names in the environment are the field names in capitals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, get_type_hints

from engine.errors import SettingsInvalid
from engine.settings.adapters import (
    AlpacaSettings,
    ClaudeSettings,
    HttpSettings,
    PaperSettings,
    PlaceSettings,
    TracingSettings,
)
from engine.settings.group import GroupSettings, read_group
from engine.settings.reporting import TellingSettings
from engine.settings.trading import DeskSettings, HoldingSettings, MarketSettings, RiskSettings

__all__ = [
    "AlpacaSettings",
    "ClaudeSettings",
    "DeskSettings",
    "GroupSettings",
    "HoldingSettings",
    "HttpSettings",
    "MarketSettings",
    "PaperSettings",
    "PlaceSettings",
    "RiskSettings",
    "Settings",
    "TellingSettings",
    "TracingSettings",
    "read_group",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All groups."""

    desk: DeskSettings
    market: MarketSettings
    risk: RiskSettings
    holding: HoldingSettings
    paper: PaperSettings
    place: PlaceSettings
    alpaca: AlpacaSettings
    claude: ClaudeSettings
    http: HttpSettings
    tracing: TracingSettings
    telling: TellingSettings

    @property
    def groups(self) -> tuple[GroupSettings, ...]:
        """Every group."""
        return tuple(getattr(self, name) for name in self.kinds())

    def require_shared(self, role: str) -> None:
        """Raise SettingsInvalid where one process has to itself what a role, one process of several, shares."""
        self.place.require_shared(role)
        one_of_several = f"and {role} is one of several; expected alpaca"
        if self.alpaca.market != "alpaca":
            raise SettingsInvalid(f"MARKET: a replay has a clock in each process, {one_of_several}")
        if self.alpaca.broker != "alpaca":
            raise SettingsInvalid(f"BROKER: a paper account lives in one process, {one_of_several}")
        if not self.place.redis_url:
            raise SettingsInvalid(
                f"REDIS_URL: {role} shares one Valkey with other processes; expected its redis:// URL"
            )

    @classmethod
    def kinds(cls) -> Mapping[str, type[GroupSettings]]:
        """Return the groups' classes by their names here."""
        return get_type_hints(cls)

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; what is given by field name goes before it. Raises SettingsInvalid in one line."""
        groups: dict[str, Any] = {name: read_group(kind, **given) for name, kind in cls.kinds().items()}
        return cls(**groups)
