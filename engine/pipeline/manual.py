"""Purchases that somebody asks for: people of the desk, a webhook, an agent. They become proposals, and no more.

Each passes the rules of what the strategy proposes, and waits for a person. The same key makes one proposal, whichever
process takes it and however often it comes.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from hashlib import sha256
from typing import Final

import structlog

from engine.common.leader_watch import LeaderWatch
from engine.common.outlook import Outlooks
from engine.common.portfolio import LimitsOf, true_portfolio
from engine.common.service_health import Service, ServiceHealth
from engine.common.symbol_halts import refuse_halted
from engine.common.trade_lookup import refuse_inactive
from engine.common.trading_hours import TradingHours
from engine.common.universe import Universe
from engine.errors import BadProposal, CorporateActionDue, NoPrice, NotProposable, RiskRefused
from engine.execution.corporate_actions import Restate
from engine.model.calculation import AmountKind
from engine.model.desk import Request
from engine.model.json_values import plain
from engine.model.manual_proposal import KeptKey, ManualProposal, Proposed
from engine.model.market import Snapshot
from engine.model.money import CENT
from engine.model.origin import Origin, Source
from engine.model.portfolio import Portfolio
from engine.model.risk import LimitUnit
from engine.model.signal import Signal, neutral_readings
from engine.model.trade import ALIVE, Trade
from engine.pipeline.new_proposal import NewProposal, NotProposed
from engine.pipeline.observe import Observe
from engine.pipeline.signal_queue import SignalQueue
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.exit_checks import FARTHEST
from engine.risk.limits import Limits
from engine.risk.sizing import cut, limit_for, shares_of

log = structlog.get_logger()

MOST_FIGURE: Final = Decimal(1_000_000_000)
"""Shares or dollars that no size is over. A figure such as 1e999999 takes Python minutes to write out, holding all."""

UNSCORED = "none"
"""The scorer of a purchase that nobody scored."""
LOWEST_LIMIT = Decimal("0.5")
"""The part of its price under which a limit is a slip of the finger."""
LONGEST_KEY, LONGEST_NOTE = 64, 500
KEYS_LIVE = timedelta(days=30)
"""For how long a key is remembered."""


class ProposeManually:
    """Makes a proposal of what somebody asks for."""

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
        observe: Observe,
        universe: Universe,
        leader_watch: LeaderWatch,
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
        self._observe = observe
        self._universe = universe
        self._leader_watch = leader_watch
        self._new = new_proposal

    def __call__(self, wanted: ManualProposal, request: Request) -> Proposed:
        """Propose a purchase; of a key that was used, return what it made. Raises RequestRefused and TemporaryError.

        What is refused has changed nothing.
        """
        self._leader_watch.refuse()
        wanted = self._checked(wanted)
        with self._store.reading() as reader:
            made = self._made(reader, wanted)
            if made:
                return made
            self._refuse_obstacle(reader, wanted.symbol)
        self._outlooks.learn(wanted.symbol)
        snapshot = self._observe.price(wanted.symbol, self._clock.now())
        if snapshot is None:
            raise NoPrice(wanted.symbol)
        looked = true_portfolio(self._broker, self._store, self._clock, self._limits_of)
        with looked as (transaction, portfolio, limits):
            made = self._made(transaction, wanted)  # another process may have been quicker
            if made:
                return made
            self._refuse_obstacle(transaction, wanted.symbol)
            trade = self._proposed(transaction, wanted, snapshot, portfolio, limits, request)
            if wanted.key:
                kept = KeptKey(digest=_digest(wanted), trade_id=trade.id)
                transaction.keep_key(_key(wanted), kept, self._clock.now())
        self._services.back(Service.BROKER)
        self._queue.publish()
        return Proposed(trade=trade)

    def claim(self, source: Source, signature: str) -> None:
        """Take a sender's signature, once in all processes and lives; raises Repeated where it was taken before."""
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.forget_keys(now - KEYS_LIVE)
            transaction.keep_key(f"{source} {signature}", KeptKey(digest="", trade_id=""), now)

    def _checked(self, wanted: ManualProposal) -> ManualProposal:
        """Return what is asked for with its prices cut to the cent; raises BadProposal for what makes no sense."""
        symbol = wanted.symbol.strip().upper()
        if symbol not in self._universe.symbols:
            nearest = next(iter(get_close_matches(symbol, self._universe.symbols, n=1)), "")
            raise BadProposal("symbol", wanted.symbol, "unwatched", nearest)
        has_key = 1 <= len(wanted.key) <= LONGEST_KEY and wanted.key.isascii() and wanted.key.isprintable()
        if wanted.source is not Source.DESK and not has_key:
            raise BadProposal("key", wanted.key, "no_key", str(LONGEST_KEY))
        amount = wanted.amount
        if amount and not (amount.figure.is_finite() and amount.figure > 0):
            raise BadProposal("size", f"{amount.figure}", "not_positive")
        if amount and amount.figure > MOST_FIGURE:
            raise BadProposal("size", f"{amount.figure}", "too_high", f"{MOST_FIGURE:,}")
        if amount and amount.kind is AmountKind.SHARES and amount.figure != amount.figure.to_integral_value():
            raise BadProposal("size", f"{amount.figure}", "not_whole")
        limit, stop, target = (
            _cents("limit", wanted.limit),
            _cents("stop", wanted.stop),
            _cents("target", wanted.target),
        )
        by, said = _cleaned(wanted.by), _cleaned(wanted.reason)
        return replace(wanted, symbol=symbol, by=by, reason=said, limit=limit, stop=stop, target=target)

    def _made(self, reader: Reader, wanted: ManualProposal) -> Proposed | None:
        """Return what a key made before; raises BadProposal where something else came with it."""
        kept = reader.kept_key(_key(wanted)) if wanted.key else None
        if kept is None:
            return None
        trade = reader.trade(kept.trade_id)
        if kept.digest != _digest(wanted) or trade is None:
            raise BadProposal("key", wanted.key, "reused", kept.trade_id)
        return Proposed(trade=trade, is_repeated=True)

    def _refuse_obstacle(self, reader: Reader, symbol: str) -> None:
        """Raise the RequestRefused that says why nothing is proposed in a symbol now, whatever its size."""
        refuse_inactive(reader)
        now = self._clock.now()
        self._hours.session(now)
        for trade in reader.trades(ALIVE, symbol=symbol, limit=1):
            raise NotProposable(symbol, "symbol_taken", trade.state.value)
        if self._new.rests(reader, symbol, now):
            raise NotProposable(symbol, "symbol_rests")
        refuse_halted(reader, symbol)
        if symbol in self._restate.entries_stopped(reader):
            raise CorporateActionDue(symbol)

    def _proposed(
        self,
        transaction: Transaction,
        wanted: ManualProposal,
        snapshot: Snapshot,
        portfolio: Portfolio,
        limits: Limits,
        request: Request,
    ) -> Trade:
        """Keep the proposal; raises RequestRefused where a rule, or the shape of its order, speaks against it."""
        signal = self._signal(wanted, snapshot)
        for refused in _senseless(signal.origin, snapshot.price, limits):
            raise refused
        most = self._new.weighed(signal, snapshot, portfolio, limits)
        shares = None if wanted.amount is None else shares_of(wanted.amount, most.sizing)
        if wanted.amount is not None and shares is not None:
            if shares < 1:
                raise BadProposal("size", f"{wanted.amount.figure}", "under_one_share", most.sizing.entry)
            if shares > most.sizing.shares:
                raise RiskRefused(most.sizing.cap, Decimal(shares), Decimal(most.sizing.shares), LimitUnit.SHARES)
        case = most if shares is None else self._new.weighed(signal, snapshot, portfolio, limits, shares)
        kept = self._new.keep(transaction, signal, case, limits, wanted=shares, request=request)
        if isinstance(kept, NotProposed):
            raise kept.error
        return kept

    def _signal(self, wanted: ManualProposal, snapshot: Snapshot) -> Signal:
        """Return what stands in the place of a score."""
        origin = Origin(
            source=wanted.source,
            by=wanted.by,
            note=wanted.reason,
            limit=wanted.limit,
            stop=wanted.stop,
            target=wanted.target,
        )
        return Signal(
            symbol=wanted.symbol,
            at=self._clock.now(),
            price=snapshot.price,
            readings=neutral_readings(snapshot.price),
            components=(),
            findings=(),
            scorer=UNSCORED,
            previous_close=snapshot.previous_close,
            strategy=wanted.source.value,
            origin=origin,
        )


