from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from engine.common.portfolio import joined
from engine.common.universe import Universe
from engine.model.fact import AnsweredQuestion, Fact
from engine.model.numbered import Measured
from engine.model.runtime_settings import WATCHLIST, SettingLine, SettingUnit
from engine.model.trade import ALIVE, Trade, TradeState
from engine.ports.answerer import Answerer
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store
from engine.risk.limits import LimitsInForce
from engine.views import facts
from engine.views.question_topics import Asked, Topic, read_question
from engine.views.signals import NEWS_LOOKS_BACK

MOST_FACTS: Final = 40
"""Facts that a question gets: some kilobytes, whatever is asked and however much there is."""
LATELY: Final = 200
"""Trades, newest first, whose symbols the desk is taken to know."""
STEERING: Final = frozenset(
    {"halt", "flatten", "resume", "resume anyway", "auto on", "auto off", "loss_limit", "doubt", "silence", "strategy"}
)
"""What the audit calls the changes of whether the desk trades at all."""
CHANGES: Final = frozenset({"setting", "loosening asked", "loosening ended"})
"""What it calls the changes of settings."""
SERVED: Final = frozenset({"answered", "refused", "failed", "not now"})
"""What the audit says of a request as such: what it did has an entry of its own."""
OF_THE_RISK: Final = frozenset(
    {
        "risk_per_trade",
        "risk_ceiling",
        "risk_warning",
        "max_exposure",
        "max_daily_loss",
        "max_drawdown",
        "max_open_positions",
        "max_trades_a_day",
        "max_overnight_risk",
    }
)
"""The settings beside which a risk is seen."""


