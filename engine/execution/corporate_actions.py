"""What companies do to the shares that trades hold: known the evening before, recognised on the day, restated exactly.

An action is known from what was announced or from the account's activities. Without either, a change of quantity that
no execution explains is one where the price moved by the inverse. Until it is understood nothing is booked and nothing
is sent at old prices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import structlog

from engine.common.orders import ask, by_hand
from engine.common.share_counts import told_foreign, unexplained
from engine.execution.action_calendar import BACK, ActionCalendar
from engine.execution.company_changes import (
    EXCHANGES,
    Change,
    announced_change,
    first_told,
    is_announced_as,
    is_cash_in_lieu,
    is_counted,
    is_told_late,
    makes,
    together,
    told_change,
)
from engine.execution.due_actions import (
    begin,
    bought_before,
    due_actions,
    exchanges_due,
    spin_offs_due,
    unbooked,
    unclaimed_exchanges,
)
from engine.execution.executions import Cut, cuts
from engine.execution.exit_gate import ExitGate
from engine.execution.restatements import ActionTerms, end_old_exits, is_adjusted, tell_cash, tell_restated, with_cash
from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction
from engine.model.desk import OWN_ACCORD
from engine.model.market import exchange_date
from engine.model.portfolio import Position
from engine.model.trade import AS_FILLED, AT_THE_BROKER, ExitReason, OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.restating import (
    SHOWN,
    closest,
    fits,
    is_denied,
    is_doubtful,
    is_shown_by_price,
    plausible,
    restated,
    whole,
)

log = structlog.get_logger()

RECENT = 20
"""Trades of a symbol, newest first, among which the one is looked for whose shares were exchanged."""
LATE = timedelta(days=2)
"""Days by which the account's activities, or an announcement, may come after the shares themselves."""
ABSENT_AFTER = timedelta(minutes=15)
"""Regular trading after which an announced exchange that nothing shows did not happen."""
NOTHING = Decimal(0)


