from datetime import timedelta
from difflib import get_close_matches

from engine.common.outlook import Outlooks
from engine.common.portfolio import read_portfolio
from engine.common.universe import Universe
from engine.errors import UnknownSymbol
from engine.model.portfolio import Portfolio
from engine.model.signal_outcome import RiskLine, RiskView, ScoredHeadline, SignalOutcome
from engine.model.trade import Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.limits import LimitsInForce
from engine.risk.rules import statuses
from engine.views.holdings import awaits

SHOWN = 15
NEWS_LOOKS_BACK = timedelta(days=7)
"""What is older is shown to nobody who asks for news."""


class SignalQueries:
    """What people look at of signals, news and risk; nothing here changes anything."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        limits: LimitsInForce,
        outlooks: Outlooks,
        universe: Universe,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._limits = limits
        self._outlooks = outlooks
        self._universe = universe

    def signals(self, asked: str = "") -> tuple[SignalOutcome, ...]:
        """Return the last signals and what became of them, of one symbol if it is named; raises UnknownSymbol."""
        symbol = asked.strip().upper()
        with self._store.reading() as reader:
            signal_outcomes = reader.signal_outcomes(SHOWN, symbol)
        if symbol and not signal_outcomes:
            self._must_be_watched(asked, symbol)
        return signal_outcomes

    def news(self, asked: str = "") -> tuple[ScoredHeadline, ...]:
        """Return the last headlines as they were scored, of one symbol if it is named; raises UnknownSymbol."""
        symbol = asked.strip().upper()
        if symbol:
            self._must_be_watched(asked, symbol)
        with self._store.reading() as reader:
            since = self._clock.now() - NEWS_LOOKS_BACK
            return reader.headlines([symbol] if symbol else self._universe.symbols, since, SHOWN)

    def risk(self) -> RiskView:
        """Return the risk meter, symbol by symbol, and how the protections stand; raises BrokerUnavailable."""
        now, limits = self._clock.now(), self._limits.now
        portfolio = read_portfolio(self._broker, self._store, now, limits)
        ours = [_line_of(trade, portfolio) for trade in portfolio.trades]
        others = [
            RiskLine(symbol=position.symbol, dollars=portfolio.risk_beyond(position))
            for position in (*portfolio.foreign, *portfolio.others)
        ]
        return RiskView(
            equity=portfolio.account.equity,
            open_risk=portfolio.open_risk,
            warning=limits.warning,
            ceiling=limits.ceiling,
            lines=tuple(sorted((*ours, *others), key=lambda line: -line.dollars)),
            protections=statuses(portfolio, limits, now),
            overnight=self._outlooks.overnight(portfolio),
            overnight_limit=limits.overnight,
        )

    def _must_be_watched(self, asked: str, symbol: str) -> None:
        watched = self._universe.symbols
        if symbol not in watched:
            raise UnknownSymbol(asked, *get_close_matches(symbol, watched, n=1))


def _line_of(trade: Trade, portfolio: Portfolio) -> RiskLine:
    lacks = trade.state is TradeState.OPEN and awaits(trade, portfolio)
    return RiskLine(
        symbol=trade.symbol,
        dollars=portfolio.risk_of(trade),
        stop=None if lacks or trade.state is TradeState.CLOSING else portfolio.as_stopped(trade).stop,
        trade_id=trade.id,
        awaits=lacks,
    )
