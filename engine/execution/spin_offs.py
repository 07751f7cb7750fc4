"""Spin-offs: a company's shares stay, and a part of their worth goes into those of another company that come beside.

How large that part is can be known only once both trade. From the evening before until then no stop or target stands
or is sent, and no sale is booked: what the shares cost is not known. Then a trade's prices keep the part of their worth
that stays in its shares. Those of the other company never belong to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import structlog

from engine.common.doubt_reasons import SPIN_OFF
from engine.common.duty_calls import DutyCalls
from engine.common.kept_orders import KeptOrders
from engine.common.orders import Orders, ask
from engine.common.retry_each import Turns
from engine.common.trade_following import follow
from engine.execution.action_calendar import ActionCalendar
from engine.execution.corporate_actions import RECENT, Restate
from engine.execution.due_actions import SPIN_OFF_WAITS, begin, spin_offs_due
from engine.execution.exit_gate import ExitGate
from engine.execution.restatements import ActionTerms, end_old_exits, tell_cash, tell_restated
from engine.execution.spin_off_terms import Missing, SpinOffTerms, SpunOffShares
from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction, MissingTerm
from engine.model.desk import OWN_ACCORD
from engine.model.duty import CallKind
from engine.model.market import exchange_date
from engine.model.notices.corporate_actions import SpinOffWaits, SpunOffPart
from engine.model.trade import AS_FILLED, Order, OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.restating import WHOLE_SHARE, kept_part, restated, whole
from engine.risk.sizing import cut

log = structlog.get_logger()

UNKNOWN = "-"
"""In the audit, a fact that is not known."""
PATIENCE = timedelta(minutes=2)
"""Regular trading that may pass without a price before the desk is asked."""
AT_A_PRICE = frozenset({OrderRole.STOP, OrderRole.TARGET})


@dataclass(frozen=True, kw_only=True, slots=True)
class SpunOff:
    """What came out of a share by one action: `kept` is the part of its worth that stayed in it."""

    action: CorporateAction
    trades: tuple[Trade, ...]
    terms: SpunOffShares
    kept: Fraction


class SpinOffs:
    """Restates the trades of a spin-off once it is understood, and asks the desk about those that wait for that."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        exits: ExitGate,
        kept_orders: KeptOrders,
        calendar: ActionCalendar,
        restate: Restate,
        terms: SpinOffTerms,
        calls: DutyCalls,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._kept_orders = kept_orders
        self._calendar = calendar
        self._restate = restate
        self._terms = terms
        self._calls = calls

    def __call__(self, turns: Turns) -> tuple[Trade, ...]:
        """Carry out what is understood, ask about the rest, each symbol in its turn, and return the restated trades.

        Whoever comes after books what was sold meanwhile, and sends the stops and targets at their new prices. Raises
        BrokerUnavailable.
        """
        now = self._clock.now()
        self._claim_what_came()
        if not self._calendar.is_regular(now):
            return ()
        with self._store.reading() as reader:
            due = spin_offs_due(reader, exchange_date(now))
        done = list[Trade]()

        def carry_out(symbol: str) -> None:
            own = [(action, trades) for action, trades in due if action.symbol == symbol]
            parted = self._parted(symbol, own, now)
            if parted and self._is_ready(parted):
                done.extend(self._carry_out(parted, now))

        turns.give(dict.fromkeys(action.symbol for action, _ in due), carry_out)
        return tuple(done)

    def _parted(
        self, symbol: str, due: Sequence[tuple[CorporateAction, tuple[Trade, ...]]], now: datetime
    ) -> tuple[SpunOff, ...]:
        """Return what came out of a share by each action, in their order; nothing where that is not all known yet.

        Each takes its part of what the earlier ones left, so that in the end just the price of the share is left.
        """
        found = [(action, trades, self._terms(action, trades, now)) for action, trades in due]
        price = self._terms.good_price(symbol, now)
        unpriced = Missing(what=MissingTerm.PRICE, symbol=symbol) if price is None else None
        for action, trades, terms in found:
            missing = terms if isinstance(terms, Missing) else unpriced
            if missing:
                self._ask(action, trades, missing, now)
        known = [(action, trades, terms) for action, trades, terms in found if isinstance(terms, SpunOffShares)]
        if price is None or len(known) < len(found):
            return ()
        # The same shares announced twice come once, as they were told last.
        once = {terms.symbol: (action, trades, terms) for action, trades, terms in known}
        left, parted = Fraction(price) + sum(terms.worth for _, _, terms in once.values()), list[SpunOff]()
        for action, trades, terms in once.values():
            kept = kept_part(left - terms.worth, terms.rate, terms.price)
            parted.append(SpunOff(action=action, trades=trades, terms=terms, kept=kept))
            left -= terms.worth
        return tuple(parted)

    def _is_ready(self, parted: Sequence[SpunOff]) -> bool:
        """Tell whether nothing stands at old prices any more, and all that was sold by hand before is booked."""
        first, trades = parted[0].action, _trades(parted)
        with self._store.reading() as reader:
            by_hand = reader.unclaimed({ActivityKind.FILL}, symbol=first.symbol)
            known = reader.orders_of(list(trades))
        is_clear = not any(execution.at < begin(first) for execution in by_hand)
        for trade_id in trades:
            exits = ask(self._broker, trade_id, known[trade_id]).exits
            live = [order for order in exits if order.role in AT_A_PRICE and not order.state.is_over]
            end_old_exits(self._broker, self._exits, self._kept_orders, trade_id, live)
            is_clear = is_clear and not live
        return is_clear

    def _carry_out(self, parted: Sequence[SpunOff], now: datetime) -> list[Trade]:
        """Restate the trades of a symbol and mark its spin-offs as carried out, in one transaction."""
        symbol, moment, trades = parted[0].action.symbol, begin(parted[0].action), _trades(parted)
        with self._store.reading() as reader:
            known = reader.orders_of(list(trades))
            fills = reader.activities(symbol=symbol)
        orders = {trade_id: _until(moment, ask(self._broker, trade_id, known[trade_id]), fills) for trade_id in trades}
        with self._store.writing() as transaction:
            due = {
                action.id: own
                for action, own in spin_offs_due(transaction, exchange_date(now))
                if action.symbol == symbol
            }
            if any(due.get(each.action.id) != each.trades for each in parted):
                return []  # another bot was quicker, or a trade moved on: the next look sees what is left to do
            for trade_id, trade in trades.items():
                own = [each for each in parted if trade in each.trades]
                self._restate_one(transaction, trade, orders[trade_id], own)
            for action in (action for action, _ in spin_offs_due(transaction, exchange_date(now)) if action.id in due):
                terms = next((each.terms for each in parted if each.action.id == action.id), None)
                named = replace(action, new_symbol=terms.symbol) if terms else action
                transaction.save_action(named, ActionState.APPLIED)
        for trade_id in trades:
            self._restate.renews(trade_id)
        return list(trades.values())

    def _restate_one(self, transaction: Transaction, trade: Trade, orders: Orders, parted: Sequence[SpunOff]) -> None:
        """Restate a trade as it was when the day began, for what was sold since was of the restated shares."""
        before = trade
        if orders.sold_shares(trade) >= trade.exit_shares:
            before, _ = follow(trade, orders)
            before = replace(before, closed_at=None)
        for each in parted:
            after = restated(before, Fraction(1), kept=each.kept)
            transaction.update(after)
            _enqueue(transaction, before, after, each, self._clock.now())
            before = after

    def _ask(self, action: CorporateAction, trades: Sequence[Trade], missing: Missing, now: datetime) -> None:
        """Ask the desk, once for each trade, what is to become of shares that have no stop."""
        if not self._calendar.is_regular(now - PATIENCE):
            return
        with self._store.reading() as reader:
            new = [trade for trade in trades if not reader.was_enqueued(_key(action, trade))]
        rates = (action.new_shares, action.old_shares) if action.ratio else (None, None)
        facts = (*rates, action.new_symbol, missing.what, missing.symbol)
        described = " ".join(str(fact or UNKNOWN) for fact in facts)
        for trade in new:
            notice = SpinOffWaits(
                key=_key(action, trade),
                at=now,
                trade_id=trade.id,
                new_shares=rates[0],
                old_shares=rates[1],
                new_symbol=action.new_symbol,
                missing=missing.what,
                unpriced=missing.symbol,
            )
            with self._store.writing() as transaction:
                if self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED):
                    transaction.write_audit(OWN_ACCORD.entry(now, "spin-off waits", trade.id, described, action.id))
            log.warning("spin_off_waits", trade_id=trade.id, missing=missing.what, symbol=missing.symbol)

    def _claim_what_came(self) -> None:
        """Note whose the activities are that tell of what was spun off, and tell of cash in lieu among them."""
        on = exchange_date(self._clock.now())
        with self._store.reading() as reader:
            rows = reader.unclaimed({ActivityKind.SPIN_OFF})
            known = reader.corporate_actions(on - SPIN_OFF_WAITS, on) if rows else ()
        done = {
            action.new_symbol: action
            for action, state in known
            if action.kind is ActionKind.SPIN_OFF and state is ActionState.APPLIED
        }
        for row in rows:
            with self._store.writing() as transaction:
                trade = _restated_by(transaction, done.get(row.symbol))
                is_free = row.id in {
                    free.id for free in transaction.unclaimed({ActivityKind.SPIN_OFF}, symbol=row.symbol)
                }
                if trade is None or not is_free:
                    continue
                transaction.claim_activity(row.id, trade.id)
                if row.dollars > 0:
                    tell_cash(transaction, trade, row.id, row.dollars, self._clock.now(), spun_off=row.symbol)


