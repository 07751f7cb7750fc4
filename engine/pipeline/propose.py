from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from engine.common.evidence import Evidence, judged, proposal_record
from engine.common.orders import entry_of
from engine.common.outlook import Outlooks, with_nights
from engine.common.portfolio import LimitsOf, as_seen_by, read_portfolio
from engine.common.service_health import Service, ServiceHealth
from engine.common.trading_hours import TradingHours
from engine.errors import OrderRefused
from engine.execution.corporate_actions import Restate
from engine.model.desk import ENGINE, AuditEntry, Desk, DeskState
from engine.model.market import BarHistory, Session, Snapshot
from engine.model.portfolio import Portfolio
from engine.model.reason import Reason
from engine.model.risk import Sizing
from engine.model.signal import Side, Signal
from engine.model.trade import ALIVE, Trade, TradeState
from engine.pipeline.observe import Observation
from engine.pipeline.recording import Recording
from engine.pipeline.signal_queue import SignalQueue
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.context import RiskContext
from engine.risk.limits import Limits
from engine.risk.rules import refusal
from engine.risk.sizing import limit_for, size

log = structlog.get_logger()


class Propose:
    """Third stage: a signal becomes a sized and risk-checked proposal, stored first and then put on the stream.

    The desk holds shares and never sells short: a sell signal matters to `protect`, here it is only kept.
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
        recording: Recording,
        zone: ZoneInfo,
        lifetime: timedelta,
        quiet: timedelta,
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
        self._recording = recording
        self._zone = zone
        self._lifetime = lifetime
        self._quiet = quiet
        self._kept: dict[str, tuple[Side, str, str]] = {}

    def __call__(self, signals: Sequence[Signal], observation: Observation) -> None:
        """Propose what can be proposed, and keep the rest with the reason; raises BrokerUnavailable."""
        wanted = self._wanted(signals) if signals else ()
        if not wanted:
            return
        with self._store.reading() as reader:
            limits = self._limits_of(reader)
        portfolio = read_portfolio(self._broker, self._store, self._clock.now(), limits)
        self._services.back(Service.BROKER)
        self._outlooks.nights.learn({signal.symbol for signal in wanted} | portfolio.symbols)
        for signal in wanted:
            self._propose(signal, observation.snapshots[signal.symbol], portfolio)
        self._queue.publish()

    def _obstacle(self, signal: Signal, reader: Reader, desk: Desk, taken: Collection[str]) -> str:
        """Say in a word why a signal cannot be proposed now, before any size is known; empty when it can."""
        if desk.state is not DeskState.ACTIVE:
            return f"desk_{desk.state}"
        if signal.side is Side.SELL:
            return "nothing_to_sell"
        if signal.symbol in taken:
            return "symbol_taken"
        if any(self._rests(trade, signal.at) for trade in reader.trades(symbol=signal.symbol, limit=1)):
            return "symbol_rests"
        if not self._hours.are_open(signal.at):
            return "outside_regular_hours"
        return "corporate_action" if signal.symbol in self._restate.entries_stopped(reader) else ""

    def _rests(self, trade: Trade, now: datetime) -> bool:
        """Tell whether a symbol's last trade ended so lately that the desk should not be asked again."""
        ended = trade.closed_at or trade.decided_at or trade.expires_at
        return now - ended < self._quiet

    def _wanted(self, signals: Sequence[Signal]) -> list[Signal]:
        """Keep the signals that cannot be proposed, and return the others."""
        with self._store.reading() as reader:
            desk = reader.desk()
            taken = reader.symbols(ALIVE, [signal.symbol for signal in signals])
            obstacles = [self._obstacle(signal, reader, desk, taken) for signal in signals]
        wanted = list[Signal]()
        for signal, why_not in zip(signals, obstacles, strict=True):
            if why_not:
                self._keep(signal, why_not)
            else:
                wanted.append(signal)
        return wanted

    def _keep(self, signal: Signal, why_not: str) -> None:
        """Keep a signal that no trade comes of: once for each symbol, side and reason in an hour."""
        word = Reason.read(why_not).word  # a rule's figures change all the time
        last = (signal.side, word, f"{signal.at:%Y%m%d%H}")
        if self._kept.get(signal.symbol) == last:
            return
        self._kept[signal.symbol] = last
        with self._store.writing() as transaction:
            transaction.add_signal(signal, why_not)

    def _propose(self, signal: Signal, snapshot: Snapshot, portfolio: Portfolio) -> None:
        with self._store.writing() as transaction:
            # Another engine on the same database may have been quicker; the transaction sees what it did.
            taken = transaction.symbols(ALIVE, [signal.symbol])
            why_not = self._obstacle(signal, transaction, transaction.desk(), taken)
            if not why_not:
                limits = self._limits_of(transaction)  # which another process may have changed a moment ago
                seen = as_seen_by(transaction, portfolio, self._clock.now(), limits)
                why_not = self._store_proposal(transaction, signal, snapshot, seen, limits)
        if why_not:
            self._keep(signal, why_not)

    def _store_proposal(
        self, transaction: Transaction, signal: Signal, snapshot: Snapshot, portfolio: Portfolio, limits: Limits
    ) -> str:
        """Store a proposal, or say which rule refuses it, or that the broker would not take its order."""
        session = self._hours.session(signal.at)
        price = signal.price if session is Session.REGULAR else limit_for(signal.price, limits)
        outlook = self._outlooks.of(signal.symbol)
        sized = size(signal.symbol, price, portfolio, limits)
        sizing = with_nights(sized, signal.symbol, portfolio, outlook.nights)
        case = RiskContext(
            symbol=signal.symbol,
            planned=signal.price,
            sizing=sizing,
            portfolio=portfolio,
            snapshot=snapshot,
            at=signal.at,
            outlook=outlook,
        )
        verdict = refusal(case, limits)
        if verdict:
            return verdict.reason
        trade = self._trade(signal, sizing)
        try:
            self._broker.check(entry_of(trade, session), snapshot.price)
        except OrderRefused as error:
            log.warning("order_would_be_refused", trade_id=trade.id, error=str(error))
            return "order_refused"
        window = self._recording.window(signal)
        if window is None and signal.bar is not None:
            return "not_repeatable"
        evidence = judged(case, limits, wanted=None, is_regular=session is Session.REGULAR)
        self._save_proposal(transaction, trade, evidence, window)
        return ""

    def _save_proposal(
        self, transaction: Transaction, trade: Trade, evidence: Evidence, window: BarHistory | None
    ) -> None:
        """Keep a proposal, and the record of all that it stands on."""
        transaction.propose(trade)
        sources = self._recording.sources(trade.signal, transaction)
        transaction.save_decision(proposal_record(trade, evidence, ENGINE, window, sources, self._recording.rules))
        outcome = f"{trade.shares} shares"
        transaction.write_audit(
            AuditEntry(at=trade.proposed_at, actor=ENGINE, action="propose", subject=trade.id, outcome=outcome)
        )
        log.info("proposed", trade_id=trade.id, shares=trade.shares, tenths=trade.signal.tenths)

    def _trade(self, signal: Signal, sizing: Sizing) -> Trade:
        return Trade(
            id=f"{signal.symbol}_{signal.at.astimezone(self._zone):%Y%m%d_%H%M%S}",
            symbol=signal.symbol,
            state=TradeState.PROPOSED,
            signal=signal,
            sizing=sizing,
            shares=sizing.shares,
            stop=sizing.stop,
            target=sizing.target,
            proposed_at=signal.at,
            expires_at=signal.at + self._lifetime,
        )
