"""Headlines of the past with what a scorer finds in them: what is kept costs nothing, the rest is paid for once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from engine.adapters.alpaca.news import AlpacaNews
from engine.adapters.clock import SystemClock
from engine.adapters.factory import alpaca_access
from engine.adapters.finding_store import FindingStore, Opinion, Opinions, key_of
from engine.adapters.headline_file import read_headlines
from engine.adapters.keywords import KeywordScorer
from engine.adapters.news_scorer import CostedScorer, instructions_fingerprint, open_costed_scorer, scorer_name
from engine.backtest.news_points import NewsPoints
from engine.backtest.sources import ALPACA, refuse_without_keys
from engine.errors import NewsUnavailable, SettingsInvalid
from engine.model.backtest import BacktestNews
from engine.model.market import BarHistory, Headline
from engine.model.news import NewsEstimate, NoScore
from engine.model.signal import Finding
from engine.settings import Settings
from engine.signals.slots import instant

NONE = "none"
TOGETHER = 30
"""Headlines about a symbol in one call, and at most so many that are lost with a call that fails."""

Agree = Callable[[NewsEstimate], None]
"""Is told what the news will cost before any of it is spent, and raises where that is not to be."""
Progress = Callable[[float], None]
Part = tuple[str, Sequence[Headline]]
"""A symbol and headlines about it, for one call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsRequest:
    """Which news: `alpaca` or a file; the most dollars to spend on them; and the first instant traded."""

    source: str
    budget: Decimal
    first: datetime


def news_points(
    asked: NewsRequest, bars: BarHistory, settings: Settings, agree: Agree, progress: Progress
) -> NewsPoints:
    """Return the news of some bars.

    What the budget does not reach is left out, and counted. Raises SettingsInvalid, and NewsUnavailable where the
    source or Claude does not answer; all that was scored until then is kept.
    """
    if not asked.budget.is_finite() or asked.budget < 0:
        raise SettingsInvalid(f"--budget {asked.budget}: expected dollars of 0 or more, such as 1")
    window, bar = timedelta(hours=settings.market.news_hours), timedelta(seconds=settings.market.bar_seconds)
    last = instant(int(bars.starts[-1])) + bar
    about = _about(_headlines(asked, bars.symbols, asked.first - 2 * window, last, settings), bars.symbols)
    with ExitStack() as stack:
        opinions = _Opinions(settings, asked.budget, stack)
        opinions.score(about, agree, progress)
    findings = {symbol: opinions.of(symbol, some) for symbol, some in about.items()}
    count = sum(map(len, about.values()))
    return NewsPoints(
        about=BacktestNews(
            source=asked.source,
            scorer=opinions.name,
            headlines=count,
            unscored=opinions.unscored,
            fingerprint=_fingerprint(findings),
        ),
        findings=findings,
        window=window,
        after_start=bar + timedelta(seconds=settings.market.bar_delay_seconds),
    )


def _headlines(
    asked: NewsRequest, symbols: Sequence[str], since: datetime, until: datetime, settings: Settings
) -> tuple[Headline, ...]:
    if asked.source != ALPACA:
        found = read_headlines(asked.source)
        return tuple(each for each in found if since < each.at <= until)
    refuse_without_keys(settings.alpaca, "--news")
    clock = SystemClock()
    with ExitStack() as stack:
        news = AlpacaNews(alpaca_access(settings.alpaca), clock)
        stack.callback(news.stop)
        return news.between(symbols, since, min(until, clock.now()))


def _about(headlines: Sequence[Headline], symbols: Sequence[str]) -> dict[str, list[Headline]]:
    """Return the headlines about each symbol, oldest first, each once."""
    ordered = sorted({each.id: each for each in headlines}.values(), key=lambda each: (each.at, each.id))
    return {symbol: [each for each in ordered if symbol in each.symbols] for symbol in symbols}


