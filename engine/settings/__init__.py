"""Every setting of the engine, read once from the environment, frozen, in groups.

Each part of the engine gets only its own group. Names in the environment are the field names in capitals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, get_type_hints

from engine.settings.adapters import AlpacaSettings, ClaudeSettings, HttpSettings, PaperSettings, PlaceSettings
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
    telling: TellingSettings

    @property
    def groups(self) -> tuple[GroupSettings, ...]:
        """Every group."""
        return tuple(getattr(self, name) for name in self.kinds())

    @classmethod
    def kinds(cls) -> Mapping[str, type[GroupSettings]]:
        """Return the groups' classes by their names here."""
        return get_type_hints(cls)

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; what is given by field name goes before it. Raises SettingsInvalid in one line."""
        groups: dict[str, Any] = {name: read_group(kind, **given) for name, kind in cls.kinds().items()}
        return cls(**groups)
