"""With EXTENDED_HOURS=1 entries go out before the open and after the close; without, everything waits for the open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import MarketClosed, RiskRefused
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.base import NoticeKind
from engine.model.origin import Source
from engine.model.trade import OrderRole, OrderState, Trade, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example

CLOSE = worked_example.AT.replace(hour=20, minute=0)
"""The signal is one of the day's last bar: it comes when regular trading is over."""
NEXT_MORNING = 18 * 3600
LIMIT = Decimal("151.00")
"""150.25, the price of the signal, and PRICE_DRIFT over it, cut to the cent."""


@pytest.fixture
def late(tmp_path: Path) -> Iterator[EngineHarness]:
    """The example's signal after the close, on a desk that trades then too."""
    harness = EngineHarness.at_the_example(tmp_path, over=CLOSE, extended_hours=True)
    harness.play_the_signal(over=CLOSE)
    yield harness
    harness.close()


@pytest.fixture
def late_at_alpaca(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path, over=CLOSE, extended_hours=True) as desk:
        desk.harness.play_the_signal(over=CLOSE)
        yield desk


def approve(harness: EngineHarness) -> Trade:
    return harness.engine.commands.approve(harness.engine.queries.trade("AAPL").id, EngineHarness.TRADER)


def told_of_apple(harness: EngineHarness) -> list[NoticeKind]:
    return [notice.kind for notice in harness.told() if notice.trade_id.startswith("AAPL")]


def test_after_the_close_a_trade_is_proposed_at_the_limit_of_its_order(late: EngineHarness) -> None:
    trade = late.engine.queries.trade("AAPL")
    assert (trade.state, trade.sizing.entry, trade.stop) == (TradeState.PROPOSED, LIMIT, Decimal("148.73"))
    assert trade.sizing.planned_risk <= trade.sizing.budget * Decimal("1.001")


def test_it_is_bought_within_its_limit_and_protected_at_once(late: EngineHarness) -> None:
    trade = approve(late)
    assert trade.fill_price is not None
    assert (trade.state, trade.fill_price <= LIMIT) == (TradeState.OPEN, True)
    protection = late.broker.order(f"{trade.id}-stop-1")
    assert protection is not None
    assert {part.role: (part.price, part.shares) for part in (protection, *protection.legs)} == {
        OrderRole.STOP: (trade.stop, trade.filled_shares),
        OrderRole.TARGET: (trade.target, trade.filled_shares),
    }
    late.engine.jobs.housekeeping()
    assert NoticeKind.TARGET_SET in told_of_apple(late)
    assert NoticeKind.UNPROTECTED not in told_of_apple(late)


def test_a_price_that_moved_within_the_drift_does_not_raise_the_limit(late: EngineHarness) -> None:
    late.market.price("AAPL", "150.60")
    assert approve(late).sizing.entry == LIMIT


def test_its_stop_closes_the_trade_after_the_open(late: EngineHarness) -> None:
    trade = approve(late)
    late.clock.advance(NEXT_MORNING)
    late.market.price("AAPL", "147.00")
    late.engine.jobs.reconcile()
    ended = late.engine.queries.trade(trade.id)
    assert (ended.state, ended.exit_reason, ended.held_shares) == (TradeState.CLOSED, "stop", 0)


def test_the_desk_can_close_it_like_any_other(late: EngineHarness) -> None:
    trade = approve(late)
    late.clock.advance(NEXT_MORNING)
    late.market.price("AAPL", "150.00")
    late.engine.commands.close(trade.id, EngineHarness.TRADER)
    late.engine.jobs.reconcile()
    assert late.engine.queries.trade(trade.id).state is TradeState.CLOSED
    assert [held.symbol for held in late.broker.positions()] == ["MSFT", "TSLA"]


def test_an_order_that_does_not_get_its_price_is_withdrawn_with_its_proposals_time(late: EngineHarness) -> None:
    late.line.meanwhile = lambda: late.market.price("AAPL", "152.00")
    trade = approve(late)
    assert trade.state is TradeState.SUBMITTED
    late.clock.advance(900)
    late.engine.jobs.housekeeping()
    late.engine.jobs.reconcile()
    ended = late.engine.queries.trade(trade.id)
    assert (ended.state, ended.reason) == (TradeState.CANCELLED, "not_filled")


def test_a_halt_cancels_an_order_that_waits_for_its_price(late: EngineHarness) -> None:
    late.line.meanwhile = lambda: late.market.price("AAPL", "152.00")
    trade = approve(late)
    late.engine.commands.halt(EngineHarness.TRADER, "news")
    order = late.broker.order(trade.id)
    assert order is not None
    assert order.state is OrderState.CANCELLED


