from collections.abc import Collection, Sequence
from dataclasses import replace

import structlog

from engine.common.outlook import Outlooks
from engine.common.portfolio import LimitsOf, as_seen_by, read_portfolio
from engine.common.service_health import Service, ServiceHealth
from engine.common.symbol_halts import symbol_halts
from engine.common.trading_hours import TradingHours
from engine.execution.corporate_actions import Restate
from engine.model.desk import Desk, DeskState
from engine.model.market import Snapshot
from engine.model.portfolio import Portfolio
from engine.model.reason import Reason
from engine.model.signal import Side, Signal
from engine.model.trade import ALIVE, TradeState
from engine.pipeline.new_proposal import NewProposal, NotProposed
from engine.pipeline.observe import Observation
from engine.pipeline.signal_queue import SignalQueue
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.limits import Limits

log = structlog.get_logger()


class Propose:
    """Third stage: a signal becomes a sized and risk-checked proposal, stored first and then put on the stream.

    The desk holds shares and never sells short: a sell signal matters to `signal_exits`, here it is only kept.
    """

    def __init__(
        self,
        *,
        store: Store,
        queue: SignalQueue,
        broker: Broker,
        hours: TradingHours,
        clock: Clock,
        services: ServiceHealth,
        limits_of: LimitsOf,
        restate: Restate,
        outlooks: Outlooks,
        new_proposal: NewProposal,
    ) -> None:
        self._store = store
        self._queue = queue
        self._broker = broker
        self._hours = hours
        self._clock = clock
        self._services = services
        self._limits_of = limits_of
        self._restate = restate
        self._outlooks = outlooks
        self._new = new_proposal
        self._kept: dict[str, tuple[Side, str, str]] = {}

    def __call__(self, signals: Sequence[Signal], observation: Observation) -> tuple[Signal, ...]:
        """Propose what can be proposed, and keep the rest with the reason; return those that lack only a price.

        Raises BrokerUnavailable.
        """
        possible = self._possible(signals) if signals else ()
        wanted = [signal for signal in possible if signal.symbol in observation.snapshots]
        if wanted:
            self._propose_all(wanted, observation)
        return tuple(signal for signal in possible if signal.symbol not in observation.snapshots)

    def give_up(self, outlived: Sequence[tuple[Signal, str]]) -> None:
        """Keep signals that came to nothing while they could be acted on, each with the reason."""
        reasons = {signal.symbol: why_not for signal, why_not in outlived}
        for signal in self._possible([signal for signal, _ in outlived]):
            self._keep(signal, reasons[signal.symbol])

    def _propose_all(self, wanted: Sequence[Signal], observation: Observation) -> None:
        with self._store.reading() as reader:
            limits = self._limits_of(reader)
        portfolio = read_portfolio(self._broker, self._store, self._clock.now(), limits)
        self._services.back(Service.BROKER)
        self._outlooks.nights.learn({signal.symbol for signal in wanted} | portfolio.symbols)
        for signal in wanted:
            self._outlooks.look_whether_tradable(signal.symbol)
            self._propose(signal, observation.snapshots[signal.symbol], portfolio)
        self._queue.publish()

    def _obstacle(self, signal: Signal, reader: Reader, desk: Desk, taken: Collection[str]) -> str:
        """Say in a word why a signal cannot be proposed now, before any size is known; empty when it can."""
        if signal.side is Side.SELL:
            return _what_is_sold(signal.symbol, reader)
        if desk.state is not DeskState.ACTIVE:
            return f"desk_{desk.state}"
        if signal.symbol in taken:
            return "symbol_taken"
        if self._new.rests(reader, signal.symbol, signal.at):
            return "symbol_rests"
        if not self._hours.are_open(signal.at):
            return "outside_regular_hours"
        return self._stopped(signal.symbol, reader)

    def _stopped(self, symbol: str, reader: Reader) -> str:
        """Say in a word what the exchange or the company itself does that keeps a symbol from being bought."""
        if symbol in symbol_halts(reader):
            return "symbol_halted"
        return "corporate_action" if symbol in self._restate.entries_stopped(reader) else ""

    def _possible(self, signals: Sequence[Signal]) -> list[Signal]:
        """Keep the signals that cannot be proposed, and return the others."""
        with self._store.reading() as reader:
            desk = reader.desk()
            taken = reader.symbols(ALIVE, [signal.symbol for signal in signals])
            obstacles = [self._obstacle(signal, reader, desk, taken) for signal in signals]
        possible = list[Signal]()
        for signal, why_not in zip(signals, obstacles, strict=True):
            if why_not:
                self._keep(signal, why_not)
            else:
                possible.append(signal)
        return possible

    def _keep(self, signal: Signal, why_not: str) -> None:
        """Keep a signal that no trade comes of: once for each symbol, side and reason in an hour.

        It is kept as of now, for it may have waited: the digest tells what came after the last one.
        """
        signal = replace(signal, at=self._clock.now())
        word = Reason.read(why_not).word  # a rule's figures change all the time
        last = (signal.side, word, f"{signal.at:%Y%m%d%H}")
        if self._kept.get(signal.symbol) == last:
            return
        with self._store.writing() as transaction:
            transaction.add_signal(signal, why_not)
        self._kept[signal.symbol] = last

    def _propose(self, signal: Signal, snapshot: Snapshot, portfolio: Portfolio) -> None:
        with self._store.writing() as transaction:
            # Another engine on the same database may have been quicker; the transaction sees what it did.
            taken = transaction.symbols(ALIVE, [signal.symbol])
            why_not = self._obstacle(signal, transaction, transaction.desk(), taken)
            if not why_not:
                limits = self._limits_of(transaction)  # which another process may have changed a moment ago
                seen = as_seen_by(transaction, portfolio, self._clock.now(), limits)
                why_not = self._proposed(transaction, signal, snapshot, seen, limits)
        if why_not:
            self._keep(signal, why_not)

    def _proposed(
        self, transaction: Transaction, signal: Signal, snapshot: Snapshot, portfolio: Portfolio, limits: Limits
    ) -> str:
        """Keep a proposal of a signal; return why there is none, '' where there is one."""
        try:
            case = self._new.weighed(signal, snapshot, portfolio, limits)
        except ValueError:  # the stop that its score brought is so near that it is no lower than the price
            return "order_refused"
        kept = self._new.keep(transaction, signal, case, limits)
        return kept.reason if isinstance(kept, NotProposed) else ""


def _what_is_sold(symbol: str, reader: Reader) -> str:
    """Say in a word what a sell signal is about: the open trade, unless its symbol is halted, or nothing."""
    if not reader.symbols({TradeState.OPEN, TradeState.CLOSING}, [symbol]):
        return "nothing_to_sell"
    return "symbol_halted" if symbol in symbol_halts(reader) else "exit_signal"
