"""What people look at; nothing here changes anything."""

from collections.abc import Collection
from datetime import datetime, timedelta

from engine.control.promotion import Promotion
from engine.control.runtime_settings import RuntimeSettings
from engine.control.watchlist import Watchlist
from engine.model.chart import Chart
from engine.model.desk import Desk
from engine.model.people_report import PeopleReport
from engine.model.performance import Performance, Period, Span
from engine.model.report import Report, ReportKind
from engine.model.runtime_settings import PendingChange, SettingLine
from engine.model.status import Status
from engine.model.strategies import Strategies, StrategyLine, StrategySources
from engine.model.trade import Trade, TradeState
from engine.model.view import EngineHealth, Inspection, PortfolioView
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.views.duty import DutyQuery
from engine.views.health import HealthQuery
from engine.views.journal_report import JournalQuery
from engine.views.people import PeopleQuery
from engine.views.performance import PerformanceQuery
from engine.views.portfolio import PortfolioQueries
from engine.views.questions import QuestionQueries
from engine.views.reports import Reports
from engine.views.signals import SignalQueries
from engine.views.sizing import SizingQueries
from engine.views.status import StatusQuery


class StrategyQueries:
    """What people look at of strategies, and of what they decided against."""

    def __init__(self, promotion: Promotion, people_report: PeopleQuery) -> None:
        self._promotion = promotion
        self._people_report = people_report

    def all(self) -> Strategies:
        """Return the live strategy and those in shadow, with what they came to."""
        return self._promotion.strategies()

    def sources(self) -> StrategySources:
        """Return where they are read from, by their names."""
        return self._promotion.sources

    def named(self, asked: str) -> StrategyLine:
        """Return one of them by its name or the beginning of its fingerprint; raises UnknownStrategy."""
        return self._promotion.line(asked)

    def people_report(self) -> PeopleReport:
        """Return what the desk's decisions added or cost against taking everything."""
        return self._people_report()


class Queries:
    """What people look at: the desk here, and the rest by topic.

    `signals` has signals, news and risk; `sizing` is the calculator; `strategies` the live strategy and those in
    shadow; `duty` who is on duty; `review` what the journal comes to; `questions` answers what is asked in words.
    """

    duty: DutyQuery
    review: JournalQuery
    questions: QuestionQueries
    signals: SignalQueries
    sizing: SizingQueries
    strategies: StrategyQueries

    def __init__(
        self,
        *,
        clock: Clock,
        duty: DutyQuery,
        health: HealthQuery,
        review: JournalQuery,
        people_report: PeopleQuery,
        performance: PerformanceQuery,
        portfolio: PortfolioQueries,
        promotion: Promotion,
        questions: QuestionQueries,
        reports: Reports,
        runtime_settings: RuntimeSettings,
        signals: SignalQueries,
        sizing: SizingQueries,
        status: StatusQuery,
        store: Store,
        watchlist: Watchlist,
    ) -> None:
        self.duty = duty
        self.review = review
        self.questions = questions
        self.signals = signals
        self.sizing = sizing
        self._clock = clock
        self._health = health
        self._performance = performance
        self._portfolio = portfolio
        self.strategies = StrategyQueries(promotion, people_report)
        self._reports = reports
        self._runtime_settings = runtime_settings
        self._status = status
        self._store = store
        self._watchlist = watchlist

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        return self._clock.now()

    def desk(self) -> Desk:
        """Return the desk's state."""
        with self._store.reading() as reader:
            return reader.desk()

    def trade(self, asked: str, wanted_in: Collection[TradeState] = ()) -> Trade:
        """Return the trade that a full id, or an unambiguous symbol or start of an id, means; raises RequestRefused.

        Trades in the wanted states go before others.
        """
        return self._portfolio.trade(asked, wanted_in)

    def trades(self, states: Collection[TradeState] = (), *, since: datetime | None = None) -> tuple[Trade, ...]:
        """Return up to 50 trades, newest first; in any state where none is named."""
        return self._portfolio.trades(states, since)

    def portfolio(self) -> PortfolioView:
        """Return account, positions and open risk; raises TemporaryError."""
        return self._portfolio.portfolio()

    def chart(self, symbol: str) -> Chart:
        """Return the last bars of a symbol with their indicators; raises MarketUnavailable, ValueError for too few."""
        return self._portfolio.chart(symbol)

    def inspect(self, symbol: str) -> Inspection:
        """Return all that is known of a symbol; raises RequestRefused."""
        return self._portfolio.inspect(symbol)

    def performance(self, period: Period | Span, symbol: str | None = None) -> Performance:
        """Return what came of the trades that ended in a period, of one symbol if it is named; raises UnknownSymbol."""
        if symbol:
            self._portfolio.must_be_known(symbol)
        return self._performance.with_statistics(period, symbol or "")

    def report(self, kind: ReportKind) -> Report:
        """Return a report as of now, whatever its time is."""
        return self._reports.make(kind)

    def status(self) -> Status:
        """Return how the desk stands: state, hours, money, what waits and what was decided."""
        return self._status()

    def watchlist(self) -> tuple[str, ...]:
        """Return the symbols that are watched."""
        return self._watchlist.symbols

    def settings(self) -> tuple[SettingLine, ...]:
        """Return every trading setting as it stands."""
        return self._runtime_settings.lines()

    def pending_changes(self) -> tuple[PendingChange, ...]:
        """Return the changes of settings that wait for a second person, or to take effect."""
        return self._runtime_settings.waiting()

    def health(self, patience: timedelta) -> EngineHealth:
        """Tell how the engine is; prices are due once regular trading has gone on for `patience` (market time)."""
        return self._health(patience)
