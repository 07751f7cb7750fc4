from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.model.news import NoScore
from engine.model.notice import Notice, NoticeKind
from engine.ports import Clock, News, NewsScorer
from engine.stages.services import Service, Services
from engine.stages.watched import Watched
from engine.truth import Store

log = structlog.get_logger()

TOGETHER = 30
"""Headlines about a symbol that are scored, and kept, together: what was paid for is not lost with the rest."""
ANSWERED = frozenset({None, NoScore.ANSWER})
FAILING = frozenset({NoScore.KEY, NoScore.REQUEST, NoScore.OUTAGE})


class ReadNews:
    """Reads headlines and keeps what the scorer finds in them, each headline once for each symbol.

    What cannot be scored now is tried again by the next run; why is kept, and cards say it. Only an answer that is not
    to be trusted counts as read: it was paid for, and asking again would bring the same.
    """

    def __init__(
        self,
        *,
        news: News,
        scorer: NewsScorer,
        store: Store,
        clock: Clock,
        services: Services,
        watched: Watched,
        window: timedelta,
    ) -> None:
        self._news = news
        self._scorer = scorer
        self._store = store
        self._clock = clock
        self._services = services
        self._watched = watched
        self._window = window

    def __call__(self) -> None:
        """Score what is new; without news the engine goes on, and the news part of a score is 0."""
        now, symbols = self._clock.now(), self._watched.symbols
        try:
            headlines = self._news.headlines(symbols, now - self._window)
        except NewsUnavailable as error:
            self._services.lost(Service.NEWS, error)
            return
        self._services.back(Service.NEWS)
        with self._store.reading() as ledger:
            scored = ledger.scored([headline.id for headline in headlines])
            before = ledger.unscored(symbols, now - self._window)
        problems: dict[str, NoScore | None] = {}
        # Who failed last time comes last, so that one symbol's trouble never keeps the others from being read.
        for symbol in sorted(symbols, key=lambda symbol: symbol in before):
            about = [line for line in headlines if symbol in line.symbols and (line.id, symbol) not in scored]
            if about:
                problems[symbol] = self._score(symbol, about)
        self._note(now, problems, before)
        self._say(now, frozenset(problems.values()))

    def _score(self, symbol: str, headlines: Sequence[Headline]) -> NoScore | None:
        """Score headlines about a symbol and keep what was found; return why not all of them could be."""
        problem = None
        for start in range(0, len(headlines), TOGETHER):
            some = headlines[start : start + TOGETHER]
            try:
                findings = self._scorer.findings(symbol, some)
            except NewsUnavailable as error:
                problem = _reason(error)
                if problem is not NoScore.ANSWER:
                    break
                findings = ()
            with self._store.writing() as book:
                book.keep_findings(symbol, some, findings, self._scorer.name)
            log.info("news", symbol=symbol, headlines=len(some), findings=len(findings))
        return problem

    def _note(self, now: datetime, problems: Mapping[str, NoScore | None], before: Mapping[str, str]) -> None:
        """Keep for each symbol why headlines are left out; a rejected answer leaves them out for good."""
        over = [symbol for symbol, reason in before.items() if not reason.endswith(NoScore.ANSWER)]
        reasons = dict.fromkeys(over, "") | {
            symbol: f"{self._scorer.name}: {problem}" if problem else ""
            for symbol, problem in problems.items()
            if problem or symbol in before
        }
        if reasons:
            with self._store.writing() as book:
                book.note_unscored(now, reasons)

    def _say(self, now: datetime, met: Collection[NoScore | None]) -> None:
        """Tell the desk when the scorer goes and comes back, and once a day that its budget is used up."""
        if failures := FAILING.intersection(met):
            self._services.lost(Service.CLAUDE, NewsUnavailable(min(failures)))
        elif ANSWERED.intersection(met):
            self._services.back(Service.CLAUDE)
        if NoScore.BUDGET in met:
            notice = Notice(key=f"budget_spent:{now:%Y%m%d}", kind=NoticeKind.BUDGET_SPENT, at=now)
            with self._store.writing() as book:
                book.tell(notice)


def _reason(error: NewsUnavailable) -> NoScore:
    try:
        return NoScore(str(error))
    except ValueError:
        return NoScore.OUTAGE
