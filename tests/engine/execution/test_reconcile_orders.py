from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.bootstrap import wire
from engine.common.orders import settled
from engine.errors import AlreadyDecided, BrokerUnavailable, OrderRefused
from engine.model.activity import ActivityKind
from engine.model.notices.base import NoticeKind
from engine.model.trade import ExitReason, OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.waiting import until


def test_a_stop_that_is_hit_closes_the_trade_with_its_loss(filled: EngineHarness) -> None:
    filled.clock.advance(60)
    filled.market.price("AAPL", "147.90")
    filled.engine.jobs.reconcile()
    trade = filled.trade()
    assert (trade.state, trade.exit_reason, trade.exit_shares) == (TradeState.CLOSED, ExitReason.STOP, 512)
    assert trade.result is not None
    assert trade.result < 0
    assert filled.told()[-1].kind is NoticeKind.CLOSED


def test_a_target_that_is_hit_closes_the_trade_with_its_win(filled: EngineHarness) -> None:
    filled.clock.advance(60)
    filled.market.price("AAPL", "154.80")
    filled.engine.jobs.reconcile()
    trade = filled.trade()
    assert (trade.state, trade.exit_reason) == (TradeState.CLOSED, ExitReason.TARGET)
    assert trade.result is not None
    assert trade.result >= 512 * (Decimal("154.78") - Decimal("150.28"))


def test_the_fee_of_a_sale_belongs_to_its_trade_and_is_not_told_as_money_that_moved(filled: EngineHarness) -> None:
    filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    for _ in range(2):
        filled.clock.advance(1)
        filled.engine.jobs.reconcile()
    with filled.store.reading() as reader:
        fees = [row for row in reader.activities(symbol="AAPL") if row.kind is ActivityKind.FEE]
        assert [reader.trade_of_order(fee.order_id) for fee in fees] == [TRADE_ID]
        assert reader.external() == 0
    assert all(fee.dollars < 0 for fee in fees)
    assert NoticeKind.MONEY_MOVED not in {notice.kind for notice in filled.told()}


def test_the_desk_closes_a_trade_at_the_market(filled: EngineHarness) -> None:
    filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    filled.engine.jobs.reconcile()
    trade = filled.trade()
    assert (trade.state, trade.exit_reason) == (TradeState.CLOSED, ExitReason.DESK)
    assert all(position.symbol != "AAPL" for position in filled.broker.positions())
    with pytest.raises(AlreadyDecided):
        filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)


def test_a_position_that_somebody_keeps_leaves_one_audit_row(filled: EngineHarness) -> None:
    filled.engine.commands.keep(TRADE_ID, EngineHarness.TRADER)
    with filled.store.reading() as reader:
        kept = [entry for entry in reader.audit(subject=TRADE_ID) if entry.action == "keep"]
    assert [(entry.actor, entry.outcome) for entry in kept] == [(EngineHarness.TRADER.by, "512 shares")]
    assert filled.trade().state is TradeState.OPEN


def test_a_position_that_is_sold_can_no_longer_be_kept(filled: EngineHarness) -> None:
    filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    with pytest.raises(AlreadyDecided):
        filled.engine.commands.keep(TRADE_ID, EngineHarness.TRADER)


def test_a_stop_that_vanished_is_renewed_and_the_desk_is_told(filled: EngineHarness) -> None:
    order = filled.broker.order(TRADE_ID)
    assert order is not None
    stop = order.leg(OrderRole.STOP)
    assert stop is not None
    filled.broker.cancel(stop)
    filled.engine.jobs.housekeeping()
    filled.engine.jobs.housekeeping()
    renewed = filled.broker.order(f"{TRADE_ID}-stop-1")
    assert renewed is not None
    exits = {part.role: (part.shares, part.price) for part in (renewed, *renewed.legs)}
    assert exits == {OrderRole.STOP: (512, Decimal("147.99")), OrderRole.TARGET: (512, Decimal("154.78"))}
    told = [notice.trade_id for notice in filled.told() if notice.kind is NoticeKind.UNPROTECTED]
    assert told.count(TRADE_ID) == 1


