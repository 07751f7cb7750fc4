"""The live strategy is changed by an admin and a second person, to one that was in shadow for long enough.

What is confirmed takes effect with the next start: the live strategy is in every stage, and in the board's indicators.
It holds as long as STRATEGY is what it was, and its file too; else the desk trades by STRATEGY.
"""

import json
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Final

import numpy as np

from engine.backtest.bootstrap import MOST_TRADES, SEED, mean_interval
from engine.common.desk_people import DeskPeople
from engine.control.known_strategies import KnownStrategies
from engine.control.promoted_strategy import PROMOTED, name_of, written
from engine.errors import NothingPending, OtherNeeded, PromotionRefused, StrategyInvalid, UnknownStrategy
from engine.model.desk import ENGINE, Request
from engine.model.json_values import plain, valued
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.settings import StrategyChange
from engine.model.shadow import ShadowState
from engine.model.strategies import Lack, PendingPromotion, PromotionStage, Strategies, StrategyLine
from engine.model.trade import Trade, TradeState
from engine.pipeline.shadow import ShadowMark
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.strategies.contract import Strategy
from engine.strategies.live_strategy import tradable
from engine.strategies.runner import StrategyRunner

PENDING: Final = "promotion"
"""The setting that has what waits for a second person, '' for nothing."""
BROKERS: Final = "brokers"
"""The setting that has since when which broker was traded at."""
CONFIRMED_WITHIN: Final = timedelta(hours=1)


