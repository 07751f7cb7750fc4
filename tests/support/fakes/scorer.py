from collections.abc import Sequence

from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.model.news import NoScore
from engine.model.signal import Finding


class FakeScorer:
    """A Claude that finds +0.2 in every headline; `problems` has the symbols that it cannot score and why.

    `asked` has (symbol, the headlines' ids) of every question, failed ones too.
    """

    name = "claude"

    def __init__(self, **problems: NoScore | str) -> None:
        self.problems = problems
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        self.asked.append((symbol, tuple(line.id for line in headlines)))
        if symbol in self.problems:
            raise NewsUnavailable(self.problems[symbol])
        return tuple(
            Finding(headline_id=line.id, symbol=symbol, at=line.at, headline=line.text, tenths=2, reason="as told")
            for line in headlines
        )
