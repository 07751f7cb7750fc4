"""Two bots, as two processes would be, on one PostgreSQL and one broker: one order, whatever both do at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from engine.errors import AlreadyDecided
from engine.model.activity import ActivityKind
from engine.model.desk import Request
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.servers import Postgres
from tests.support.two_bots import TwoBots

CLICK = Request(by="U0TRADER", said="/approve", id="one delivery")


@pytest.fixture
def bots(tmp_path: Path, postgres: Postgres) -> Iterator[TwoBots]:
    with TwoBots.open(tmp_path, postgres.new_database()) as bots:
        yield bots


def test_an_order_without_an_answer_is_sent_again_by_one_of_them(bots: TwoBots) -> None:
    bots.harness.play_the_signal()
    bots.harness.line.loses_request = True
    bots.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    bots.harness.clock.advance(2)
    bots.at_once(lambda bot: bot.jobs.poll_unconfirmed())
    bots.harness.engine.jobs.reconcile()
    assert (bots.bought(), bots.rows("submit again")) == ([(TRADE_ID, 512)], 1)


def test_an_order_whose_answer_was_lost_is_found_by_both_and_sent_by_none(bots: TwoBots) -> None:
    bots.harness.play_the_signal()
    bots.harness.line.loses_answer = True
    bots.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    bots.harness.line.loses_answer = False
    bots.harness.clock.advance(2)
    bots.at_once(lambda bot: bot.jobs.poll_unconfirmed())
    assert (bots.bought(), bots.rows("submit again")) == ([(TRADE_ID, 512)], 0)


def test_one_click_that_is_delivered_to_both_is_one_approval(bots: TwoBots) -> None:
    bots.harness.play_the_signal()
    done = bots.at_once(lambda bot: bot.commands.approve(TRADE_ID, CLICK))
    refused = [type(click.exception()) for click in done if click.exception()]
    assert refused == [AlreadyDecided]
    assert (bots.bought(), bots.rows("approved"), bots.rows("submit")) == ([(TRADE_ID, 512)], 1, 1)


def test_an_entry_of_the_stream_that_both_read_is_one_order(bots: TwoBots) -> None:
    bots.harness.play_the_signal()
    bots.harness.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    bots.harness.stream.publish(bots.harness.trade())
    bots.at_once(lambda bot: bot.jobs.decide_proposals())
    bots.at_once(lambda bot: bot.jobs.decide_proposals())
    assert bots.harness.trade().state is TradeState.OPEN
    assert (bots.bought(), bots.rows("approved"), bots.rows("submit")) == ([(TRADE_ID, 512)], 1, 1)


def test_a_setting_that_one_changes_holds_for_the_other_within_a_second(bots: TwoBots) -> None:
    bots.harness.engine.commands.runtime_settings.change("max_open_positions", "1", EngineHarness.ADMIN)
    bots.other.follow_changes()
    [line] = [line for line in bots.other.queries.settings() if line.name == "max_open_positions"]
    assert line.value == 1
    bots.other.commands.runtime_settings.change("max_open_positions", "default", EngineHarness.ADMIN)
    bots.harness.engine.follow_changes()
    [line] = [line for line in bots.harness.engine.queries.settings() if line.name == "max_open_positions"]
    assert line.value == line.default


def test_what_one_watches_the_other_watches_within_a_second_and_no_change_of_either_is_lost(bots: TwoBots) -> None:
    bots.harness.market.price("NVDA", "100")
    bots.harness.engine.commands.change_watchlist(("IBM",), EngineHarness.TRADER, more=False)
    bots.other.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True)
    bots.harness.engine.follow_changes()
    watched = bots.harness.engine.queries.watchlist()
    assert watched == bots.other.queries.watchlist()
    assert "NVDA" in watched
    assert "IBM" not in watched


def buy_and_add_what_is_not_ours(bots: TwoBots) -> None:
    """Hold the example's 512 AAPL, and 40 NVDA that nobody's trade bought."""
    bots.harness.play_the_signal()
    bots.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    bots.harness.broker.deal_by_hand("NVDA", 40, Decimal(100))
    for symbol in ("AAPL", "NVDA"):
        bots.harness.market.price(symbol, "150.25")
    bots.harness.engine.jobs.reconcile()


def sold(bots: TwoBots) -> dict[str, int]:
    """Return the shares of each symbol that were ever sold at the broker, and what is on its way."""
    since = bots.harness.clock.now() - timedelta(days=1)
    found = Counter[str]()
    for activity in bots.harness.broker.activities(since):
        if activity.kind is ActivityKind.FILL and activity.shares < 0:
            found[activity.symbol] -= int(activity.shares)
    return dict(found)


def test_two_processes_that_both_sell_everything_sell_nothing_twice(bots: TwoBots) -> None:
    buy_and_add_what_is_not_ours(bots)
    flatten = Request(by="U0ADMIN", said="/halt flatten")
    held = {position.symbol: position.shares for position in bots.harness.broker.positions()}
    bots.at_once(lambda bot: bot.commands.flatten(flatten))
    for _ in range(3):
        bots.harness.clock.advance(15)
        bots.at_once(lambda bot: bot.jobs.housekeeping())
        bots.at_once(lambda bot: bot.jobs.reconcile())
    assert (sold(bots), bots.harness.broker.positions()) == (held, ())
    assert bots.harness.trade().state is TradeState.CLOSED


def test_of_two_that_saw_the_same_positions_one_lets_the_broker_sell_them(bots: TwoBots) -> None:
    line, both_saw, closed = bots.harness.line, Barrier(2), list[int]()
    bots.harness.broker.deal_by_hand("NVDA", 40, Decimal(100))  # without a price, so that its sale stays on its way
    for symbol, price in (("MSFT", "420.80"), ("TSLA", "255.60")):
        bots.harness.market.price(symbol, price)

    def see() -> None:
        if both_saw.n_waiting < 2 and not closed:
            with suppress(BrokenBarrierError):
                both_saw.wait(timeout=5)
                line.while_counting = lambda: None

    line.while_counting = see
    line.while_closing_all = lambda: closed.append(1)
    bots.at_once(lambda bot: bot.commands.flatten(Request(by="U0ADMIN", said="/halt flatten")))
    bots.at_once(lambda bot: bot.jobs.housekeeping())
    assert closed == [1]
    bots.harness.market.price("NVDA", "100")
    assert [position.symbol for position in bots.harness.broker.positions() if position.symbol == "NVDA"] == []
    assert sold(bots)["NVDA"] == 40


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"risk_per_trade": "0.1%"}, "risk_of_one_trade"),
        ({"max_exposure": "10%"}, "exposure"),
    ],
)
def test_an_order_that_a_limit_allowed_when_it_was_approved_does_not_leave_once_another_process_tightened_it(
    bots: TwoBots, changes: dict[str, str], rule: str
) -> None:
    """The other process tightens the limit between the approval and the last look, and this one has not followed."""
    bots.harness.play_the_signal()
    bots.harness.approved_but_not_sent()
    for name, text in changes.items():
        bots.other.commands.runtime_settings.change(name, text, EngineHarness.ADMIN)
    bots.harness.engine.jobs.start()
    assert bots.harness.broker.order(TRADE_ID) is None
    assert (bots.harness.trade().state, bots.harness.trade().reason) == (TradeState.CANCELLED, rule)


def test_a_proposal_is_sized_by_the_limit_that_another_process_set_a_moment_ago(bots: TwoBots) -> None:
    bots.other.commands.runtime_settings.change("risk_per_trade", "0.1%", EngineHarness.ADMIN)
    trade = bots.harness.play_the_signal()  # which has followed nothing since
    assert trade
    assert trade.shares == 102


def test_an_approval_is_sized_by_the_limit_that_another_process_set_while_the_broker_was_asked(bots: TwoBots) -> None:
    bots.harness.play_the_signal()

    def tighten() -> None:
        bots.harness.line.while_counting = lambda: None
        bots.other.commands.runtime_settings.change("risk_per_trade", "0.1%", EngineHarness.ADMIN)

    bots.harness.line.while_counting = tighten
    trade = bots.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert trade.shares == 102
