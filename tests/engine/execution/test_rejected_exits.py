"""Orders that Alpaca accepts and rejects a moment later: whoever is on duty is called once, and not calmed."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cards.notices import render
from engine.execution.cover import PAUSE
from engine.model.adoption import Adoption
from engine.model.desk import Request
from engine.model.notices.account import ExitMoved, ForeignUnprotected
from engine.model.notices.base import NO_REASON, Notice
from engine.model.notices.desk import DeskFlat, FlattenStuck
from engine.model.notices.trades import CoveringShort, CoverRefused, TradeUnprotected
from engine.model.trade import OrderRole, TradeState
from tests.bot.cards.examples import ENGLISH
from tests.support.alpaca_desk import AtAlpaca
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

BOTH = ("U0TRADER", "U0ADMIN")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        put_on_duty(desk.harness, BOTH_LINES)
        desk.fake.fill_by_hand()
        yield desk


def look_while_rejected(desk: AtAlpaca, times: int) -> None:
    """Let the desk look some times, while Alpaca takes what it sends and rejects it."""
    for _ in range(times):
        desk.fake.reject_next()
        desk.look(1)


def alarms(desk: AtAlpaca) -> list[tuple[str, tuple[str, ...]]]:
    """Return what was said of shares of AAPL without a stop, and who was called."""
    told = [notice for notice in desk.harness.told_of(TradeUnprotected) if notice.trade_id == TRADE_ID]
    return [(render(notice, desk.harness.trade(), ENGLISH).text, notice.called) for notice in told]


def test_a_sale_that_is_accepted_and_then_rejected_calls_both_lines_once(desk: AtAlpaca) -> None:
    desk.fake.reject_next()
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    look_while_rejected(desk, 4)
    assert desk.harness.trade().state is TradeState.CLOSING
    [(said, called)] = alarms(desk)
    assert "the broker rejects the sale of 512 shares: no reason given." in said
    assert called == BOTH


def test_a_sale_that_is_on_its_way_is_no_alarm(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.look()
    assert alarms(desk) == []


def lose_the_stop(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)


def test_stops_that_are_accepted_and_then_rejected_are_one_alarm_that_calms_nobody(desk: AtAlpaca) -> None:
    lose_the_stop(desk)
    look_while_rejected(desk, 5)
    first, alarm = alarms(desk)
    assert "The bot sent a new one at $147.99" in first[0]
    assert "⛔ AAPL: no live stop on 512 shares, and the broker rejects a new one: no reason given." in alarm[0]
    assert alarm[1] == BOTH


def test_a_stop_that_is_refused_amid_rejected_ones_is_no_other_alarm(desk: AtAlpaca) -> None:
    lose_the_stop(desk)
    look_while_rejected(desk, 2)
    desk.fake.refuse_next("the account is restricted")
    desk.look(1)
    look_while_rejected(desk, 1)
    assert len(alarms(desk)) == 2


def test_once_a_stop_stood_again_its_loss_is_a_new_alarm(desk: AtAlpaca) -> None:
    lose_the_stop(desk)
    look_while_rejected(desk, 2)
    desk.look(2)
    lose_the_stop(desk)
    look_while_rejected(desk, 2)
    assert [said[0] for said, _ in alarms(desk)] == ["⚠", "⛔", "⚠", "⛔"]


def said(desk: AtAlpaca, kind: type[Notice]) -> list[tuple[str, tuple[str, ...]]]:
    """Return what was said by notices of a kind, and who was called."""
    about = desk.harness.trade() if kind.is_of_trade else None
    return [(render(notice, about, ENGLISH).text, notice.called) for notice in desk.harness.told_of(kind)]


def sent_for(desk: AtAlpaca, start: str) -> int:
    """Count the orders that Alpaca ever took under ids that begin so."""
    return sum(order.client_order_id.startswith(start) for order in desk.fake.reader)


def test_a_stop_for_shares_of_others_that_is_accepted_and_then_rejected_calls_both_lines_once(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        desk.look()
        put_on_duty(desk.harness, BOTH_LINES)
        desk.fake.hold("NVDA", 40, "100")
        look_while_rejected(desk, 8)
        [(alarm, called)] = said(desk, ForeignUnprotected)
        assert "⛔ NVDA: no stop on shares the bot didn't buy. The broker rejected it: no reason given." in alarm
        assert called == BOTH
        assert sent_for(desk, "FOREIGN-NVDA") == 1


def test_exits_of_adopted_shares_that_are_rejected_call_both_lines_once(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.fake.hold("NVDA", 40, "100")
        desk.fake.price("NVDA", "101")
        desk.look()
        put_on_duty(desk.harness, BOTH_LINES)
        desk.fake.reject_next()
        asked = Adoption(symbol="NVDA", stop=Decimal(95), target=Decimal(120))
        adopted = desk.harness.engine.commands.adopt_position(asked, Request(by="U0ADMIN"))
        look_while_rejected(desk, 4)
        [alarm] = [told for told in desk.harness.told_of(TradeUnprotected) if told.trade_id == adopted.id]
        assert (alarm.trouble, alarm.called) == (NO_REASON, BOTH)


def be_short(desk: AtAlpaca) -> None:
    """Let both exits fill, and Alpaca take and reject what buys back."""
    desk.fake.fill_both_legs(TRADE_ID)
    look_while_rejected(desk, 6)


def test_a_purchase_that_buys_back_and_is_rejected_calls_both_lines_once_and_rests(desk: AtAlpaca) -> None:
    be_short(desk)
    [(alarm, called)] = said(desk, CoverRefused)
    assert "⛔ AAPL: the broker rejects buying back 512 shares: no reason given. The account stays short." in alarm
    assert called == BOTH
    assert desk.covers() == [512]


def test_it_is_sent_anew_after_some_minutes_without_another_word_until_it_is_filled(desk: AtAlpaca) -> None:
    be_short(desk)
    for _ in range(3):
        desk.harness.clock.advance(PAUSE.total_seconds())
        desk.look(1)
    [cover] = [order for order in desk.broker.orders() if order.role is OrderRole.COVER]
    desk.fake.fill(cover.broker_id)
    desk.look()
    assert (desk.harness.trade().state, desk.held()) == (TradeState.CLOSED, 0)
    assert (len(said(desk, CoverRefused)), len(said(desk, CoveringShort))) == (1, 1)


def test_a_purchase_that_is_refused_and_later_rejected_is_one_alarm(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID)
    for _ in range(3):
        desk.fake.refuse_next("the account is restricted")
        desk.look(1)
    look_while_rejected(desk, 3)
    [(alarm, called)] = said(desk, CoverRefused)
    assert "buying back 512 shares: the account is restricted." in alarm
    assert called == BOTH


def test_a_purchase_that_is_refused_because_somebody_buys_back_is_no_alarm(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID)
    desk.broker.buy_back("by-hand", "AAPL", 512)
    desk.look()
    assert said(desk, CoverRefused) == []


def test_what_goes_on_being_rejected_while_everything_is_sold_is_told_once(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.harness.engine.commands.close_all(EngineHarness.TRADER)
        desk.fake.hold("NVDA", 40, "100")
        desk.look()
        desk.fake.reject_next()
        desk.harness.engine.commands.flatten(EngineHarness.TRADER)
        look_while_rejected(desk, 5)
        [(stuck, _)] = said(desk, FlattenStuck)
        assert "NVDA is still open (the broker accepted the sale, then rejected it)" in stuck
        desk.look(4)
        assert len(said(desk, FlattenStuck)) == 1
        assert said(desk, DeskFlat)


def test_a_target_that_stays_where_it_was_because_its_move_is_rejected_is_nobodys_hand(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.fake.fill_by_hand()
        desk.harness.play_the_signal()
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        desk.fake.reject_next()
        desk.fake.fill(TRADE_ID, 512, "150.60")
        desk.look()
        planned = desk.harness.trade().sizing.target
        assert (desk.live(OrderRole.TARGET).price, desk.harness.trade().target) == (planned, planned)
        assert desk.harness.told_of(ExitMoved) == []