class Restate:
    """Follows corporate actions: keeps orders at old prices from being sent, and restates trades."""

    def __init__(
        self, *, store: Store, broker: Broker, clock: Clock, exits: ExitGate, calendar: ActionCalendar
    ) -> None:
        self._exits = exits
        self._store = store
        self._broker = broker
        self._clock = clock
        self._calendar = calendar
        self._renewing: set[str] = set()

    def entries_stopped(self, reader: Reader) -> frozenset[str]:
        """Return the symbols in which nothing is bought: from the evening before an action until it is over."""
        on = self._calendar.trading_date()
        due = {action.symbol for action, _ in reader.corporate_actions(on, on)}
        return frozenset({*due, *self.suspended(reader)})

    def suspended(self, reader: Reader) -> frozenset[str]:
        """Return the symbols in which no stop or target is sent: shares or their worth may be others at the open."""
        return self._changing(reader, self._calendar.trading_date())

    def changing(self, reader: Reader) -> frozenset[str]:
        """Return the symbols whose shares, or their worth, may be others by now, and so the prices of orders."""
        return self._changing(reader, exchange_date(self._clock.now()))

    def exchanging(self, reader: Reader) -> frozenset[str]:
        """Return the symbols whose shares are exchanged, or may have been."""
        return self._exchanging(reader, self._calendar.trading_date())

    def _changing(self, reader: Reader, on: date) -> frozenset[str]:
        return self._exchanging(reader, on) | {action.symbol for action, _ in spin_offs_due(reader, on)}

    def _exchanging(self, reader: Reader, on: date) -> frozenset[str]:
        due = {action.symbol for action in exchanges_due(reader, on)}
        held = reader.symbols(AT_THE_BROKER, due) if due else frozenset()
        return frozenset({*held, *unclaimed_exchanges(reader), *unexplained(reader)})

    def days(self, reader: Reader, symbol: str) -> Sequence[datetime]:
        """Return the instants with which the days of what is due in a symbol begin."""
        return [
            begin(action) for action in due_actions(reader, self._calendar.trading_date()) if action.symbol == symbol
        ]

    def unbooked(self, reader: Reader) -> Mapping[str, datetime]:
        """Return the symbols of which sales are not booked before a spin-off is understood, and from when on."""
        return unbooked(reader, self._calendar.trading_date())

    def renews(self, trade_id: str) -> None:
        """Note that a trade's stop is sent again because the trade was restated."""
        self._renewing.add(trade_id)

    def pop_renewal(self, trade_id: str) -> bool:
        """Tell, once, whether a trade's stop is sent again because its shares were restated."""
        is_due = trade_id in self._renewing
        self._renewing.discard(trade_id)
        return is_due

    def known_change(
        self, trade: Trade, among: Sequence[Cut], position: Position | None = None, *, held_back: int = 0
    ) -> tuple[Change, Cut] | None:
        """Return what activities, or announcements, say became of a trade's shares; None while they say nothing.

        It is returned with its moment `among` the executions by hand that are not booked, by which the shares are those
        that were told, or shown. `held_back` are shares that exits sold and that are not booked. What was announced
        counts once the quantity shows it. Where only whole shares are told, the ratio is the one by which the cost of
        the `position` moved.
        """
        on = exchange_date(self._clock.now())
        with self._store.reading() as reader:
            rows = reader.unclaimed(EXCHANGES)
            ours = reader.symbols(AT_THE_BROKER, {row.symbol for row in rows})
            announced = exchanges_due(reader, on)
            done = [action for action, state in reader.corporate_actions(on - LATE, on) if state is ActionState.APPLIED]
        own = [action for action in announced if action.symbol == trade.symbol and bought_before(trade, action.ex_date)]
        first = first_told(rows, trade.symbol)
        moved = _moved(trade, among[0].before, position)
        possible = _until(among, first.at) if first else ()
        for cut in reversed(possible):
            told = told_change(rows, trade.symbol, cut.before, ours, moved)
            if told is None:
                continue
            if any(is_told_late(told, action, trade.symbol, cut) for action in done):
                # Its shares show it already, by an announcement or by their value: the account tells a little later.
                return replace(told, ratio=Fraction(1), symbol=trade.symbol), among[0]
            is_fitting = is_counted(told, cut, held_back)
            missed = None if is_fitting else self._missed_before(trade, told, possible, own, moved)
            if missed:
                return missed
            if len(among) == 1 or is_fitting:
                # The account counts whole shares, the company the exact ratio. Several may be due: not any other's.
                changes = (announced_change(action, cut.before) for action in own)
                exact = (change.ratio for change in changes if is_announced_as(change, told, cut.before))
                return replace(told, ratio=next(exact, told.ratio)), cut
            if told.ratio == 1:
                return told, among[0]
        return _shown_change(trade, own, among)

    def _missed_before(
        self,
        trade: Trade,
        told: Change,
        possible: Sequence[Cut],
        announced: Sequence[CorporateAction],
        moved: Fraction | None,
    ) -> tuple[Change, Cut] | None:
        """Return the change of before a told one that is shown by what went out then: other shares than were known of.

        It was announced, or the cost of a share moved by the inverse of both.
        """
        if not told.taken:
            return None
        among = cuts(possible[-1].earlier, possible[0].before, int(told.taken))
        shown = _shown_change(trade, announced, among)
        if shown or not moved:
            return shown
        first = moved / told.ratio
        for cut in among:
            ratio = closest(plausible(cut.before, cut.after), first)
            if ratio is None or abs(ratio / first - 1) > SHOWN:
                continue
            before = trade.entry
            after = before * ratio.denominator / ratio.numerator
            if _is_dealt_at(cut.earlier, before) and _is_dealt_at(cut.later, after):
                return self._seen(trade, ratio), cut
        return None

    def _seen(self, trade: Trade, ratio: Fraction) -> Change:
        """Return the split that nobody told of and that the shares show."""
        on, terms = exchange_date(self._clock.now()), f"{ratio.numerator}-{ratio.denominator}"
        key = f"seen-{trade.symbol}-{on:%Y%m%d}-{terms}"
        return Change(key=key, kind=ActionKind.SPLIT, ratio=ratio, symbol=trade.symbol)

    def inferred_change(
        self, trade: Trade, among: Sequence[Cut], position: Position | None, price_before: Decimal | None
    ) -> tuple[Change, Cut] | None:
        """Return the split that a change of quantity is, where the price or the cost moved by the inverse.

        What was sold since and is not booked counts as found. It is returned with its moment `among` the executions by
        hand: those before it were dealt at the price of the old shares, those after it at that of the new ones.
        """
        if position is None:
            return None
        paid, moved = trade.fill_price or NOTHING, _moved(trade, among[0].before, position)
        cost = position.cost if moved else NOTHING
        for cut in among:
            if not (_is_dealt_at(cut.earlier, price_before or trade.entry) and _is_dealt_at(cut.later, position.price)):
                continue
            fitting = [
                ratio
                for ratio in plausible(cut.before, cut.after)
                if (price_before is not None and fits(ratio, price_before, position.price))
                or (fits(ratio, paid, cost) and fits(ratio, trade.entry, position.price))
                or (not moved and is_shown_by_price(ratio, trade.entry, position.price))
            ]
            ratio = closest(fitting, moved)
            if ratio is not None and not is_denied(ratio, moved):
                return self._seen(trade, ratio), cut
        return None

    def apply(self, trade: Trade, change: Change) -> bool:
        """End what stands at old prices, then restate a trade in one transaction; raises BrokerUnavailable.

        Whoever comes after sends the stop and the target again, at the new prices. False where the trade moved on.
        """
        with self._store.reading() as reader:
            known = reader.orders(trade.id)
        live = [order for order in ask(self._broker, trade.id, known).exits if not order.state.is_over]
        is_left = bool(whole(trade.held_shares * change.ratio))
        wanted = restated(trade, change.ratio, symbol=change.symbol) if is_left else None
        if wanted is None or not all(is_adjusted(order, trade, wanted) for order in live):
            end_old_exits(self._broker, self._exits, trade.id, live)
        now = self._clock.now()
        with self._store.writing() as transaction:
            before = transaction.trade(trade.id)
            if before is None or before.state not in AT_THE_BROKER or not _is_as_seen(before, trade):
                return False  # it moved on, or another bot was quicker: the next look sees what is left to do
            kept = transaction.orders(trade.id)
            if change.ratio == 1 and change.symbol == before.symbol:
                after = with_cash(before, change.dollars)  # told late: only its cash is news
            elif whole(before.held_shares * change.ratio):
                after = restated(before, change.ratio, symbol=change.symbol)
                after = with_cash(after, change.dollars)
            else:  # nothing is left of it, or less than a share, which is paid for in cash
                after = replace(before, exit_reason=ExitReason.CORPORATE_ACTION)
                price = change.dollars / before.held_shares if before.held_shares else NOTHING
                transaction.save_order(trade.id, by_hand(before, before.held_shares, price, kept, now, change.key))
            self._go_on_with(transaction, before.symbol, after.symbol)
            transaction.update(after)
            self._retire(transaction, trade.symbol, change, trade.id)
            if change.ratio != 1 or after.symbol != before.symbol:
                tell_restated(transaction, before, after, ActionTerms.of(change.kind, change.ratio), change.key, now)
            if change.kind is ActionKind.SPLIT and change.dollars:
                tell_cash(transaction, after, change.key, change.dollars, now)
        self.renews(trade.id)
        log.warning("trade_restated", trade_id=trade.id, ratio=str(change.ratio), shares=after.held_shares)
        return True

    def _go_on_with(self, transaction: Transaction, before: str, after: str) -> None:
        """Let a spin-off that is not understood yet be of the symbol that its shares have now."""
        due = spin_offs_due(transaction, self._calendar.trading_date()) if after != before else ()
        for action in [action for action, _ in due if action.symbol == before]:
            transaction.save_action(replace(action, symbol=after), ActionState.ANNOUNCED)

    def book_cash(self) -> None:
        """Book what was paid in lieu of fractions of a share to the trade whose shares were exchanged."""
        with self._store.reading() as reader:
            paid = [row for row in reader.unclaimed({ActivityKind.SPLIT}) if is_cash_in_lieu(row)]
        for row in paid:
            with self._store.writing() as transaction:
                is_free = row.id in {free.id for free in transaction.unclaimed({ActivityKind.SPLIT}, symbol=row.symbol)}
                exchanged = (
                    trade for trade in transaction.trades(symbol=row.symbol, limit=RECENT) if _was_exchanged(trade)
                )
                trade = next(exchanged, None)
                if not is_free or trade is None:  # nobody's in the end: it is let go with the others
                    continue
                transaction.update(with_cash(trade, row.dollars))
                transaction.claim_activity(row.id, trade.id)
                tell_cash(transaction, trade, row.id, row.dollars, self._clock.now())

    def pull_old_exits(self) -> None:
        """End, on the day of an announced action, stops and targets at old prices; raises BrokerUnavailable.

        They would be filled at the open. The trade gets new ones once it is restated.
        """
        on = exchange_date(self._clock.now())
        with self._store.reading() as reader:
            days = {action.symbol: action.ex_date for action in due_actions(reader, on)}
            alive = reader.trades(AT_THE_BROKER) if days else ()
            trades = [trade for trade in alive if trade.symbol in days and bought_before(trade, days[trade.symbol])]
            known = reader.orders_of([trade.id for trade in trades])
        for trade in trades:
            exits = ask(self._broker, trade.id, known[trade.id]).exits
            # A sale at the market has no price that could be old: it goes on.
            end_old_exits(
                self._broker, self._exits, trade.id, (order for order in exits if order.role is not OrderRole.EXIT)
            )

    def _retire(self, transaction: Transaction, symbol: str, change: Change, trade_id: str) -> None:
        """Note that an action is carried out, and whose the activities that told it are."""
        on = exchange_date(self._clock.now())
        for row in change.rows:
            transaction.claim_activity(row, trade_id)
        if change.ratio == 1 and change.symbol == symbol:
            return  # told late: what it was is noted already, and anything else that is due is still to come
        due = [action for action, _ in transaction.corporate_actions(on - BACK, self._calendar.trading_date())]
        own = [action for action in due if action.symbol == symbol and action.kind is change.kind]
        # Where several were missed, each is carried out by itself: one must not pass for another that is still to come.
        same = [action for action in own if action.ratio == change.ratio]
        others = [] if change.kind is ActionKind.SPLIT else own
        for action in same or others or [_action_of(change, symbol, on)]:
            transaction.save_action(action, ActionState.APPLIED)

    def retire_absent(self, positions: Mapping[str, Position]) -> None:
        """Let go of an announced exchange that did not happen: regular trading has long begun as if nothing were.

        The shares are those of before, and the old stop and target make sense at the price: they come back.
        """
        now = self._clock.now()
        if not all(self._calendar.is_regular(at) for at in (now - ABSENT_AFTER, now)):
            return
        on = exchange_date(now)
        with self._store.reading() as reader:
            due = exchanges_due(reader, on)
            trades = reader.trades(AT_THE_BROKER) if due else ()
            foreign = told_foreign(reader)
        for action in due:
            own = [trade for trade in trades if trade.symbol == action.symbol]
            position, shares = positions.get(action.symbol), sum(trade.held_shares for trade in own)
            if not own or not position or position.shares != shares + foreign.get(action.symbol, 0):
                continue
            if all(trade.stop < position.price < trade.target for trade in own):
                with self._store.writing() as transaction:
                    transaction.save_action(action, ActionState.APPLIED)
                    transaction.write_audit(
                        OWN_ACCORD.entry(now, "corporate action", action.symbol, "did not happen", action.id)
                    )
                log.warning("corporate_action_absent", symbol=action.symbol, action=action.id)


