from collections.abc import Sequence
from typing import Protocol

from engine.model.fact import Fact, GroundedAnswer


class Answerer(Protocol):
    """Puts facts into sentences; it has nothing but what it is given, and can do nothing but answer."""

    def answer(self, question: str, facts: Sequence[Fact]) -> GroundedAnswer:
        """Answer a question in its own language by these facts alone; what it cannot do is the answer's problem.

        Every figure, time and name in a sentence stands in a fact that it cites, and what it quotes stands there word
        for word. Raises StoreUnavailable.
        """
        ...
