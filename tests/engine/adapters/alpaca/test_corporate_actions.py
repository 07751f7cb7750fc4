"""What companies announced, as Alpaca tells it."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from structlog.testing import capture_logs

from engine.adapters.alpaca.corporate_actions import AlpacaCorporateActions
from engine.errors import MarketUnavailable
from engine.model.corporate_action import ActionKind, CorporateAction
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.server import FakeAlpaca

DAY = date(2025, 8, 20)
WEEK = DAY + timedelta(days=7)


@pytest.fixture
def actions(fake: FakeAlpaca) -> Iterator[AlpacaCorporateActions]:
    actions = AlpacaCorporateActions(access_to(fake))
    yield actions
    actions.stop()


def action(kind: ActionKind, symbol: str = "AAPL", **given: Any) -> CorporateAction:
    usual: dict[str, Any] = {"id": "", "kind": kind, "symbol": symbol, "ex_date": DAY}
    return CorporateAction(**(usual | given))


ANNOUNCED = {
    "a forward split": action(ActionKind.SPLIT, new_shares=Decimal(2)),
    "an uneven split": action(ActionKind.SPLIT, new_shares=Decimal(3), old_shares=Decimal(2)),
    "a reverse split": action(ActionKind.SPLIT, old_shares=Decimal(10)),
    "a reverse split with another ticker": action(ActionKind.SPLIT, old_shares=Decimal(10), new_symbol="AAPLD"),
    "a rename": action(ActionKind.RENAME, new_symbol="PEAR"),
    "a spin-off": action(ActionKind.SPIN_OFF, new_symbol="CORE", old_shares=Decimal("19.35")),
    "a cash merger": action(ActionKind.MERGER, new_shares=Decimal(0), cash=Decimal("5.37")),
    "a stock merger": action(ActionKind.MERGER, new_symbol="MSFT", new_shares=Decimal("0.895")),
    "a merger for both": action(
        ActionKind.MERGER, new_symbol="MSFT", new_shares=Decimal("0.7733"), cash=Decimal("7.8")
    ),
    "a removal": action(ActionKind.REMOVAL, new_shares=Decimal(0)),
}


@pytest.mark.parametrize("announced", ANNOUNCED.values(), ids=ANNOUNCED.keys())
def test_what_was_announced_is_read(
    actions: AlpacaCorporateActions, fake: FakeAlpaca, announced: CorporateAction
) -> None:
    fake.announce(announced)
    (found,) = actions.between(["AAPL"], DAY, DAY)
    assert found.id
    assert (found.kind, found.symbol, found.ex_date) == (announced.kind, "AAPL", DAY)
    assert (found.ratio, found.new_symbol, found.cash) == (announced.ratio, announced.new_symbol, announced.cash)


ROWS: dict[str, tuple[str, dict[str, Any], CorporateAction]] = {
    "a dividend in shares": (
        "stock_dividends",
        {"symbol": "AAPL", "rate": 0.05, "ex_date": "2025-08-20"},
        action(ActionKind.SPLIT, new_shares=Decimal("1.05")),
    ),
    "a redemption": (
        "redemptions",
        {"symbol": "AAPL", "rate": 0.141134},
        action(ActionKind.REMOVAL, new_shares=Decimal(0), cash=Decimal("0.141134")),
    ),
    "a unit that comes apart": (
        "unit_splits",
        {"old_symbol": "AAPL", "old_rate": 1, "new_symbol": "LVRO", "new_rate": 1, "effective_date": "2025-08-20"},
        action(ActionKind.MERGER, new_symbol="LVRO"),
    ),
    "a spin-off whose terms are not fixed": (
        "spin_offs",
        {"source_symbol": "AAPL", "ex_date": "2025-08-20"},
        action(ActionKind.SPIN_OFF, new_shares=Decimal(0)),
    ),
    "a spin-off whose rate is not told": (
        "spin_offs",
        {"source_symbol": "AAPL", "new_symbol": "CORE", "source_rate": 1, "new_rate": 0, "ex_date": "2025-08-20"},
        action(ActionKind.SPIN_OFF, new_shares=Decimal(0), new_symbol="CORE"),
    ),
    "a reorganization": (
        "reorganizations",
        {"symbol": "AAPL", "cash_rate": 3, "effective_date": "2025-08-20"},
        action(ActionKind.MERGER, new_shares=Decimal(0), cash=Decimal(3)),
    ),
}


def answer(**rows: list[Any]) -> tuple[int, str]:
    return 200, json.dumps({"corporate_actions": rows, "next_page_token": None})


@pytest.mark.parametrize(("name", "row", "expected"), ROWS.values(), ids=ROWS.keys())
def test_rarer_ones_are_read_too(fake: FakeAlpaca, name: str, row: dict[str, Any], expected: CorporateAction) -> None:
    with replies(answer(**{name: [{"id": "", "process_date": "2025-08-20"} | row]})) as server:
        actions = AlpacaCorporateActions(access_to(fake, data_url=server.url))
        assert actions.between(["AAPL"], DAY, DAY) == (expected,)
        actions.stop()


def test_the_ex_date_counts_and_not_the_day_of_its_processing(fake: FakeAlpaca) -> None:
    split = {"symbol": "AAPL", "new_rate": 2, "old_rate": 1, "payable_date": "2025-08-19", "process_date": "2025-08-22"}
    with replies(answer(forward_splits=[split | {"id": "x", "ex_date": "2025-08-20"}])) as server:
        actions = AlpacaCorporateActions(access_to(fake, data_url=server.url))
        assert [found.ex_date for found in actions.between(["AAPL"], DAY, DAY)] == [DAY]
        assert actions.between(["AAPL"], date(2025, 8, 22), date(2025, 8, 22)) == ()
        actions.stop()


def test_another_cusip_alone_is_no_rename(fake: FakeAlpaca) -> None:
    same = {"id": "x", "old_symbol": "AAPL", "new_symbol": "AAPL", "process_date": "2025-08-20"}
    with replies(answer(name_changes=[same])) as server:
        actions = AlpacaCorporateActions(access_to(fake, data_url=server.url))
        assert actions.between(["AAPL"], DAY, DAY) == ()
        actions.stop()


@pytest.mark.parametrize(
    "broken", [None, "a text", {}, {"old_rate": 0}, {"new_rate": "NaN"}, {"new_rate": -2}, {"ex_date": "soon"}]
)
def test_a_row_that_makes_no_sense_is_passed_over_and_logged(fake: FakeAlpaca, broken: Any) -> None:
    good = {"id": "x", "symbol": "AAPL", "new_rate": 2, "old_rate": 1, "process_date": "2025-08-20"}
    row = good | broken if isinstance(broken, dict) and broken else broken
    with replies(answer(forward_splits=[row, good])) as server, capture_logs() as logs:
        actions = AlpacaCorporateActions(access_to(fake, data_url=server.url))
        assert [found.ratio for found in actions.between(["AAPL"], DAY, DAY)] == [Fraction(2)]
        actions.stop()
    assert [line["event"] for line in logs] == ["corporate_action_broken"]


def test_pages_are_read_to_the_end(actions: AlpacaCorporateActions, fake: FakeAlpaca) -> None:
    fake.page(2)
    for number in range(5):
        fake.announce(action(ActionKind.SPLIT, ex_date=DAY + timedelta(days=number)))
    assert len(actions.between(["AAPL"], DAY, WEEK)) == 5


def test_only_the_symbols_that_were_asked_for_are_shown_in_the_order_of_their_days(
    actions: AlpacaCorporateActions, fake: FakeAlpaca
) -> None:
    for symbol, days in (("MSFT", 3), ("AAPL", 2), ("TSLA", 1)):
        fake.announce(action(ActionKind.SPLIT, symbol, ex_date=DAY + timedelta(days=days)))
    assert [found.symbol for found in actions.between(["MSFT", "AAPL"], DAY, WEEK)] == ["AAPL", "MSFT"]


def test_nothing_is_asked_where_nobody_is_asked_about(actions: AlpacaCorporateActions, fake: FakeAlpaca) -> None:
    assert actions.between([], DAY, WEEK) == ()
    assert fake.requests == ()


def test_what_cannot_be_read_is_said(actions: AlpacaCorporateActions, fake: FakeAlpaca) -> None:
    fake.fault("GET", "/v1/corporate-actions", Fault.BROKEN, times=9)
    with pytest.raises(MarketUnavailable):
        actions.between(["AAPL"], DAY, WEEK)
