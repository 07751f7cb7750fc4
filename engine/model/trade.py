"""A trade's life: its states, the only moves between them, and the orders that carry it out.

proposed ──► approved ──► submitted ──► open ──► closing ──► closed
   │            │             │          └──────────────────► closed   (stop or target hit)
   │            │             └─► cancelled | failed
   │            └─► refused | cancelled
   └─► rejected | expired | refused

What is over opens again only where the broker filled an order of it all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.desk import Desk, Term
from engine.model.exit_plan import AS_SENT, ExitPlan
from engine.model.market import exchange_date
from engine.model.origin import Origin, Source
from engine.model.risk import Sizing
from engine.model.signal import Side, Signal


class TradeState(StrEnum):
    """Where a trade stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"


MOVES: Mapping[TradeState, frozenset[TradeState]] = {
    TradeState.PROPOSED: frozenset(
        {TradeState.APPROVED, TradeState.REJECTED, TradeState.EXPIRED, TradeState.REFUSED},
    ),
    TradeState.APPROVED: frozenset({TradeState.SUBMITTED, TradeState.REFUSED, TradeState.CANCELLED}),
    TradeState.SUBMITTED: frozenset({TradeState.OPEN, TradeState.CANCELLED, TradeState.FAILED}),
    TradeState.OPEN: frozenset({TradeState.CLOSING, TradeState.CLOSED}),
    TradeState.CLOSING: frozenset({TradeState.CLOSED}),
    TradeState.CANCELLED: frozenset({TradeState.OPEN}),
    TradeState.FAILED: frozenset({TradeState.OPEN}),
    TradeState.REFUSED: frozenset({TradeState.OPEN}),
    TradeState.REJECTED: frozenset({TradeState.OPEN}),
    TradeState.EXPIRED: frozenset({TradeState.OPEN}),
    TradeState.CLOSED: frozenset({TradeState.OPEN}),
}
"""The only moves there are."""

OVER = frozenset(
    {
        TradeState.REJECTED,
        TradeState.EXPIRED,
        TradeState.REFUSED,
        TradeState.CANCELLED,
        TradeState.FAILED,
        TradeState.CLOSED,
    }
)
"""States in which nothing more is to come of a trade."""

RESERVED = frozenset({TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING})
"""States in which a trade counts as open risk."""

AT_THE_BROKER = frozenset({TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING})
"""States in which a trade has orders at the broker."""

ALIVE = RESERVED | {TradeState.PROPOSED}
"""States in which a symbol is taken: no second trade of it is proposed."""


class ExitReason(StrEnum):
    """Why a position was closed."""

    STOP = "stop"
    TARGET = "target"
    DESK = "desk"
    SIGNAL = "signal"
    CORPORATE_ACTION = "corporate_action"
    OVERNIGHT = "overnight"
    BEFORE_CLOSE = "before_close"
    LONGEST_HOLD = "longest_hold"


@dataclass(frozen=True, kw_only=True, slots=True)
class Restatement:
    """What corporate actions make of a trade beyond what its orders say: shares and dollars to be added to their sums.

    A 2-for-1 split of 512 shares adds 512 to what was bought, and no dollar. `cash` is the part of the result that
    whole shares do not show: what was paid for fractions of a share, less what they cost.
    """

    bought_shares: int = 0
    bought_dollars: Decimal = Decimal(0)
    sold_shares: int = 0
    sold_dollars: Decimal = Decimal(0)
    cash: Decimal = Decimal(0)