def _shown_change(
    trade: Trade, announced: Sequence[CorporateAction], among: Sequence[Cut]
) -> tuple[Change, Cut] | None:
    """Return the first announced change that the quantity shows, by itself or as the first of several missed ones."""
    for number, action in enumerate(announced):
        cut = _until(among, begin(action))[-1]
        if cut.before == cut.after:
            continue
        changes = [announced_change(each, cut.before) for each in announced[number:]]
        if changes[0].symbol != trade.symbol:
            if cut.after <= 1:
                return changes[0], cut
        elif any(makes(ratio, cut.before, cut.after) for ratio in together(changes, trade.symbol)):
            return changes[0], cut
    return None


def _until(among: Sequence[Cut], moment: datetime) -> Sequence[Cut]:
    """Return the cuts before which nothing was dealt from a moment on; the first of all is always one."""
    return [cut for cut in among if all(execution.at < moment for execution in cut.earlier)]


def _is_dealt_at(executions: Sequence[Activity], price: Decimal) -> bool:
    """Tell whether executions were of shares of about a price."""
    return not any(is_doubtful(execution.price or NOTHING, price) for execution in executions)


def _action_of(change: Change, symbol: str, on: date) -> CorporateAction:
    """Write down a change that nobody announced, so that who announces it later finds it done."""
    new, old = change.ratio.numerator, change.ratio.denominator
    return CorporateAction(
        id=change.key,
        kind=change.kind,
        symbol=symbol,
        ex_date=on,
        new_shares=Decimal(new),
        old_shares=Decimal(old),
        new_symbol="" if change.symbol == symbol else change.symbol,
    )


def _is_as_seen(now: Trade, seen: Trade) -> bool:
    """Tell whether a trade is still what its change was worked out for."""
    shares = [(trade.symbol, trade.restated, trade.filled_shares, trade.exit_shares) for trade in (now, seen)]
    return shares[0] == shares[1]


def _was_exchanged(trade: Trade) -> bool:
    """Tell whether a company exchanged the shares of a trade."""
    return trade.restated != AS_FILLED or trade.exit_reason is ExitReason.CORPORATE_ACTION


def _moved(trade: Trade, expected: int, position: Position | None) -> Fraction | None:
    """Return the ratio by whose inverse the cost of a share moved; None where others hold the symbol as well.

    Where nothing else is held, the broker changes the cost by the exact inverse, whatever the price does.
    """
    if position is None or expected != trade.held_shares or not trade.fill_price or position.cost <= 0:
        return None
    return Fraction(trade.fill_price) / Fraction(position.cost)
