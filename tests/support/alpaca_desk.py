"""The rig before a fake Alpaca instead of the paper broker."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.factory import Adapters
from engine.bootstrap import Engine, wire
from engine.common.orders import entry_of
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.market import Session, exchange_date
from engine.model.trade import Order, OrderRole, Trade
from tests.engine.adapters.alpaca.access import access_to
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.worked_example import PRICES, TRADE_ID


@dataclass(frozen=True, kw_only=True)
class AtAlpaca:
    """A desk whose orders go to the fake; its prices still come from the rig's market."""

    harness: EngineHarness
    fake: FakeAlpaca
    broker: AlpacaBroker
    adapters: Adapters

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        *,
        strict: bool = True,
        patience: float = 1.0,
        on: Callable[[Adapters], Adapters] = lambda adapters: adapters,
        **given: Any,
    ) -> Iterator[Self]:
        """Open the example's desk at 23:44:30, its two positions held at Alpaca.

        `patience` is how many seconds the desk waits for a cancel that Alpaca has taken, `on` may put other adapters in
        place beside the broker.
        """
        with ExitStack() as stack:
            opened: list[tuple[FakeAlpaca, AlpacaBroker, Adapters]] = []

            def at_alpaca(adapters: Adapters) -> Adapters:
                fake = stack.enter_context(FakeAlpaca(adapters.clock, cash="66788", strict=strict))
                fake.price("AAPL", "150.25")
                for symbol, shares, price in PRICES:
                    fake.hold(symbol, shares, price)
                    fake.price(symbol, price)
                broker = AlpacaBroker(access_to(fake), adapters.clock, adapters.calendar, patience=patience)
                stack.callback(broker.stop)
                opened.append((fake, broker, on(replace(adapters, broker=broker))))
                return opened[0][2]

            harness = EngineHarness.at_the_example(folder, on=at_alpaca, **given)
            stack.callback(harness.close)
            (fake, broker, adapters) = opened[0]
            yield cls(harness=harness, fake=fake, broker=broker, adapters=adapters)
        if fake.violations:
            raise ValueError(f"the fake broke the specification: {fake.violations}")

    def buy(self) -> None:
        """Let the example's trade be proposed, approved and filled, and its stop and target stand."""
        self.harness.play_the_signal()
        self.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        self.harness.engine.jobs.housekeeping()
        self.harness.engine.jobs.reconcile()

    def announce_split(self, new: int, old: int, *, days: int = 0) -> None:
        """Let a split of AAPL be announced for today, or for a day from now; the desk learns of it when it looks."""
        announced = self.harness.actions.announced
        action = CorporateAction(
            id=f"ca-{len(announced)}",
            kind=ActionKind.SPLIT,
            symbol="AAPL",
            ex_date=exchange_date(self.harness.clock.now()) + timedelta(days=days),
            new_shares=Decimal(new),
            old_shares=Decimal(old),
        )
        announced.append(action)

    def look(self, times: int = 3) -> None:
        """Let the desk look as often as it does within a few seconds."""
        for _ in range(times):
            self.harness.engine.jobs.reconcile()
            self.harness.clock.advance(3)
            self.harness.engine.jobs.poll_unconfirmed()
            self.harness.engine.jobs.housekeeping()

    def parts(self) -> list[Order]:
        """Return the orders of AAPL and their legs, as they are listed."""
        return [part for order in self.broker.orders() for part in order.parts if part.symbol == "AAPL"]

    def live(self, role: OrderRole) -> Order:
        """Return the one order of AAPL, or leg, of a role that is not over."""
        (found,) = [part for part in self.parts() if part.role is role and not part.state.is_over]
        return found

    def price(self, symbol: str, price: str) -> None:
        """Let a symbol trade at a price a second later, at Alpaca and on the rig's market."""
        self.harness.clock.advance(1)
        self.harness.market.price(symbol, price)
        self.fake.price(symbol, price)

    def restart(self) -> None:
        """Begin another life on the same books, before an Alpaca that went on meanwhile."""
        wire(self.harness.settings, self.adapters).jobs.start()

    def end(self) -> None:
        """End this life: nobody looks, and nobody hears what Alpaca tells, until the next one."""
        self.broker.stop()

    @contextmanager
    def next_life(self) -> Iterator[Self]:
        """Begin another life on the same books, with a way to Alpaca of its own, after this one ended."""
        broker = AlpacaBroker(access_to(self.fake), self.adapters.clock, self.adapters.calendar, patience=1.0)
        try:
            adapters = replace(self.adapters, broker=broker)
            engine = wire(self.harness.settings, adapters)
            engine.jobs.start()
            yield replace(self, broker=broker, adapters=adapters, harness=replace(self.harness, engine=engine))
        finally:
            broker.stop()

    @contextmanager
    def another_account(self) -> Iterator[Engine]:
        """Wire the same books to an account in which nothing ever happened."""
        with FakeAlpaca(self.adapters.clock, cash="1000000") as fake:
            broker = AlpacaBroker(access_to(fake), self.adapters.clock, self.adapters.calendar, patience=1.0)
            try:
                yield wire(self.harness.settings, replace(self.adapters, broker=broker))
            finally:
                broker.stop()

    def send(self, trade: Trade) -> None:
        """Let a trade's order arrive, whatever became of the trade."""
        self.broker.submit(entry_of(trade, Session.REGULAR))

    def bought(self) -> list[int]:
        """Return the shares of every purchase of AAPL that Alpaca ever took."""
        return [int(order.shares) for order in self.fake.reader if (order.symbol, order.side) == ("AAPL", "buy")]

    def covers(self) -> list[int]:
        """Return the shares of every purchase that bought something back."""
        return [int(order.shares) for order in self.fake.reader if "-cover-" in order.client_order_id]

    def held(self) -> int:
        """Return the shares of AAPL that are held."""
        return sum(position.shares for position in self.broker.positions() if position.symbol == "AAPL")

    def orders_of_the_trade(self) -> list[str]:
        """Return the ids of what was ever sent for the example's trade, oldest first."""
        return [order.client_order_id for order in self.fake.reader if order.client_order_id.startswith(TRADE_ID)]
