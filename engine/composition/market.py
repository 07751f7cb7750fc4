"""Stages that read the market: prices, bars and news, up to the scores. They need none of the other rooms."""

from dataclasses import replace
from datetime import timedelta

from engine.adapters.news_scorer import longest_scoring, scoring_name
from engine.backtest.desk_rules import DeskRules
from engine.composition.shared import SharedParts
from engine.control.runtime_settings import risk_in_force
from engine.model.backtest import Costs
from engine.pipeline.analyse import Analyse
from engine.pipeline.bar_decisions import BarDecisions
from engine.pipeline.bars import Bars
from engine.pipeline.candidates import Candidates
from engine.pipeline.headline_task import headline_task
from engine.pipeline.latest_scores import BoardScores, CodeScores, StrategyScores
from engine.pipeline.missed import Missed
from engine.pipeline.observe import Observe
from engine.pipeline.score_news import ScoreNews
from engine.pipeline.shadow import Shadow
from engine.pipeline.whole_bars import WholeBars
from engine.ports.store import Reader
from engine.strategies.code_strategy import CodeStrategy
from engine.strategies.contract import Strategy


class MarketStages:
    """From prices, bars and news to the scores of symbols; and the strategies that trade in the shadow."""

    def __init__(self, shared: SharedParts) -> None:
        self._shared = shared
        adapters, settings = shared.adapters, shared.settings
        self.bar_length = timedelta(seconds=settings.market.bar_seconds)
        self.news_window = timedelta(hours=settings.market.news_hours)
        self.bars = shared.make(Bars, delay=timedelta(seconds=settings.market.bar_delay_seconds))
        self.bar_decisions = shared.make(BarDecisions, bar_length=self.bar_length)
        self.observe = shared.make(
            Observe, cache=adapters.cache, oldest=timedelta(seconds=settings.risk.max_price_age_seconds)
        )
        self.strategy_scores = self._strategy_scores()
        self.candidates = shared.make(Candidates, scores=self.strategy_scores)
        self.analyse = shared.make(
            Analyse,
            scores=self.strategy_scores,
            bar_length=self.bar_length,
            scorer=adapters.scorer.name,
            news_window=self.news_window,
        )
        self.score_news = shared.make(
            ScoreNews,
            news=adapters.news,
            scorer=adapters.scorer.name,
            tasks=adapters.tasks,
            task=headline_task(
                scoring_name(settings.claude), longest_scoring(settings.claude), lambda: adapters.scorer
            ),
            window=self.news_window,
        )
        self.shadow = self._shadow()

    def _strategy_scores(self) -> StrategyScores:
        if isinstance(self._shared.strategies.live, CodeStrategy):
            return self._shared.make(CodeScores, whole_bars=self._shared.make(WholeBars))
        return self._shared.make(BoardScores)

    def _shadow(self) -> Shadow:
        shared, paper = self._shared, self._shared.settings.paper
        return shared.make(
            Shadow,
            bar_decisions=self.bar_decisions,
            missed=shared.make(Missed),
            whole_bars=shared.make(WholeBars),
            live=shared.strategies.live,
            shadows=tuple(shared.strategies.shadows.values()),
            rules_of=self._rules_of,
            costs=Costs(slippage_bp=paper.paper_slippage_bp, fees=paper.fees),
            bar_seconds=shared.settings.market.bar_seconds,
        )

    def _rules_of(self, reader: Reader, strategy: Strategy) -> DeskRules:
        """Return the rules of a desk that trades by a strategy, with what the desk changed while it runs."""
        as_set = self._shared.as_set
        return DeskRules.of(replace(as_set, risk=risk_in_force(as_set.risk, reader)), strategy.exits)
