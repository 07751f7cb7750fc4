"""Who answers questions in tests: the real answerer, in front of a Claude on loopback, with the desk's own ledger."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.adapters.claude.answerer import ClaudeAnswerer
from engine.adapters.claude.spending_limit import Prices
from engine.adapters.clock import SystemClock
from engine.adapters.factory import Adapters
from engine.adapters.news_scorer import ClaudeCalls
from tests.support.fakes.claude import KEY, ScriptedClaude

PRICES = Prices(input=Decimal(1), output=Decimal(5), cache_write=Decimal("1.25"), cache_read=Decimal("0.1"))
SEOUL = ZoneInfo("Asia/Seoul")


def answerer(claude: ScriptedClaude, **given: Any) -> ClaudeAnswerer:
    """Return an answerer that asks this Claude; takes arguments of ClaudeAnswerer in place of the usual ones."""
    usual: dict[str, Any] = {
        "api_key": KEY,
        "model": "claude-haiku-5-5",
        "url": claude.url,
        "seconds": 20,
        "dollars_a_day": Decimal(5),
        "prices": PRICES,
        "clock": SystemClock(),
        "zone": SEOUL,
    }
    return ClaudeAnswerer(**(usual | given))


def answered_by(claude: ScriptedClaude, **given: Any) -> Callable[[Adapters], Adapters]:
    """Return what puts an answerer into an engine's adapters."""

    def on(adapters: Adapters) -> Adapters:
        kept = ClaudeCalls(adapters.store)
        return replace(adapters, answerer=answerer(claude, spending=kept, keep=kept.keep, **given))

    return on
