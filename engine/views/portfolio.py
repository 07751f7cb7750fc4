"""Trades as people name them, the portfolio, and a symbol with its chart; nothing here changes anything."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from engine.common.outlook import Outlooks
from engine.common.portfolio import read_portfolio
from engine.common.symbol_halts import symbol_halts
from engine.common.universe import Universe
from engine.errors import Ambiguous, UnknownSymbol, UnknownTrade
from engine.model.chart import Chart
from engine.model.market import BarHistory, Snapshot
from engine.model.trade import ALIVE, Trade, TradeState
from engine.model.view import Inspection, PortfolioView
from engine.pipeline.analyse import Analyse
from engine.pipeline.bars import Bars
from engine.pipeline.observe import Observation, Observe
from engine.ports.broker import Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.ports.store import Store
from engine.risk.limits import LimitsInForce
from engine.signals.sift import sifted
from engine.signals.slots import Slots
from engine.views.holdings import missing_shares, position_lines, waiting_risk

PANEL_BARS = 100
SHOWN_TRADES = 50
SHORTEST_SESSION = 12_600
"""Seconds of a half-day, 09:30 to 13:00."""


class PortfolioQueries:
    """Looks up trades, and shows the portfolio, and a symbol and its chart."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        market: Market,
        calendar: Calendar,
        clock: Clock,
        observe: Observe,
        analyse: Analyse,
        limits: LimitsInForce,
        outlooks: Outlooks,
        universe: Universe,
        bars: Bars,
        slots: Slots,
    ) -> None:
        self._store = store
        self._broker = broker
        self._market = market
        self._calendar = calendar
        self._clock = clock
        self._observe = observe
        self._analyse = analyse
        self._limits = limits
        self._outlooks = outlooks
        self._universe = universe
        self._bars = bars
        self._slots = slots

    @property
    def symbols(self) -> tuple[str, ...]:
        """Tell which symbols are watched."""
        return self._universe.symbols

    def trade(self, asked: str, wanted_in: Collection[TradeState] = ()) -> Trade:
        """Return the trade that a full id, or an unambiguous symbol or start of an id, means; raises RequestRefused.

        What is in one of the wanted states goes before all, and if several are, the choice is among them; what is still
        alive goes before what is over, and a whole symbol before the start of another.
        """
        wanted = asked.strip().upper()
        with self._store.reading() as reader:
            trade = reader.trade(wanted) if wanted else None
            if trade:
                return trade
            alive, lately = reader.trades(ALIVE), reader.trades(limit=200)
        preferred = tuple(trade for trade in alive if trade.state in wanted_in)
        for trades in (preferred, alive, lately):
            matches = _matches(trades, wanted, is_symbol=wanted in self._universe.symbols)
            # Of those that cannot be meant any is as good as another: the verb says what became of the newest.
            if len(matches) == 1 or (matches and wanted_in and trades is not preferred):
                return matches[0]
            if matches:
                raise Ambiguous(asked, [trade.id for trade in matches[:5]])
        nearest = get_close_matches(wanted, [trade.id for trade in lately] + [trade.symbol for trade in lately], n=1)
        raise UnknownTrade(asked, *nearest)

    def must_be_known(self, symbol: str) -> None:
        """Raise UnknownSymbol, with the nearest that is watched, for one neither watched nor ever proposed."""
        watched = self._universe.symbols
        if symbol in watched:
            return
        with self._store.reading() as reader:
            if not reader.symbols(frozenset(TradeState), [symbol]):
                raise UnknownSymbol(symbol, *get_close_matches(symbol, watched, n=1))

    def trades(self, states: Collection[TradeState], since: datetime | None) -> tuple[Trade, ...]:
        """Return up to 50 trades, newest first; in any state where none is named."""
        with self._store.reading() as reader:
            return reader.trades(states, since=since, limit=SHOWN_TRADES)

    def portfolio(self) -> PortfolioView:
        """Return account, positions and open risk; raises BrokerUnavailable."""
        portfolio = read_portfolio(self._broker, self._store, self._clock.now(), self._limits.now)
        with self._store.reading() as reader:
            halts = symbol_halts(reader)
        overnight = self._outlooks.overnight(portfolio)
        lines = tuple(
            replace(
                line,
                previous_close=self._outlooks.nights.previous_close(line.symbol),
                halt=halts.get(line.symbol),
            )
            for line in position_lines(portfolio)
        )
        return PortfolioView(
            at=self._clock.now(),
            account=portfolio.account,
            lines=lines,
            open_risk=portfolio.open_risk,
            warning=self._limits.now.warning,
            ceiling=self._limits.now.ceiling,
            per_trade=self._limits.now.per_trade,
            overnight=overnight,
            waiting_risk=waiting_risk(portfolio, lines),
            missing=missing_shares(portfolio, lines),
            earnings=self._outlooks.near_earnings(position.symbol for position in portfolio.positions),
        )

    def chart(self, symbol: str) -> Chart:
        """Return the last bars of a symbol with their indicators; raises MarketUnavailable, ValueError for too few."""
        from engine.signals.chart import bars_to_read, chart_of

        rules = self._universe.board.rules
        return chart_of(self._last_bars(symbol, bars_to_read(rules)), rules)

    def _last_bars(self, symbol: str, bars: int) -> BarHistory:
        """Read the last bars of a symbol, at least so many where there are, without those that cannot be."""
        now = self._clock.now()
        last, sessions = self._slots.last(now), -(-bars * self._slots.bar_seconds // SHORTEST_SESSION)
        since = now if last is None else self._slots.opened(last, sessions)
        return sifted(self._market.bars((symbol,), since))[0]

    def _price(self, symbol: str, now: datetime) -> Snapshot | None:
        """Read a symbol afresh, without the close of the day before where its shares are others since."""
        snapshot = self._observe.price(symbol, now)
        is_changed = snapshot is not None and self._bars.changed_today([symbol])
        return replace(snapshot, previous_close=None) if snapshot and is_changed else snapshot

    def inspect(self, asked: str) -> Inspection:
        """Return all that is known of a symbol; raises UnknownSymbol and MarketUnavailable."""
        from engine.signals.panel import panel

        symbol = asked.strip().upper()
        if symbol not in self._universe.symbols:
            raise UnknownSymbol(asked, *get_close_matches(symbol, self._universe.symbols, n=1))
        now = self._clock.now()
        snapshot = self._price(symbol, now)
        seen = Observation(at=now, snapshots={symbol: snapshot} if snapshot else {})
        with self._store.reading() as reader:
            trades, halt = reader.trades(symbol=symbol, limit=5), symbol_halts(reader).get(symbol)
        board = self._analyse.board_to_show(self._bars.read_board((symbol,)))
        return Inspection(
            symbol=symbol,
            session=self._calendar.session(now),
            snapshot=snapshot,
            signal=self._analyse.signal_for(symbol, seen, board),
            panel=panel(self._last_bars(symbol, PANEL_BARS)),
            trades=trades,
            halt=halt,
            is_scored=self._analyse.has_scored(board),
        )


def _matches(trades: Sequence[Trade], wanted: str, *, is_symbol: bool) -> list[Trade]:
    """Return the trades that a symbol or the start of an id may mean: a whole symbol means no other that begins so."""
    exact = [trade for trade in trades if trade.symbol == wanted]
    if exact or is_symbol or not wanted:
        return exact
    return [trade for trade in trades if trade.id.startswith(wanted)]
