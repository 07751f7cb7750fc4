import structlog

from engine.common.strategy_in_force import LEADS, StrategyInForce
from engine.model.desk import OWN_ACCORD
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.desk import StrategySwitched
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class StrategySwitch:
    """Lets the strategy of this process be the one in force, and tells where that is another one than before."""

    def __init__(self, *, store: Store, clock: Clock, strategy_in_force: StrategyInForce) -> None:
        self._store = store
        self._clock = clock
        self._strategy = strategy_in_force

    def __call__(self) -> None:
        """Take note of it, once for each start of a process that leads; raises StoreUnavailable."""
        now, after = self._clock.now(), self._strategy
        with self._store.writing() as transaction:
            if StrategyInForce.leading(transaction) == after:
                return
            before = _before(transaction)
            transaction.set_setting(LEADS, after.kept)
            if before is None or before.fingerprint == after.fingerprint:
                return
            key = f"{NoticeKind.STRATEGY_SWITCHED}:{stamp(now)}"
            transaction.enqueue_notice(StrategySwitched(key=key, at=now, before=before.label, after=after.label))
            change = f"{before.label} -> {after.label}"
            transaction.write_audit(OWN_ACCORD.entry(now, "strategy", outcome=change))
        log.warning("strategy_switched", before=before.label, after=after.label)


def _before(reader: Reader) -> StrategyInForce | None:
    """Return the strategy that was in force: the one that is kept, else the one of the newest signal."""
    kept = StrategyInForce.leading(reader)
    newest = next(iter(reader.signals(1)), None) if kept is None else None
    return StrategyInForce.of(newest) if newest else kept
