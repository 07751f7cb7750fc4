from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """What is asked for: so many whole shares of a symbol (None: all), with stop and target, dollars a share."""

    symbol: str
    stop: Decimal
    target: Decimal
    shares: Decimal | None = None
