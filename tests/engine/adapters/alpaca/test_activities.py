"""The account's history, as Alpaca tells it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from engine.adapters.alpaca.activities import activity_of
from engine.adapters.alpaca.broker import AlpacaBroker
from engine.errors import BrokerUnavailable
from engine.model.activity import Activity, ActivityKind
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

FILL = {
    "activity_type": "FILL",
    "cum_qty": "100",
    "id": "20250819104500000::1",
    "leaves_qty": "0",
    "order_id": "b5abe576-6a8a-49f3-a353-46b72c1ccae9",
    "price": "150.28",
    "qty": "100",
    "side": "buy",
    "symbol": "AAPL",
    "transaction_time": "2025-08-19T14:45:00.981482Z",
    "type": "fill",
}
MADE = {"id": "20250819000000000::2", "date": "2025-08-19", "created_at": "2025-08-19T08:00:00Z", "net_amount": "0"}


def read(raw: dict[str, Any]) -> Activity:
    activity = activity_of(raw)
    assert activity is not None
    return activity


def kind(name: str, **more: str) -> ActivityKind:
    return read(MADE | {"activity_type": name} | more).kind


def test_a_fill_has_its_shares_price_order_and_instant() -> None:
    assert read(FILL) == Activity(
        id="20250819104500000::1",
        kind=ActivityKind.FILL,
        at=datetime(2025, 8, 19, 14, 45, 0, 981482, tzinfo=UTC),
        symbol="AAPL",
        shares=Decimal(100),
        price=Decimal("150.28"),
        order_id="b5abe576-6a8a-49f3-a353-46b72c1ccae9",
    )


@pytest.mark.parametrize(("side", "shares"), [("buy", 100), ("sell", -100), ("sell_short", -100)])
def test_a_side_gives_the_sign(side: str, shares: int) -> None:
    assert read(FILL | {"side": side}).shares == shares


KINDS = {
    ActivityKind.SPLIT: ["SPLIT"],
    ActivityKind.RENAME: ["NC"],
    ActivityKind.SPIN_OFF: ["SPIN"],
    ActivityKind.MERGER: ["MA", "REO"],
    ActivityKind.REMOVAL: ["REORG"],
    ActivityKind.TRANSFER: ["JNLS", "ACATS", "FOPT"],
    ActivityKind.CASH: ["CSD", "CSW", "JNLC", "ACATC", "TRANS"],
    ActivityKind.DIVIDEND: ["DIV", "DIVCGL", "DIVFEE", "DIVFT", "DIVNRA", "DIVROC", "DIVTW", "CGD"],
    ActivityKind.FEE: ["FEE", "CFEE", "INT", "INTNRA", "INTTW", "PTC", "PTR"],
    ActivityKind.OTHER: ["MISC", "JNL", "OPASN", "OPEXC", "OPEXP", "OPTRD", "OCT", "NEVER HEARD OF"],
}


@pytest.mark.parametrize(("name", "expected"), [(name, kind) for kind, names in KINDS.items() for name in names])
def test_each_type_is_of_a_kind(name: str, expected: ActivityKind) -> None:
    assert kind(name) is expected


def test_a_dividend_in_shares_is_a_split_and_one_in_dollars_is_none() -> None:
    assert kind("DIV", activity_sub_type="SDIV", qty="5") is ActivityKind.SPLIT
    assert kind("DIV", activity_sub_type="SDIV", net_amount="1.02", qty="2") is ActivityKind.DIVIDEND


def test_a_dividend_brings_dollars_and_no_shares() -> None:
    row = read(MADE | {"activity_type": "DIV", "symbol": "T", "qty": "2", "net_amount": "1.02"})
    assert (row.symbol, row.dollars, row.shares) == ("T", Decimal("1.02"), Decimal(0))


def test_a_split_brings_its_shares_and_the_cash_for_parts_of_one() -> None:
    row = read(MADE | {"activity_type": "SPLIT", "symbol": "AAPL", "qty": "14", "net_amount": "31.17"})
    assert (row.symbol, row.shares, row.dollars) == ("AAPL", Decimal(14), Decimal("31.17"))


def test_what_has_no_instant_begins_its_day_in_new_york() -> None:
    row = {name: value for name, value in MADE.items() if name != "created_at"} | {"activity_type": "FEE"}
    assert read(row).at == datetime(2025, 8, 19, 4, tzinfo=UTC)
    assert read(row | {"date": "2025-01-02T00:00:00Z"}).at == datetime(2025, 1, 2, 5, tzinfo=UTC)


def test_what_was_cancelled_did_not_happen_and_what_was_corrected_did() -> None:
    row = MADE | {"activity_type": "CSD", "net_amount": "500"}
    assert activity_of(row | {"status": "canceled"}) is None
    assert read(row | {"status": "correct"}).dollars == 500


# Over the line


@pytest.mark.parametrize(
    "broken",
    [
        "a text",
        None,
        {},
        FILL | {"qty": "many"},
        FILL | {"qty": "-1"},
        FILL | {"price": "NaN"},
        FILL | {"side": "sideways"},
        FILL | {"transaction_time": "2025-08-19"},
        MADE | {"activity_type": "CSD", "net_amount": "Infinity"},
        MADE | {"activity_type": "CSD", "created_at": "soon"},
    ],
)
def test_a_row_that_makes_no_sense_is_passed_over_and_logged(
    fake: FakeAlpaca, clock: ManualClock, broken: object
) -> None:
    good = FILL | {"id": "20250819104500001::9"}
    with replies((200, json.dumps([broken, good]))) as server, capture_logs() as logs:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url), clock, WeekdayCalendar())
        assert [row.id for row in broker.activities(clock.now() - timedelta(days=1))] == [good["id"]]
        broker.stop()
    assert [line["event"] for line in logs] == ["activity_broken"]


def test_what_is_no_list_is_no_history(fake: FakeAlpaca, clock: ManualClock) -> None:
    with replies((200, json.dumps({"activities": []}))) as server:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url), clock, WeekdayCalendar())
        with pytest.raises(BrokerUnavailable):
            broker.activities(clock.now())
        broker.stop()


def test_pages_are_read_to_the_end_each_from_the_last_row_of_the_one_before(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock
) -> None:
    start = clock.now()
    for number in range(250):
        fake.deposit(str(number + 1))
    rows = broker.activities(start)
    assert [row.dollars for row in rows] == list(range(1, 251))
    asked = [request.query for request in fake.requests if request.path.endswith("/activities")]
    assert len(asked) == 3
    assert all("direction=asc" in query and "page_size=100" in query for query in asked)


def test_rows_of_the_very_instant_are_shown_though_alpaca_shows_only_later_ones(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock
) -> None:
    fake.deposit("10")
    assert len(broker.activities(clock.now())) == 1


def test_a_row_that_was_taken_back_is_not_shown(broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock) -> None:
    activity_id = fake.deposit("10")
    fake.deposit("20")
    fake.cancel_activity(activity_id)
    assert [row.dollars for row in broker.activities(clock.now())] == [20]


HAPPENINGS: dict[str, tuple[Callable[[FakeAlpaca], object], list[tuple[str, str, str, str]]]] = {
    "a split": (
        lambda fake: fake.split("AAPL", 2),
        [("split", "AAPL", "-15", "0"), ("split", "AAPL", "30", "0")],
    ),
    "a split in one row": (lambda fake: fake.split("AAPL", 2, in_one_row=True), [("split", "AAPL", "15", "0")]),
    "a reverse split with cash in lieu": (
        lambda fake: fake.split("AAPL", 1, 10, cash_in_lieu="1500"),
        [("split", "AAPL", "-15", "0"), ("split", "AAPL", "1", "750")],
    ),
    "a rename": (
        lambda fake: fake.rename("AAPL", "PEAR"),
        [("rename", "AAPL", "-15", "0"), ("rename", "PEAR", "15", "0")],
    ),
    "a spin-off": (
        lambda fake: fake.spin_off("AAPL", "CORE", rate="0.5", price="20", cash_in_lieu="20"),
        [("spin_off", "CORE", "7", "10")],
    ),
    "a cash merger": (lambda fake: fake.merge("AAPL", cash="160"), [("merger", "AAPL", "-15", "2400")]),
    "a stock merger": (
        lambda fake: fake.merge("AAPL", "MSFT", rate="2"),
        [("merger", "AAPL", "-15", "0"), ("merger", "MSFT", "30", "0")],
    ),
    "a removal": (lambda fake: fake.delist("AAPL", removed=True), [("removal", "AAPL", "-15", "0")]),
    "a withdrawal": (lambda fake: fake.withdraw("300"), [("cash", "", "0", "-300")]),
    "a dividend": (lambda fake: fake.pay_dividend("AAPL", "3.60"), [("dividend", "AAPL", "0", "3.60")]),
    "a fee": (lambda fake: fake.charge("0.02"), [("fee", "", "0", "-0.02")]),
}


@pytest.mark.parametrize(("happen", "expected"), HAPPENINGS.values(), ids=HAPPENINGS.keys())
def test_what_happens_to_the_account_is_read(
    broker: AlpacaBroker,
    fake: FakeAlpaca,
    clock: ManualClock,
    happen: Callable[[FakeAlpaca], object],
    expected: list[tuple[str, str, str, str]],
) -> None:
    fake.hold("AAPL", 15, "100")
    happen(fake)
    rows = [(row.kind.value, row.symbol, row.shares, row.dollars) for row in broker.activities(clock.now())]
    assert rows == [(kind, symbol, Decimal(shares), Decimal(dollars)) for kind, symbol, shares, dollars in expected]
