from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from engine.common.service_health import Service, ServiceHealth
from engine.common.universe import Universe
from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.model.news import NoScore
from engine.model.notices.systems import BudgetSpent
from engine.model.signal import Finding
from engine.pipeline.headline_task import ANSWERED, HeadlineAnswer, HeadlineQuestion, HeadlineTask
from engine.pipeline.question_order import QuestionOrder
from engine.ports.clock import Clock
from engine.ports.news import News
from engine.ports.store import Store
from engine.ports.task_queue import TaskQueue

log = structlog.get_logger()

FAILING = frozenset({NoScore.KEY, NoScore.REQUEST, NoScore.OUTAGE})
"""Outcomes that are an outage of Claude, and told as one."""
GOES_ON = ANSWERED | {NoScore.WORKERS}
"""Outcomes after which a symbol's next headlines may fare better."""


class ScoreNews:
    """Reads headlines and keeps what the scorer finds in them, each headline once for each symbol.

    One that its source edited is read anew, and what it said before counts no longer from the moment that the edit is
    seen, whenever its new words are read. Nor does what it said of a symbol that it names no more.

    What cannot be scored now is tried again by the next run; why is kept, and cards say it. Where an answer is not to
    be trusted, its headlines are asked about again in halves, until the one that broke it stands alone: that one counts
    as read, with nothing in it, and its neighbours have an answer that it had no part in. So does one about which the
    model fails again and again while it answers others. Symbols take turns, so that one about which much is written
    keeps no other from being read, and neither does one about which no answer comes: see QuestionOrder. `as_of` is when
    the last run began of those that read headlines and came to their end.
    """

    def __init__(
        self,
        *,
        news: News,
        scorer: str,
        tasks: TaskQueue,
        task: HeadlineTask,
        store: Store,
        clock: Clock,
        services: ServiceHealth,
        universe: Universe,
        window: timedelta,
    ) -> None:
        self._news = news
        self._scorer = scorer
        self._tasks = tasks
        self._task = task
        self._store = store
        self._clock = clock
        self._services = services
        self._universe = universe
        self._window = window
        self._order = QuestionOrder()
        self.as_of: datetime | None = None

    def __call__(self) -> None:
        """Score what is new; without news the engine goes on, and the news part of a score is 0."""
        now, unread = self._clock.now(), self.look()
        if unread is None:
            return
        if unread:
            problems = self._score_in_turns(now, self._order.arranged(unread))
            self._say(now, frozenset(problems.values()))
        self.as_of = now

    def look(self) -> Mapping[str, Sequence[Headline]] | None:
        """Return the headlines about each symbol that are to be scored, oldest first; until they are, cards say so.

        None where no headlines can be read.
        """
        now, symbols = self._clock.now(), self._universe.symbols
        try:
            newest = {line.id: line for line in self._news.headlines(symbols, now - self._window)}
        except NewsUnavailable as error:
            self._services.lost(Service.NEWS, error)
            return None
        self._services.back(Service.NEWS)
        with self._store.reading() as reader:
            scored = reader.scored(newest)
            before = reader.unscored(symbols, now - self._window)
        unread = {
            symbol: about
            for symbol in symbols
            if (
                about := [
                    line for line in newest.values() if symbol in line.symbols and not _is_read(line, symbol, scored)
                ]
            )
        }
        over = dict.fromkeys(before.keys() - unread.keys(), "")
        reasons = over | dict.fromkeys(unread.keys() - before.keys(), self._reason(NoScore.UNREAD))
        self._note(now, reasons, before, _retracted(newest, scored))
        return unread

    def _score_in_turns(self, now: datetime, turns: dict[str, list[Headline]]) -> dict[str, NoScore | None]:
        """Score what there is about each symbol; return for each why not all of it could be."""
        problems: dict[str, NoScore | None] = {}
        while turns:
            asked = {symbol: self._order.together(symbol, about) for symbol, about in turns.items()}
            for symbol, problem in self._score(asked):
                problems[symbol] = problem or problems.get(symbol)
                turns[symbol] = turns[symbol][len(asked[symbol]) :]
                if problem not in GOES_ON or not turns[symbol]:
                    del turns[symbol]
                    self._note_end(now, symbol, problems[symbol])
        return problems

    def _score(self, turns: Mapping[str, Sequence[Headline]]) -> Iterator[tuple[str, NoScore | None]]:
        """Score headlines by symbol and keep what was found; yield for each symbol why not all of them could be."""
        questions = {symbol: HeadlineQuestion(symbol=symbol, headlines=tuple(some)) for symbol, some in turns.items()}
        left_out = dict(turns)
        for symbol, answer in self._tasks.run(self._task, questions):
            some = left_out.pop(symbol)
            problem = self._noted(symbol, some, answer)
            if problem is NoScore.ANSWER and len(some) > 1:
                yield symbol, self._score_in_halves(symbol, some)
                continue
            if problem in ANSWERED:
                self._keep(symbol, some, answer.findings, problem)
            yield symbol, problem
        for symbol, some in left_out.items():
            self._order.failed(symbol, some, NoScore.WORKERS)
            yield symbol, NoScore.WORKERS  # whoever tried died over them, which says nothing of Claude

    def _noted(self, symbol: str, some: Sequence[Headline], answer: HeadlineAnswer) -> NoScore | None:
        """Take in how a question fared; return why there are no findings, which is the headline's own in the end."""
        if answer.problem is None or answer.problem in ANSWERED:
            self._order.answered()
        elif answer.is_asked and self._order.failed(symbol, some, answer.problem):
            log.warning("headline_left_out", symbol=symbol, headline=some[0].id, problem=answer.problem)
            return NoScore.ANSWER
        return answer.problem

    def _keep(
        self, symbol: str, some: Sequence[Headline], findings: Sequence[Finding], problem: NoScore | None
    ) -> None:
        """Keep headlines as read; that one is left out for good stands beside it, or neither does."""
        with self._store.writing() as transaction:
            transaction.save_findings(symbol, some, findings, self._scorer)
            if problem:
                transaction.note_unscored(self._clock.now(), {symbol: self._reason(problem)})
        log.info("news", symbol=symbol, headlines=len(some), findings=len(findings))

    def _score_in_halves(self, symbol: str, some: Sequence[Headline]) -> NoScore | None:
        middle = len(some) // 2
        [(_, first)] = self._score({symbol: some[:middle]})
        if first not in ANSWERED:
            return first
        [(_, second)] = self._score({symbol: some[middle:]})
        return second or first

    def _note_end(self, now: datetime, symbol: str, problem: NoScore | None) -> None:
        with self._store.reading() as reader:
            before = reader.unscored([symbol], now - self._window)
        if problem or before:
            self._note(now, {symbol: self._reason(problem) if problem else ""}, before)

    def _note(
        self,
        now: datetime,
        reasons: Mapping[str, str],
        before: Mapping[str, str],
        retracted: Collection[tuple[str, str]] = (),
    ) -> None:
        """Keep why headlines about symbols wait, and with '' that none do any more, in place of what it was `before`.

        What was said of headlines and symbols that are `retracted` goes in the same step: no card has the one without
        the other. That a headline was left out for good says the card as long as the headline would count, whatever
        comes after it: it is not read by the next one's being read.
        """
        for_good = {symbol for symbol, reason in before.items() if reason.endswith(NoScore.ANSWER)}
        passing = {symbol: reason for symbol, reason in reasons.items() if symbol not in for_good}
        if passing or retracted:
            with self._store.writing() as transaction:
                transaction.note_unscored(now, passing)
                transaction.forget_scored(retracted)

    def _reason(self, problem: NoScore) -> str:
        return f"{self._scorer}: {problem}"

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


def _is_read(line: Headline, symbol: str, scored: Mapping[tuple[str, str], str]) -> bool:
    """Tell whether a headline was scored for a symbol as it is worded now; in which words that was, may be unknown."""
    return scored.get((line.id, symbol)) in {"", line.wording}


def _retracted(newest: Mapping[str, Headline], scored: Mapping[tuple[str, str], str]) -> frozenset[tuple[str, str]]:
    """Return the headlines and symbols whose score is not of what stands there now: other words, or another symbol."""
    return frozenset(
        (name, symbol)
        for name, symbol in scored
        if symbol not in newest[name].symbols or not _is_read(newest[name], symbol, scored)
    )
