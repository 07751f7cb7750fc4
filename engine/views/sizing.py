from datetime import datetime
from decimal import Decimal

from engine.common.outlook import Outlooks
from engine.common.portfolio import read_portfolio
from engine.common.tracing import about_a_trade
from engine.common.universe import Universe
from engine.errors import NoPrice
from engine.model.calculation import Amount, Calculation
from engine.model.origin import BY_STRATEGY, Origin
from engine.model.portfolio import Portfolio
from engine.model.risk import RiskVerdict, Sizing, share_of
from engine.model.trade import Trade, TradeState
from engine.model.view import SizeView
from engine.pipeline.observe import Observe
from engine.pipeline.resize import Resize
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.context import EntryPlan
from engine.risk.limits import LimitsInForce
from engine.risk.rules import refusal
from engine.risk.sizing import shares_of, size
from engine.views.portfolio import PortfolioQueries


class SizingQueries:
    """The calculator: what an amount of a proposal, or of any watched symbol at its price now, costs and risks.

    It changes nothing. A proposal is worked out at the price at which it was proposed, as a resize would do it.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        limits: LimitsInForce,
        outlooks: Outlooks,
        observe: Observe,
        portfolio: PortfolioQueries,
        resize: Resize,
        universe: Universe,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._limits = limits
        self._outlooks = outlooks
        self._observe = observe
        self._portfolio = portfolio
        self._resize = resize
        self._universe = universe

    @about_a_trade
    def preview(self, trade_id: str, shares: int | None = None) -> SizeView:
        """Work out a proposal at a number of shares, its own where none is given; raises RequestRefused."""
        return self._resize.preview(trade_id, shares)

    def calculation(self, asked: str, amount: Amount | None = None) -> Calculation:
        """Work out an amount, the proposal's own or the rule's where none is given.

        Raises RequestRefused and TemporaryError.
        """
        now = self._clock.now()
        symbol, trade = self._subject(asked)
        entry = self._price(symbol, now) if trade is None else trade.sizing.entry
        portfolio = read_portfolio(self._broker, self._store, now, self._limits.now)
        self._outlooks.nights.learn({symbol} | portfolio.symbols)
        asked_for = BY_STRATEGY if trade is None else trade.origin
        most = self._size(symbol, entry, portfolio, asked=asked_for)
        own = most.shares if trade is None else trade.shares
        shares = own if amount is None else shares_of(amount, most)
        risk = shares * (most.entry - most.stop)
        return Calculation(
            symbol=symbol,
            trade=trade,
            shares=shares,
            most=most.shares,
            bound_by=most.cap,
            entry=most.entry,
            stop=most.stop,
            target=most.target,
            cost=shares * most.entry,
            risk=risk,
            equity=most.equity,
            risk_before=most.risk_before,
            risk_after=most.risk_before + share_of(risk, most.equity),
            broken=self._broken(symbol, shares, most, portfolio, now, asked_for),
        )

    def _subject(self, asked: str) -> tuple[str, Trade | None]:
        """Return the symbol that is meant, and its proposal if one waits; raises UnknownTrade and Ambiguous."""
        symbol = asked.strip().upper()
        if symbol in self._universe.symbols:
            with self._store.reading() as reader:
                return symbol, next(iter(reader.trades({TradeState.PROPOSED}, symbol=symbol, limit=1)), None)
        trade = self._portfolio.trade(asked)
        return trade.symbol, trade if trade.state is TradeState.PROPOSED else None

    def _price(self, symbol: str, now: datetime) -> Decimal:
        snapshot = self._observe.price(symbol, now)
        if snapshot is None:
            raise NoPrice(symbol)
        return snapshot.price

    def _size(
        self, symbol: str, entry: Decimal, portfolio: Portfolio, wanted: int | None = None, *, asked: Origin
    ) -> Sizing:
        try:
            return size(symbol, entry, portfolio, self._limits.now, wanted=wanted, asked=asked)
        except ValueError as error:
            raise NoPrice(symbol) from error

    def _broken(
        self, symbol: str, shares: int, most: Sizing, portfolio: Portfolio, now: datetime, asked: Origin
    ) -> RiskVerdict | None:
        """Return what another rule than the caps says against so many shares."""
        if not 1 <= shares <= most.shares:
            return None
        wanted = self._size(symbol, most.entry, portfolio, wanted=shares, asked=asked)
        outlook = self._outlooks.of(symbol)
        plan = EntryPlan(symbol=symbol, sizing=wanted, portfolio=portfolio, at=now, outlook=outlook)
        return refusal(plan, self._limits.now)
