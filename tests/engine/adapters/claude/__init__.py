"""A ClaudeScorer in front of a scripted Claude, with everything that it writes and waits for in reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.adapters.claude.scorer import ClaudeScorer
from engine.adapters.claude.spending_limit import Prices
from engine.model.market import Headline
from engine.model.news import ModelCall
from tests.support.fakes.claude import KEY, DictLedger, Reply, ScriptedClaude
from tests.support.fakes.clock import ManualClock

AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
PRICES = Prices(input=Decimal(1), output=Decimal(5), cache_write=Decimal("1.25"), cache_read=Decimal("0.1"))


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The scorer, the Claude that it asks, and what it left behind."""

    scorer: ClaudeScorer
    claude: ScriptedClaude
    clock: ManualClock
    spending: DictLedger
    calls: list[ModelCall]
    waits: list[float]


@contextmanager
def reading(*replies: Reply, **given: Any) -> Iterator[Reading]:
    """Open a scorer; takes the next replies, and arguments of ClaudeScorer in place of the usual ones."""
    clock, spending = ManualClock(AT), DictLedger()
    calls: list[ModelCall] = []
    waits: list[float] = []
    with ScriptedClaude(*replies) as claude:
        usual: dict[str, Any] = {
            "api_key": KEY,
            "model": "claude-haiku-5-5",
            "url": claude.url,
            "seconds": 20,
            "calls_at_once": 2,
            "dollars_a_day": Decimal(5),
            "prices": PRICES,
            "clock": clock,
            "spending": spending,
            "keep": calls.append,
            "sleep": waits.append,
        }
        scorer = ClaudeScorer(**(usual | given))
        try:
            yield Reading(scorer=scorer, claude=claude, clock=clock, spending=spending, calls=calls, waits=waits)
        finally:
            scorer.close()


def headline(number: str = "n-1", text: str = "Apple raises its outlook", *symbols: str) -> Headline:
    return Headline(
        id=number,
        at=AT,
        symbols=symbols or ("AAPL",),
        text=text,
        source="wire",
        url=f"https://news.test/{number}",
    )
