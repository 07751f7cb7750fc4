"""Which corporate actions were announced, and which are due; the desk is told the evening before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog

from engine.common.share_counts import told_foreign
from engine.errors import MarketUnavailable
from engine.model.corporate_action import AWAITED_FOR, ActionKind, ActionState, CorporateAction
from engine.model.desk import OWN_ACCORD
from engine.model.market import Session, exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.notices.corporate_actions import ActionDue
from engine.model.trade import AT_THE_BROKER
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.market import CorporateActions
from engine.ports.store import Store

log = structlog.get_logger()

BACK, AHEAD = AWAITED_FOR, timedelta(days=10)
"""Days around today whose actions are looked at: one that was missed, and those that people want to know of."""
TOGETHER = timedelta(days=1)
"""Days by which the calendar and the account may differ about the day of one action."""


class ActionCalendar:
    """Learns of corporate actions, and tells what is due."""

    def __init__(self, *, store: Store, clock: Clock, calendar: Calendar, announced: CorporateActions) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._announced = announced

    def learn(self, symbols: Iterable[str]) -> None:
        """Read what was announced for some symbols and all that is held, and tell the evening before what is due.

        Where it cannot be read, what was read before stands.
        """
        today = exchange_date(self._clock.now())
        with self._store.reading() as reader:
            held = {trade.symbol for trade in reader.trades(AT_THE_BROKER)}
            others = told_foreign(reader).keys()
            known = dict(reader.corporate_actions(today - BACK, today + AHEAD))
        # Apart, for a symbol that is no company's any more may make the whole question one that is refused.
        found = [action for each in ({*symbols, *held}, {*others}) for action in self._read(each, today)]
        ids = {action.id for action in known}
        new = [action for action in found if action.id not in ids]
        told = {action.id: action for action in found}
        waiting = [action for action, state in known.items() if state is ActionState.ANNOUNCED and action.id in told]
        fixed = [(action, _completed(action, told[action.id])) for action in waiting]
        later = [after for before, after in fixed if after != before]
        done = [action for action, state in known.items() if state is ActionState.APPLIED]
        # Nothing of it is held: by the next day it is over.
        past = [
            action
            for action, state in known.items()
            if state is ActionState.ANNOUNCED and action.ex_date < today and action.symbol not in held
        ]
        if new or past or later:
            with self._store.writing() as transaction:
                for action in later:
                    transaction.save_action(action, ActionState.ANNOUNCED)
                for action in new:
                    is_done = any(_is_same(action, other) for other in done)
                    transaction.save_action(action, ActionState.APPLIED if is_done else ActionState.ANNOUNCED)
                for action in past:
                    transaction.save_action(action, ActionState.APPLIED)
        self._tell_due(held)

    def _read(self, symbols: Collection[str], today: date) -> Sequence[CorporateAction]:
        """Read what was announced for some symbols; nothing where that cannot be done now."""
        if not symbols:
            return ()
        try:
            return self._announced.between(symbols, today - BACK, today + AHEAD)
        except MarketUnavailable as error:
            log.warning("corporate_actions_not_read", error=str(error))
            return ()

    def _tell_due(self, held: Collection[str]) -> None:
        """Tell what is due on the day that trades next, of what is held."""
        on, now = self.trading_date(), self._clock.now()
        with self._store.reading() as reader:
            due = [action for action, _ in reader.corporate_actions(on, on) if action.symbol in held]
            new = [action for action in due if not reader.was_enqueued(f"{NoticeKind.ACTION_DUE}:{action.id}")]
        for action in new:
            notice = ActionDue(key=f"{NoticeKind.ACTION_DUE}:{action.id}", at=now, action=action)
            with self._store.writing() as transaction:
                if transaction.enqueue_notice(notice):
                    transaction.write_audit(
                        OWN_ACCORD.entry(now, "corporate action", action.symbol, _described(action))
                    )

    def is_regular(self, at: datetime) -> bool:
        """Tell whether the exchange keeps regular hours at an instant."""
        return self._calendar.session(at) is Session.REGULAR

    def trading_date(self) -> date:
        """Return the exchange's date of the regular session that runs, or of the next one."""
        now = self._clock.now()
        is_regular = self._calendar.session(now) is Session.REGULAR
        return exchange_date(now if is_regular else self._calendar.next_open(now))


def _completed(known: CorporateAction, told: CorporateAction) -> CorporateAction:
    """Return an action with what was told of it later: another day, and the terms where they were not fixed."""
    rates = known if known.new_shares or known.kind is not ActionKind.SPIN_OFF else told
    return replace(
        known,
        ex_date=told.ex_date,
        new_symbol=known.new_symbol or told.new_symbol,
        new_shares=rates.new_shares,
        old_shares=rates.old_shares,
    )


def _is_same(announced: CorporateAction, done: CorporateAction) -> bool:
    """Tell whether what is announced is what was carried out already, under the day on which its shares were seen.

    It may be announced late, and seen days after its day: by a desk that was away, or whose database was put back.
    Shares of another company are another action: some give away several at one rate on one day.
    """
    is_then = -TOGETHER <= done.ex_date - announced.ex_date <= BACK
    is_other = announced.new_symbol != done.new_symbol and announced.new_symbol and done.new_symbol
    terms = (announced.symbol, announced.kind, announced.ratio)
    return is_then and not is_other and terms == (done.symbol, done.kind, done.ratio)


def _described(action: CorporateAction) -> str:
    is_open = action.kind is ActionKind.SPIN_OFF and not action.new_shares
    rates = ("-", "-") if is_open else (action.new_shares, action.old_shares)
    figures = (*rates, action.ex_date, action.new_symbol or "-", action.cash or "-")
    return " ".join([action.kind, *map(str, figures)])
