from dataclasses import dataclass
from datetime import datetime

from engine.model.trade import Trade


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """A trade that is being sold at the market, and what its order waits for, where it does.

    It waits for the exchange to open (aware UTC), for the end of the symbol's halt, or for a broker that is away.
    `refused` is why the broker refuses it, '' where it does not; it is sent again later.
    """

    trade: Trade
    opens_at: datetime | None = None
    is_halted: bool = False
    is_broker_away: bool = False
    refused: str = ""