def test_an_approval_of_the_last_minute_becomes_a_limit_order_at_its_own_price(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, extended_hours=True)
    harness.play_the_signal()
    approved = harness.approved_but_not_sent()
    harness.clock.set(worked_example.AT.replace(hour=20, minute=0))  # the close
    harness.market.price("AAPL", "150.10")
    with harness.store.writing() as transaction:
        transaction.update(
            replace(approved, decided_at=harness.clock.now(), expires_at=harness.clock.now() + timedelta(minutes=5))
        )
    harness.engine.jobs.start()
    order = harness.broker.order(approved.id)
    assert order is not None
    assert (order.price, order.legs, order.state) == (approved.sizing.entry, (), OrderState.FILLED)
    harness.close()


def test_shares_of_a_partly_filled_order_are_protected_without_waiting_for_the_rest(late_at_alpaca: AtAlpaca) -> None:
    harness, fake = late_at_alpaca.harness, late_at_alpaca.fake
    fake.partly_fill(40)
    trade = approve(harness)
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.order_changed(trade.id)
    assert [int(order.shares) for order in fake.reader if order.client_order_id == f"{trade.id}-stop-1"] == [40]
    assert NoticeKind.UNPROTECTED not in told_of_apple(harness)


def test_at_alpaca_the_order_is_for_the_day_and_its_protection_until_cancelled(late_at_alpaca: AtAlpaca) -> None:
    trade = approve(late_at_alpaca.harness)
    posted = [request.body for request in late_at_alpaca.fake.requests if request.method == "POST"]
    sent = [body for body in posted if body["symbol"] == "AAPL"]
    assert [(body.get("order_class", ""), body["time_in_force"]) for body in sent] == [
        ("", "day"),
        ("oco", "gtc"),
    ]
    assert sent[0]["limit_price"] == str(LIMIT)
    assert sent[0]["extended_hours"]
    assert trade.held_shares == int(sent[1]["qty"])


@pytest.mark.parametrize("given", [{"stop_distance": "0.004"}, {"strategy": "tests.support.code_strategies:Near"}])
def test_a_stop_that_would_stand_between_the_price_and_the_limit_is_not_proposed(
    tmp_path: Path, given: dict[str, str]
) -> None:
    harness = EngineHarness.at_the_example(tmp_path, over=CLOSE, extended_hours=True, **given)
    assert harness.play_the_signal(over=CLOSE) is None
    assert harness.kept() == [("AAPL", "stop_passed 150.39 150.25 price")]
    harness.close()


def test_a_purchase_by_hand_whose_stop_would_stand_between_the_price_and_the_limit_is_refused(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, over=CLOSE, extended_hours=True, stop_distance="0.004")
    harness.clock.set(CLOSE + timedelta(seconds=5))
    harness.market.price("AAPL", "150.25")
    wanted = ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL")
    with pytest.raises(RiskRefused) as refused:
        harness.engine.commands.buys.propose(wanted, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "stop_passed"
    harness.close()


def test_without_extended_hours_a_signal_after_the_close_is_shown_and_the_next_session_has_its_own(
    tmp_path: Path,
) -> None:
    harness = EngineHarness.at_the_example(tmp_path, over=CLOSE)
    harness.play_the_signal(over=CLOSE)
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()
    harness.close_a_bar(150.20)
    assert harness.engine.queries.trade("AAPL").state is TradeState.PROPOSED
    assert [why for _, why in harness.kept()] == ["outside_regular_hours"]
    harness.close()


@pytest.mark.parametrize(("extended", "opens"), [(False, "13:30"), (True, "08:00")])
def test_at_night_a_click_is_told_when_orders_go_out_again_and_its_proposal_is_not_lost(
    tmp_path: Path, *, extended: bool, opens: str
) -> None:
    harness = EngineHarness.at_the_example(tmp_path, extended_hours=extended, proposal_seconds=86_400)
    harness.play_the_signal()
    harness.clock.set(harness.clock.now().replace(day=20, hour=1))  # 21:00 in New York
    with pytest.raises(MarketClosed) as refused:
        approve(harness)
    assert f"2025-08-20 {opens}:00" in str(refused.value.facts["opens_at"])
    assert harness.trade().state is TradeState.PROPOSED
    harness.clock.advance(86_400)
    harness.engine.jobs.housekeeping()
    assert told_of_apple(harness) == [NoticeKind.APPROVAL_ASKED, NoticeKind.DECIDED]
    harness.close()
