"""How the engine is by what it knows itself, for whoever watches over its process."""

from datetime import timedelta

from engine.common.service_health import ServiceHealth
from engine.model.market import Session
from engine.model.view import EngineHealth
from engine.pipeline.bars import Bars
from engine.pipeline.observe import Observe
from engine.pipeline.signal_queue import SignalQueue
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock


class HealthQuery:
    """Tells how the engine is; asks nobody outside."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        clock: Clock,
        observe: Observe,
        services: ServiceHealth,
        bars: Bars,
        queue: SignalQueue,
    ) -> None:
        self._calendar = calendar
        self._clock = clock
        self._observe = observe
        self._services = services
        self._bars = bars
        self._queue = queue

    def __call__(self, patience: timedelta) -> EngineHealth:
        """Return how the engine is; prices are due once the market has been open for as long as one waits for them."""
        now = self._clock.now()
        return EngineHealth(
            at=now,
            price_at=self._observe.newest,
            prices_due={self._calendar.session(at) for at in (now, now - patience)} == {Session.REGULAR},
            down=self._services.down(),
            refused={str(flaw): count for flaw, count in self._observe.refused.items()},
            bar_flaws={str(flaw): count for flaw, count in self._bars.flaws.items() if count},
            entries_set_aside=self._queue.entries_set_aside,
        )
