"""What the HTTP side answers, as JSON. Money is text, exact to the last digit; risks are numbers, parts of equity."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from bot.http.dependencies import Check
from engine.model.account import AssetKind
from engine.model.desk import Desk, DeskState
from engine.model.manual_proposal import Proposed
from engine.model.origin import Source
from engine.model.signal import Part, Side, Signal
from engine.model.trade import RESERVED, ExitReason, Trade, TradeState
from engine.model.view import PortfolioView, PositionLine

Money = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
Content = TypeVar("Content")


class Answer(BaseModel):
    """What all answers share: they can be read off a value of the model with the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Data(Answer, Generic[Content]):
    """The answer proper."""

    data: Content


class Page(Data[Content], Generic[Content]):
    """A part of a list; `next_offset` is where the next part begins, null when there is none."""

    next_offset: int | None


class CheckView(Answer):
    """One part of the bot; `age` is in seconds, and without what is not `needed` the bot still counts as well."""

    name: str
    ok: bool
    needed: bool
    detail: str
    age: float | None


class HealthBody(Answer):
    """Whether every part works that is needed; `failing` names those that do not."""

    ok: bool
    failing: tuple[str, ...]
    checks: tuple[CheckView, ...]

    @classmethod
    def of(cls, checks: Sequence[Check]) -> Self:
        """Sum up what was found."""
        failing = tuple(check.name for check in checks if check.needed and not check.ok)
        return cls(ok=not failing, failing=failing, checks=tuple(map(CheckView.model_validate, checks)))


class RiskState(StrEnum):
    """Where open risk stands: under the warning level, at or over it, at or over the limit."""

    NORMAL = "normal"
    WARNING = "warning"
    LIMIT = "limit"


class RiskMetrics(Answer):
    """Open risk and its limits, parts of equity (0.02 = 2 %); `headroom` is what is left under the limit."""

    open_risk: float
    limit: float
    warning_level: float
    per_trade_risk: float
    headroom: float
    state: RiskState

    @classmethod
    def of(cls, view: PortfolioView) -> Self:
        """Read the figures off a portfolio."""
        over_warning = RiskState.WARNING if view.open_risk >= view.warning else RiskState.NORMAL
        return cls(
            open_risk=float(view.open_risk),
            limit=float(view.ceiling),
            warning_level=float(view.warning),
            per_trade_risk=float(view.per_trade),
            headroom=float(max(Decimal(0), view.ceiling - view.open_risk)),
            state=RiskState.LIMIT if view.open_risk >= view.ceiling else over_warning,
        )


class DeskView(Answer):
    """Whether the desk trades, by itself or asking; who set it, when and why."""

    state: DeskState
    auto: bool
    by: str
    reason: str
    since: datetime | None


class PositionView(Answer):
    """A position in dollars; `trade_id` is null when it is no trade of the bot.

    `held` is how much of it there is, fractions too: shares, contracts of `multiplier` units each, or coins. `shares`
    are whole, and none of what is no stock.
    """

    symbol: str
    kind: AssetKind
    shares: int
    held: Money
    multiplier: int
    cost: Money
    price: Money
    value: Money
    unrealised: Money
    trade_id: str | None


class Summary(Answer):
    """The account in dollars, its positions and its risk at an instant."""

    at: datetime
    equity: Money
    cash: Money
    buying_power: Money
    margin: bool
    desk: DeskView
    positions: tuple[PositionView, ...]
    risk_metrics: RiskMetrics

    @classmethod
    def of(cls, view: PortfolioView, desk: Desk) -> Self:
        """Read a portfolio beside the desk's state."""
        positions = tuple(
            PositionView(
                symbol=line.symbol,
                kind=line.kind,
                shares=line.shares,
                held=line.held,
                multiplier=line.multiplier,
                cost=line.cost,
                price=line.price,
                value=line.value,
                unrealised=line.unrealised,
                trade_id=line.trade.id if line.trade else None,
            )
            for line in view.lines
        )
        return cls(
            at=view.at,
            equity=view.account.equity,
            cash=view.account.cash,
            buying_power=view.account.buying_power,
            margin=view.account.margin,
            desk=DeskView.model_validate(desk),
            positions=positions,
            risk_metrics=RiskMetrics.of(view),
        )


