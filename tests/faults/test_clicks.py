"""A click that Slack delivers many times makes one order at most. All thousand: make clicks."""

import os
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import build_app
from bot.cards import ids
from bot.local_slack.launch import demo_settings
from bot.messages import Texts
from bot.signing import KEY, Signer
from engine.model.desk import Request
from engine.model.manual_proposal import ManualProposal
from engine.model.origin import Source
from engine.model.trade import TradeState
from engine.pipeline.observe import Observation
from tests.faults.child_process import PRICES, propose_from
from tests.faults.clicks import deliver
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import a_signal
from tests.support.slack_harness import workspace

DELIVERIES = int(os.environ.get("CLICKS", "100"))
SEED = int(os.environ.get("SEED", "1"))


def proposals(harness: EngineHarness, source: Source, *symbols: str) -> list[str]:
    """Let signals come, or somebody ask, and return the ids of what is proposed."""
    for symbol in symbols:
        harness.market.price(symbol, PRICES[symbol])
    if source is not Source.STRATEGY:
        wanted = (ManualProposal(source=source, by="trend", symbol=symbol, key=symbol) for symbol in symbols)
        return [harness.engine.commands.buys.propose(each, Request(by=source.value)).trade.id for each in wanted]
    now = harness.clock.now()
    shots = {shot.symbol: shot for shot in harness.market.snapshots(symbols)}
    signals = [a_signal(symbol=symbol, at=now, price=shots[symbol].price) for symbol in symbols]
    propose_from(harness.engine, signals, Observation(at=now, snapshots=shots))
    harness.engine.jobs.decide_proposals()
    return [trade.id for trade in harness.engine.queries.trades({TradeState.PROPOSED})]


@pytest.mark.parametrize("source", Source)
def test_a_thousand_deliveries_of_the_same_clicks_make_one_order_each(tmp_path: Path, source: Source) -> None:
    harness = EngineHarness.build(tmp_path, cash=Decimal(1_000_000), watchlist=tuple(PRICES), risk_per_trade="0.002")
    trades = proposals(harness, source, "AAPL", "IBM", "MSFT", "TSLA")
    seal = Signer(harness.engine.commands.audit_log.secret(KEY), harness.engine.queries.now)
    values = [seal.value(ids.APPROVE, trade_id) for trade_id in trades]
    with workspace() as slack:
        settings = demo_settings(slack)
        app = build_app(
            harness.engine.commands, harness.engine.queries, Texts("en", ZoneInfo("UTC")), settings.access, settings
        )
        answers = deliver(app, values, DELIVERIES // len(values), seed=SEED)
        app.listener_runner.listener_executor.shutdown()
    assert answers == {200: DELIVERIES}
    assert [harness.trade(trade_id).state for trade_id in trades] == [TradeState.OPEN] * len(trades)
    bought = {position.symbol: position.shares for position in harness.broker.positions()}
    assert bought == {harness.trade(trade_id).symbol: harness.trade(trade_id).shares for trade_id in trades}
    harness.close()
