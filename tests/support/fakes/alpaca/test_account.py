"""The fake's account: its history, what companies and hands do, and what else it holds."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests
from alpaca.trading.enums import AssetClass

from engine.model.corporate_action import ActionKind, CorporateAction
from tests.support.fakes.alpaca.conftest import Customer


def rows(customer: Customer, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = customer.trading.get("/account/activities", query)
    return found


def told(customer: Customer) -> list[tuple[str, str]]:
    return [(row["activity_type"], row.get("qty", "")) for row in rows(customer, direction="asc")]


def standing(customer: Customer) -> dict[str, str]:
    """Return the prices of the orders that are alive, by their type."""
    alive = [order for order in customer.server.orders if order["status"] in {"new", "held", "accepted"}]
    return {order["type"]: order["stop_price"] or order["limit_price"] for order in alive}


# The history


def test_each_execution_is_a_row_with_its_order(customer: Customer) -> None:
    customer.server.partly_fill(40)
    order = customer.buy(limit_price=150.30)
    customer.server.price("AAPL", "150.10")
    first, second = rows(customer, direction="asc")
    assert (first["type"], first["qty"], first["leaves_qty"], first["price"]) == ("partial_fill", "40", "60", "150.25")
    assert (second["type"], second["qty"], second["cum_qty"], second["price"]) == ("fill", "60", "100", "150.1")
    assert {first["order_id"], second["order_id"]} == {str(order.id)}


def test_the_history_comes_in_pages_from_the_last_id_of_the_one_before(customer: Customer) -> None:
    ids = [customer.server.deposit("1") for _ in range(5)]
    first = rows(customer, direction="asc", page_size=3)
    second = rows(customer, direction="asc", page_size=3, page_token=first[-1]["id"])
    assert [row["id"] for row in (*first, *second)] == ids


def test_the_history_shows_what_was_made_after_an_instant_and_of_the_types_asked_for(customer: Customer) -> None:
    customer.server.deposit("1")
    after = customer.clock.now().isoformat()
    customer.clock.advance(1)
    customer.server.charge("0.02")
    customer.server.deposit("2")
    assert [row["net_amount"] for row in rows(customer, after=after, activity_types="CSD")] == ["2"]


# Companies


def test_a_split_multiplies_shares_and_divides_price_and_cost(customer: Customer) -> None:
    customer.server.hold("AAPL", 15, "100")
    customer.server.split("AAPL", 2)
    (position,) = customer.trading.get_all_positions()
    assert (position.qty, position.avg_entry_price, position.current_price) == ("30", "50", "75.125")
    assert told(customer) == [("SPLIT", "-15"), ("SPLIT", "30")]


def test_parts_of_a_share_stay_or_are_paid_for(customer: Customer) -> None:
    customer.server.hold("AAPL", 15, "100")
    customer.server.split("AAPL", 1, 2)
    assert customer.shares() == {"AAPL": "7.5"}
    customer.server.split("AAPL", 1, 2, cash_in_lieu="601")
    assert (customer.shares(), customer.trading.get_account().cash) == ({"AAPL": "3"}, "100450.75")


WAYS = {
    "left": {"limit": "154.75", "stop": "147.99"},
    "cancelled": {},
    "adjusted": {"limit": "77.38", "stop": "74"},
}


@pytest.mark.parametrize(("orders", "left"), WAYS.items())
def test_standing_orders_go_one_of_three_ways(customer: Customer, orders: str, left: dict[str, str]) -> None:
    customer.bracket()
    customer.server.close_market()
    customer.server.split("AAPL", 2, orders=orders)
    assert standing(customer) == left
    assert customer.shares() == {"AAPL": "200"}


def test_an_old_stop_fires_at_the_new_price_once_the_exchange_is_open(customer: Customer) -> None:
    customer.bracket()
    customer.server.close_market()
    customer.server.split("AAPL", 2, orders="left")
    customer.server.open_market()
    customer.server.price("AAPL", "75.12")
    assert customer.shares() == {"AAPL": "100"}


def test_nothing_need_be_told_of_a_split(customer: Customer) -> None:
    customer.server.hold("AAPL", 15, "100")
    customer.server.split("AAPL", 2, activity=False, price="74.90")
    assert (told(customer), customer.shares()) == ([], {"AAPL": "30"})
    assert customer.trading.get_open_position("AAPL").current_price == "74.9"


def test_a_renamed_company_is_held_under_its_new_name(customer: Customer) -> None:
    customer.bracket()
    customer.server.rename("AAPL", "PEAR", orders="adjusted")
    assert customer.shares() == {"PEAR": "100"}
    assert {order["symbol"] for order in customer.server.orders if order["status"] in {"new", "held"}} == {"PEAR"}
    assert customer.server.orders[0]["symbol"] == "AAPL"
    assert told(customer)[1:] == [("NC", "-100"), ("NC", "100")]


def test_a_spin_off_brings_shares_of_another_company(customer: Customer) -> None:
    customer.server.hold("AAPL", 10, "100")
    customer.server.spin_off("AAPL", "CORE", rate="0.5", price="20", source_price="140")
    assert customer.shares() == {"AAPL": "10", "CORE": "5"}
    assert customer.trading.get_open_position("AAPL").current_price == "140"


def test_a_merger_brings_cash_or_shares_and_ends_the_old_ones(customer: Customer) -> None:
    customer.server.price("MSFT", "420")
    customer.server.hold("AAPL", 10, "100")
    customer.server.merge("AAPL", "MSFT", rate="0.5", cash="7")
    assert customer.shares() == {"MSFT": "5"}
    assert customer.trading.get_account().cash == "100070"
    assert not customer.trading.get_asset("AAPL").tradable


def test_a_delisted_symbol_is_not_traded_and_its_shares_may_go(customer: Customer) -> None:
    customer.bracket()
    customer.server.delist("AAPL")
    assert (standing(customer), customer.shares()) == ({}, {"AAPL": "100"})
    customer.server.delist("AAPL", removed=True)
    assert customer.shares() == {}


def test_what_was_announced_is_told_by_types_symbols_and_days(customer: Customer) -> None:
    for day in (19, 20, 21):
        customer.server.announce(
            CorporateAction(
                id="", kind=ActionKind.SPLIT, symbol="AAPL", ex_date=date(2025, 8, day), new_shares=Decimal(2)
            )
        )
    address = customer.server.data_url + "/v1/corporate-actions"
    keys = {"APCA-API-KEY-ID": customer.server.key, "APCA-API-SECRET-KEY": customer.server.secret}
    wanted = {"symbols": "AAPL", "types": "forward_split", "start": "2025-08-20", "end": "2025-08-21"}
    found = requests.get(address, wanted, headers=keys, timeout=5).json()["corporate_actions"]
    assert [row["ex_date"] for row in found["forward_splits"]] == ["2025-08-20", "2025-08-21"]
    assert requests.get(address, wanted | {"types": "splits"}, headers=keys, timeout=5).status_code == 400


# Hands


def test_a_hand_sells_though_orders_protect_the_shares(customer: Customer) -> None:
    order = customer.bracket()
    customer.server.sell_by_hand("AAPL", 30, "149")
    assert customer.shares() == {"AAPL": "70"}
    assert customer.legs(order) == {"limit": "new", "stop": "held"}
    assert rows(customer)[0]["price"] == "149"


def test_a_hand_moves_and_cancels_orders(customer: Customer) -> None:
    order = customer.bracket()
    moved = customer.server.move_by_hand(str(customer.leg(order, "stop").id), stop="149")
    assert str(customer.leg(order, "stop").id) == moved
    customer.server.cancel_by_hand(moved)
    assert customer.legs(order) == {"limit": "canceled", "stop": "canceled"}


def test_both_legs_may_fill(customer: Customer) -> None:
    order = customer.bracket()
    customer.server.fill_both_legs(str(order.id))
    assert customer.legs(order) == {"limit": "filled", "stop": "filled"}
    assert customer.shares() == {"AAPL": "-100"}


# What else is held


def test_options_count_a_hundredfold_and_coins_in_parts(customer: Customer) -> None:
    customer.server.hold_option("AAPL260116C00200000", 2, "5", "6")
    customer.server.hold_crypto("BTCUSD", "0.125", "60000", "64000")
    option, coin = customer.trading.get_all_positions()
    assert (option.asset_class, option.qty, option.market_value) == (AssetClass.US_OPTION, "2", "1200")
    assert (coin.asset_class, coin.qty, coin.market_value) == (AssetClass.CRYPTO, "0.125", "8000")
    assert customer.trading.get_account().equity == "109200"