class TradeRisk(Answer):
    """What one trade loses if its stop is hit, or counts for without one: dollars, and as a part of equity."""

    trade_id: str
    symbol: str
    shares: int
    stop: Money | None = Field(description="dollars a share; none for a trade that is being sold, or has none")
    risk: Money
    part: float


class Risk(Answer):
    """Open risk, its limits, and the trades that make it up."""

    at: datetime
    metrics: RiskMetrics
    trades: tuple[TradeRisk, ...]

    @classmethod
    def of(cls, view: PortfolioView, trades: Sequence[Trade]) -> Self:
        """Read a portfolio beside the trades that carry risk."""
        held = {line.trade.id: line for line in view.lines if line.trade}
        lines = tuple(_trade_risk(trade, held.get(trade.id), view) for trade in trades if trade.state in RESERVED)
        return cls(at=view.at, metrics=RiskMetrics.of(view), trades=lines)


def _trade_risk(trade: Trade, line: PositionLine | None, view: PortfolioView) -> TradeRisk:
    """Return what a trade risks, as its position's line has it: down to the stop that stands, set by hand or not."""
    stopped, risk = (line.trade or trade, line.risk) if line else (trade, trade.risk)
    has_stop = trade.state is not TradeState.CLOSING and not (line and line.awaits)
    return TradeRisk(
        trade_id=trade.id,
        symbol=trade.symbol,
        shares=trade.exposed_shares,
        stop=stopped.stop if has_stop else None,
        risk=risk,
        part=_part(risk, view.account.equity),
    )


def _part(risk: Decimal, equity: Decimal) -> float:
    """Return a risk as a part of equity, all of it where nothing is left to share."""
    return float(risk / equity) if equity > 0 else float(bool(risk))


class ComponentView(Answer):
    """One part of a score, in tenths of a point."""

    part: Part
    tenths: int


class FindingView(Answer):
    """What a headline said of the symbol, in tenths of a point."""

    headline_id: str
    at: datetime
    headline: str
    tenths: int
    reason: str
    url: str


class SignalView(Answer):
    """A scored opinion on a symbol; the whole score is `tenths` of a point, 7 proposes a trade and 12 is strong."""

    symbol: str
    at: datetime
    price: Money
    side: Side
    tenths: int
    technical_tenths: int
    strong: bool
    scorer: str
    components: tuple[ComponentView, ...]
    findings: tuple[FindingView, ...]

    @classmethod
    def of(cls, signal: Signal) -> Self:
        """Read a signal."""
        return cls.model_validate(signal)


class TradeView(Answer):
    """A trade: prices and sums in dollars, `entry` the fill's price once there is one."""

    id: str
    symbol: str
    state: TradeState
    shares: int
    entry: Money
    stop: Money
    target: Money
    cost: Money
    risk: Money
    proposed_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    filled_shares: int
    fill_price: Money | None
    filled_at: datetime | None
    exit_shares: int
    exit_price: Money | None
    exit_reason: ExitReason | None
    closed_at: datetime | None
    result: Money | None
    source: Source = Field(description="who proposed it")
    source_by: str
    signal: SignalView = Field(description="what the trade was proposed for")

    @classmethod
    def of(cls, trade: Trade) -> Self:
        """Read a trade."""
        return cls.model_validate(trade)


class ProposedView(Answer):
    """What a signal from elsewhere made: a proposal that waits for people; `repeated` where its key had made it."""

    trade_id: str
    state: TradeState
    symbol: str
    shares: int
    entry: Money
    stop: Money
    target: Money
    source: Source
    expires_at: datetime
    repeated: bool

    @classmethod
    def of(cls, made: Proposed) -> Self:
        """Read what came of it."""
        trade = made.trade
        return cls(
            trade_id=trade.id,
            state=trade.state,
            symbol=trade.symbol,
            shares=trade.shares,
            entry=trade.entry,
            stop=trade.stop,
            target=trade.target,
            source=trade.source,
            expires_at=trade.expires_at,
            repeated=made.is_repeated,
        )
