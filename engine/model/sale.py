from dataclasses import dataclass
from datetime import datetime

from engine.model.trade import Trade


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """A trade that is being sold at the market, and what its order waits for, where it does.

    It waits for the exchange to open (aware UTC), or for the end of the symbol's halt.
    """

    trade: Trade
    opens_at: datetime | None = None
    is_halted: bool = False
