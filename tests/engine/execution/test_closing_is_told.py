"""Every move to closing is told: who or what sells, why, and what the sale waits for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.common.symbol_halts import keep_symbol_halts
from engine.errors import AlreadyDecided, SaleRefused
from engine.model.desk import ENGINE
from engine.model.notices.trades import TimeExit, TradeClosing, TradeUnprotected
from engine.model.symbol_halt import HaltReason, SymbolHalt
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

TRADER = EngineHarness.TRADER
NIGHT = datetime(2025, 8, 19, 20, 30, tzinfo=UTC)
NEXT_OPEN = datetime(2025, 8, 20, 13, 30, tzinfo=UTC)


def told(harness: EngineHarness) -> dict[str, Any]:
    [notice] = harness.told_of(TradeClosing)
    return {name: getattr(notice, name) for name in ("trade_id", "by", "why", "opens_at", "is_halted")}


def test_a_person_who_closes_is_named_with_the_reason(filled: EngineHarness) -> None:
    filled.engine.commands.close(TRADE_ID, TRADER, "CPI tomorrow")
    said = {"trade_id": TRADE_ID, "by": TRADER.by, "why": "CPI tomorrow"}
    assert told(filled) == said | {"opens_at": None, "is_halted": False}
    assert (filled.trade().state, filled.trade().closed_by) == (TradeState.CLOSED, TRADER.by)


def test_outside_regular_hours_it_is_told_until_when_the_sale_waits(filled: EngineHarness) -> None:
    filled.clock.set(NIGHT)
    sale = filled.engine.commands.close(TRADE_ID, TRADER)
    assert told(filled)["opens_at"] == sale.opens_at == NEXT_OPEN
    assert sale.trade.state is TradeState.CLOSING


def test_the_sale_of_a_halted_symbol_waits_for_the_end_of_the_halt(filled: EngineHarness) -> None:
    halt = SymbolHalt(symbol="AAPL", since=filled.clock.now(), reason=HaltReason.NEWS)
    with filled.store.writing() as transaction:
        keep_symbol_halts(transaction, {"AAPL": halt})
    assert filled.engine.commands.close(TRADE_ID, TRADER).is_halted
    assert told(filled)["is_halted"]


def test_the_flattening_of_the_desk_is_told_in_each_trade_as_the_bots_own(filled: EngineHarness) -> None:
    filled.engine.commands.flatten(EngineHarness.ADMIN)
    closing = filled.told_of(TradeClosing)
    assert {notice.trade_id.partition("_")[0] for notice in closing} == {"AAPL", "MSFT", "TSLA"}
    assert {notice.by for notice in closing} == {ENGINE}


@pytest.mark.parametrize("kind", [TradeClosing, TimeExit])
def test_the_card_is_drawn_again_as_soon_as_its_trade_is_sold(kind: type[TradeClosing | TimeExit]) -> None:
    assert kind.redraws_card
    assert not kind.is_for_channel


def test_a_sale_that_the_broker_refuses_is_no_purchase_and_is_sold_later(filled: EngineHarness) -> None:
    filled.line.refuses = "the account is restricted"
    with pytest.raises(SaleRefused) as refused:
        filled.engine.commands.close(TRADE_ID, TRADER)
    assert refused.value.facts == {"reason": "the account is restricted", "symbol": "AAPL"}
    assert filled.trade().state is TradeState.CLOSING
    assert told(filled)["by"] == TRADER.by
    filled.engine.jobs.housekeeping()
    assert TRADE_ID in {notice.trade_id for notice in filled.told_of(TradeUnprotected) if notice.is_sale}
    filled.line.refuses = ""
    filled.engine.jobs.housekeeping()
    filled.engine.jobs.reconcile()
    assert (filled.trade().state, filled.trade().exit_shares) == (TradeState.CLOSED, 512)


def test_sales_of_all_trades_that_the_broker_refuses_are_answered_each_with_its_words(filled: EngineHarness) -> None:
    filled.line.refuses = "the account is restricted"
    sales = filled.engine.commands.close_all(TRADER)
    assert {(sale.trade.symbol, sale.trade.state) for sale in sales} == {
        (symbol, TradeState.CLOSING) for symbol in ("AAPL", "MSFT", "TSLA")
    }
    assert {sale.refused for sale in sales} == {"the account is restricted"}


def test_a_sale_that_the_broker_is_away_for_says_so(filled: EngineHarness) -> None:
    filled.line.is_away = True
    assert filled.engine.commands.close(TRADE_ID, TRADER).is_broker_away


def test_a_sale_that_was_sent_waits_for_no_broker(filled: EngineHarness) -> None:
    assert not filled.engine.commands.close(TRADE_ID, TRADER).is_broker_away


def test_who_comes_too_late_hears_who_closed(filled: EngineHarness) -> None:
    filled.engine.commands.close(TRADE_ID, TRADER)
    with pytest.raises(AlreadyDecided) as late:
        filled.engine.commands.close(TRADE_ID, EngineHarness.ADMIN)
    assert late.value.facts["by"] == TRADER.by


def test_the_move_is_kept_under_the_name_of_who_closed(filled: EngineHarness) -> None:
    filled.engine.commands.close(TRADE_ID, EngineHarness.ADMIN)
    with filled.store.reading() as reader:
        moves = {row.to_state: row.by for row in reader.moves(limit=20, trade_id=TRADE_ID)}
    assert moves[TradeState.OPEN] == TRADER.by
    assert moves[TradeState.CLOSING] == EngineHarness.ADMIN.by
