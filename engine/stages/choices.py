from dataclasses import dataclass

from engine.stages.adjust import Adjust
from engine.stages.calculate import Calculate
from engine.stages.survey import Survey
from engine.stages.watchlist import Watchlist


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What people look at, work out and change beside the flow of trades."""

    survey: Survey
    calculate: Calculate
    watchlist: Watchlist
    adjust: Adjust
