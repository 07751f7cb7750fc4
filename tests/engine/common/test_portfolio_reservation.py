"""No interleaving of approvals, resizes and fills brings open risk to the ceiling."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.adapters.sql.store import SqlStore, open_store
from engine.bootstrap import Engine, wire
from engine.common.portfolio import LOOKS, LimitsOf, read_portfolio, true_portfolio
from engine.errors import BrokerUnavailable, RequestRefused, RiskRefused
from engine.model.account import Account
from engine.model.risk import BindingLimit
from engine.model.signal import Side
from engine.model.trade import RESERVED, Order, OrderRole, OrderState, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.trades import a_signal, a_sizing, a_trade
from tests.support.servers import Postgres

SYMBOLS = tuple(f"S{number}" for number in range(8))
PRICE = Decimal(100)
CEILING = Decimal("0.02")
PEOPLE = 4


@dataclass(frozen=True, kw_only=True)
class TwoEngines:
    """Two engines, as two processes would be, on one database and one broker that fills 0.4 % above every plan."""

    harness: EngineHarness
    engines: tuple[Engine, Engine]
    store: SqlStore

    def open_risk(self) -> Decimal:
        return read_portfolio(
            self.harness.broker, self.store, self.harness.clock.now(), self.harness.settings.risk.limits
        ).open_risk


@pytest.fixture(params=["sqlite", "postgresql"])
def desks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwoEngines]:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
    with ExitStack() as stack:
        stores = [open_store(url) for _ in range(3)]
        outside: list[Adapters] = []

        def shared(adapters: Adapters) -> Adapters:
            outside.append(replace(adapters, store=stores[0]))
            return outside[0]

        harness = EngineHarness.build(
            tmp_path,
            cash=Decimal(1_000_000),
            on=shared,
            watchlist=SYMBOLS,
            paper_slippage_bp=40,
            max_open_positions=0,
            max_trades_a_day=0,
        )
        for store in stores:
            stack.callback(store.close)
        stack.callback(harness.close)
        for symbol in SYMBOLS:
            harness.market.price(symbol, PRICE)
        second = wire(harness.settings, replace(outside[0], store=stores[1]))
        desks = TwoEngines(harness=harness, engines=(harness.engine, second), store=stores[2])
        propose_all(desks)
        yield desks


def propose_all(desks: TwoEngines) -> None:
    """Propose each symbol at about 0.5 % of equity."""
    sizing = a_sizing(entry=PRICE, stop=Decimal("98.50"), target=Decimal(103), shares=3_333, equity=Decimal(1_000_000))
    with desks.store.writing() as transaction:
        for symbol in SYMBOLS:
            transaction.propose(
                a_trade(
                    id=f"{symbol}_20250819_234500",
                    symbol=symbol,
                    signal=a_signal(symbol=symbol, at=worked_example.AT, price=PRICE),
                    sizing=sizing,
                    shares=sizing.shares,
                    stop=sizing.stop,
                    target=sizing.target,
                    proposed_at=worked_example.AT,
                    expires_at=worked_example.AT + timedelta(minutes=15),
                )
            )


def press(desks: TwoEngines, number: int) -> tuple[Counter[str], Decimal]:
    """Resize two proposals and approve all; return how often what came of it, and the most open risk seen."""
    dice, engine = random.Random(number), desks.engines[number % 2]  # noqa: S311 no secret
    came, most = Counter[str](), Decimal(0)
    for symbol in (*SYMBOLS[2 * number :][:2], *dice.sample(SYMBOLS, len(SYMBOLS))):
        trade_id = f"{symbol}_20250819_234500"
        try:
            if came.total() < 2:
                engine.commands.resize(trade_id, dice.randint(2_000, 3_000), EngineHarness.TRADER)
                came["resized"] += 1
            else:
                came[engine.commands.approve(trade_id, EngineHarness.TRADER).state] += 1
                most = max(most, desks.open_risk())
        except RiskRefused as error:
            came[str(error.facts["rule"])] += 1
        except RequestRefused as error:
            came[type(error).__name__] += 1
    return came, most


def test_however_approvals_resizes_and_fills_meet_open_risk_stays_under_the_ceiling(desks: TwoEngines) -> None:
    together = threading.Barrier(PEOPLE)

    def person(number: int) -> tuple[Counter[str], Decimal]:
        together.wait(30)
        return press(desks, number)

    with ThreadPoolExecutor(PEOPLE) as pool:
        seen = list(pool.map(person, range(PEOPLE)))
    for symbol in SYMBOLS:
        desks.harness.engine.jobs.order_changed(f"{symbol}_20250819_234500")
    with desks.store.reading() as reader:
        filled = reader.trades({TradeState.OPEN})
    came = sum((counted for counted, _ in seen), Counter[str]())
    assert max(most for _, most in seen) < CEILING
    assert Decimal("0.015") < desks.open_risk() < CEILING
    assert {trade.fill_price for trade in filled} == {Decimal("100.41")}
    assert BindingLimit.HEADROOM in {trade.sizing.cap for trade in filled}
    assert (came["open"], came["resized"] > 0) == (len(filled), True), came


class MovingBroker(TroubledBroker):
    """A broker at which something is filled, and booked, each time just after its account was read."""

    def __init__(self, harness: EngineHarness, fills: int) -> None:
        super().__init__(harness.broker)
        self.asked = 0
        self._harness = harness
        self._fills = fills

    def account(self) -> Account:
        account = super().account()
        self.asked += 1
        if self.asked <= self._fills:
            bought = Order(
                broker_id=f"b-{self.asked}",
                client_order_id="MSFT_20250818_233000",
                role=OrderRole.ENTRY,
                symbol="MSFT",
                side=Side.BUY,
                shares=1,
                state=OrderState.FILLED,
                filled_shares=1,
                fill_price=PRICE,
            )
            with self._harness.store.writing() as transaction:
                transaction.save_order(bought.client_order_id, bought)
        return account


def test_an_account_from_before_the_last_fill_is_read_again(harness: EngineHarness) -> None:
    broker = MovingBroker(harness, fills=2)
    with true_portfolio(broker, harness.store, harness.clock, limits_of(harness)) as (transaction, portfolio, _):
        assert portfolio.trades == transaction.trades(RESERVED)
    assert broker.asked == 3


def test_an_account_that_never_stands_still_puts_the_decision_off(harness: EngineHarness) -> None:
    broker = MovingBroker(harness, fills=1_000)
    with (
        pytest.raises(BrokerUnavailable),
        true_portfolio(broker, harness.store, harness.clock, limits_of(harness)),
    ):
        pytest.fail("it was decided on an account that is not true any more")
    assert broker.asked == LOOKS


def limits_of(harness: EngineHarness) -> LimitsOf:
    return lambda _reader: harness.settings.risk.limits