class _Opinions:
    """What is said of headlines: by the keywords, which cost nothing, or by Claude and what is kept of it."""

    def __init__(self, settings: Settings, budget: Decimal, stack: ExitStack) -> None:
        self.name = scorer_name(settings.claude)
        self.unscored = 0
        self._settings = settings
        self._budget = budget
        self._stack = stack
        self._known: dict[str, Opinions] = {}
        is_free = self.name == KeywordScorer.name
        self._store = None if is_free else _store(settings)

    def of(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        """Return what is known of headlines."""
        return tuple(
            Finding.of(headline, symbol, tenths=opinion.tenths, reason=opinion.reason)
            for headline in headlines
            for opinion in self._known.get(key_of(symbol, headline), ())
        )

    def score(self, about: Mapping[str, Sequence[Headline]], agree: Agree, progress: Progress) -> None:
        """Score what is not known; with Claude, once that is agreed to, and as far as the budget goes."""
        if self._store is None:
            free = KeywordScorer()
            for symbol, some in about.items():
                self._known |= _by_headline(symbol, some, free.findings(symbol, some))
            return
        self._known |= self._store.read()
        parts = list(self._missing(about))
        self.unscored = sum(len(some) for _, some in parts)
        if not parts or not self._budget:
            return
        scorer = open_costed_scorer(self._settings.claude, self._budget, SystemClock(), self._stack)
        agree(_estimate(scorer, parts, sum(map(len, about.values())), self._budget))
        try:
            for number, (symbol, some) in enumerate(parts):
                progress(number / len(parts))
                self._ask(scorer, self._store, symbol, some)
        except NewsUnavailable as error:
            _raise_unless_spent(error, self._settings.claude.claude_model)

    def _missing(self, about: Mapping[str, Sequence[Headline]]) -> Iterator[Part]:
        """Yield what is not known in parts for one call each, the oldest first: a budget reaches up to some day."""
        parts = []
        for symbol, some in about.items():
            new = [each for each in some if key_of(symbol, each) not in self._known]
            parts += [(symbol, new[first : first + TOGETHER]) for first in range(0, len(new), TOGETHER)]
        return iter(sorted(parts, key=lambda part: (part[1][0].at, part[0])))

    def _ask(self, scorer: CostedScorer, store: FindingStore, symbol: str, some: Sequence[Headline]) -> None:
        """Score headlines in one call; where the answer makes no sense in halves, as the live desk does."""
        try:
            findings = scorer.findings(symbol, some)
        except NewsUnavailable as error:
            if str(error) != NoScore.ANSWER:
                raise
            middle = len(some) // 2
            if middle:
                self._ask(scorer, store, symbol, some[:middle])
                self._ask(scorer, store, symbol, some[middle:])
                return
            findings = ()
        found = _by_headline(symbol, some, findings)
        store.add(found)
        self._known |= found
        self.unscored -= len(some)


def _store(settings: Settings) -> FindingStore:
    return FindingStore(settings.place.data_dir, settings.claude.claude_model, instructions_fingerprint())


def _by_headline(symbol: str, some: Sequence[Headline], findings: Sequence[Finding]) -> dict[str, Opinions]:
    """Return what was found by the keys of the headlines, those in which nothing was found included."""
    found: dict[str, Opinions] = {}
    for headline in some:
        own = (each for each in findings if each.headline_id == headline.id)
        found[key_of(symbol, headline)] = tuple(Opinion(tenths=each.tenths, reason=each.reason) for each in own)
    return found


def _estimate(scorer: CostedScorer, parts: Sequence[Part], count: int, budget: Decimal) -> NewsEstimate:
    costs = [scorer.cost(symbol, some) for symbol, some in parts]
    new = sum(len(some) for _, some in parts)
    return NewsEstimate(
        new=new,
        known=count - new,
        calls=len(parts),
        about=sum((about for about, _ in costs), Decimal(0)),
        most=sum((most for _, most in costs), Decimal(0)),
        budget=budget,
    )


def _raise_unless_spent(error: NewsUnavailable, model: str) -> None:
    """Raise what to do about a Claude that gives no findings, unless the budget is why."""
    kept = "what was scored before is kept"
    match str(error):
        case NoScore.BUDGET:
            return
        case NoScore.KEY:
            raise SettingsInvalid(f"ANTHROPIC_API_KEY: Claude refuses the key; {kept}") from error
        case NoScore.REQUEST:
            raise SettingsInvalid(f"CLAUDE_MODEL: Claude refuses {model}; expected a model of yours; {kept}") from error
    raise NewsUnavailable(
        f"Claude does not answer; {kept}: run the same again to go on, or with --budget 0 to trade on that alone"
    ) from error


def _fingerprint(findings: Mapping[str, Sequence[Finding]]) -> str:
    told = [
        [symbol, each.at.isoformat(), each.headline_id, each.tenths]
        for symbol, some in sorted(findings.items())
        for each in some
    ]
    return sha256(json.dumps(told).encode()).hexdigest()
