from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from engine.common.service_health import Service, ServiceHealth
from engine.common.universe import Universe
from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.model.news import NoScore
from engine.model.notices.systems import BudgetSpent
from engine.model.signal import Finding
from engine.ports.clock import Clock
from engine.ports.news import News, NewsScorer
from engine.ports.store import Store

log = structlog.get_logger()

TOGETHER = 30
"""Headlines about a symbol that are scored, and kept, in one turn: what was paid for is not lost with the rest."""
ANSWERED = frozenset({None, NoScore.ANSWER})
FAILING = frozenset({NoScore.KEY, NoScore.REQUEST, NoScore.OUTAGE})


class ScoreNews:
    """Reads headlines and keeps what the scorer finds in them, each headline once for each symbol.

    What cannot be scored now is tried again by the next run; why is kept, and cards say it. Where an answer is not to
    be trusted, its headlines are asked about again in halves, until the one that broke it stands alone: that one counts
    as read, with nothing in it, and its neighbours have an answer that it had no part in. Symbols take turns, so that
    one about which much is written keeps no other from being read.
    """

    def __init__(
        self,
        *,
        news: News,
        scorer: NewsScorer,
        store: Store,
        clock: Clock,
        services: ServiceHealth,
        universe: Universe,
        window: timedelta,
    ) -> None:
        self._news = news
        self._scorer = scorer
        self._store = store
        self._clock = clock
        self._services = services
        self._universe = universe
        self._window = window

    def __call__(self) -> None:
        """Score what is new; without news the engine goes on, and the news part of a score is 0."""
        now, symbols = self._clock.now(), self._universe.symbols
        try:
            headlines = self._news.headlines(symbols, now - self._window)
        except NewsUnavailable as error:
            self._services.lost(Service.NEWS, error)
            return
        self._services.back(Service.NEWS)
        with self._store.reading() as reader:
            scored = reader.scored([headline.id for headline in headlines])
            before = reader.unscored(symbols, now - self._window)
        # Who failed last time comes last, so that one symbol's trouble never keeps the others from being read.
        turns = {
            symbol: about
            for symbol in sorted(symbols, key=lambda symbol: symbol in before)
            if (about := [line for line in headlines if symbol in line.symbols and (line.id, symbol) not in scored])
        }
        problems = self._score_in_turns(turns)
        self._note(now, problems, before)
        self._say(now, frozenset(problems.values()))

    def _score_in_turns(self, turns: dict[str, list[Headline]]) -> dict[str, NoScore | None]:
        """Score what there is about each symbol; return for each why not all of it could be."""
        problems: dict[str, NoScore | None] = {}
        while turns:
            for symbol, about in tuple(turns.items()):
                problem = self._score(symbol, about[:TOGETHER])
                problems[symbol] = problem or problems.get(symbol)
                turns[symbol] = about[TOGETHER:]
                if problem not in ANSWERED or not turns[symbol]:
                    del turns[symbol]
        return problems

    def _score(self, symbol: str, some: Sequence[Headline]) -> NoScore | None:
        """Score headlines about a symbol and keep what was found; return why not all of them could be."""
        problem, findings = None, tuple[Finding, ...]()
        try:
            findings = self._scorer.findings(symbol, some)
        except NewsUnavailable as error:
            problem = _reason(error)
            if problem is not NoScore.ANSWER:
                return problem
            if len(some) > 1:
                return self._score_in_halves(symbol, some)
        with self._store.writing() as transaction:
            transaction.save_findings(symbol, some, findings, self._scorer.name)
        log.info("news", symbol=symbol, headlines=len(some), findings=len(findings))
        return problem

    def _score_in_halves(self, symbol: str, some: Sequence[Headline]) -> NoScore | None:
        middle = len(some) // 2
        first = self._score(symbol, some[:middle])
        if first not in ANSWERED:
            return first
        return self._score(symbol, some[middle:]) or first

    def _note(self, now: datetime, problems: Mapping[str, NoScore | None], before: Mapping[str, str]) -> None:
        """Keep for each symbol why headlines are left out; a rejected answer leaves them out for good."""
        over = [symbol for symbol, reason in before.items() if not reason.endswith(NoScore.ANSWER)]
        reasons = dict.fromkeys(over, "") | {
            symbol: f"{self._scorer.name}: {problem}" if problem else ""
            for symbol, problem in problems.items()
            if problem or symbol in before
        }
        if reasons:
            with self._store.writing() as transaction:
                transaction.note_unscored(now, reasons)

    def _say(self, now: datetime, met: Collection[NoScore | None]) -> None:
        """Tell the desk when the scorer goes and comes back, and once a day that its budget is used up."""
        if failures := FAILING.intersection(met):
            self._services.lost(Service.CLAUDE, NewsUnavailable(min(failures)))
        elif ANSWERED.intersection(met):
            self._services.back(Service.CLAUDE)
        if NoScore.BUDGET in met:
            notice = BudgetSpent(key=f"budget_spent:{now:%Y%m%d}", at=now)
            with self._store.writing() as transaction:
                transaction.enqueue_notice(notice)


def _reason(error: NewsUnavailable) -> NoScore:
    try:
        return NoScore(str(error))
    except ValueError:
        return NoScore.OUTAGE
