"""Shares of others in a symbol in which an entry of the desk waits: they count, and are never taken for its fill."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.common.share_counts import told_foreign
from engine.errors import RiskRefused
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import DeskState, Request
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.account import ForeignPosition, SoldByHand
from engine.model.origin import Source
from engine.model.report import ReportKind
from engine.model.trade import Trade, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.broker import TroubledBroker

AAPL, OTHERS, LIMIT = 500, 350, Decimal("149.50")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """A desk with 350 AAPL of somebody else's, told as such, and a purchase of 500 that waits for 149.50."""
    symbols = ("AAPL", "MSFT", "TSLA", "IBM")
    with AtAlpaca.open(tmp_path, watchlist=symbols, on=through_a_line) as desk:
        trade_at(desk, AAPL="150.25", IBM="200.00")
        desk.fake.buy_by_hand("AAPL", OTHERS, "150.25")
        pass_minutes(desk, 1)
        trade_at(desk, AAPL="150.25", IBM="200.00", MSFT="420.80", TSLA="255.60")
        buy(desk, "AAPL", AAPL, limit=LIMIT)
        pass_minutes(desk, 1)
        yield desk


def through_a_line(adapters: Adapters) -> Adapters:
    return replace(adapters, broker=TroubledBroker(adapters.broker))


def trade_at(desk: AtAlpaca, **prices: str) -> None:
    for symbol, price in prices.items():
        desk.price(symbol, price)


def pass_minutes(desk: AtAlpaca, minutes: int) -> None:
    """Let the desk look as its timetable says."""
    jobs = desk.harness.engine.jobs
    for second in range(minutes * 60):
        desk.harness.clock.advance(1)
        jobs.poll_unconfirmed()
        if second % 15 == 0:
            jobs.housekeeping()
        if second % 60 == 59:
            jobs.reconcile()
            jobs.monitor_risk()


def buy(desk: AtAlpaca, symbol: str, shares: int, *, limit: Decimal | None = None, stop: str = "") -> None:
    amount = Amount(kind=AmountKind.SHARES, figure=Decimal(shares))
    wanted = ManualProposal(
        source=Source.DESK,
        by="U0TRADER",
        symbol=symbol,
        amount=amount,
        limit=limit,
        stop=Decimal(stop) if stop else None,
    )
    made = desk.harness.engine.commands.buys.propose(wanted, Request(by="U0TRADER")).trade
    desk.harness.engine.commands.approve(made.id, Request(by="U0OTHER"))


def bought(desk: AtAlpaca) -> Trade:
    [found] = [trade for trade in desk.harness.engine.queries.trades() if trade.symbol == "AAPL"]
    return found


def others(desk: AtAlpaca) -> int:
    with desk.harness.store.reading() as reader:
        return told_foreign(reader).get("AAPL", 0)


def told(desk: AtAlpaca) -> list[int]:
    """What was told of shares of others, all there were each time."""
    return [notice.shares for notice in desk.harness.told_of(ForeignPosition) if notice.symbol == "AAPL"]


def open_risk(desk: AtAlpaca) -> float:
    return float(desk.harness.engine.queries.portfolio().open_risk)


def test_they_count_while_it_waits_as_they_did_when_it_was_proposed(desk: AtAlpaca) -> None:
    assert bought(desk).state is TradeState.SUBMITTED
    assert bought(desk).sizing.risk_after == pytest.approx(Decimal(open_risk(desk)), abs=Decimal("0.00001"))
    with pytest.raises(RiskRefused):
        buy(desk, "IBM", 200, stop="197")


def test_once_it_is_filled_the_desk_is_under_its_limit_and_each_has_its_own(desk: AtAlpaca) -> None:
    desk.price("AAPL", "149.45")
    pass_minutes(desk, 1)
    assert (bought(desk).held_shares, others(desk), told(desk)) == (AAPL, OTHERS, [OTHERS])
    assert open_risk(desk) < 0.02
    assert desk.harness.engine.queries.status().desk.state is DeskState.ACTIVE
    lines = [line for line in desk.harness.engine.queries.portfolio().lines if line.symbol == "AAPL"]
    assert [(line.trade and line.trade.id, line.shares) for line in lines] == [(bought(desk).id, AAPL), (None, OTHERS)]


