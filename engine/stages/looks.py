from collections.abc import Collection
from datetime import datetime, timedelta

from engine.model.desk import Desk
from engine.model.trade import Trade, TradeState
from engine.model.view import Inspection, PortfolioView, Vitals
from engine.ports import Clock
from engine.stages.show import Show
from engine.truth import Store


class Looks:
    """The verbs of the desk that change nothing: what people look at."""

    def __init__(self, *, show: Show, store: Store, clock: Clock) -> None:
        self._show = show
        self._store = store
        self._clock = clock

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        return self._clock.now()

    @property
    def symbols(self) -> int:
        """Tell how many symbols are watched."""
        return self._show.watched

    def desk(self) -> Desk:
        """Return the desk's state."""
        with self._store.reading() as ledger:
            return ledger.desk()

    def trade(self, asked: str) -> Trade:
        """Return the trade that a full id, or an unambiguous symbol or start of an id, means; raises Refused."""
        return self._show.trade(asked)

    def trades(self, states: Collection[TradeState] = (), *, since: datetime | None = None) -> tuple[Trade, ...]:
        """Return up to 50 trades, newest first; in any state where none is named."""
        return self._show.trades(states, since)

    def portfolio(self) -> PortfolioView:
        """Return account, positions and open risk; raises TryAgain."""
        return self._show.portfolio()

    def inspect(self, symbol: str) -> Inspection:
        """Return all that is known of a symbol; raises Refused."""
        return self._show.inspect(symbol)

    def vitals(self, patience: timedelta) -> Vitals:
        """Tell how the engine is; prices are due once regular trading has gone on for `patience` (market time)."""
        return self._show.vitals(patience)
