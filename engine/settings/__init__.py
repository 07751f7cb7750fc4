"""Every setting of the engine, read once from the environment, frozen, in groups.

Each part of the engine gets only its own group. Names in the environment are the field names in capitals.
"""

from dataclasses import dataclass
from typing import Any, Self

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
        return (
            self.desk,
            self.market,
            self.risk,
            self.holding,
            self.paper,
            self.place,
            self.alpaca,
            self.claude,
            self.http,
            self.telling,
        )

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; what is given by field name goes before it. Raises SettingsInvalid in one line."""
        return cls(
            desk=read_group(DeskSettings, **given),
            market=read_group(MarketSettings, **given),
            risk=read_group(RiskSettings, **given),
            holding=read_group(HoldingSettings, **given),
            paper=read_group(PaperSettings, **given),
            place=read_group(PlaceSettings, **given),
            alpaca=read_group(AlpacaSettings, **given),
            claude=read_group(ClaudeSettings, **given),
            http=read_group(HttpSettings, **given),
            telling=read_group(TellingSettings, **given),
        )
