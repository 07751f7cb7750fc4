"""Trades that nobody made: those of a strategy in shadow, and those that the desk was asked about and did not make."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.money import ZERO
from engine.model.risk import Sizing
from engine.model.trade import ExitReason


class ShadowState(StrEnum):
    """Where such a trade stands; a void one came to nothing, as nothing was bought."""

    OPEN = "open"
    CLOSED = "closed"
    VOID = "void"


class Cause(StrEnum):
    """Why a trade is simulated: a strategy is in shadow, or what became of the desk's own proposal."""

    SHADOW = "shadow"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShadowProgress:
    """How far such a trade is, with all that the next bar's rules look at; as a HeldTrade, its bars by their starts.

    `price` is the last one that was seen, dollars a share, None before the first. `exit_session` is the first bar of
    the session in which an order sells it.
    """

    at: datetime
    sizing: Sizing
    target: Decimal | None
    buying: int
    bought: int = 0
    paid: Decimal = ZERO
    sold: int = 0
    got: Decimal = ZERO
    fees: Decimal = ZERO
    leaving: ExitReason | None = None
    reason: ExitReason | None = None
    target_is_set: bool = False
    exit_shares: int = 0
    exit_dollars: Decimal = ZERO
    exit_session: datetime | None = None
    first_fill: datetime | None = None
    last_sale: datetime | None = None
    sold_at: datetime | None = None
    price: Decimal | None = None
    peak: Decimal | None = None
    moved_stop: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShadowTrade:
    """A trade that is simulated as bars close, by the rules of a backtest.

    `key` is unique: of a strategy in shadow its fingerprint, the symbol and `bar`, the start of the closed bar that its
    score of `tenths` stood on; of a proposal of the desk's its `trade_id`. `through` is the start of the last bar that
    was looked at. Prices are dollars a share and averages, `fees` dollars that are not in the result; instants are
    aware UTC. `why` says in a word why a void one came to nothing.
    """

    key: str
    cause: Cause
    strategy: str
    strategy_fingerprint: str
    symbol: str
    bar: datetime
    tenths: int
    state: ShadowState
    through: datetime
    progress: ShadowProgress | None
    trade_id: str = ""
    shares: int = 0
    entry: Decimal | None = None
    stop: Decimal | None = None
    exit: Decimal | None = None
    exit_reason: ExitReason | None = None
    fees: Decimal = ZERO
    entered_at: datetime | None = None
    exited_at: datetime | None = None
    why: str = ""

    @property
    def result(self) -> Decimal | None:
        """Dollars won or lost, before fees; None before it is over."""
        return None if self.exit is None or self.entry is None else self.shares * (self.exit - self.entry)

    @property
    def net_multiple(self) -> float | None:
        """The result after fees in multiples of what was at risk (R), as in a backtest; None where there is none."""
        multiple = self.multiple
        if multiple is None or self.entry is None or self.stop is None:
            return None
        return multiple - float(self.fees / (self.shares * (self.entry - self.stop)))

    @property
    def multiple(self) -> float | None:
        """The result in multiples of what was at risk once it was bought (R), None where there is none."""
        if self.exit is None or self.entry is None or self.stop is None or self.entry <= self.stop:
            return None
        return float((self.exit - self.entry) / (self.entry - self.stop))
