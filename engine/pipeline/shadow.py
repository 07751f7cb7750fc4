"""Beside the live decision: strategies in shadow trade what they would, and proposals not taken get their result.

Nothing here asks the broker or sends an order. A trade is walked on by the simulation of a backtest, bar by bar as bars
close, in an account of its own that is as large as the desk's. What is kept says how far it was looked at, so that a
restart goes on from the bars, and a second process does nothing twice.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

import structlog

from engine.backtest.conditions import Conditions
from engine.backtest.desk_rules import DeskRules
from engine.backtest.shadow_table import ShadowTable
from engine.common.outage_guard import OutageGuard
from engine.errors import StrategyFailed
from engine.model.backtest import Costs
from engine.model.market import exchange_date
from engine.model.shadow import Cause, ShadowProgress, ShadowState, ShadowTrade
from engine.model.trade import Trade, TradeState
from engine.pipeline.bar_decisions import BarDecisions
from engine.pipeline.missed import Missed
from engine.pipeline.whole_bars import WholeBars
from engine.ports.calendar import Calendar
from engine.ports.store import Reader, Store, Transaction
from engine.strategies.contract import Strategy

log = structlog.get_logger()

BEGUN = "counterfactuals_since"
"""The setting that has since when proposals that are not taken get a result."""
MARKS = "shadow:"
"""How the settings begin that say how far each strategy in shadow came, by its fingerprint."""
CATCH_UP = 5
"""Sessions that a strategy in shadow makes up for after a pause; after a longer one it begins with the newest bar."""
NOT_TAKEN: Mapping[TradeState, Cause] = {
    TradeState.REJECTED: Cause.REJECTED,
    TradeState.EXPIRED: Cause.EXPIRED,
    TradeState.REFUSED: Cause.REFUSED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShadowMark:
    """How far a strategy in shadow came: the start of the last bar it scored, on how many days of trading in all."""

    through: datetime
    days: int

    @classmethod
    def read(cls, reader: Reader, fingerprint: str) -> "ShadowMark | None":
        """Return what is kept of a strategy, None where it never was in shadow."""
        kept = json.loads(reader.setting(MARKS + fingerprint) or "null")
        return kept and cls(through=datetime.fromisoformat(kept["through"]), days=kept["days"])

    def write(self, transaction: Transaction, fingerprint: str) -> None:
        """Keep it."""
        kept = {"through": self.through.isoformat(), "days": self.days}
        transaction.set_setting(MARKS + fingerprint, json.dumps(kept))


Changes = list[tuple[ShadowTrade, ShadowTrade | None]]
"""Trades as they are now, each with what it was before, None for a new one."""


class Shadow:
    """Looks at each bar once the live decision on it is over. `rules_of` has a strategy's rules as a desk by it."""

    def __init__(
        self,
        *,
        store: Store,
        calendar: Calendar,
        missed: Missed,
        bar_decisions: BarDecisions,
        whole_bars: WholeBars,
        live: Strategy,
        shadows: Sequence[Strategy],
        rules_of: Callable[[Reader, Strategy], DeskRules],
        costs: Costs,
        bar_seconds: int,
        outage_guard: OutageGuard,
    ) -> None:
        self._store = store
        self._outage_guard = outage_guard
        self._calendar = calendar
        self._missed = missed
        self._bar_decisions = bar_decisions
        self._whole_bars = whole_bars
        self._live = live
        self._shadows = tuple(shadows)
        self._rules_of = rules_of
        self._costs = costs
        self._bar_seconds = bar_seconds
        self._done: datetime | None = None
        self._failed: tuple[datetime, StrategyFailed] | None = None

    def __call__(self) -> None:
        """Look at what closed since; raises what the first strategy raised once each had its turn."""
        with self._outage_guard():
            self._look()

    def _look(self) -> None:
        due = self._bar_decisions.last
        if due is None or due == self._done:
            return
        if self._failed and self._failed[0] == due:
            raise self._failed[1]  # on the same bars its code would fail again, some 20 s of a core later
        failures = list[Exception]()
        steps: list[Callable[[datetime], None]] = [partial(self._score, each) for each in self._shadows]
        for step in (*steps, self._others):
            try:
                step(due)
            except Exception as error:  # whose ever code it is, the others have their turn
                log.exception("shadow_failed")
                failures.append(error)
        own = [each for each in failures if isinstance(each, StrategyFailed)]
        if own and own == failures:
            self._failed = due, own[0]
        if failures:
            raise failures[0]
        self._done = due

    # A strategy in shadow

    def _score(self, strategy: Strategy, due: datetime) -> None:
        """Walk a strategy's open trades on, and enter what it proposed, up to the bar that closed last."""
        with self._store.reading() as reader:
            before = ShadowMark.read(reader, strategy.fingerprint)
            trades = reader.shadow_trades({ShadowState.OPEN}, strategy=strategy.fingerprint)
            last = reader.last_shadow_exits(strategy.fingerprint)
            rules, equity = self._rules_of(reader, strategy), reader.equity_at(due)
        if (before and before.through >= due) or equity is None:
            return
        mark, first = self._next_mark(before, due), self._first(before, due)
        table = self._table(strategy, rules, due, since=first, trades=trades)
        changes = self._walked(table, trades)
        changes += self._entered(table, first, equity, last, changes)
        with self._store.writing() as transaction:
            if ShadowMark.read(transaction, strategy.fingerprint) == before:  # else another process was quicker
                for trade, was in changes:
                    transaction.save_shadow(trade, was)
                mark.write(transaction, strategy.fingerprint)

    def _first(self, mark: ShadowMark | None, due: datetime) -> datetime:
        """Return the first bar whose score counts: the one that was newest at the last look, if not long ago."""
        if mark is None or mark.through < self._whole_bars.session_before(due, CATCH_UP):
            return due
        return mark.through

    def _next_mark(self, mark: ShadowMark | None, due: datetime) -> ShadowMark:
        days = 0 if mark is None else mark.days
        is_new = mark is None or exchange_date(mark.through) != exchange_date(due)
        return ShadowMark(through=due, days=days + is_new)

    def _entered(
        self,
        table: ShadowTable,
        first: datetime,
        equity: Decimal,
        last: Mapping[str, ShadowTrade],
        changes: Changes,
    ) -> Changes:
        """Return the trades that scores from a bar on proposed, one a symbol at a time."""
        found: Changes = []
        now = {trade.symbol: trade for trade, _ in changes}
        for symbol in table.watched:
            trade = now.get(symbol) or last.get(symbol)
            for bar in table.wanted(symbol, first):
                if trade is not None and (trade.state is ShadowState.OPEN or table.start(bar + 1) <= trade.through):
                    continue
                made = table.proposed(symbol, bar, equity, None if trade is None else trade.exited_at)
                if made is not None:
                    trade = made
                    found.append((made, None))
        return found

    # The desk's own proposals

    def _others(self, due: datetime) -> None:
        """Begin with what was not taken since, and walk on what was begun."""
        with self._store.reading() as reader:
            begun = reader.setting(BEGUN)
        if begun is None:
            with self._store.writing() as transaction:
                transaction.set_setting(BEGUN, due.isoformat())
            return
        with self._store.reading() as reader:
            trades = [each for each in reader.shadow_trades({ShadowState.OPEN}) if each.cause is not Cause.SHADOW]
            new = self._begun(reader, max(datetime.fromisoformat(begun), self._whole_bars.session_before(due, 20)))
            rules = {each.fingerprint: self._rules_of(reader, each) for each in (self._live, *self._shadows)}
        changes: Changes = [(trade, None) for trade in new]
        for strategy in (self._live, *self._shadows):
            mine = [each for each in (*trades, *new) if self._strategy_of(each) is strategy and each.through < due]
            if mine:
                since = min(each.through for each in mine)
                table = self._table(strategy, rules[strategy.fingerprint], due, since=since, trades=mine)
                changes += self._walked(table, mine)
        if not changes:  # most bars: no writer need wait for that
            return
        members = self._missed.members([trade for trade, _ in changes])
        with self._store.writing() as transaction:
            for trade, was in changes:
                if transaction.save_shadow(trade, was):
                    self._missed.tell(transaction, trade, members)

    def _begun(self, reader: Reader, since: datetime) -> list[ShadowTrade]:
        ended = [each for each in reader.trades(NOT_TAKEN.keys(), since=since) if each.proposed_at >= since]
        known = reader.shadow_keys([f"trade:{each.id}" for each in ended])
        return [self._not_taken(each) for each in ended if f"trade:{each.id}" not in known]

    def _not_taken(self, trade: Trade) -> ShadowTrade:
        """Return the simulated trade of a proposal, of the shares it had, as though it was taken with its bar."""
        signal, sizing = trade.signal, replace(trade.sizing, shares=trade.shares)
        progress = ShadowProgress(at=trade.proposed_at, sizing=sizing, target=sizing.target, buying=trade.shares)
        begun = ShadowTrade(
            key=f"trade:{trade.id}",
            cause=NOT_TAKEN[trade.state],
            strategy=signal.strategy,
            strategy_fingerprint=signal.strategy_fingerprint,
            symbol=trade.symbol,
            bar=signal.bar or trade.proposed_at,
            tenths=signal.tenths,
            state=ShadowState.OPEN,
            through=signal.bar or trade.proposed_at,
            progress=progress,
            trade_id=trade.id,
        )
        is_known = signal.bar is not None and self._whole_bars.has_next(signal.bar)
        return begun if is_known else replace(begun, state=ShadowState.VOID, progress=None, why="no_next_bar")

    def _strategy_of(self, trade: ShadowTrade) -> Strategy:
        """Return the strategy that proposed it, the live one where that runs no more."""
        known = {each.fingerprint: each for each in self._shadows}
        return known.get(trade.strategy_fingerprint, self._live)

    # What both have in common

    def _table(
        self, strategy: Strategy, rules: DeskRules, due: datetime, *, since: datetime, trades: Sequence[ShadowTrade]
    ) -> ShadowTable:
        """Read the bars that trades and new scores from an instant on stand on, and score them."""
        watched = self._whole_bars.watched
        symbols = (*watched, *sorted({each.symbol for each in trades} - {*watched}))
        oldest = min([since, *(each.through for each in trades)])
        start = self._whole_bars.session_before(oldest, strategy.warm_up_sessions)
        bars = self._whole_bars.until(int(due.timestamp()), start, symbols)
        for array in (bars.open, bars.high, bars.low, bars.close, bars.volume):
            array.flags.writeable = False
        begins = self._whole_bars.session_before(min([oldest, *(each.bar for each in trades)]), 0)
        starts = self._whole_bars.whole_sessions(min(begins, start), int(due.timestamp()))
        limits = replace(rules.limits, overnight=None)  # which needs two years of nights
        return ShadowTable(
            strategy=strategy,
            watched=watched,
            bars=bars,
            scores=strategy.scores(bars),
            starts=starts,
            given=Conditions(
                rules=replace(rules, limits=limits),
                costs=self._costs,
                cash=Decimal(0),
                calendar=self._calendar,
                bar_seconds=self._bar_seconds,
            ),
        )

    def _walked(self, table: ShadowTable, trades: Sequence[ShadowTrade]) -> Changes:
        """Walk open trades on to the newest bar."""
        due = table.start(table.last)
        with self._store.reading() as reader:
            days = [exchange_date(each.through) for each in trades]
            actions = reader.corporate_actions(min(days), exchange_date(due)) if days else ()
        changes: Changes = []
        for trade in trades:
            days_of = [each.ex_date for each, _ in actions if trade.symbol in {each.symbol, each.new_symbol}]
            is_changed = any(exchange_date(trade.through) < day <= exchange_date(due) for day in days_of)
            changes.append((table.walked(trade, ends=is_changed), trade))
        return changes
