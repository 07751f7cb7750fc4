"""What the stages of an engine share, and how each of them gets it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from inspect import signature
from typing import Any, TypeVar

from engine.adapters.factory import Adapters
from engine.common.approvals import Approvals
from engine.common.desk_people import DeskPeople
from engine.common.duty_calls import DutyCalls
from engine.common.kept_orders import KeptOrders
from engine.common.leader_watch import LeaderWatch
from engine.common.outage_guard import NoticeWakeup, OutageGuard
from engine.common.outlook import Nights, Outlooks
from engine.common.recall import Recall
from engine.common.service_health import ServiceHealth
from engine.common.strategy_in_force import StrategyInForce
from engine.common.trade_faults import TradeFaults
from engine.common.trading_hours import TradingHours
from engine.common.universe import Universe
from engine.control.known_strategies import KnownStrategies
from engine.control.runtime_settings import risk_in_force
from engine.control.watchlist import watched_symbols
from engine.execution.end_orders import EndOrders
from engine.execution.exit_gate import ExitGate
from engine.risk.limits import LimitsInForce
from engine.settings import Settings
from engine.signals.slots import Slots
from engine.strategies.live_strategy import with_exits_of

Stage = TypeVar("Stage")


@cache
def _parameters(kind: Callable[..., Any]) -> frozenset[str]:
    return frozenset(signature(kind).parameters)


class SharedParts:
    """The settings and adapters of one engine, and the few parts that most of its stages share.

    `settings` have the exits of the live strategy in place of those `as_set`.
    """

    def __init__(self, settings: Settings, adapters: Adapters, strategies: KnownStrategies) -> None:
        self.as_set = settings
        self.settings = with_exits_of(strategies.live, settings)
        self.adapters = adapters
        self.strategies = strategies
        with adapters.store.reading() as reader:  # what is configured, with what the desk changed since
            self.risk = risk_in_force(self.settings.risk, reader)
            symbols = watched_symbols(reader, self.settings.market.watchlist)
        self.notices = NoticeWakeup()
        self._by_name = {**self._ports(), **self._parts(symbols)}
        self.trading_hours = self.make(
            TradingHours,
            extended=self.settings.alpaca.extended_hours,
            last_entry=timedelta(seconds=self.settings.risk.last_entry_seconds),
            flat_before=self.settings.holding.flat_before,
        )
        self.outlooks = self.make(Outlooks, nights=self.make(Nights), earnings=adapters.earnings)
        self.quiet = timedelta(seconds=self.settings.desk.quiet_seconds)

    def make(self, kind: Callable[..., Stage], **own: Any) -> Stage:
        """Make a stage: what is shared by the names of its parameters, and what is its own."""
        wanted = _parameters(kind)
        return kind(**{name: part for name, part in self._by_name.items() if name in wanted and name not in own}, **own)

    def _ports(self) -> Mapping[str, Any]:
        adapters = self.adapters
        return {
            "broker": adapters.broker,
            "calendar": adapters.calendar,
            "clock": adapters.clock,
            "market": adapters.market,
            "store": adapters.store,
        }

    def _parts(self, symbols: tuple[str, ...]) -> Mapping[str, Any]:
        settings, adapters, strategy = self.settings, self.adapters, self.strategies.live
        store, clock, zone, people = adapters.store, adapters.clock, settings.desk.zone, DeskPeople()
        bar_seconds = settings.market.bar_seconds
        exits = ExitGate(store=store, clock=clock)
        kept_orders = KeptOrders(store=store, clock=clock, calendar=adapters.calendar)
        calls = DutyCalls(store=store, people=people, zone=zone, usual=settings.telling.duty_calls)
        services = ServiceHealth(store=store, clock=clock, me=adapters.lease.me if adapters.lease else "")
        return {
            "approvals": Approvals(clock=clock),
            "calls": calls,
            "end_orders": EndOrders(broker=adapters.broker, exits=exits, kept_orders=kept_orders),
            "exits": exits,
            "kept_orders": kept_orders,
            "leader_watch": LeaderWatch(store=store, clock=clock, lease=adapters.lease),
            "limits": LimitsInForce(self.risk.limits),
            "limits_of": lambda reader: risk_in_force(settings.risk, reader).limits,
            "notices": self.notices,
            "outage_guard": OutageGuard(services=services, notices=self.notices),
            "people": people,
            "recall": Recall(store=store, memory=adapters.memory),
            "services": services,
            "slots": Slots(adapters.calendar, bar_seconds),
            "strategies": self.strategies,
            "strategy": strategy,
            "strategy_in_force": StrategyInForce(name=strategy.name, fingerprint=strategy.fingerprint),
            "trade_faults": TradeFaults(store=store, clock=clock, calls=calls),
            "universe": Universe(symbols, bar_seconds=bar_seconds, rules=strategy.rules),
            "zone": zone,
        }
