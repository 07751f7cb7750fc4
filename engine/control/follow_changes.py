from collections.abc import Callable

from engine.common.leader_watch import LeaderWatch
from engine.common.outage_guard import OutageGuard
from engine.common.service_health import ServiceHealth
from engine.control.kill_switch import KillSwitch
from engine.control.runtime_settings import RuntimeSettings
from engine.control.watchlist import Watchlist


class FollowChanges:
    """Takes in what other processes of the desk changed or found lost, and writes the halts that this one could not.

    It looks after whether any of them leads, too.

    Every process does this each second, whether it leads or not: people are answered, and trades approved, by any.
    """

    def __init__(
        self,
        *,
        leads: Callable[[], bool],
        leader_watch: LeaderWatch,
        outage_guard: OutageGuard,
        services: ServiceHealth,
        kill_switch: KillSwitch,
        runtime_settings: RuntimeSettings,
        watchlist: Watchlist,
    ) -> None:
        self._leads = leads
        self._leader_watch = leader_watch
        self._outage_guard = outage_guard
        self._services = services
        self._kill_switch = kill_switch
        self._runtime_settings = runtime_settings
        self._watchlist = watchlist

    def __call__(self) -> None:
        """Do so once; a database that is away is noted, not raised."""
        with self._outage_guard():
            self._kill_switch.flush_pending_halts()  # first: what comes after waits for its turn to write
            self._runtime_settings.refresh()
            self._watchlist.refresh()
            self._leader_watch.look()
            self._services.share(leads=self._leads())
