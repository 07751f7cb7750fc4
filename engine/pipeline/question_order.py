from collections.abc import Mapping, Sequence
from typing import Final

from engine.model.market import Headline
from engine.model.news import NoScore

TOGETHER = 30
"""Headlines about a symbol that are scored, and kept, in one turn: what was paid for is not lost with the rest."""
HALVED: Final = frozenset({NoScore.REQUEST, NoScore.OUTAGE})
"""Failures that may be the question's own: a text that the API blocks, or one that it never ends with."""
ALONE = 3
"""Failures of a headline by itself, after each of which the model answered others, until it is left out for good."""


class QuestionOrder:
    """Which headlines are asked about together, and in which order: those whose questions failed come last.

    Whoever was not asked, because the model had just failed for another symbol, keeps its place. A question that fails
    although the model answered others since it failed before has only itself to blame: it is asked in halves from then
    on, its neighbours first, until the headline that fails stands alone. In an outage nobody is blamed. A headline that
    was in no question that failed is asked before those that were, and apart from them: otherwise each new one would
    fail with the old, and where nothing is written about other symbols no answer would ever tell whose fault it is.
    What is known of failures ends with the process.
    """

    def __init__(self) -> None:
        # By symbol and headline, the last failure last. Below 1 it counts how often one failed by itself.
        self._sizes: dict[tuple[str, str], int] = {}
        self._answered_since: set[str] = set()

    def arranged(self, unread: Mapping[str, Sequence[Headline]]) -> dict[str, list[Headline]]:
        """Return what is unread in the order in which to ask; what is not among it is forgotten."""
        known = {(symbol, line.id) for symbol, about in unread.items() for line in about}
        self._sizes = {key: size for key, size in self._sizes.items() if key in known}
        last_failure = {symbol: number for number, (symbol, _) in enumerate(self._sizes, 1)}
        return {
            symbol: sorted(unread[symbol], key=lambda line: self._rank(symbol, line))
            for symbol in sorted(unread, key=lambda symbol: last_failure.get(symbol, 0))
        }

    def together(self, symbol: str, about: Sequence[Headline]) -> list[Headline]:
        """Return the first of some headlines, which are in order, that may stand in one question."""
        rank = self._rank(symbol, about[0])
        most = max(1, self._size(symbol, about[0]))
        return [line for line in about[:most] if self._rank(symbol, line) == rank]

    def answered(self) -> None:
        """Note that the model answered a question."""
        self._answered_since.update(symbol for symbol, _ in self._sizes)

    def failed(self, symbol: str, some: Sequence[Headline], problem: NoScore) -> bool:
        """Note that a question was asked and failed; tell whether its one headline is to be left out for good."""
        is_its_own = problem in HALVED and symbol in self._answered_since
        self._answered_since.discard(symbol)
        for line in some:
            size = self._sizes.pop((symbol, line.id), TOGETHER)
            if is_its_own:
                size = len(some) // 2 if len(some) > 1 else min(size, 1) - 1
            self._sizes[symbol, line.id] = size
        return is_its_own and self._size(symbol, some[0]) <= 1 - ALONE

    def _rank(self, symbol: str, line: Headline) -> tuple[bool, int]:
        """Return by what it is asked sooner or later: whether it failed, then how few it may stand among."""
        return (symbol, line.id) in self._sizes, -self._size(symbol, line)

    def _size(self, symbol: str, line: Headline) -> int:
        return self._sizes.get((symbol, line.id), TOGETHER)
