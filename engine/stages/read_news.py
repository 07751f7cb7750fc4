from collections.abc import Sequence
from datetime import timedelta

import structlog

from engine.errors import NewsUnavailable
from engine.ports import Clock, News, NewsScorer
from engine.stages.services import Service, Services
from engine.truth import Store

log = structlog.get_logger()


class ReadNews:
    """Reads headlines and keeps what the scorer finds in them, each headline once for each symbol."""

    def __init__(
        self,
        *,
        news: News,
        scorer: NewsScorer,
        store: Store,
        clock: Clock,
        services: Services,
        symbols: Sequence[str],
        window: timedelta,
    ) -> None:
        self._news = news
        self._scorer = scorer
        self._store = store
        self._clock = clock
        self._services = services
        self._symbols = tuple(symbols)
        self._window = window

    def __call__(self) -> None:
        """Score what is new; without news the engine goes on, and the news part of a score is 0."""
        try:
            headlines = self._news.headlines(self._symbols, self._clock.now() - self._window)
            with self._store.reading() as ledger:
                scored = ledger.scored([headline.id for headline in headlines])
            fresh = [headline for headline in headlines if headline.id not in scored]
            findings = [
                finding
                for symbol in self._symbols
                if (about := [headline for headline in fresh if symbol in headline.symbols])
                for finding in self._scorer.findings(symbol, about)
            ]
        except NewsUnavailable as error:
            self._services.lost(Service.NEWS, error)
            return
        self._services.back(Service.NEWS)
        if fresh:
            with self._store.writing() as book:
                book.keep_findings(fresh, findings, self._scorer.name)
            log.info("news", headlines=len(fresh), findings=len(findings))
