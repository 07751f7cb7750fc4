"""Who reads the news and who answers questions: Claude where there is a key; else the keywords, and nobody.

Workers have the same scorer.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from engine.adapters.claude.prompt import FINGERPRINT
from engine.adapters.keywords import KeywordScorer
from engine.model.market import Headline
from engine.model.news import ModelCall
from engine.ports.answerer import Answerer
from engine.ports.clock import Clock
from engine.ports.news import NewsScorer
from engine.ports.store import Store
from engine.settings import ClaudeSettings

TRIES: Final = 3
"""Calls for one answer, the two retries included."""
BETWEEN: Final = 30.0
"""Seconds that the pauses between them take at most."""
BOOKED: Final = {
    "claude_dollars_a_day",
    "claude_input_price",
    "claude_output_price",
    "claude_cache_write_price",
    "claude_cache_read_price",
}
"""The settings by which a call's dollars are counted and limited."""


def longest_scoring(claude: ClaudeSettings) -> float:
    """Return the seconds after which an answer about the headlines of a symbol will not come any more."""
    return TRIES * claude.claude_seconds + BETWEEN


def scorer_name(claude: ClaudeSettings) -> str:
    """Name the scorer that they name, without opening it."""
    return "claude" if claude.anthropic_api_key.get_secret_value() else KeywordScorer.name


def scoring_name(claude: ClaudeSettings) -> str:
    """Name all that an answer, and what is booked for it, depends on: whoever differs in any of it is another scorer.

    The key is left out, and so is what only makes an answer quicker.
    """
    name = scorer_name(claude)
    if name == KeywordScorer.name:
        return name
    prices = {field: f"{dollars.normalize():f}" for field, dollars in claude.model_dump(include=BOOKED).items()}
    rest = json.dumps([claude.claude_url, FINGERPRINT, prices], sort_keys=True)
    return f"{name}.{claude.claude_model}.{sha256(rest.encode()).hexdigest()[:8]}"


def open_scorer(claude: ClaudeSettings, store: Store, stack: ExitStack, wall: Clock) -> NewsScorer:
    """Return the scorer, and leave on the stack how to close it; `wall` is the real clock."""
    if scorer_name(claude) == KeywordScorer.name:
        return KeywordScorer()
    # Brought in only where it is used: the SDK takes three seconds of every start.
    from engine.adapters.claude.scorer import ClaudeScorer

    scorer = ClaudeScorer(calls_at_once=claude.claude_calls, **_claude(claude, store, wall))
    stack.callback(scorer.close)
    return scorer


def open_answerer(
    claude: ClaudeSettings, zone: ZoneInfo, store: Store, stack: ExitStack, wall: Clock
) -> Answerer | None:
    """Return who answers questions, telling times in `zone`; None without a key or where that is off."""
    if scorer_name(claude) == KeywordScorer.name or not claude.claude_questions:
        return None
    from engine.adapters.claude.answerer import ClaudeAnswerer  # as above

    answerer = ClaudeAnswerer(zone=zone, **_claude(claude, store, wall))
    stack.callback(answerer.close)
    return answerer


def _claude(claude: ClaudeSettings, store: Store, wall: Clock) -> dict[str, Any]:
    """Return what all that asks Claude for a desk is made with: one key, one budget, one record of calls."""
    kept = ClaudeCalls(store)
    return _given(claude, wall) | {"spending": kept, "keep": kept.keep}


def _given(claude: ClaudeSettings, wall: Clock) -> dict[str, Any]:
    from engine.adapters.claude.spending_limit import Prices

    return {
        "api_key": claude.anthropic_api_key.get_secret_value(),
        "model": claude.claude_model,
        "url": claude.claude_url,
        "seconds": claude.claude_seconds,
        "dollars_a_day": claude.claude_dollars_a_day,
        "prices": Prices(
            input=claude.claude_input_price,
            output=claude.claude_output_price,
            cache_write=claude.claude_cache_write_price,
            cache_read=claude.claude_cache_read_price,
        ),
        "clock": wall,  # a replay's days are short, but dollars are spent in real ones
    }


class CostedScorer(NewsScorer, Protocol):
    """A scorer that costs dollars, and knows how many."""

    def cost(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Decimal, Decimal]:
        """Return what headlines about a symbol will cost about, and at most, in dollars."""
        ...


def instructions_fingerprint() -> str:
    """Return the hash of what Claude is told to do with headlines."""
    return FINGERPRINT


def open_costed_scorer(claude: ClaudeSettings, budget: Decimal, wall: Clock, stack: ExitStack) -> CostedScorer:
    """Return Claude for headlines of the past, with a budget of its own, and leave on the stack how to close it."""
    from engine.adapters.claude.scorer import ClaudeScorer  # as above

    given = _given(claude, wall) | {"dollars_a_day": budget}
    scorer = ClaudeScorer(calls_at_once=1, spending=_RunLedger(), keep=lambda _call: None, **given)
    stack.callback(scorer.close)
    return scorer


class _RunLedger:
    """What one run of the program spent, whatever the day."""

    def __init__(self) -> None:
        self._spent = Decimal(0)

    def reserve(self, _day: date, dollars: Decimal, limit: Decimal) -> bool:
        is_enough = self._spent + dollars <= limit
        if is_enough:
            self._spent += dollars
        return is_enough

    def add(self, _day: date, dollars: Decimal) -> None:
        self._spent += dollars


class ClaudeCalls:
    """What Claude was asked and what it cost, in the database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reserve(self, day: date, dollars: Decimal, limit: Decimal) -> bool:
        """Add dollars to a day (UTC) unless that brings it over `limit`; tell whether they were added."""
        with self._store.writing() as transaction:
            is_enough = transaction.spent(day) + dollars <= limit
            if is_enough:
                transaction.add_spending(day, dollars)
            return is_enough

    def add(self, day: date, dollars: Decimal) -> None:
        """Add dollars to a day (UTC); what was reserved and not spent is taken off again."""
        with self._store.writing() as transaction:
            transaction.add_spending(day, dollars)

    def keep(self, call: ModelCall) -> None:
        """Keep a call."""
        with self._store.writing() as transaction:
            transaction.save_call(call)
