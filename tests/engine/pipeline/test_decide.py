from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.errors import (
    AlreadyDecided,
    DeskError,
    DeskNotActive,
    Expired,
    MarketClosed,
    NoPrice,
    OrderRefused,
    RiskRefused,
    UnknownTrade,
)
from engine.model.account import Account
from engine.model.desk import DeskState
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


def test_one_click_decides_and_the_next_is_told_who_did(proposed: EngineHarness) -> None:
    proposed.engine.commands.reject(TRADE_ID, EngineHarness.TRADER, "too late in the day")
    with pytest.raises(AlreadyDecided) as refused:
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.ADMIN)
    assert refused.value.facts == {"trade_id": TRADE_ID, "state": "rejected", "by": "U0TRADER"}
    assert proposed.trade().reason == "too late in the day"


def test_twenty_clicks_at_once_make_one_order(proposed: EngineHarness) -> None:
    def click(_: int) -> str:
        try:
            return proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER).state
        except DeskError as error:
            return type(error).__name__

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(click, range(20)))
    assert answers.count("open") == 1
    assert answers.count("AlreadyDecided") == 19
    position = next(held for held in proposed.broker.positions() if held.symbol == "AAPL")
    assert position.shares == 512


def test_an_expired_proposal_cannot_be_approved(proposed: EngineHarness) -> None:
    proposed.clock.advance(900)
    with pytest.raises(Expired):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)


def test_a_proposal_whose_time_is_over_expires_by_itself_and_the_desk_is_told(proposed: EngineHarness) -> None:
    proposed.clock.advance(900)
    proposed.engine.jobs.housekeeping()
    assert proposed.trade().state is TradeState.EXPIRED
    told = [notice.kind for notice in proposed.told() if notice.trade_id == TRADE_ID]
    assert told == [NoticeKind.APPROVAL_ASKED, NoticeKind.DECIDED]


def test_a_price_within_tolerance_is_sized_again_at_the_price_of_now(proposed: EngineHarness) -> None:
    proposed.market.price("AAPL", "150.90")
    trade = proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert (trade.sizing.entry, trade.stop) == (Decimal("150.90"), Decimal("148.63"))
    assert trade.shares == 510
    assert trade.sizing.planned_risk <= trade.sizing.budget * Decimal("1.001")


def test_a_price_that_ran_away_ends_the_proposal_as_refused(proposed: EngineHarness) -> None:
    proposed.market.price("AAPL", "152.00")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "price_drift"
    assert (proposed.trade().state, proposed.trade().reason) == (
        TradeState.REFUSED,
        "price_drift 0.011647 0.005 share_of_equity",
    )
    assert proposed.broker.order(TRADE_ID) is None


def test_an_order_that_the_broker_would_refuse_for_its_shape_ends_the_proposal_before_anything_is_sent(
    proposed: EngineHarness,
) -> None:
    proposed.line.refuses_shape = "no such order"
    with pytest.raises(OrderRefused):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.REFUSED, "order_refused")
    assert proposed.broker.order(TRADE_ID) is None


def test_a_resize_to_an_order_that_the_broker_would_refuse_changes_nothing(proposed: EngineHarness) -> None:
    proposed.line.refuses_shape = "no such order"
    with pytest.raises(OrderRefused):
        proposed.engine.commands.resize(TRADE_ID, 300, EngineHarness.TRADER)
    assert (proposed.trade().state, proposed.trade().shares) == (TradeState.PROPOSED, 512)


def test_no_good_price_leaves_the_proposal_as_it_is(proposed: EngineHarness) -> None:
    proposed.clock.advance(120)
    with pytest.raises(NoPrice):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.trade().state is TradeState.PROPOSED


