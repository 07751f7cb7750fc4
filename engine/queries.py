from collections.abc import Collection
from datetime import datetime, timedelta

from engine.choices import Choices
from engine.model.calculation import Amount, Calculation
from engine.model.chart import Chart
from engine.model.choices import SettingLine
from engine.model.desk import Desk
from engine.model.performance import Performance, Period
from engine.model.report import Report, ReportKind
from engine.model.status import Status
from engine.model.survey import RiskView, ScoredHeadline, SignalOutcome
from engine.model.trade import Trade, TradeState
from engine.model.view import EngineHealth, Inspection, PortfolioView
from engine.ports import Clock
from engine.truth import Store
from engine.views.performance import Perform
from engine.views.portfolio import Show
from engine.views.reports import Reports
from engine.views.status import Stand


class Looks:
    """The verbs of the desk that change nothing: what people look at."""

    def __init__(
        self,
        *,
        show: Show,
        choices: Choices,
        perform: Perform,
        reports: Reports,
        stand: Stand,
        store: Store,
        clock: Clock,
    ) -> None:
        self._show = show
        self._choices = choices
        self._perform = perform
        self._reports = reports
        self._stand = stand
        self._store = store
        self._clock = clock

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        return self._clock.now()

    @property
    def symbols(self) -> int:
        """Tell how many symbols are watched."""
        return len(self._show.symbols)

    def desk(self) -> Desk:
        """Return the desk's state."""
        with self._store.reading() as ledger:
            return ledger.desk()

    def trade(self, asked: str) -> Trade:
        """Return the trade that a full id, or an unambiguous symbol or start of an id, means; raises RequestRefused."""
        return self._show.trade(asked)

    def trades(self, states: Collection[TradeState] = (), *, since: datetime | None = None) -> tuple[Trade, ...]:
        """Return up to 50 trades, newest first; in any state where none is named."""
        return self._show.trades(states, since)

    def portfolio(self) -> PortfolioView:
        """Return account, positions and open risk; raises TemporaryError."""
        return self._show.portfolio()

    def chart(self, symbol: str) -> Chart:
        """Return the last bars of a symbol with their indicators; raises MarketUnavailable, ValueError for too few."""
        return self._show.chart(symbol)

    def performance(self, period: Period, symbol: str | None = None) -> Performance:
        """Return what came of the trades that ended in a period, of one symbol if it is named."""
        return self._perform(period, symbol or "")

    def report(self, kind: ReportKind) -> Report:
        """Return a report as of now, whatever its time is."""
        return self._reports.make(kind)

    def status(self) -> Status:
        """Return how the desk stands: state, hours, money, what waits and what was decided."""
        return self._stand()

    def inspect(self, symbol: str) -> Inspection:
        """Return all that is known of a symbol; raises RequestRefused."""
        return self._show.inspect(symbol)

    def signals(self, symbol: str = "") -> tuple[SignalOutcome, ...]:
        """Return the last signals and what became of them, newest first; raises UnknownSymbol."""
        return self._choices.survey.signals(symbol)

    def news(self, symbol: str = "") -> tuple[ScoredHeadline, ...]:
        """Return the last headlines as they were scored, newest first; raises UnknownSymbol."""
        return self._choices.survey.news(symbol)

    def risk(self) -> RiskView:
        """Return the risk meter, symbol by symbol, and how the protections stand; raises TemporaryError."""
        return self._choices.survey.risk()

    def calculate(self, asked: str, amount: Amount | None = None) -> Calculation:
        """Work out an amount of a proposal or a watched symbol, the proposal's own or the rule's where none is given.

        Raises RequestRefused and TemporaryError.
        """
        return self._choices.calculate(asked, amount)

    def watched(self) -> tuple[str, ...]:
        """Return the symbols that are watched."""
        return self._choices.watchlist.symbols

    def settings(self) -> tuple[SettingLine, ...]:
        """Return every trading setting as it stands."""
        return self._choices.adjust.lines()

    def vitals(self, patience: timedelta) -> EngineHealth:
        """Tell how the engine is; prices are due once regular trading has gone on for `patience` (market time)."""
        return self._show.vitals(patience)
