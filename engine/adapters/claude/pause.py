from datetime import datetime, timedelta

from engine.errors import ScorerNotAsked
from engine.model.news import NoScore
from engine.ports.clock import Clock

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=15)


class Pause:
    """Keeps a Claude that has just failed from being asked: each time twice as long, until it answers.

    An answer that is lost may have to be paid for all the same; without the pause an outage of an hour would cost as
    much as a day of news. It also lets all who would wait for a time-out go on at once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._length = FIRST
        self._over: datetime | None = None
        self._problem = NoScore.OUTAGE

    def check(self) -> None:
        """Raise ScorerNotAsked, with what the failure was, while it lasts."""
        if self._over is not None and self._clock.now() < self._over:
            raise ScorerNotAsked(self._problem)

    def begin(self, problem: NoScore) -> None:
        """Note that Claude failed."""
        self._problem = problem
        self._over = self._clock.now() + self._length
        self._length = min(2 * self._length, LONGEST)

    def end(self) -> None:
        """Note that Claude answered."""
        self._length = FIRST
        self._over = None