class Promotion:
    """Lists strategies, and changes the live one."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        people: DeskPeople,
        strategies: KnownStrategies,
        trades: int,
        days: int,
        broker: str,
        runner: StrategyRunner,
    ) -> None:
        self._store = store
        self._clock = clock
        self._people = people
        self._why_unusable = strategies.why_unusable
        self._unusable = strategies.unusable
        self._live = strategies.live
        self._configured = strategies.configured
        self._shadows = strategies.shadows
        self.sources = strategies.sources
        self._trades = trades
        self._days = days
        self._broker = broker
        self._runner = runner

    def note_broker(self) -> None:
        """Note where this desk trades from now on, so that trades on paper are known later."""
        with self._store.writing() as transaction:
            known = json.loads(transaction.setting(BROKERS) or "[]")
            if not known or known[-1][1] != self._broker:
                known.append([self._clock.now().isoformat(), self._broker])
                transaction.set_setting(BROKERS, json.dumps(known))

    def strategies(self) -> Strategies:
        """Return the live strategy and those in shadow, with what they came to."""
        with self._store.reading() as reader:
            lines = [] if self._why_unusable else [self._live_line(reader)]
            lines += [_shadow_line(reader, each) for each in self._shadows.values()]
            return Strategies(
                lines=tuple(lines),
                pending=self._waiting(reader),
                next=self._coming(reader),
                trades_needed=self._trades,
                days_needed=self._days,
                unusable=self._unusable,
            )

    def line(self, asked: str) -> StrategyLine:
        """Return one strategy by its name or the beginning of its fingerprint; raises UnknownStrategy."""
        lines = self.strategies().lines
        word = asked.strip().lower()
        for each in lines:
            if word and (each.name.lower() == word or (len(word) > 3 and each.fingerprint.startswith(word))):  # noqa: PLR2004
                return each
        near = get_close_matches(word, [each.name for each in lines], n=1)
        raise UnknownStrategy(asked, *near)

    def ask(self, asked: str, request: Request) -> PendingPromotion:
        """Ask for a strategy in shadow to become the live one; raises UnknownStrategy and PromotionRefused."""
        source, strategy = self._in_shadow(asked)
        self._must_be_tradable(source, strategy)
        now = self._clock.now()
        with self._store.writing() as transaction:
            self._must_be_ready(transaction, strategy)
            pending = PendingPromotion(
                name=strategy.name,
                source=source,
                fingerprint=strategy.fingerprint,
                before=self._live.name,
                by=request.by,
                asked_at=now,
                expires_at=now + CONFIRMED_WITHIN,
            )
            transaction.set_setting(PENDING, json.dumps(plain(pending)))
            self._tell(transaction, pending, request, PromotionStage.ASKED)
        return pending

    def confirm(self, request: Request) -> PendingPromotion:
        """Confirm as a second person; raises NothingPending, OtherNeeded and PromotionRefused."""
        with self._store.reading() as reader:
            waiting = self._waiting(reader)
        may = waiting is not None and self._people.may(waiting.by, "set")
        if waiting is not None and may and request.by not in {ENGINE, waiting.by}:
            self._must_be_tradable(*self._in_shadow(waiting.name))
        with self._store.writing() as transaction:
            pending = self._waiting(transaction)
            if pending is None or pending != waiting or not may:
                raise NothingPending("strategy")
            if request.by in {ENGINE, pending.by}:
                raise OtherNeeded("strategy", request.by)
            source, strategy = self._in_shadow(pending.name)
            if strategy.fingerprint != pending.fingerprint:
                raise NothingPending("strategy")
            self._must_be_ready(transaction, strategy)
            kept = written(source, pending.name, pending.fingerprint, self._configured.fingerprint)
            transaction.set_setting(PROMOTED, kept)
            transaction.set_setting(PENDING, "")
            self._tell(transaction, pending, request, PromotionStage.CONFIRMED)
        return pending

    def withdraw(self, request: Request) -> PendingPromotion:
        """Take back what waits; raises NothingPending."""
        with self._store.writing() as transaction:
            pending = self._waiting(transaction)
            if pending is None:
                raise NothingPending("strategy")
            transaction.set_setting(PENDING, "")
            self._tell(transaction, pending, request, PromotionStage.WITHDRAWN)
        return pending

    def _waiting(self, reader: Reader) -> PendingPromotion | None:
        kept = json.loads(reader.setting(PENDING) or "null")
        pending = None if kept is None else valued(PendingPromotion, kept)
        return pending if pending and pending.expires_at > self._clock.now() else None

    def _coming(self, reader: Reader) -> str:
        """Return the name of what takes effect with the next start, '' for nothing."""
        known = {self._configured.fingerprint} | {each.fingerprint for each in self._shadows.values()}
        name = name_of(reader.setting(PROMOTED), self._configured.fingerprint, known) if not self._why_unusable else ""
        return "" if name == self._live.name else name

    def _in_shadow(self, asked: str) -> tuple[str, Strategy]:
        line = self.line(asked)
        for source, strategy in self._shadows.items():
            if strategy.fingerprint == line.fingerprint:
                return source, strategy
        raise PromotionRefused(line.name, Lack.IS_LIVE)

    def _must_be_tradable(self, source: str, strategy: Strategy) -> None:
        """Raise PromotionRefused where a desk could not trade by it; code is checked once more, which takes seconds."""
        if self._why_unusable:  # what is promoted goes in the place of a strategy that is known
            raise PromotionRefused(strategy.name, Lack.NOTHING_IN_FORCE)
        if strategy.fingerprint == self._live.fingerprint:
            raise PromotionRefused(strategy.name, Lack.IS_LIVE)
        try:
            found = tradable(source, self._runner)
        except StrategyInvalid as error:
            raise PromotionRefused(strategy.name, Lack.NOT_LIVE, why=str(error)) from error
        if found.fingerprint != strategy.fingerprint:
            why = f"{source} was changed since it began in shadow: restart the bot"
            raise PromotionRefused(strategy.name, Lack.NOT_LIVE, why=why)

    def _must_be_ready(self, reader: Reader, strategy: Strategy) -> None:
        """Raise PromotionRefused, with the figure, for what is lacking in shadow or on paper."""
        shadow = _shadow_line(reader, strategy)
        found = [(Lack.TRADES, shadow.trades, self._trades), (Lack.DAYS, shadow.days, self._days)]
        if self._broker == "alpaca-live":
            paper = self._on_paper(reader, strategy)
            days = len({exchange_date(each.proposed_at) for each in paper})
            found += [(Lack.PAPER_TRADES, len(paper), self._trades), (Lack.PAPER_DAYS, days, self._days)]
        for lack, has, needs in found:
            if has < needs:
                raise PromotionRefused(strategy.name, lack, has, needs)

    def _on_paper(self, reader: Reader, strategy: Strategy) -> list[Trade]:
        """Return the desk's own trades by a strategy that ended while it traded at a paper broker."""
        known = [(datetime.fromisoformat(at), label) for at, label in json.loads(reader.setting(BROKERS) or "[]")]

        def broker(at: datetime) -> str:
            return next((label for since, label in reversed(known) if since <= at), "")

        return [each for each in _trades_of(reader, strategy) if broker(each.proposed_at) in {"paper", "alpaca-paper"}]

    def _live_line(self, reader: Reader) -> StrategyLine:
        trades = _trades_of(reader, self._live)
        multiples = [float(each.multiple) for each in trades if each.multiple is not None]
        days = len({exchange_date(each.proposed_at) for each in trades})
        return _line(self._live, multiples[::-1], len(trades), days, is_live=True)

    def _tell(
        self, transaction: Transaction, pending: PendingPromotion, request: Request, stage: PromotionStage
    ) -> None:
        now = self._clock.now()
        key = f"{NoticeKind.STRATEGY}:{stage}:{stamp(now)}"
        transaction.enqueue_notice(StrategyChange(key=key, at=now, by=request.by, change=pending, stage=stage))
        outcome = f"{pending.before} -> {pending.name} {pending.fingerprint[:12]}"
        transaction.write_audit(request.entry(now, f"strategy {stage}", "strategy", outcome=outcome, why=pending.by))


def _trades_of(reader: Reader, strategy: Strategy) -> list[Trade]:
    closed = reader.trades({TradeState.CLOSED}, limit=MOST_TRADES)
    return [each for each in closed if each.signal.strategy_fingerprint == strategy.fingerprint]


def _shadow_line(reader: Reader, strategy: Strategy) -> StrategyLine:
    trades = reader.shadow_trades({ShadowState.CLOSED}, strategy=strategy.fingerprint)
    mark = ShadowMark.read(reader, strategy.fingerprint)
    multiples = [each.net_multiple for each in trades if each.net_multiple is not None]
    return _line(strategy, multiples, len(trades), mark.days if mark else 0)


def _line(strategy: Strategy, multiples: list[float], trades: int, days: int, *, is_live: bool = False) -> StrategyLine:
    values = np.array(multiples, dtype=np.float64)
    return StrategyLine(
        name=strategy.name,
        fingerprint=strategy.fingerprint,
        is_live=is_live,
        trades=trades,
        days=days,
        mean=float(values.mean()) if len(values) else None,
        interval=mean_interval(values, seed=SEED),
    )
