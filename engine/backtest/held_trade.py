"""A trade of a simulation while it goes on, and what the rules see of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import nan

from engine.backtest.timeline import Timeline
from engine.model.backtest import BacktestTrade
from engine.model.exit_plan import running_shares
from engine.model.money import ZERO
from engine.model.risk import Sizing
from engine.model.signal import Readings, Signal
from engine.model.trade import ExitReason, Trade, TradeState
from engine.risk.sizing import target_for

UNREAD = Readings(
    rsi=nan, lower=nan, middle=nan, upper=nan, low=nan, high=nan, macd=nan, macd_signal=nan, macd_cross=0,
    volume_ratio=nan,
)  # fmt: skip


@dataclass(kw_only=True, slots=True)
class HeldTrade:
    """A trade that was approved and is not over.

    `buying` are the shares that its entry may still get, `leaving` says why it is being sold at the market, None while
    stop and target stand. `peak` is the highest close since it was bought, where its stop follows closes, `moved_stop`
    where that stands then. `exit_*` are what the order that sells it now has done, by which its fees go. The target
    sells the `partial` of its shares, once it is set; until then it stands for all of them, as in a bracket.
    """

    number: int
    symbol: str
    column: int
    scored: int
    tenths: int
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
    exit_session: int = -1
    first_fill: int = -1
    last_sale: int = -1
    sold_at: datetime | None = None
    peak: Decimal | None = None
    moved_stop: Decimal | None = None
    partial: Decimal | None = None
    next_bar: int = 0
    is_over: bool = False
    held: int = field(init=False, default=0)
    """Shares that it owns now: kept beside `bought` and `sold`, because it is asked for so often."""
    _seen: tuple[tuple[int, int, int, ExitReason | None, Decimal | None], Trade] | None = None

    @property
    def id(self) -> str:
        """The name by which the rules know it."""
        return f"{self.symbol}-{self.number}"

    def __post_init__(self) -> None:
        self.held = self.bought - self.sold

    @property
    def stop(self) -> Decimal:
        """Where it is stopped, dollars a share."""
        return self.sizing.stop if self.moved_stop is None else self.moved_stop

    @property
    def live_target(self) -> Decimal | None:
        """Where the target stands, dollars a share; None where there is none, or it has sold its part."""
        return None if self.held and not self.shares_at_target else self.target

    @property
    def shares_at_target(self) -> int:
        """Shares that the target is to sell."""
        return max(0, self.held - self.running_shares)

    @property
    def running_shares(self) -> int:
        """Shares that have a stop of their own, without a target."""
        return running_shares(self.partial, self.bought) if self.target_is_set else 0

    @property
    def entry(self) -> Decimal:
        """Its average fill, the plan before the first."""
        return self.paid / self.bought if self.bought else self.sizing.entry

    @property
    def is_protected(self) -> bool:
        """Whether its stop and target can be hit."""
        return self.held > 0 and self.leaving is None

    @property
    def is_open(self) -> bool:
        """Whether something else may still sell it: also one whose stop was hit, and not all of it was sold yet."""
        return self.held > 0 and self.leaving in {None, ExitReason.STOP}

    @property
    def is_unsettled(self) -> bool:
        """Whether it is not over, and its target may still move or all of it be sold."""
        return not self.is_over and not (self.target_is_set and self.held and not self.buying)

    @property
    def state(self) -> TradeState:
        """Its state at the live desk; one whose stop was hit is open until all is sold."""
        if not self.bought:
            return TradeState.SUBMITTED
        return TradeState.OPEN if self.leaving in {None, ExitReason.STOP} else TradeState.CLOSING

    @property
    def stops(self) -> tuple[tuple[int, Decimal], ...]:
        """The shares and price of its stop."""
        return ((self.held, self.stop),) if self.state is TradeState.OPEN else ()

    @property
    def result(self) -> Decimal:
        """Dollars won or lost on what was sold, before fees."""
        return self.sold * (self.got / self.sold - self.paid / self.bought) if self.sold else ZERO

    def begin_exit(self) -> None:
        """Note that another order sells it from now on, by which its fees go."""
        self.exit_shares, self.exit_dollars = 0, ZERO

    def as_trade(self) -> Trade:
        """Return what the rules look at; made again only after it changed."""
        now = self.bought, self.sold, self.buying, self.leaving, self.moved_stop
        if self._seen is None or self._seen[0] != now:
            self._seen = now, self._as_trade()
        return self._seen[1]

    def _as_trade(self) -> Trade:
        signal = Signal(
            symbol=self.symbol, at=self.at, price=self.sizing.entry, readings=UNREAD, components=(), findings=(),
            scorer="",
        )  # fmt: skip
        return Trade(
            id=self.id,
            symbol=self.symbol,
            state=self.state,
            signal=signal,
            sizing=self.sizing,
            shares=self.bought + self.buying if self.bought else self.buying,
            stop=self.stop,
            target=self.sizing.target,
            proposed_at=self.at,
            expires_at=self.at,
            filled_shares=self.bought,
            fill_price=self.entry if self.bought else None,
            exit_shares=self.sold,
            exit_price=self.got / self.sold if self.sold else None,
        )

    def as_told(self, timeline: Timeline) -> BacktestTrade:
        """Return it as a result; raises ValueError unless all was sold that was bought."""
        if self.held or not self.bought or self.reason is None:
            raise ValueError(f"{self.id} is not over")
        target = None if self.target is None else target_for(self.entry, self.sizing.target_distance)
        return BacktestTrade(
            symbol=self.symbol,
            bar=timeline.start(self.scored),
            tenths=self.tenths,
            entered_at=timeline.start(self.first_fill),
            shares=self.bought,
            planned=self.sizing.entry,
            entry=self.entry,
            stop=self.sizing.stop,
            last_stop=self.moved_stop,
            target=target,
            exited_at=timeline.start(self.last_sale),
            exit=self.got / self.sold,
            reason=self.reason,
            fees=self.fees,
        )
