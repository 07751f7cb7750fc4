"""Stages that only read: they answer people, and write the reports."""

from engine.common.service_health import Service
from engine.composition.control import ControlStages
from engine.composition.market import MarketStages
from engine.composition.proposals import ProposalStages
from engine.composition.shared import SharedParts
from engine.strategies.code_strategy import CodeStrategy
from engine.views.duty import DutyQuery
from engine.views.health import HealthQuery
from engine.views.journal_report import JournalQuery
from engine.views.people import PeopleQuery
from engine.views.performance import PerformanceQuery
from engine.views.portfolio import PortfolioQueries
from engine.views.questions import QuestionQueries
from engine.views.reports import Labels, Reports
from engine.views.signals import SignalQueries
from engine.views.sizing import SizingQueries
from engine.views.status import StatusQuery


class ViewStages:
    """What people look at, and the reports that come by themselves."""

    def __init__(
        self, shared: SharedParts, market: MarketStages, proposals: ProposalStages, control: ControlStages
    ) -> None:
        adapters, telling = shared.adapters, shared.settings.telling
        self.portfolio = shared.make(
            PortfolioQueries,
            observe=market.observe,
            analyse=market.analyse,
            outlooks=shared.outlooks,
            bars=market.bars,
        )
        self.health = shared.make(HealthQuery, observe=market.observe, bars=market.bars, queue=proposals.signal_queue)
        self.performance = shared.make(PerformanceQuery)
        self.duty = shared.make(DutyQuery, usual=telling.duty_calls)
        self.journal_report = shared.make(JournalQuery)
        self.people_report = shared.make(PeopleQuery)
        self.signals = shared.make(SignalQueries, outlooks=shared.outlooks)
        self.sizing = shared.make(
            SizingQueries,
            outlooks=shared.outlooks,
            observe=market.observe,
            portfolio=self.portfolio,
            resize=proposals.resize,
        )
        self.questions = shared.make(
            QuestionQueries, settings=control.runtime_settings.lines, answerer=adapters.answerer
        )
        self.status = shared.make(
            StatusQuery,
            portfolio=self.portfolio,
            performance=self.performance,
            duty=self.duty,
            standing=proposals.standing,
            parts=_services_in_use(shared),
        )
        self.reports = shared.make(
            Reports,
            portfolio=self.portfolio,
            performance=self.performance,
            duty=self.duty,
            labels=Labels(broker=adapters.broker.label, source=adapters.market.label),
            telling=telling.reports,
            news_window=market.news_window,
            is_silent=control.dead_mans_switch.is_silent,
            news_as_of=lambda: market.score_news.as_of,
            anchors=adapters.anchors,
        )


def _services_in_use(shared: SharedParts) -> list[Service]:
    """Return the services that this desk can lose."""
    adapters = shared.adapters
    unused = {Service.CLAUDE} if adapters.scorer.name != Service.CLAUDE else set[Service]()
    if not isinstance(shared.strategies.live, CodeStrategy):
        unused.add(Service.STRATEGY)
    if adapters.statuses.is_heard is None:
        unused.add(Service.HALTS)
    return [part for part in Service if part not in unused]
