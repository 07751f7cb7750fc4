from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from engine.adapters.order_checks import check_entry, check_order, check_price, check_shape
from engine.adapters.paper.account_store import AccountStore, OrderRecord
from engine.adapters.paper.checks import refuse_bad_bracket, refuse_crossed, refuse_more_than
from engine.adapters.paper.matching_engine import BrokerTerms, MatchingEngine
from engine.adapters.paper.order_record import OrderRecords, leg, new_id
from engine.adapters.update_dispatcher import UpdateDispatcher
from engine.errors import BrokerUnavailable, MarketUnavailable, OrderExists, OrderRefused
from engine.model.account import Account, CloseFailure, Position
from engine.model.activity import Activity
from engine.model.fees import USUAL_FEES, Fees
from engine.model.market import exchange_date
from engine.model.trade import Entry, Order, OrderRole, OrderState
from engine.ports.broker import LastLook, RequestGate, nothing_more, open_gate
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.market import Market

PROTECTIVE = frozenset({OrderRole.STOP, OrderRole.TARGET})


class PaperBroker:
    """The paper broker: the port Broker without a real market behind it. It behaves, and refuses, as Alpaca does.

    Every call first fills what the market's last prices allow, and `look` does nothing else. An order is accepted when
    it is sent and filled at a later look. Entries and exits are good for the day, or the next one when the exchange is
    shut; stops and targets until they are cancelled. While the market shows no prices, everything but `submit` goes on
    with the last ones. `path` may be ":memory:"; `cash` counts for a new account only.
    """

    label = "paper"

    def __init__(
        self,
        path: Path | str,
        market: Market,
        clock: Clock,
        calendar: Calendar,
        *,
        cash: Decimal,
        margin: bool,
        slippage_bp: Decimal,
        participation: Decimal | None = None,
        fees: Fees = USUAL_FEES,
    ) -> None:
        self._account = AccountStore(path, cash=cash)
        self._market = market
        self._clock = clock
        self._calendar = calendar
        self._records = OrderRecords(clock, calendar)
        self._terms = BrokerTerms(margin=margin, slippage_bp=slippage_bp, participation=participation, fees=fees)
        self._updates = UpdateDispatcher("paper-broker")

    def stop(self) -> None:
        """Let the listeners finish, and close the account."""
        self._updates.finish()
        self._account.close()

    def seed(self, positions: Sequence[Position]) -> bool:
        """Put positions into a new account, beside the cash; False, and nothing done, if the account is not new."""
        with self._account.open():
            if not self._account.is_new():
                return False
            for position in positions:
                self._account.save_price(position.symbol, position.price, self._clock.now())
                self._account.hold(position.symbol, position.shares, position.cost)
            return True

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back with the client order id of what was sent after each change of it or its legs.

        From a thread of the broker's own, as a broker's stream of updates does, and only once the change is kept.
        """
        self._updates.listen(on_update)

    def stop_listening(self) -> None:
        """Call back no more."""
        self._updates.forget()

    def look(self) -> None:
        """Fill, trigger and expire what the market's last prices and the time allow."""
        with suppress(MarketUnavailable):
            self._look()

    def account(self) -> Account:
        """Return the account's money."""
        self.look()
        with self._open_account() as engine:
            return engine.account()

    def positions(self) -> tuple[Position, ...]:
        """Return every position."""
        self.look()
        with self._open_account():
            return self._account.positions()

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol."""
        return next((held for held in self.positions() if held.symbol == symbol), None)

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether the market has a price of a symbol."""
        return bool(self._market.snapshots((symbol,)))

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs; replacements of a lone stop are its legs too."""
        return self._found(client_order_id=client_order_id)

    def order_of(self, broker_id: str) -> Order | None:
        """Return an order with its legs by the broker's own id; a leg is returned alone."""
        return self._found(broker_id=broker_id)

    def orders(self) -> tuple[Order, ...]:
        """Return every order of which anything is not over, with its legs."""
        self.look()
        with self._open_account():
            roots = dict.fromkeys(record.root for record in self._account.unfinished())
            return tuple(self._with_legs(self._account.group(root)[0]) for root in roots)

    def find_orders(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        """Return those of the orders that there are, with their legs."""
        self.look()
        with self._open_account():
            records = [self._account.record(client_order_id=key) for key in client_order_ids]
            return {record.client_order_id: self._with_legs(record) for record in records if record}

    def check(self, entry: Entry, price: Decimal) -> None:
        """Raise OrderRefused for an entry that would be refused for its shape, at the symbol's last price."""
        check_entry(entry, price)

    def submit(self, entry: Entry, last_look: LastLook = nothing_more) -> Order:
        """Send a bracket, or a lone limit order for extended hours."""
        check_shape(entry)
        try:
            self._look(entry.symbol)
        except MarketUnavailable as error:
            raise BrokerUnavailable("the paper broker has no prices to deal at") from error
        last_look()
        with self._open_account() as engine:
            self._refuse_known(entry.client_order_id)
            refuse_bad_bracket(entry, engine)
            return self._place(entry, engine)

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        """Ask for another price of a stop or target; the answer carries the broker's new id."""
        check_price("price", price)
        self.look()
        last_look()
        with self._open_account() as engine:
            record = self._known(order)
            if record.role not in PROTECTIVE or record.state.is_over or record.triggered:
                raise OrderRefused("order is not open for a replacement")
            refuse_crossed(self._account.group(record.root), record.role, price)
            engine.save(replace(record, state=OrderState.REPLACED))
            new = leg(record.root, record.role, record.symbol, record.remaining, price, held=not record.is_live)
            return engine.save(new).order()

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        """Send a stop for shares that have none; with a target it is the leg of that, as at Alpaca."""
        check_order(client_order_id, symbol, shares)
        exits = {OrderRole.STOP: stop} if target is None else {OrderRole.TARGET: target, OrderRole.STOP: stop}
        for role, price in exits.items():
            check_price(f"{role}_price", price)
        self.look()
        last_look()
        with self._open_account() as engine:
            self._refuse_known(client_order_id)
            refuse_more_than(self._account.held(symbol) - engine.leaving(symbol) - engine.covered(symbol), shares)
            sent, *legs = (leg(client_order_id, role, symbol, shares, exits[role], held=False) for role in exits)
            sent = engine.save(replace(sent, client_order_id=client_order_id))
            for other in legs:
                engine.save(other)
            return self._with_legs(sent)

    def cancel(self, order: Order, last_look: LastLook = nothing_more) -> None:
        """Cancel an order and, where it is one of a bracket's legs, its whole bracket; one that is over is no error."""
        self.look()
        last_look()
        with self._open_account() as engine:
            record = self._known(order)
            if not record.state.is_over:
                engine.end(record, OrderState.CANCELLED)

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        """Cancel what protects a position and sell shares of it at the market; the rest stays protected."""
        check_order(client_order_id, symbol, shares)
        self.look()
        with gate() as last_look:
            last_look()
            with self._open_account() as engine:
                self._refuse_known(client_order_id)
                refuse_more_than(self._account.held(symbol) - engine.leaving(symbol), shares)
                engine.release(symbol, shares)
                return engine.save(self._records.sent(client_order_id, OrderRole.EXIT, symbol, shares)).order()

    def buy_back(self, client_order_id: str, symbol: str, shares: int, last_look: LastLook = nothing_more) -> Order:
        """Buy shares at the market that are sold short; refuses more than no order buys back already."""
        check_order(client_order_id, symbol, shares)
        self.look()
        last_look()
        with self._open_account() as engine:
            self._refuse_known(client_order_id)
            refuse_more_than(engine.short(symbol), shares)
            return engine.save(self._records.sent(client_order_id, OrderRole.COVER, symbol, shares)).order()

    def activities(self, since: datetime) -> tuple[Activity, ...]:
        """Return what happened in the account since an instant, oldest first."""
        self.look()
        with self._open_account():
            return self._account.history.since(since)

    def clock_skew(self) -> timedelta:
        """Return nothing: it goes by the desk's own clock."""
        return timedelta(0)

    def close_all(self, last_look: LastLook = nothing_more) -> tuple[CloseFailure, ...]:
        """Cancel every order and sell every position at the market; nothing is ever refused."""
        self.look()
        last_look()
        with self._open_account() as engine:
            for record in self._account.unfinished():
                engine.save(replace(record, state=OrderState.CANCELLED))
            for position in self._account.positions():
                role = OrderRole.EXIT if position.shares > 0 else OrderRole.COVER
                engine.save(self._records.sent(new_id(), role, position.symbol, abs(position.shares)))
        return ()

    def _look(self, *also: str) -> None:
        with self._open_account() as engine:
            engine.expire()
            symbols = {position.symbol for position in self._account.positions()}
            symbols.update(also, (record.symbol for record in self._account.unfinished()))
        if symbols:
            snapshots = self._market.snapshots(sorted(symbols))
            with self._open_account() as engine:
                engine.look(snapshots)

    @contextmanager
    def _open_account(self) -> Iterator[MatchingEngine]:
        """Hold the account, with an engine that works in it; the listeners learn what changed once that is kept."""
        now = self._clock.now()
        engine = MatchingEngine(self._account, self._terms, now=now, day=self._calendar.day(exchange_date(now)))
        with self._account.open():
            yield engine
        for root in engine.changed:
            self._updates.dispatch(root)

    def _place(self, entry: Entry, engine: MatchingEngine) -> Order:
        root, symbol, shares = entry.client_order_id, entry.symbol, entry.shares
        sent = self._records.sent(root, OrderRole.ENTRY, symbol, shares, entry.limit)
        if entry.extended:
            return engine.save(replace(sent, extended=True, expires_at=self._records.next_end())).order()
        engine.save(sent)
        engine.save(leg(root, OrderRole.STOP, symbol, shares, entry.stop, held=True))
        engine.save(leg(root, OrderRole.TARGET, symbol, shares, entry.target, held=True))
        return self._with_legs(self._account.group(root)[0])

    def _found(self, **which: str) -> Order | None:
        self.look()
        with self._open_account():
            record = self._account.record(**which)
            return None if record is None else self._with_legs(record)

    def _with_legs(self, record: OrderRecord) -> Order:
        group = self._account.group(record.client_order_id)
        return record.order(legs=tuple(other.order() for other in group[1:]))

    def _known(self, order: Order) -> OrderRecord:
        record = self._account.record(broker_id=order.broker_id)
        if record is None:
            raise OrderRefused(f"order not found for {order.broker_id}")
        return record

    def _refuse_known(self, client_order_id: str) -> None:
        if self._account.record(client_order_id=client_order_id) is not None:
            raise OrderExists(client_order_id)
