from decimal import Decimal
from pathlib import Path

from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import AT, TRADE_ID

CLOSE = AT.replace(hour=20, minute=0)


def test_a_symbol_that_waits_for_a_decision_is_not_proposed_twice(proposed: EngineHarness) -> None:
    proposed.close_a_bar(150.20)
    assert len(proposed.engine.queries.trades({TradeState.PROPOSED})) == 1


def test_a_rejected_symbol_rests_before_it_is_proposed_again(proposed: EngineHarness) -> None:
    proposed.engine.commands.reject(TRADE_ID, EngineHarness.TRADER)
    proposed.close_a_bar(150.20)
    assert proposed.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_halted_desk_proposes_nothing_and_a_resumed_one_does_with_the_next_bar(harness: EngineHarness) -> None:
    harness.engine.commands.halt(EngineHarness.TRADER, "earnings")
    assert harness.play_the_signal() is None
    harness.engine.commands.resume(EngineHarness.ADMIN)
    harness.close_a_bar(150.20)
    assert harness.engine.queries.trade("AAPL").state is TradeState.PROPOSED


def test_no_headroom_keeps_the_signal_with_its_reason_once(harness: EngineHarness) -> None:
    for trade in harness.engine.queries.trades({TradeState.OPEN}):
        harness.put_stop(trade, trade.stop - 20)
    assert harness.play_the_signal() is None
    harness.close_a_bar(150.20)
    assert harness.kept() == [("AAPL", "headroom 0 1 shares")]


def test_a_signal_of_the_days_last_bar_is_shown_and_proposes_nothing(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, over=CLOSE)
    harness.play_the_signal(over=CLOSE)
    assert harness.kept() == [("AAPL", "outside_regular_hours")]
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()
    harness.close()


def test_what_the_broker_would_refuse_for_its_shape_never_reaches_the_desk(harness: EngineHarness) -> None:
    harness.line.refuses_shape = "no such order"
    assert harness.play_the_signal() is None
    assert harness.asked() == []
    assert harness.kept() == [("AAPL", "order_refused")]


def test_while_redis_is_down_the_proposal_is_kept_and_published_once_it_is_back(harness: EngineHarness) -> None:
    harness.stream.server.is_down = harness.cache.is_down = True
    assert harness.play_the_signal() is not None
    assert harness.asked() == []
    harness.stream.server.is_down = harness.cache.is_down = False
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.decide_proposals()
    assert harness.asked() == [TRADE_ID]
    assert [notice.kind for notice in harness.told() if notice.subject == "redis"] == [
        NoticeKind.SERVICE_LOST,
        NoticeKind.SERVICE_BACK,
    ]


def test_a_proposal_that_was_lost_with_the_stream_is_published_again(harness: EngineHarness) -> None:
    harness.stream.server.loses_what_is_published = True
    assert harness.play_the_signal() is not None
    harness.stream.server.loses_what_is_published = False
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.decide_proposals()
    assert harness.asked() == []
    harness.clock.advance(61)
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.decide_proposals()
    assert harness.asked() == [TRADE_ID]


def test_while_prices_cannot_be_read_nothing_is_proposed_and_the_desk_is_told(harness: EngineHarness) -> None:
    harness.market.is_down = True
    harness.engine.jobs.tick()
    harness.engine.jobs.tick()
    harness.market.is_down = False
    harness.engine.jobs.tick()
    assert [notice.kind for notice in harness.told() if notice.subject == "market"] == [
        NoticeKind.SERVICE_LOST,
        NoticeKind.SERVICE_BACK,
    ]


def test_without_news_the_score_is_technical_alone(harness: EngineHarness) -> None:
    harness.news.is_down = True
    trade = harness.play_the_signal()
    assert trade is not None
    assert (trade.signal.tenths, trade.signal.technical_tenths) == (10, 10)


def test_the_price_cache_has_what_was_observed(proposed: EngineHarness) -> None:
    latest = proposed.cache.latest("AAPL")
    assert latest is not None
    assert latest.price == Decimal("150.25")


def test_the_size_counts_the_risk_of_every_alive_trade(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, risk_per_trade="0.012", risk_warning="0.016")
    trade = harness.play_the_signal()
    assert trade is not None
    assert trade.sizing.cap == "headroom"
    assert trade.sizing.risk_after < Decimal("0.02")
    harness.close()
