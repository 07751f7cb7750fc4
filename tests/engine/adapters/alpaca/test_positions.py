"""What the account holds, stocks and all else."""

from decimal import Decimal

import pytest

from engine.adapters.alpaca.account import position_of
from engine.adapters.alpaca.broker import AlpacaBroker
from engine.model.account import AssetKind
from tests.support.fakes.alpaca.server import FakeAlpaca


def test_an_option_counts_a_hundred_of_its_price_and_has_no_shares(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.hold_option("AAPL260116C00200000", 3, "5.10", "4.25")
    (position,) = broker.positions()
    assert (position.kind, position.shares, position.quantity, position.multiplier) == (
        AssetKind.OPTION,
        0,
        Decimal(3),
        100,
    )
    assert (position.value, position.unrealised) == (Decimal(1275), Decimal(-255))
    assert broker.account().equity == 100_000 + position.value


def test_a_written_option_is_below_nothing(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.hold_option("AAPL260116P00150000", -2, "5", "6")
    (position,) = broker.positions()
    assert (position.shares, position.value) == (0, Decimal(-1200))


def test_coins_have_parts_and_no_shares(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.hold_crypto("BTCUSD", "0.125", "60000", "64000")
    (position,) = broker.positions()
    assert (position.kind, position.shares, position.quantity) == (AssetKind.CRYPTO, 0, Decimal("0.125"))
    assert position.value == 8_000


@pytest.mark.parametrize("name", ["treasury", "corporate", "global_equity", "us_index", "ipo", "never_heard_of"])
def test_what_nobody_knows_is_counted_and_has_no_shares(name: str) -> None:
    raw = {"symbol": "X", "qty": "7", "avg_entry_price": "10", "current_price": "12", "asset_class": name}
    position = position_of(raw)
    assert (position.kind, position.shares, position.value) == (AssetKind.OTHER, 0, Decimal(84))


@pytest.mark.parametrize(
    ("qty", "shares", "value"), [("10", 10, 100), ("10.5", 10, 105), ("-0.5", 0, -5), ("-3", -3, -30)]
)
def test_a_stock_has_whole_shares_and_its_whole_value(qty: str, shares: int, value: int) -> None:
    raw = {"symbol": "X", "qty": qty, "avg_entry_price": "10", "current_price": "10", "asset_class": "us_equity"}
    position = position_of(raw)
    assert (position.kind, position.shares, position.value) == (AssetKind.STOCK, shares, Decimal(value))


def test_all_kinds_stand_beside_each_other(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.hold("AAPL", 15, "100")
    fake.hold_option("AAPL260116C00200000", 3, "5.10", "4.25")
    fake.hold_crypto("BTCUSD", "0.125", "60000", "64000")
    assert [position.symbol for position in broker.positions() if position.shares] == ["AAPL"]
    assert len(broker.positions()) == 3
