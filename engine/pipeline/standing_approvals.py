"""What people approved beforehand: asked for, countersigned, used and taken back, each in one transaction.

They are kept as one setting: of two processes, or of a use and a revocation, one comes first and the other sees it.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import structlog

from engine.common.desk_people import DeskPeople
from engine.common.universe import Universe
from engine.errors import BadStanding, StandingOver
from engine.model.desk import ENGINE, Request
from engine.model.json_values import plain, valued
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.proposals import StandingAsked, StandingChange, StandingStep, StandingUsed
from engine.model.standing import StandingApproval, StandingTerms
from engine.model.trade import Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.limits import Limits, LimitsInForce

log = structlog.get_logger()

KEPT: Final = "standing_approvals"
"""The setting that has them, as JSON, those that are over for a day."""
NUMBER: Final = "standing_number"
"""The setting that has the number of the newest."""
LONGEST: Final = timedelta(hours=24)
MOST_SYMBOLS, MOST_USES, HIGHEST = 20, 50, 15
"""Symbols and buys of one, and the highest score in tenths that there is."""
AT_ONCE: Final = 10


class StandingApprovals:
    """Keeps them. They are `guarded` where two people must approve: another one countersigns each."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        people: DeskPeople,
        universe: Universe,
        limits: LimitsInForce,
        guarded: bool,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._people = people
        self._universe = universe
        self._limits = limits
        self._guarded = guarded

    def current(self) -> tuple[StandingApproval, ...]:
        """Return those of which something can still come, oldest first."""
        now = self._clock.now()
        with self._store.reading() as reader:
            return tuple(each for each in _read(reader) if not each.is_over(now))

    def ask(self, terms: StandingTerms, request: Request) -> StandingApproval:
        """Give one, or ask another person to countersign it; raises BadStanding, which names what is wrong."""
        self._check(terms)
        now = self._clock.now()
        with self._store.writing() as transaction:
            known = [each for each in _read(transaction) if now - each.terms.until < timedelta(days=1)]
            if sum(not each.is_over(now) for each in known) >= AT_ONCE:
                raise BadStanding("standing", "", "too_many", str(AT_ONCE))
            number = int(transaction.setting(NUMBER) or 0) + 1
            transaction.set_setting(NUMBER, str(number))
            asked = StandingApproval(
                id=f"S{number}", terms=terms, by=request.by, asked_at=now, needs_second=self._guarded
            )
            _write(transaction, [*known, asked])
            key = f"{NoticeKind.STANDING_ASKED}:{asked.id}"
            transaction.enqueue_notice(StandingAsked(key=key, at=now, by=request.by, approval=asked))
            transaction.write_audit(request.entry(now, "standing asked", asked.id, _written(terms)))
        log.info("standing_approval", standing=asked.id, step="asked", by=request.by)
        return asked

    def confirm(self, standing_id: str, request: Request) -> StandingApproval:
        """Countersign one as a second person; raises StandingOver and BadStanding."""
        with self._store.reading() as reader:
            lost = not self._people.may(_found(reader, standing_id, self._clock.now()).by, "approve")
        with self._store.writing() as transaction:
            known = _found(transaction, standing_id, self._clock.now())
            if request.by in {ENGINE, known.by}:
                raise BadStanding("standing", known.id, "own")
            if lost:
                raise StandingOver(known.id)
            if known.is_given:
                return known
            return self._changed(transaction, replace(known, confirmed_by=request.by), StandingStep.GIVEN, request)

    def revoke(self, standing_id: str, request: Request) -> StandingApproval:
        """Take one back, given or not: nothing is bought under it from here on; raises StandingOver."""
        with self._store.writing() as transaction:
            known = _found(transaction, standing_id, self._clock.now())
            return self._changed(transaction, replace(known, revoked_by=request.by), StandingStep.REVOKED, request)

    def covering(self, trade: Trade) -> str:
        """Return the id of one under which a proposal may be bought, whose givers may still approve; '' for none."""
        now, slippage = self._clock.now(), self._limits.now.slippage
        fitting = (each for each in self.current() if each.covers(trade, now, slippage))
        return next((each.id for each in fitting if self._are_here(each)), "")

    def must_be_here(self, standing_id: str) -> None:
        """Raise StandingOver unless whoever gave one may still approve; asks who knows the roles."""
        with self._store.reading() as reader:
            known = _found(reader, standing_id, self._clock.now())
        if not self._are_here(known):
            raise StandingOver(known.id)

    def use(self, transaction: Transaction, standing_id: str, trade: Trade, limits: Limits, *, two: bool) -> None:
        """Use one for a purchase as it is decided now; raises StandingOver where it is not good for that.

        Where `two` must approve, one that nobody countersigned is not: it may have been given under other settings.
        """
        now = self._clock.now()
        known = _found(transaction, standing_id, now)
        if not known.covers(trade, now, limits.slippage) or (two and not known.confirmed_by):
            raise StandingOver(known.id)
        used = replace(known, used=known.used + 1)
        _put(transaction, used)
        key = f"{trade.id}:{NoticeKind.STANDING_USED}"
        transaction.enqueue_notice(StandingUsed(key=key, at=now, trade_id=trade.id, approval=used))
        log.info("standing_approval", standing=used.id, step="used", by=used.by)

    def _changed(
        self, transaction: Transaction, approval: StandingApproval, step: StandingStep, request: Request
    ) -> StandingApproval:
        now = self._clock.now()
        _put(transaction, approval)
        key = f"{NoticeKind.STANDING}:{approval.id}:{stamp(now)}"
        transaction.enqueue_notice(StandingChange(key=key, at=now, by=request.by, approval=approval, step=step))
        transaction.write_audit(request.entry(now, f"standing {step}", approval.id, f"{approval.left} left"))
        log.info("standing_approval", standing=approval.id, step=step.value, by=request.by)
        return approval

    def _are_here(self, approval: StandingApproval) -> bool:
        return all(self._people.may(giver, "approve") for giver in approval.givers)

    def _check(self, terms: StandingTerms) -> None:
        """Raise BadStanding for terms that make no sense, or that are over the desk's own limits."""
        now, limits = self._clock.now(), self._limits.now
        unknown = [symbol for symbol in terms.symbols if symbol not in self._universe.symbols]
        if not terms.symbols or len(set(terms.symbols)) > MOST_SYMBOLS:
            raise BadStanding("symbol", "", "how_many", str(MOST_SYMBOLS))
        if unknown:
            raise BadStanding("symbol", unknown[0], "unwatched")
        if not now < terms.until <= now + LONGEST:
            raise BadStanding("until", "", "no_end")
        if not 1 <= terms.uses <= min(MOST_USES, limits.trades_a_day or MOST_USES):
            raise BadStanding(
                "uses", str(terms.uses), "too_high", str(min(MOST_USES, limits.trades_a_day or MOST_USES))
            )
        if not 1 <= terms.least_tenths <= HIGHEST:
            raise BadStanding("score", f"{Decimal(terms.least_tenths) / 10}", "no_score", f"{Decimal(HIGHEST) / 10}")
        account = self._broker.account()
        most = account.buying_power if limits.exposure is None else account.equity * limits.exposure
        if not (terms.most_dollars.is_finite() and terms.most_dollars > 0):
            raise BadStanding("dollars", str(terms.most_dollars)[:30], "not_positive")
        if terms.most_dollars > most:
            raise BadStanding("dollars", terms.most_dollars, "too_high", most)


def _read(reader: Reader) -> tuple[StandingApproval, ...]:
    return tuple(valued(StandingApproval, each) for each in json.loads(reader.setting(KEPT) or "[]"))


def _write(transaction: Transaction, approvals: Sequence[StandingApproval]) -> None:
    transaction.set_setting(KEPT, json.dumps([plain(each) for each in approvals]))


def _put(transaction: Transaction, approval: StandingApproval) -> None:
    _write(transaction, [approval if each.id == approval.id else each for each in _read(transaction)])


def _found(reader: Reader, standing_id: str, now: datetime) -> StandingApproval:
    """Return one of which something can still come; raises StandingOver."""
    known = next((each for each in _read(reader) if each.id == standing_id.strip().upper()), None)
    if known is None or known.is_over(now):
        raise StandingOver(standing_id[:30])
    return known


def _written(terms: StandingTerms) -> str:
    """Return terms as the audit keeps them."""
    least, until = Decimal(terms.least_tenths) / 10, terms.until.isoformat()
    return f"{','.join(terms.symbols)} ${terms.most_dollars:f} score {least} until {until} x{terms.uses}"