def test_after_the_close_the_desk_learns_when_the_market_opens(harness: EngineHarness) -> None:
    trade = harness.play_the_signal()
    assert trade is not None
    with harness.store.writing() as transaction:
        transaction.update(replace(trade, expires_at=trade.expires_at + timedelta(hours=12)))
    harness.clock.advance(6 * 3600)
    with pytest.raises(MarketClosed) as refused:
        harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert str(refused.value.facts["opens_at"]) == "2025-08-20 13:30:00+00:00"


def test_a_resize_within_the_limits_changes_the_shares(proposed: EngineHarness) -> None:
    assert proposed.engine.commands.resize(TRADE_ID, 300, EngineHarness.TRADER).shares == 300
    assert proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER).filled_shares == 300


def test_a_resize_over_a_limit_names_the_limit_and_changes_nothing(proposed: EngineHarness) -> None:
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.resize(TRADE_ID, 513, EngineHarness.TRADER)
    assert refused.value.facts == {"rule": "risk", "asked": 513, "limit": 512, "unit": "shares"}
    assert proposed.trade().shares == 512


def test_a_preview_shows_cost_and_risk_at_any_number(proposed: EngineHarness) -> None:
    view = proposed.engine.queries.sizing.preview(TRADE_ID, 300)
    assert (view.cost, view.risk, view.most) == (Decimal("45075.00"), Decimal("678.00"), 512)
    assert round(view.risk_after, 4) == Decimal("0.0129")


def test_an_unknown_trade_is_refused_with_the_nearest_one(proposed: EngineHarness) -> None:
    with pytest.raises(UnknownTrade) as refused:
        proposed.engine.queries.trade("AAPL_20250819_234516")
    assert refused.value.facts["nearest"] == TRADE_ID
    assert proposed.engine.queries.trade("aapl").id == TRADE_ID


def test_a_halted_desk_approves_nothing(proposed: EngineHarness) -> None:
    with proposed.store.writing() as transaction:
        transaction.set_desk(replace(transaction.desk(), state=DeskState.HALTED))
    with pytest.raises(DeskNotActive):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)


def test_every_decision_has_its_audit_row(proposed: EngineHarness) -> None:
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    with proposed.store.reading() as reader:
        rows = [(row.actor, row.action) for row in reader.audit(subject=TRADE_ID)]
    assert rows[::-1] == [
        ("engine", "propose"),
        ("U0TRADER", "approved"),
        ("engine", "submit"),
        ("engine", "open"),
        ("engine", "target"),
    ]


def test_a_second_rejection_is_told_who_was_first(proposed: EngineHarness) -> None:
    proposed.engine.commands.reject(TRADE_ID, EngineHarness.TRADER, "too late in the day")
    with pytest.raises(AlreadyDecided) as refused:
        proposed.engine.commands.reject(TRADE_ID, EngineHarness.ADMIN, "")
    assert refused.value.facts == {"trade_id": TRADE_ID, "state": "rejected", "by": "U0TRADER"}
    assert proposed.trade().reason == "too late in the day"


def another_process_sets(desk: EngineHarness, name: str, value: str) -> None:
    """Change a setting in the database alone, as a process does of which this one has not heard yet."""
    with desk.store.writing() as transaction:
        transaction.set_setting(f"setting:{name}", value)


def test_an_approval_is_judged_by_the_limit_that_another_process_tightened(proposed: EngineHarness) -> None:
    another_process_sets(proposed, "min_price", "1000")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "min_price"
    assert proposed.broker.order(TRADE_ID) is None


def test_a_limit_that_another_process_tightens_while_an_approval_looks_at_the_account_counts(
    proposed: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = proposed.line.account

    def slow() -> Account:
        another_process_sets(proposed, "min_price", "1000")
        return account()

    monkeypatch.setattr(proposed.line, "account", slow)
    with pytest.raises(RiskRefused):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.broker.order(TRADE_ID) is None


def test_a_resize_is_judged_by_the_limit_that_another_process_tightened(proposed: EngineHarness) -> None:
    another_process_sets(proposed, "risk_per_trade", "0.001")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.resize(TRADE_ID, 300, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "risk"
    assert proposed.trade().shares == 512
