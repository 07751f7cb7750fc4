"""Every decision keeps what it stands on, and each number of a trade can be computed again from the database alone."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.factory import Adapters
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.replay import ReplayMarket, ReplayNews
from engine.adapters.sql.store import open_store
from engine.common.evidence import Evidence
from engine.errors import RiskRefused
from engine.model.decision_record import DecisionKind, DecisionRecord, ReplayedTrade
from engine.model.desk import Request
from engine.model.json_values import plain, valued
from engine.model.market import BarFlaw
from engine.model.trade import TradeState
from engine.signals.board import board_of
from engine.signals.packing import packed, unpacked
from engine.signals.technical import readings
from engine.views.replay import recomputed
from tests.support.alpaca_desk import AtAlpaca
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.waiting import until

FIRST, SECOND = Request(by="U0FIRST"), Request(by="U0SECOND")
NOON = ("MSFT", "420.80"), ("TSLA", "255.60")


def replayed(harness: EngineHarness, trade_id: str = TRADE_ID) -> ReplayedTrade:
    with harness.store.reading() as reader:
        return recomputed(reader, trade_id)


def told(harness: EngineHarness, trade_id: str = TRADE_ID) -> list[str]:
    """Return what a replay finds: the numbers that differ, and what is wrong beside them."""
    found = replayed(harness, trade_id)
    return [*(f"{number.decision}: {number.name}" for number in found.numbers if number.differs), *found.faults]


def records(harness: EngineHarness, trade_id: str = TRADE_ID) -> dict[DecisionKind, DecisionRecord]:
    with harness.store.reading() as reader:
        return {kept.record.kind: kept.record for kept in reader.decision_records(trade_id)}


def evidence(harness: EngineHarness, kind: DecisionKind) -> Evidence:
    return valued(Evidence, records(harness)[kind].evidence)


def price_moves(harness: EngineHarness, price: str) -> None:
    harness.clock.advance(20)
    for symbol, now in (("AAPL", price), *NOON):
        harness.market.price(symbol, now)


def sql(harness: EngineHarness, statement: str, **values: Any) -> None:
    with harness.store.changing() as connection:
        connection.execute(text(statement), values)


def test_a_proposal_keeps_all_that_was_seen_and_shown(proposed: EngineHarness) -> None:
    record, seen = records(proposed)[DecisionKind.PROPOSED], evidence(proposed, DecisionKind.PROPOSED)
    assert (record.shown_shares, record.shown_entry, record.by) == (512, Decimal("150.25"), "engine")
    assert seen.snapshot is not None
    assert (seen.snapshot.bid, seen.snapshot.ask) == (Decimal("150.24"), Decimal("150.25"))
    assert seen.signal == proposed.trade().signal
    assert seen.portfolio.account.equity == Decimal(231_368)
    assert {trade.symbol for trade in seen.portfolio.trades} == {"MSFT", "TSLA"}
    assert seen.limits.per_trade == Decimal("0.005")
    assert {"open_risk", "spread", "price_drift", "buying_power"} <= {verdict.rule for verdict in seen.verdicts}
    assert [(source.headline_id, source.model) for source in seen.sources] == [("seed-1", "keywords")]
    assert seen.sources[0].age_seconds == 14.0
    assert str(seen.sizing.unrounded).startswith("511.876")


def test_the_score_comes_out_of_the_bars_that_are_kept_bit_for_bit(proposed: EngineHarness) -> None:
    window = unpacked("AAPL", records(proposed)[DecisionKind.PROPOSED].bars)
    assert readings(board_of(window).indicators(), 0) == proposed.trade().signal.readings
    assert len(packed(window)) < 10_000


def test_an_approval_at_another_price_leaves_what_the_card_said(proposed: EngineHarness) -> None:
    price_moves(proposed, "150.90")
    trade = proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert trade.approved is not None
    assert (trade.approved.shown_shares, trade.approved.shown_entry) == (512, Decimal("150.25"))
    assert (trade.approved.shares, trade.approved.entry) == (510, Decimal("150.90"))
    proposal = records(proposed)[DecisionKind.PROPOSED]
    assert (proposal.shares, proposal.entry) == (512, Decimal("150.25"))
    assert evidence(proposed, DecisionKind.PROPOSED).sizing.stop == Decimal("147.99")
    assert (trade.proposed_entry, trade.sizing.entry, trade.fill_price) == tuple(
        map(Decimal, ("150.25", "150.90", "150.94"))
    )


def test_what_was_paid_over_the_prices_proposed_is_told_over_what_the_card_said(proposed: EngineHarness) -> None:
    price_moves(proposed, "150.90")
    trade = proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(60)
    price_moves(proposed, "151.00")
    proposed.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    with proposed.store.reading() as reader:
        done = reader.performance(None, proposed.clock.now())
    assert trade.fill_price is not None
    assert done.slippage == trade.filled_shares * (trade.fill_price - Decimal("150.25")) == Decimal("351.90")


def test_a_split_leaves_the_slippage_as_it_was(proposed: EngineHarness) -> None:
    price_moves(proposed, "150.90")
    trade = proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert trade.fill_price is not None
    half = replace(trade.sizing, entry=trade.sizing.entry / 2, stop=trade.sizing.stop / 2)
    split = replace(trade, sizing=half, filled_shares=2 * trade.filled_shares, fill_price=trade.fill_price / 2)
    assert split.proposed_entry == Decimal("75.125")
    ended = replace(split, exit_shares=split.filled_shares, exit_price=Decimal("75.5"), closed_at=proposed.clock.now())

    def slippage() -> Decimal:  # until the entry's own events are heard, each puts the fill back to the broker's
        with proposed.store.writing() as transaction:
            transaction.update(ended)
        with proposed.store.reading() as reader:
            return reader.performance(None, proposed.clock.now()).slippage

    assert until(lambda: slippage() == Decimal("351.90"))


def test_every_decision_has_its_own_record(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, second_approver_over=10_000)
    harness.play_the_signal()
    harness.engine.commands.resize(TRADE_ID, 500, EngineHarness.TRADER)
    price_moves(harness, "150.40")
    harness.engine.commands.approve(TRADE_ID, FIRST)
    price_moves(harness, "150.60")
    harness.engine.commands.approve(TRADE_ID, SECOND)
    kept = [(record.kind.value, record.by, record.shares, record.entry) for record in records(harness).values()]
    assert kept == [
        ("proposed", "engine", 512, Decimal("150.25")),
        ("resized", "U0TRADER", 500, Decimal("150.25")),
        ("approved_first", "U0FIRST", 500, Decimal("150.40")),
        ("approved", "U0SECOND", 500, Decimal("150.60")),
        ("ordered", "U0SECOND", 500, Decimal("150.60")),
    ]
    assert told(harness) == []
    harness.close()


def test_an_approval_that_a_rule_turns_down_keeps_why(proposed: EngineHarness) -> None:
    price_moves(proposed, "152.00")
    with pytest.raises(RiskRefused):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    refused = [verdict.rule for verdict in evidence(proposed, DecisionKind.REFUSED).verdicts if not verdict.allowed]
    assert refused == ["price_drift"]
    assert told(proposed) == []


@pytest.mark.parametrize("price", ["150.25", "150.90", "149.60"])
@pytest.mark.parametrize("resized", [None, 500, 1])
def test_the_example_is_worked_out_again_without_a_difference(
    proposed: EngineHarness, price: str, resized: int | None
) -> None:
    if resized:
        proposed.engine.commands.resize(TRADE_ID, resized, EngineHarness.TRADER)
    price_moves(proposed, price)
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert told(proposed) == []
    price_moves(proposed, "151.00")
    proposed.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    assert proposed.trade().state is TradeState.CLOSED
    assert told(proposed) == []
    assert len(replayed(proposed).numbers) > 300


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_partial_fill_is_worked_out_again_without_a_difference(tmp_path: Path, goes_on: bool) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.harness.play_the_signal()
        desk.fake.partly_fill(200)
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        assert told(desk.harness) == []
        if goes_on:
            desk.price("AAPL", "150.25")
        for _ in range(15):
            desk.harness.clock.advance(1)
            desk.harness.engine.jobs.poll_unconfirmed()
        desk.harness.engine.jobs.reconcile()
        assert desk.harness.trade().held_shares == (512 if goes_on else 200)
        assert told(desk.harness) == []


@pytest.mark.parametrize("price", ["150.25", "150.60"])
def test_a_trade_after_the_close_is_worked_out_again_without_a_difference(tmp_path: Path, price: str) -> None:
    close = worked_example.AT.replace(hour=20, minute=0)
    harness = EngineHarness.at_the_example(tmp_path, over=close, extended_hours=True)
    harness.play_the_signal(over=close)
    trade = harness.engine.queries.trade("AAPL")
    price_moves(harness, price)
    harness.engine.commands.approve(trade.id, EngineHarness.TRADER)
    harness.engine.jobs.housekeeping()
    assert harness.trade(trade.id).state is TradeState.OPEN
    assert told(harness, trade.id) == []
    harness.close()


@pytest.mark.parametrize("way", ["left", "cancelled", "adjusted"])
@pytest.mark.parametrize("times", [2, 3])
def test_a_trade_whose_shares_were_split_is_worked_out_again_without_a_difference(
    tmp_path: Path, way: str, times: int
) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        desk.harness.clock.advance(19.75 * 3600)
        desk.fake.split("AAPL", times, orders=way, activity=True)
        desk.look()
        desk.harness.clock.advance(3.5 * 3600)
        desk.price("AAPL", f"{150.25 / times:.2f}")
        desk.look()
        assert desk.harness.trade().held_shares == 512 * times
        assert told(desk.harness) == []


def test_an_auto_day_on_the_recorded_prices_is_worked_out_again_without_a_difference(tmp_path: Path) -> None:
    harness = an_auto_day(tmp_path)
    trades = harness.engine.queries.trades()
    assert {trade.state for trade in trades} >= {TradeState.CLOSED}
    assert [line for trade in trades for line in told(harness, trade.id)] == []
    assert all(replayed(harness, trade.id).has_records for trade in trades)
    harness.close()


def an_auto_day(folder: Path) -> EngineHarness:
    """Return a desk in AUTO_MODE after a day of the recorded prices, a night, and the next morning."""
    calendar, clock = ExchangeCalendar(), ManualClock(datetime(2012, 6, 4, 13, 30, tzinfo=UTC))

    def on(adapters: Adapters) -> Adapters:
        market = ReplayMarket(clock, calendar)
        broker = PaperBroker(
            folder / "replay.db", market, clock, calendar, cash=Decimal(100_000), margin=False, slippage_bp=Decimal(2)
        )
        return replace(adapters, clock=clock, calendar=calendar, market=market, news=ReplayNews(clock), broker=broker)

    harness = EngineHarness.build(folder, on=on, watchlist=("AAPL", "FB", "GOOG", "IBM", "MSFT"), auto_mode=True)
    harness.engine.jobs.start()
    for hours, begun in ((6.5, clock.now()), (1.5, clock.now() + timedelta(days=1))):
        clock.set(begun)
        while clock.now() < begun + timedelta(hours=hours):
            harness.engine.jobs.read_news()
            harness.engine.jobs.housekeeping()
            harness.engine.jobs.tick()
            clock.advance(5)
            harness.engine.jobs.process_bars()
            harness.engine.jobs.reconcile()
            clock.advance(295)
    return harness


@pytest.mark.parametrize("place", [0, 700, -3, -1])
def test_a_bar_that_was_changed_is_named(proposed: EngineHarness, place: int) -> None:
    window = unpacked("AAPL", records(proposed)[DecisionKind.PROPOSED].bars)
    values = window.stacked
    values[3, place] += 0.01
    changed = replace(window, close=values[3])
    sql(proposed, "UPDATE decision_records SET bars = :bars WHERE kind = 'proposed'", bars=packed(changed))
    at = datetime.fromtimestamp(int(window.starts[place]), UTC)
    assert f"proposed: the bar of {at:%Y-%m-%d %H:%M} UTC was changed" in told(proposed)


@pytest.mark.parametrize("content", [b"", b"nothing", zlib.compress(b"short")])
def test_bars_that_make_no_sense_are_told(proposed: EngineHarness, content: bytes) -> None:
    sql(proposed, "UPDATE decision_records SET bars = :bars WHERE kind = 'proposed'", bars=content)
    assert any(fault.startswith("proposed: the ") for fault in replayed(proposed).faults)


CHANGED = {
    "UPDATE trades SET sizing_entry = '150.26'": "trade: size entry",
    "UPDATE trades SET shares = 511": "trade: shares",
    "UPDATE trades SET sizing_equity = '231369'": "trade: size equity",
    "UPDATE trades SET fill_price = '150.27'": "trade: fill_price",
    "UPDATE trades SET filled_shares = 511": "trade: filled_shares",
    "UPDATE signals SET price = '150.24'": "trade: signal price",
    "UPDATE signals SET readings = replace(readings, '\"macd_cross\": 1', '\"macd_cross\": 0')": (
        "trade: signal readings macd_cross"
    ),
    "UPDATE decision_records SET shares = 511 WHERE kind = 'approved'": "approved: shares",
    "UPDATE decision_records SET shown_entry = '150.20' WHERE kind = 'proposed'": "proposed: card 2",
    "UPDATE fills SET shares = 511": "fills: shares of entry order 7",
    "DELETE FROM decision_records WHERE kind = 'approved'": "approved: its record is missing",
    "DELETE FROM decision_records WHERE kind = 'ordered'": "ordered: its record is missing",
    "DELETE FROM decision_records": "proposed: its record is missing",
}


@pytest.mark.parametrize(("statement", "name"), CHANGED.items())
def test_a_number_that_was_changed_in_the_books_is_named(
    filled: EngineHarness, tmp_path: Path, statement: str, name: str
) -> None:
    assert told(filled) == []
    filled.broker.stop()  # whose last words about the order would put some of it right
    sql(filled, statement)
    store = open_store(sqlite_at(tmp_path / "desk.db"))  # as another process reads it: nothing is remembered
    assert name in told(replace(filled, store=store))
    store.close()


NONSENSE = (
    "UPDATE decision_records SET evidence = 'nothing'",
    "UPDATE decision_records SET evidence = '{}'",
    "UPDATE decision_records SET evidence = '[]'",
    'UPDATE decision_records SET evidence = replace(evidence, \'"equity": "231368\', \'"equity": "much\')',
    'UPDATE decision_records SET evidence = replace(evidence, \'"marks": "\', \'"marks": "!\')',
    "UPDATE decision_records SET entry = 'dear'",
    "UPDATE decision_records SET kind = 'dreamt'",
    "UPDATE decision_records SET marks = '!'",
    "UPDATE trades SET sizing_cap = 'mood'",
    "UPDATE signals SET readings = '[]'",
)


@pytest.mark.parametrize("statement", NONSENSE)
def test_books_that_make_no_sense_are_told_and_break_nothing(
    filled: EngineHarness, tmp_path: Path, statement: str
) -> None:
    filled.broker.stop()  # whose last words would let the engine look at a trade that it cannot read
    sql(filled, statement)
    store = open_store(sqlite_at(tmp_path / "desk.db"))
    assert replayed(replace(filled, store=store)).differences
    store.close()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, (*path, place))
    else:
        yield path


@pytest.mark.parametrize("kind", ["proposed", "approved", "ordered"])
def test_every_number_and_word_of_a_record_is_named_when_it_was_changed(filled: EngineHarness, kind: str) -> None:
    with filled.store.reading() as reader:
        kept = next(kept for kept in reader.decision_records(TRADE_ID) if kept.record.kind == kind)
    missed = []
    for path in leaves(kept.record.evidence):
        changed = json.loads(json.dumps(kept.record.evidence))
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = "7" if place[path[-1]] != "7" else "8"
        name = " ".join(str(key + 1) if isinstance(key, int) else key for key in path)
        if name not in replace(kept, record=replace(kept.record, evidence=changed)).changed:
            missed.append(name)
    assert missed == []


def test_a_score_that_does_not_come_out_of_its_bars_is_not_proposed_and_its_symbol_is_read_anew(
    harness: EngineHarness,
) -> None:
    stages = harness.engine.jobs
    watched = stages.universe

    def fault() -> None:
        with watched.lock:
            watched.board._today[-5][3] += 1.0  # noqa: SLF001 (a close that the averages do not know of)

    harness.market.while_pricing = fault
    assert harness.play_the_signal() is None
    assert stages.bars.flaws[BarFlaw.UNREPEATABLE] == 1
    with harness.store.reading() as reader:
        assert [fate.why_not for fate in reader.signal_outcomes(1)] == ["not_repeatable"]
    harness.close_a_bar(150.2)
    with watched.lock:
        again = watched.board.window("AAPL").close[-6:, 0]
    assert np.array_equal(again, harness.market.recorded.close[-6:, harness.market.recorded.symbols.index("AAPL")])


def test_a_value_that_is_written_is_read_back_the_same(proposed: EngineHarness) -> None:
    record = records(proposed)[DecisionKind.PROPOSED]
    assert plain(valued(Evidence, record.evidence)) == record.evidence
    with pytest.raises(ValueError, match="Evidence"):
        valued(Evidence, {"symbol": "AAPL"})
