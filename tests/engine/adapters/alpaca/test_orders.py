import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.alpaca import orders
from engine.adapters.alpaca.error_mapping import NONSENSE
from engine.errors import OrderRefused
from engine.model.signal import Side
from engine.model.trade import Entry, Order, OrderRole, OrderState

FILE = Path(__file__).parents[3] / "data" / "alpaca-trading-api.json.gz"
SPECIFICATION = json.loads(gzip.decompress(FILE.read_bytes()))

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=512,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)
LIMITED = replace(ENTRY, limit=Decimal("150.25"))


def raw(**changes: Any) -> dict[str, Any]:
    usual = {
        "id": "61e69015-8549-4bfd-b9c3-01e75843f47d",
        "client_order_id": ENTRY.client_order_id,
        "symbol": "AAPL",
        "side": "buy",
        "type": "market",
        "order_class": "bracket",
        "qty": "512",
        "filled_qty": "0",
        "filled_avg_price": None,
        "filled_at": None,
        "limit_price": None,
        "stop_price": None,
        "status": "new",
    }
    return usual | changes


def test_a_bracket_is_written_as_alpaca_reads_it() -> None:
    assert orders.bracket(ENTRY) == {
        "client_order_id": ENTRY.client_order_id,
        "symbol": "AAPL",
        "side": "buy",
        "qty": "512",
        "type": "market",
        "time_in_force": "gtc",
        "order_class": "bracket",
        "stop_loss": {"stop_price": "147.99"},
        "take_profit": {"limit_price": "154.75"},
    }


def test_trap_extended_hours_get_a_limit_order_for_the_day_and_no_bracket() -> None:
    assert orders.extended(LIMITED) == {
        "client_order_id": ENTRY.client_order_id,
        "symbol": "AAPL",
        "side": "buy",
        "qty": "512",
        "type": "limit",
        "limit_price": "150.25",
        "time_in_force": "day",
        "extended_hours": True,
    }


def test_a_stop_and_a_target_for_held_shares_are_written_as_alpaca_reads_them() -> None:
    assert orders.stop_and_target("protect-1", "AAPL", 100, Decimal("148.50"), Decimal("154.78")) == {
        "client_order_id": "protect-1",
        "symbol": "AAPL",
        "side": "sell",
        "qty": "100",
        "type": "limit",
        "time_in_force": "gtc",
        "order_class": "oco",
        "stop_loss": {"stop_price": "148.50"},
        "take_profit": {"limit_price": "154.78"},
    }


def test_trap_a_market_order_in_extended_hours_is_refused() -> None:
    with pytest.raises(OrderRefused):
        orders.extended(ENTRY)


def test_trap_a_stop_alone_is_no_bracket() -> None:
    body = orders.lone_stop("protect-1", "AAPL", 100, Decimal("148.5"))
    assert "order_class" not in body
    assert (body["type"], body["side"], body["stop_price"], body["time_in_force"]) == ("stop", "sell", "148.50", "gtc")


@pytest.mark.parametrize(
    "body",
    [
        orders.bracket(ENTRY),
        orders.bracket(LIMITED),
        orders.extended(LIMITED),
        orders.lone_stop("protect-1", "AAPL", 100, Decimal("148.50")),
        orders.stop_and_target("protect-1", "AAPL", 100, Decimal("148.50"), Decimal("154.78")),
        orders.exit_order("exit-1", "AAPL", 100),
    ],
)
def test_trap_misspelt_fields_are_dropped_silently_so_none_is_misspelt(body: dict[str, Any]) -> None:
    schema = SPECIFICATION["components"]["schemas"]["CreateOrderRequest"]["properties"]
    assert set(body) <= set(schema)
    for exit_name in {"stop_loss", "take_profit"} & set(body):
        assert set(body[exit_name]) <= set(schema[exit_name]["properties"])


def test_trap_a_float_would_go_out_with_all_its_digits_so_prices_leave_as_text_with_two() -> None:
    odd = replace(LIMITED, limit=Decimal("0.1") + Decimal("0.2"), stop=Decimal("0.1"), target=Decimal(1))
    body = orders.bracket(odd)
    assert (body["limit_price"], body["stop_loss"], body["take_profit"]) == (
        "0.30",
        {"stop_price": "0.10"},
        {"limit_price": "1.00"},
    )