class AskedAboutSpinOffs:
    """A reason for exits only: the desk was asked about a trade that waits for a spin-off to be understood."""

    name = SPIN_OFF

    def __init__(self, *, store: Store, calendar: ActionCalendar) -> None:
        self._store = store
        self._calendar = calendar

    def look(self) -> str:
        """Say whether any trade waits about which the desk was asked."""
        with self._store.reading() as reader:
            due = spin_offs_due(reader, self._calendar.trading_date())
            is_asked = any(reader.was_enqueued(_key(action, trade)) for action, trades in due for trade in trades)
        return self.name if is_asked else ""


def _trades(parted: Sequence[SpunOff]) -> dict[str, Trade]:
    """Return the trades of spin-offs by their id, each once."""
    return {trade.id: trade for each in parted for trade in each.trades}


def _enqueue(transaction: Transaction, before: Trade, after: Trade, spun_off: SpunOff, now: datetime) -> None:
    """Tell what a spin-off made of a trade, and which part of its cost went with the new shares."""
    action, terms, away = spun_off.action, spun_off.terms, WHOLE_SHARE - spun_off.kept
    cost = before.held_shares * before.entry * away.numerator / away.denominator
    part = SpunOffPart(
        symbol=terms.symbol,
        shares=whole(before.held_shares * terms.rate),
        cost=cut(cost),
        kept=Decimal(f"{float(spun_off.kept):.8f}"),
    )
    told = ActionTerms.of(ActionKind.SPIN_OFF, terms.rate)
    if action.ratio:  # as it was announced, which reads better
        told = replace(told, new_shares=action.new_shares, old_shares=action.old_shares)
    tell_restated(transaction, before, after, replace(told, spun_off=part), action.id, now)
    log.warning("trade_restated", trade_id=before.id, kept=str(part.kept), shares=after.held_shares)


