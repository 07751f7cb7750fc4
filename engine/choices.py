from dataclasses import dataclass

from engine.control.runtime_settings import RuntimeSettings
from engine.control.watchlist import Watchlist
from engine.views.signals import Survey
from engine.views.sizing import Calculate


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What people look at, work out and change beside the flow of trades."""

    survey: Survey
    calculate: Calculate
    watchlist: Watchlist
    adjust: RuntimeSettings
