from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

from engine.errors import AlreadyDecided, BrokerUnavailable
from engine.model.trade import Entry, Trade, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


def entry_of(trade: Trade) -> Entry:
    return Entry(
        client_order_id=trade.id, symbol=trade.symbol, shares=trade.shares, stop=trade.stop, target=trade.target
    )


def shares_held(harness: EngineHarness) -> list[int]:
    return [held.shares for held in harness.broker.positions() if held.symbol == "AAPL"]


def test_a_first_attempt_that_arrives_late_is_the_order_when_the_second_is_refused(proposed: EngineHarness) -> None:
    proposed.line.meanwhile = lambda: proposed.broker.submit(entry_of(proposed.trade()))
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.trade().state is TradeState.OPEN
    assert shares_held(proposed) == [512]


def test_an_order_that_is_on_its_way_is_not_given_up(proposed: EngineHarness) -> None:
    with ThreadPoolExecutor(1) as another_thread:

        def look_meanwhile() -> None:
            proposed.clock.advance(300)
            wait([another_thread.submit(proposed.engine.jobs.reconcile)], timeout=0.5)

        proposed.line.on_its_way = look_meanwhile
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.trade().state is TradeState.OPEN
    assert shares_held(proposed) == [512]


def test_an_approval_of_the_last_minute_is_not_sent_after_the_close(proposed: EngineHarness) -> None:
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    with proposed.store.writing() as transaction:
        transaction.update(replace(proposed.trade(), expires_at=proposed.clock.now() + timedelta(minutes=10)))
    proposed.approved_but_not_sent()
    proposed.clock.advance(60)
    proposed.engine.jobs.start()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.CANCELLED, "outside_regular_hours")
    assert proposed.broker.order(TRADE_ID) is None


def test_an_order_lost_before_the_close_is_not_sent_again_after_it(proposed: EngineHarness) -> None:
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as transaction:
        transaction.move(approved, TradeState.SUBMITTED)
    proposed.clock.advance(60)
    proposed.engine.jobs.reconcile()
    proposed.look_for_it()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.CANCELLED, "outside_regular_hours")
    assert proposed.broker.order(TRADE_ID) is None


def test_an_order_that_was_filled_while_the_engine_asked_for_it_is_not_forgotten(proposed: EngineHarness) -> None:
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as transaction:
        transaction.move(approved, TradeState.SUBMITTED)

    def filled_just_before_the_close() -> None:
        proposed.line.while_asked = lambda: None
        proposed.broker.submit(entry_of(approved))
        proposed.broker.look()
        proposed.clock.advance(60)

    proposed.line.while_asked = filled_just_before_the_close
    proposed.engine.jobs.reconcile()
    proposed.engine.jobs.reconcile()
    assert proposed.trade().state is TradeState.OPEN
    assert shares_held(proposed) == [512]


def attempts(harness: EngineHarness) -> int:
    with harness.store.reading() as reader:
        return sum(entry.action.startswith("submit") for entry in reader.audit(subject=TRADE_ID))


def test_an_order_without_an_answer_is_tried_again_after_2_4_and_8_seconds_and_then_given_up(
    proposed: EngineHarness,
) -> None:
    sent = list[float]()
    start = proposed.clock.now()

    def lost() -> None:
        sent.append((proposed.clock.now() - start).total_seconds())
        proposed.line.loses_request = True

    proposed.line.meanwhile = lost
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    for _ in range(30):
        proposed.clock.advance(1)
        proposed.engine.jobs.poll_unconfirmed()
    assert sent == [0, 2, 6, 14]
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.FAILED, "never_arrived")
    assert [told.key for told in proposed.told() if told.key.endswith(":failed")] == [f"{TRADE_ID}:failed"]


def test_a_restart_goes_on_counting_the_attempts(proposed: EngineHarness) -> None:
    proposed.line.loses_request = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    another_life = proposed.born_again()
    another_life.jobs.start()
    assert attempts(proposed) == 1
    proposed.clock.advance(2)
    another_life.jobs.poll_unconfirmed()
    assert (attempts(proposed), proposed.trade().state) == (2, TradeState.OPEN)


def test_an_order_that_did_arrive_is_found_by_its_id_and_not_sent_again(proposed: EngineHarness) -> None:
    def unseen() -> None:
        proposed.line.while_asked = lambda: None
        raise BrokerUnavailable("slow")

    proposed.line.loses_answer, proposed.line.while_asked = True, unseen
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(2)
    proposed.engine.jobs.poll_unconfirmed()
    assert (attempts(proposed), proposed.trade().state) == (1, TradeState.OPEN)


def test_after_a_halt_nothing_is_sent_again_and_the_trade_ends_once_its_price_is_no_longer_young(
    proposed: EngineHarness,
) -> None:
    proposed.line.loses_request = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.engine.commands.halt(EngineHarness.TRADER, "news")
    proposed.clock.advance(2)
    proposed.engine.jobs.poll_unconfirmed()
    assert (attempts(proposed), proposed.trade().state) == (1, TradeState.SUBMITTED)
    proposed.clock.advance(120)
    proposed.look_for_it()
    assert (attempts(proposed), proposed.trade().state) == (1, TradeState.FAILED)
    assert proposed.broker.order(TRADE_ID) is None


def test_what_was_approved_before_a_halt_is_not_sent_again_though_trading_has_resumed(proposed: EngineHarness) -> None:
    proposed.line.loses_request = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(1)
    proposed.engine.commands.halt(EngineHarness.TRADER, "news")
    proposed.engine.commands.resume(EngineHarness.ADMIN)
    proposed.clock.advance(10)
    proposed.engine.jobs.poll_unconfirmed()
    assert proposed.broker.order(TRADE_ID) is None
    assert proposed.trade().state is TradeState.SUBMITTED
    proposed.clock.advance(120)
    proposed.look_for_it()
    assert proposed.trade().state is TradeState.FAILED


def test_two_bots_on_one_database_that_try_again_at_once_make_one_order(proposed: EngineHarness) -> None:
    bots = [proposed.born_again() for _ in range(4)]
    proposed.line.loses_request = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(2)
    with ThreadPoolExecutor(len(bots)) as threads:
        wait([threads.submit(bot.jobs.poll_unconfirmed) for bot in bots])
    proposed.engine.jobs.reconcile()
    assert (attempts(proposed), proposed.trade().state) == (2, TradeState.OPEN)
    assert shares_held(proposed) == [512]


def test_two_bots_that_are_clicked_at_once_make_one_order(proposed: EngineHarness) -> None:
    bots = [proposed.born_again() for _ in range(4)]
    with ThreadPoolExecutor(len(bots)) as threads:
        clicks = [threads.submit(bot.commands.approve, TRADE_ID, EngineHarness.TRADER) for bot in bots]
        wait(clicks)
    refused = [click.exception() for click in clicks if click.exception()]
    assert [type(error) for error in refused] == [AlreadyDecided] * 3
    assert shares_held(proposed) == [512]


def test_a_stream_entry_that_comes_twice_makes_one_order(harness: EngineHarness) -> None:
    harness.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    harness.play_the_signal()
    harness.stream.publish(harness.trade())
    harness.engine.jobs.decide_proposals()
    assert shares_held(harness) == [512]