def test_a_report_and_the_counts_go_by_the_position_whosoever_its_shares_are(desk: AtAlpaca) -> None:
    desk.price("AAPL", "149.45")
    pass_minutes(desk, 1)
    account = desk.harness.engine.queries.report(ReportKind.OPEN).account
    assert account is not None
    assert [held.shares for held in account.holdings if held.symbol == "AAPL"] == [AAPL + OTHERS]
    assert desk.harness.engine.queries.portfolio().symbols == {"AAPL", "MSFT", "TSLA"}


@pytest.mark.parametrize("more", [150, AAPL, 900], ids=["fewer than it wants", "as many", "more"])
def test_what_somebody_buys_while_it_waits_is_told(desk: AtAlpaca, more: int) -> None:
    desk.fake.buy_by_hand("AAPL", more, "150.25")
    pass_minutes(desk, 2)
    assert (others(desk), told(desk)) == (OTHERS + more, [OTHERS, OTHERS + more])


def test_what_somebody_buys_while_it_waits_counts(desk: AtAlpaca) -> None:
    before = open_risk(desk)
    desk.fake.buy_by_hand("AAPL", 150, "150.25")
    pass_minutes(desk, 2)
    assert bought(desk).state is TradeState.SUBMITTED
    assert open_risk(desk) == pytest.approx(before + 150 * 150.25 * 0.015 / 231_368, abs=0.00001)


def test_what_somebody_sells_while_it_waits_is_told_and_nothing_of_it_is_ours(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", OTHERS, "150.25")
    pass_minutes(desk, 2)
    assert (others(desk), told(desk)) == (0, [OTHERS, 0])
    desk.price("AAPL", "149.45")
    pass_minutes(desk, 1)
    assert (bought(desk).held_shares, others(desk), desk.harness.told_of(SoldByHand)) == (AAPL, 0, [])


def test_what_comes_in_without_an_execution_is_told_once_it_lasted(desk: AtAlpaca) -> None:
    desk.fake.hold("AAPL", OTHERS + 150, "150.25")
    desk.harness.engine.jobs.reconcile()
    desk.harness.clock.advance(3)
    desk.harness.engine.jobs.poll_unconfirmed()
    assert others(desk) == OTHERS
    pass_minutes(desk, 1)
    assert (others(desk), told(desk)) == (OTHERS + 150, [OTHERS, OTHERS + 150])


def test_a_fill_that_the_desk_has_not_heard_of_is_not_others_however_long_that_lasts(desk: AtAlpaca) -> None:
    before = open_risk(desk)
    desk.end()  # no stream tells of it
    desk.price("AAPL", "149.45")
    for _ in range(4):
        desk.harness.engine.jobs.reconcile_positions()  # no look at the orders goes before it
        desk.harness.clock.advance(20)
    assert bought(desk).state is TradeState.SUBMITTED
    assert (others(desk), told(desk)) == (OTHERS, [OTHERS])
    assert open_risk(desk) == pytest.approx(before, abs=0.00001)
    pass_minutes(desk, 1)
    assert (bought(desk).held_shares, told(desk), desk.harness.told_of(SoldByHand)) == (AAPL, [OTHERS], [])


def test_where_the_broker_does_not_show_the_order_nothing_is_said_of_whose_the_shares_are(desk: AtAlpaca) -> None:
    line = desk.adapters.broker
    assert isinstance(line, TroubledBroker)
    desk.fake.hold("AAPL", OTHERS + 150, "150.25")
    line.hides = True
    for _ in range(4):
        desk.harness.engine.jobs.reconcile_positions()
        desk.harness.clock.advance(20)
    assert (others(desk), told(desk)) == (OTHERS, [OTHERS])


def test_a_part_that_is_filled_while_somebody_buys_is_ours_and_the_rest_others(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 150, "150.25")
    desk.fake.partly_fill(40)
    desk.price("AAPL", "149.45")
    pass_minutes(desk, 2)
    assert (bought(desk).held_shares, others(desk)) == (40, OTHERS + 150)
    assert desk.harness.told_of(SoldByHand) == []