AS_FILLED = Restatement()
"""No corporate action changed anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """What was approved, in shares and dollars a share, beside what the card had shown to who approved it."""

    shares: int
    entry: Decimal
    shown_shares: int
    shown_entry: Decimal

    @property
    def is_as_shown(self) -> bool:
        """Whether the approval changed nothing of what was shown."""
        return (self.shares, self.entry) == (self.shown_shares, self.shown_entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trade:
    """One round trip, from proposal to close. Its id is symbol, date and time in the desk's time zone.

    `shares` is what the desk wants (a resize changes it, `sizing` keeps the proposal's own sum); `filled_shares` and
    `fill_price` (average, dollars) what the broker did. `stop` and `target` are those that are live at the broker, once
    they are there. `first_by` approved where a second person must, too. Times are aware UTC. `approved` is None before
    the approval, and where no record of it was kept.

    `closed_by` had it closed at the market (a Slack user id, or ENGINE), '' where nobody did, or that was not kept.
    `exit_shares` are those sold, less those bought back; they are more than `filled_shares` only while both exits
    filled and the surplus was not bought back yet.
    """

    id: str
    symbol: str
    state: TradeState
    signal: Signal
    sizing: Sizing
    shares: int
    stop: Decimal
    target: Decimal
    proposed_at: datetime
    expires_at: datetime
    first_by: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    filled_shares: int = 0
    fill_price: Decimal | None = None
    filled_at: datetime | None = None
    exit_shares: int = 0
    exit_price: Decimal | None = None
    exit_reason: ExitReason | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
    restated: Restatement = AS_FILLED
    approved: Approved | None = None
    exit_plan: ExitPlan = AS_SENT

    @property
    def origin(self) -> Origin:
        """Where its proposal is from, and what was asked for."""
        return self.signal.origin

    @property
    def source(self) -> Source:
        """Who proposed it."""
        return self.signal.origin.source

    @property
    def source_by(self) -> str:
        """The Slack user id or the name of who proposed it, '' for the strategy."""
        return self.signal.origin.by

    @property
    def entry(self) -> Decimal:
        """Dollars a share: the average fill where there is one, else the plan."""
        return self.sizing.entry if self.fill_price is None else self.fill_price

    @property
    def proposed_entry(self) -> Decimal:
        """Dollars a share that the card showed to who approved it, in the shares of today; else the plan's."""
        if self.approved is None or self.approved.entry == self.approved.shown_entry:
            return self.sizing.entry
        if self.sizing.entry == self.approved.entry:
            return self.approved.shown_entry
        return self.approved.shown_entry * self.sizing.entry / self.approved.entry

    @property
    def net_shares(self) -> int:
        """Shares bought less those sold: below 0 where more were sold than bought."""
        return self.filled_shares - self.exit_shares

    @property
    def held_shares(self) -> int:
        """Shares that this trade owns now, never fewer than none."""
        return max(0, self.net_shares)

    @property
    def short_shares(self) -> int:
        """Shares that were sold beyond what was bought, and are to be bought back."""
        return max(0, -self.net_shares)

    def was_bought_before(self, day: date) -> bool:
        """Tell whether it bought its shares before a day of the exchange's."""
        return exchange_date(self.filled_at or self.proposed_at) < day

    @property
    def exposed_shares(self) -> int:
        """Shares that count as risk: all that may still be bought, and all that are held."""
        if self.state in {TradeState.APPROVED, TradeState.SUBMITTED}:
            return max(self.shares, self.filled_shares)
        return self.held_shares if self.state in RESERVED else 0

    @property
    def risk(self) -> Decimal:
        """Dollars lost if the stop is hit: exposed shares x max(0, entry - stop)."""
        return self.exposed_shares * max(Decimal(0), self.entry - self.stop)

    @property
    def cost(self) -> Decimal:
        """Dollars that were paid, or would be."""
        return (self.filled_shares or self.shares) * self.entry

    @property
    def result(self) -> Decimal | None:
        """Dollars won or lost on the shares that were sold, None while there are none."""
        if self.exit_price is None or self.fill_price is None:
            return None
        return self.exit_shares * (self.exit_price - self.fill_price) + self.restated.cash

    @property
    def multiple(self) -> Decimal | None:
        """The result in multiples of what was risked when it was bought; None without a result, or without a risk."""
        if self.exit_price is None or self.fill_price is None or self.fill_price <= self.sizing.stop:
            return None
        return (self.exit_price - self.fill_price) / (self.fill_price - self.sizing.stop)


PENDING_CANCEL = "pending_cancel"
"""The reason of an order whose cancel was taken and is not done: what is filled meanwhile is filled."""


class OrderState(StrEnum):
    """What the broker says of an order, in our words."""

    ACCEPTED = "accepted"
    HELD = "held"
    PARTLY_FILLED = "partly_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REPLACED = "replaced"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be filled."""
        return self in {
            OrderState.FILLED,
            OrderState.CANCELLED,
            OrderState.REJECTED,
            OrderState.EXPIRED,
            OrderState.REPLACED,
        }


class OrderRole(StrEnum):
    """What an order is for."""

    ENTRY = "entry"
    STOP = "stop"
    TARGET = "target"
    EXIT = "exit"
    COVER = "cover"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A purchase to be sent: `shares` at the market, or at `limit` or better, protected by a stop and a target.

    `extended` sends it for the hours before the open and after the close: a limit order for the day that fills in any
    session, and no protection; that is sent by itself once something was bought.
    """

    client_order_id: str
    symbol: str
    shares: int
    stop: Decimal
    target: Decimal
    limit: Decimal | None = None
    extended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Clearance:
    """All that says whether a trade's entry may leave now, read at one instant.

    `desk_term` is the term in which the desk's state was changed last, `term` the one that is now.
    """

    desk: Desk
    desk_term: int
    state: TradeState
    decided_by: str
    term: Term


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order as the broker holds it; `legs` are a bracket's stop and target, `fill_price` the average in dollars.

    A purchase that somebody gave another price or quantity at the broker is one order: as it is now, with the shares
    and fills of all. `replaced` are those that it was before; what they bought counts in it, and not in them.
    """

    broker_id: str
    client_order_id: str
    role: OrderRole
    symbol: str
    side: Side
    shares: int
    state: OrderState
    price: Decimal | None = None
    filled_shares: int = 0
    fill_price: Decimal | None = None
    filled_at: datetime | None = None
    reason: str = ""
    legs: tuple["Order", ...] = ()
    replaced: tuple["Order", ...] = ()

    @property
    def unfilled_shares(self) -> int:
        """Shares that it is still to trade, or was when it ended."""
        return self.shares - self.filled_shares

    @property
    def is_standing(self) -> bool:
        """Whether it is to go on: it is not over, and nobody cancelled it."""
        return not self.state.is_over and self.reason != PENDING_CANCEL

    @property
    def parts(self) -> tuple["Order", ...]:
        """The order itself and its legs."""
        return (self, *self.legs)

    @property
    def broker_ids(self) -> frozenset[str]:
        """The broker's ids of the order, of its legs, and of those that it was before."""
        return frozenset(part.broker_id for part in (*self.parts, *self.replaced))

    def leg(self, role: OrderRole) -> "Order | None":
        """Return the leg of that role that is still alive, else the last one that had it, else None."""
        legs = [leg for leg in self.legs if leg.role is role]
        return next((leg for leg in legs if not leg.state.is_over), legs[-1] if legs else None)