def test_an_order_is_read() -> None:
    filled = raw(
        status="filled", filled_qty="512", filled_avg_price="150.28", filled_at="2025-08-19T14:45:16.123456789Z"
    )
    stop = orders.order_of(raw(side="sell", type="stop", stop_price="147.99", status="held"))
    assert orders.order_of(filled, [stop]) == Order(
        broker_id="61e69015-8549-4bfd-b9c3-01e75843f47d",
        client_order_id=ENTRY.client_order_id,
        role=OrderRole.ENTRY,
        symbol="AAPL",
        side=Side.BUY,
        shares=512,
        state=OrderState.FILLED,
        filled_shares=512,
        fill_price=Decimal("150.28"),
        filled_at=datetime(2025, 8, 19, 14, 45, 16, 123456, tzinfo=UTC),
        legs=(stop,),
    )


@pytest.mark.parametrize(
    ("changes", "role"),
    [
        ({"side": "buy", "type": "limit"}, OrderRole.ENTRY),
        ({"side": "sell", "type": "stop"}, OrderRole.STOP),
        ({"side": "sell", "type": "stop", "order_class": "simple"}, OrderRole.STOP),
        ({"side": "sell", "type": "limit"}, OrderRole.TARGET),
        ({"side": "sell", "type": "market", "order_class": ""}, OrderRole.EXIT),
        ({"side": "sell", "type": "limit", "order_class": "simple"}, OrderRole.EXIT),
    ],
)
def test_what_an_order_is_for_follows_from_its_type(changes: dict[str, Any], role: OrderRole) -> None:
    assert orders.order_of(raw(**changes)).role is role


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending_new", OrderState.ACCEPTED),
        ("held", OrderState.HELD),
        ("pending_cancel", OrderState.ACCEPTED),
        ("partially_filled", OrderState.PARTLY_FILLED),
        ("canceled", OrderState.CANCELLED),
        ("replaced", OrderState.REPLACED),
        ("rejected", OrderState.REJECTED),
        ("expired", OrderState.EXPIRED),
    ],
)
def test_every_status_has_a_word_of_ours(status: str, state: OrderState) -> None:
    assert orders.order_of(raw(status=status)).state is state


def test_an_unknown_status_is_unknown_and_no_error() -> None:
    order = orders.order_of(raw(status="quantum"))
    assert (order.state, order.reason) == (OrderState.UNKNOWN, "quantum")
    assert not order.state.is_over


def test_an_order_that_is_being_cancelled_keeps_what_was_filled_of_it() -> None:
    order = orders.order_of(raw(status="pending_cancel", filled_qty="40", filled_avg_price="150.28"))
    assert (order.state, order.filled_shares) == (OrderState.PARTLY_FILLED, 40)


@pytest.mark.parametrize("strange", [{}, None, [], "text", raw(qty="many"), raw(side="lend"), raw(filled_at="noon")])
def test_what_is_no_order_is_nonsense(strange: Any) -> None:
    with pytest.raises(NONSENSE):
        orders.order_of(strange)


def test_an_entry_gets_no_other_price() -> None:
    with pytest.raises(OrderRefused):
        orders.change(orders.order_of(raw()), Decimal("1.00"))


@pytest.mark.parametrize(
    ("client_order_id", "role"),
    [
        ("AAPL_20250819_234515-cover-1", OrderRole.COVER),
        ("AAPL_20250819_234515-cover-12", OrderRole.COVER),
        ("AAPL_20250819_234515", OrderRole.ENTRY),
        ("AAPL_20250819_234515-cover-", OrderRole.ENTRY),
        ("-cover-1", OrderRole.ENTRY),
        ("my-cover-1-order", OrderRole.ENTRY),
    ],
)
def test_a_purchase_is_a_cover_where_our_id_says_so(client_order_id: str, role: OrderRole) -> None:
    assert orders.order_of(raw(side="buy", client_order_id=client_order_id)).role is role
