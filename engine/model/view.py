"""What the desk asks to see, read at one instant and ready to be rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.model.account import Account, AssetKind
from engine.model.market import Session, Snapshot
from engine.model.overnight import Overnight
from engine.model.signal import PanelLine, Signal
from engine.model.symbol_halt import SymbolHalt
from engine.model.trade import Trade


@dataclass(frozen=True, kw_only=True, slots=True)
class PositionLine:
    """What a trade holds of a position, or what of it is in no trade (`trade` is None); prices in dollars a unit.

    `risk` are the dollars that count as its risk. What is in no trade may be `beside_a_trade`: there is one of ours in
    the symbol as well. It `is_unclear` for the moment in which what came in may be what that one's order bought; it
    counts with the order then. It has no stop, for it `awaits` that a corporate action is carried out or its count of
    shares is explained.

    What is no stock has no shares: `quantity` tells how much it is, of `multiplier` units each. `previous_close` is the
    price at which the session before today's ended, None where that is not known, or there is no session today. `halt`
    is the exchange's halt of its trading, None where none is known.
    """

    symbol: str
    shares: int
    cost: Decimal
    price: Decimal
    risk: Decimal
    trade: Trade | None
    kind: AssetKind = AssetKind.STOCK
    quantity: Decimal | None = None
    multiplier: int = 1
    beside_a_trade: bool = False
    is_unclear: bool = False
    awaits: bool = False
    previous_close: Decimal | None = None
    halt: SymbolHalt | None = None

    @property
    def held(self) -> Decimal:
        """How much is held: shares, contracts or coins; below 0 sold short."""
        return Decimal(self.shares) if self.quantity is None else self.quantity

    @property
    def value(self) -> Decimal:
        """Dollars at the last price."""
        return self.held * self.multiplier * self.price

    @property
    def unrealised(self) -> Decimal:
        """Dollars won or lost so far."""
        return self.held * self.multiplier * (self.price - self.cost)


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskLevel:
    """Open risk and its limit at an instant, both shares of equity (0.02 = 2 %)."""

    share: Decimal
    ceiling: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingShares:
    """The symbols of which trades hold shares that the account does not show, and their risk in dollars."""

    symbols: tuple[str, ...] = ()
    risk: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioView:
    """The account, its positions and its risk; risks are shares of equity (0.02 = 2 %), `per_trade` that of one trade.

    A symbol has several lines where not all of its shares are of one trade. What no line shows of the open risk is that
    of trades that hold nothing yet, `waiting_risk` dollars, and of `missing` shares. `earnings` has the symbols held
    whose company's earnings are near, with the trading days until then (0: today).
    """

    at: datetime
    account: Account
    lines: tuple[PositionLine, ...]
    open_risk: Decimal
    warning: Decimal
    ceiling: Decimal
    per_trade: Decimal
    overnight: Overnight
    waiting_risk: Decimal = Decimal(0)
    missing: MissingShares = MissingShares()
    earnings: Mapping[str, int] = field(default_factory=dict)

    @property
    def symbols(self) -> frozenset[str]:
        """What is held: one position each, whosoever its shares are."""
        return frozenset(line.symbol for line in self.lines)

    @property
    def halted(self) -> tuple[SymbolHalt, ...]:
        """The halts of trading in what is held, each once."""
        return tuple(dict.fromkeys(line.halt for line in self.lines if line.halt))

    @property
    def risk(self) -> RiskLevel:
        """Open risk beside its limit."""
        return RiskLevel(share=self.open_risk, ceiling=self.ceiling)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """All that is known of a symbol now; `signal` is None while there are too few good bars, or no price.

    `is_scored` is False where this process has no score of the newest bar: a strategy's code runs once a bar, in the
    leader.
    `halt` is the exchange's halt of its trading, None where none is known.
    """

    symbol: str
    session: Session
    snapshot: Snapshot | None
    signal: Signal | None
    panel: tuple[PanelLine, ...]
    trades: tuple[Trade, ...]
    halt: SymbolHalt | None = None
    is_scored: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeView:
    """A proposal at a number of shares: the sum as it would be now, and the most that every limit allows."""

    trade: Trade
    shares: int
    most: int
    cost: Decimal
    risk: Decimal
    equity: Decimal
    risk_before: Decimal
    risk_after: Decimal
    bound_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineHealth:
    """How the engine is, as it knows without asking anybody outside.

    `price_at` is the instant of the newest good price, None before the first; `prices_due` says that regular trading
    has gone on so long that there should be one. `down` names the services that are lost, `refused` counts the prices
    refused since the start by their flaw, `bar_flaws` the bars that were refused, repaired or corrected,
    `entries_set_aside` the entries of the signal stream that named no proposal.
    """

    at: datetime
    price_at: datetime | None
    prices_due: bool
    down: tuple[str, ...]
    refused: Mapping[str, int]
    bar_flaws: Mapping[str, int] = field(default_factory=dict)
    entries_set_aside: int = 0