def _until(moment: datetime, orders: Orders, fills: Sequence[Activity]) -> Orders:
    """Return a trade's orders with what they had filled by an instant, as the account's executions tell it."""

    def then(order: Order) -> Order:
        legs = tuple(then(leg) for leg in order.legs)
        is_over = order.filled_at is not None and order.filled_at < moment
        if order.role is OrderRole.ENTRY or is_over or not order.filled_shares:
            return replace(order, legs=legs)
        own = [fill for fill in fills if fill.order_id == order.broker_id and fill.at < moment]
        shares = sum(int(abs(fill.shares)) for fill in own)
        dollars = sum((abs(fill.shares) * (fill.price or Decimal(0)) for fill in own), Decimal(0))
        price, at = (dollars / shares, own[-1].at) if shares else (None, None)
        return replace(order, legs=legs, filled_shares=shares, fill_price=price, filled_at=at)

    return Orders(entry=then(orders.entry) if orders.entry else None, lone=tuple(then(order) for order in orders.lone))


def _restated_by(reader: Reader, action: CorporateAction | None) -> Trade | None:
    """Return the trade that a spin-off restated, None where there is none."""
    if action is None:
        return None
    trades = reader.trades(symbol=action.symbol, limit=RECENT)
    own = (trade for trade in trades if trade.restated != AS_FILLED and trade.was_bought_before(action.ex_date))
    return next(own, None)


def _key(action: CorporateAction, trade: Trade) -> str:
    return f"{trade.id}:spin-off:{action.id}"
