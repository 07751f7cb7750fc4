import json

import structlog

from engine.common.doubt_reasons import STRATEGY
from engine.common.strategy_in_force import LEADS, StrategyInForce
from engine.control.known_strategies import EXITS, KnownStrategies
from engine.control.trading_doubts import Doubts
from engine.model.desk import OWN_ACCORD
from engine.model.json_values import plain
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.desk import StrategySwitched, StrategyUnusable
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class NoStrategy:
    """A reason for exits only: the strategy in force cannot be used, which lasts as long as this process."""

    name = STRATEGY

    def __init__(self, *, strategies: KnownStrategies) -> None:
        self._strategies = strategies

    def look(self) -> str:
        """Say whether there is no strategy to trade by."""
        return self.name if self._strategies.why_unusable else ""


class StrategySwitch:
    """Lets the strategy of this process be the one in force, and tells where that is another one than before.

    Where it cannot be used the desk takes exits only, and what was in force is left as it is.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        doubts: Doubts,
        strategies: KnownStrategies,
        strategy_in_force: StrategyInForce,
    ) -> None:
        self._store = store
        self._clock = clock
        self._doubts = doubts
        self._strategies = strategies
        self._strategy = strategy_in_force

    def __call__(self) -> None:
        """Take note of it, once for each start of a process that leads; raises StoreUnavailable."""
        self._tell_of_unusable()
        if self._strategies.why_unusable:
            self._doubts.settle({**self._doubts.held(), STRATEGY: STRATEGY})
        else:
            self._switch()

    def _tell_of_unusable(self) -> None:
        now, trouble = self._clock.now(), self._strategies.why_unusable
        for number, said in enumerate(self._strategies.unusable):
            key = f"{NoticeKind.STRATEGY_UNUSABLE}:{number}:{stamp(now)}"
            told = StrategyUnusable(key=key, at=now, trouble=said, is_live=said == trouble)
            with self._store.writing() as transaction:
                transaction.enqueue_notice(told)
                transaction.write_audit(OWN_ACCORD.entry(now, "strategy", outcome="unusable", why=said))
            log.error("strategy_unusable", why=said)

    def _switch(self) -> None:
        now, after = self._clock.now(), self._strategy
        exits = json.dumps(plain(self._strategies.live.exits))
        with self._store.writing() as transaction:
            if transaction.setting(EXITS) != exits:
                transaction.set_setting(EXITS, exits)
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