def _senseless(asked: Origin, price: Decimal, limits: Limits) -> Iterator[BadProposal]:
    """Yield what is wrong with prices that were asked for, beside the price of now."""
    if asked.limit is not None:
        highest, lowest = limit_for(price, limits), cut(price * LOWEST_LIMIT)
        if asked.limit > highest:
            yield BadProposal("limit", asked.limit, "too_high", highest)
        if asked.limit < lowest:
            yield BadProposal("limit", asked.limit, "too_low", lowest)
    entry = price if asked.limit is None else asked.limit
    lowest_entry = min(entry, price)  # where it would be filled now
    if asked.stop is not None and asked.stop > lowest_entry - CENT:
        yield BadProposal("stop", asked.stop, "not_under", lowest_entry)
    if asked.target is not None and asked.target < entry + CENT:
        yield BadProposal("target", asked.target, "not_over", entry)
    if asked.target is not None and asked.target > entry * FARTHEST:
        yield BadProposal("target", asked.target, "too_high", cut(entry * FARTHEST))


def _cents(field: str, price: Decimal | None) -> Decimal | None:
    """Cut a price to the cent; raises BadProposal for what is none."""
    if price is None:
        return None
    if not price.is_finite() or not CENT <= price < Decimal(1_000_000):
        raise BadProposal(field, f"{price}"[:30], "no_price")
    return cut(price)


def _key(wanted: ManualProposal) -> str:
    return f"{wanted.source}:{wanted.key}"


def _digest(wanted: ManualProposal) -> str:
    """Return a hash of all that was asked for under a key."""
    return sha256(json.dumps(plain(wanted), sort_keys=True).encode()).hexdigest()


def _cleaned(text: str) -> str:
    """Return words on one line, without what no database keeps and nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_NOTE]