class QuestionQueries:
    """Answers questions from the database: reads rows, and has a model put them into sentences. Nothing here acts.

    `settings` tells how every setting stands, `answerer` is None where there is no key. The broker and the market are
    not asked: each figure is as it was kept, with its time.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        limits: LimitsInForce,
        universe: Universe,
        settings: Callable[[], tuple[SettingLine, ...]],
        answerer: Answerer | None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._universe = universe
        self._lines = settings
        self._answerer = answerer

    def answer(self, question: str) -> AnsweredQuestion:
        """Return the facts that a question is about, and what the model makes of them; raises StoreUnavailable."""
        if self._answerer is None:
            return AnsweredQuestion()
        found = self.facts(question)
        return AnsweredQuestion(facts=found, answer=self._answerer.answer(question, found))

    def facts(self, question: str) -> tuple[Fact, ...]:
        """Return what the database says of a question, the most important first, numbered from 1; each row once."""
        with self._store.reading() as reader:
            lately = reader.trades(limit=LATELY)
            known = {*self._universe.symbols, *(trade.symbol for trade in lately)}
            asked = read_question(question, known)
            rows = _Rows(reader, self._risks(reader))
            found = [fact for part in self._parts(asked, rows) for fact in part]
        once = dict[tuple[Any, ...], Fact]()
        for fact in found:
            once.setdefault((fact.kind, fact.table, fact.row, fact.figures[:1]), fact)
        chosen = list(once.values())[:MOST_FACTS]
        return tuple(replace(fact, number=number) for number, fact in enumerate(chosen, 1))

    def _parts(self, asked: Asked, rows: "_Rows") -> Iterator[Iterable[Fact]]:
        yield [facts.of_desk(rows.reader.desk())]
        yield from (rows.trade(trade_id) for trade_id in asked.trades)
        if measured := rows.measured:
            yield facts.of_measures(measured)
        for symbol in (*asked.symbols, *asked.unknown):
            yield [self._watched(rows.reader, symbol)]
            yield rows.symbol(symbol)
        for topic in Topic:
            if topic in asked.topics or (asked.is_open and topic in {Topic.HOLDINGS, Topic.SIGNALS, Topic.HALT}):
                yield self._about(topic, asked, rows)

    def _about(self, topic: Topic, asked: Asked, rows: "_Rows") -> Iterable[Fact]:
        ways: dict[Topic, Callable[[], Iterable[Fact]]] = {
            Topic.RISK: lambda: (*self._settings(OF_THE_RISK), *rows.trades(ALIVE, 10)),
            Topic.HALT: lambda: rows.audit(STEERING),
            Topic.SETTINGS: lambda: (*rows.audit(CHANGES), *self._settings()),
            Topic.RESULTS: lambda: rows.trades({TradeState.CLOSED}, 8),
            Topic.HOLDINGS: lambda: rows.trades(ALIVE, 10),
            Topic.NEWS: lambda: self._news(asked, rows.reader),
            Topic.SIGNALS: lambda: () if asked.symbols else rows.signals(6),
            Topic.DECISIONS: lambda: () if asked.symbols or asked.trades else rows.moves(8),
        }
        return ways[topic]()

    def _watched(self, reader: Reader, symbol: str) -> Fact:
        is_changed = bool(reader.setting(WATCHLIST))
        return facts.of_watchlist(symbol, is_watched=symbol in self._universe.symbols, is_changed=is_changed)

    def _settings(self, names: frozenset[str] = frozenset()) -> Iterable[Fact]:
        lines = self._lines()
        wanted = (line for line in lines if (line.name in names if names else line.is_changeable))
        return [facts.of_setting(line) for line in wanted if line.unit is not SettingUnit.TEXT]

    def _news(self, asked: Asked, reader: Reader) -> Iterable[Fact]:
        symbols = asked.symbols or self._universe.symbols
        return map(facts.of_headline, reader.headlines(symbols, self._clock.now() - NEWS_LOOKS_BACK, 6))

    def _risks(self, reader: Reader) -> "_Risks":
        return _Risks(reader, self._clock, self._limits)


class _Risks:
    """What trades risk down to their live stops, as in /risk, beside the account as it was last kept."""

    def __init__(self, reader: Reader, clock: Clock, limits: LimitsInForce) -> None:
        self.measured: Measured | None = reader.measured()
        self._facts = dict[str, Fact]()
        if self.measured:
            portfolio = joined(reader, self.measured.account, (), clock.now(), limits.now)
            self._facts = {
                trade.id: facts.of_trade(portfolio.as_stopped(trade), portfolio.risk_of(trade))
                for trade in portfolio.trades
            }

    def fact(self, trade: Trade) -> Fact:
        """Return the fact of a trade at the stop that stands for it, with the dollars that it risks."""
        return self._facts.get(trade.id) or facts.of_trade(trade, trade.risk)


class _Rows:
    """Rows as facts, within one look at the database."""

    def __init__(self, reader: Reader, risks: _Risks) -> None:
        self.reader = reader
        self.measured = risks.measured
        self._risks = risks

    def trade(self, trade_id: str) -> Iterable[Fact]:
        trade = self.reader.trade(trade_id)
        return (*self._decided(trade), *self._evidence(trade)) if trade else ()

    def symbol(self, symbol: str) -> Iterable[Fact]:
        """Its newest trade with the moves, its last signals, what that trade rests on, two trades before."""
        newest, before = (trades := self.reader.trades(symbol=symbol, limit=3))[:1], trades[1:]
        yield from (fact for trade in newest for fact in self._decided(trade))
        yield from map(facts.of_signal, self.reader.numbered_signals(4, symbol=symbol))
        yield from (fact for trade in newest for fact in self._evidence(trade))
        yield from map(self._risks.fact, before)

    def trades(self, states: Iterable[TradeState], most: int) -> Iterable[Fact]:
        return map(self._risks.fact, self.reader.trades(frozenset(states), limit=most))

    def signals(self, most: int) -> Iterable[Fact]:
        return map(facts.of_signal, self.reader.numbered_signals(most))

    def moves(self, most: int) -> Iterable[Fact]:
        return map(facts.of_move, self.reader.moves(most))

    def audit(self, actions: frozenset[str]) -> Iterable[Fact]:
        entries = self.reader.numbered_audit(actions, 20)
        return [facts.of_audit(each) for each in entries if each.entry.outcome not in SERVED][:8]

    def _decided(self, trade: Trade) -> Iterable[Fact]:
        yield self._risks.fact(trade)
        yield from map(facts.of_move, self.reader.moves(6, trade_id=trade.id))

    def _evidence(self, trade: Trade) -> Iterable[Fact]:
        return map(facts.of_signal, self.reader.numbered_signals(1, trade_id=trade.id))