def test_a_refused_order_ends_the_trade_as_failed_with_the_brokers_words(proposed: EngineHarness) -> None:
    proposed.line.refuses = "insufficient qty"
    with pytest.raises(OrderRefused):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.FAILED, "insufficient qty")


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_whatever_is_lost_on_the_line_there_is_one_order(proposed: EngineHarness, lost: str) -> None:
    proposed.line.loses_request = lost == "request"
    proposed.line.loses_answer = lost == "answer"
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.line.loses_answer = False
    proposed.clock.advance(2)
    proposed.engine.jobs.poll_unconfirmed()
    proposed.engine.jobs.poll_unconfirmed()
    assert proposed.trade().state is TradeState.OPEN
    assert [held.shares for held in proposed.broker.positions() if held.symbol == "AAPL"] == [512]


def test_an_order_that_never_arrived_is_given_up_when_its_approval_is_old(proposed: EngineHarness) -> None:
    proposed.line.meanwhile = lambda: setattr(proposed.line, "is_away", True)
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(300)
    proposed.line.is_away = False
    proposed.look_for_it()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.FAILED, "never_arrived")
    assert proposed.broker.order(TRADE_ID) is None


def test_a_halt_between_approval_and_order_stops_the_order(harness: EngineHarness) -> None:
    harness.play_the_signal()
    approved = harness.approved_but_not_sent()
    harness.engine.commands.halt(EngineHarness.TRADER, "news")
    harness.engine.jobs.start()
    assert harness.engine.queries.trade(approved.id).state is TradeState.CANCELLED
    assert harness.broker.order(approved.id) is None


def test_a_start_carries_out_what_was_approved_just_before_the_end(harness: EngineHarness) -> None:
    harness.play_the_signal()
    approved = harness.approved_but_not_sent()
    harness.engine.jobs.start()
    assert harness.engine.queries.trade(approved.id).state is TradeState.OPEN


def test_while_the_broker_is_away_an_approval_waits(proposed: EngineHarness) -> None:
    proposed.line.is_away = True
    with pytest.raises(BrokerUnavailable):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.trade().state is TradeState.PROPOSED


@pytest.mark.parametrize("before", [0, 100])
def test_an_answer_older_than_what_another_process_kept_leads_no_trade_back(tmp_path: Path, before: int) -> None:
    lines = list[TroubledBroker]()

    def troubled(adapters: Adapters) -> Adapters:
        lines.append(TroubledBroker(adapters.broker))
        return replace(adapters, broker=lines[0])

    with AtAlpaca.open(tmp_path, on=troubled) as desk:
        [line] = lines
        desk.price("AAPL", "150.25")
        desk.fake.fill_by_hand()
        desk.buy()
        other = wire(desk.harness.settings, desk.adapters)
        desk.broker.stop_listening()  # or a thread of its own would look in between
        if before:
            desk.fake.fill(TRADE_ID, before)

        def filled_and_kept_by_the_other() -> None:
            line.while_asked = lambda: None
            desk.fake.fill(TRADE_ID)
            other.jobs.reconcile()

        line.while_asked = filled_and_kept_by_the_other
        desk.harness.engine.jobs.order_changed(TRADE_ID)
        assert (desk.harness.trade().state, desk.harness.trade().held_shares) == (TradeState.OPEN, 512)
        assert desk.harness.faults() == []


def test_only_what_cannot_change_any_more_is_settled(filled: EngineHarness) -> None:
    assert settled(filled.broker, {TRADE_ID: ()}) == {}  # its stop and target wait
    filled.market.price("AAPL", "147.90")
    over = until(lambda: settled(filled.broker, {TRADE_ID: ()}))  # the stop is hit, and sold at a later look
    assert over == {TRADE_ID: filled.broker.order(TRADE_ID)}
    assert all(part.state.is_over for part in over[TRADE_ID].parts)
