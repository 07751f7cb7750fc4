"""Sales by hand that are heard late, by several processes, or by one that ends: each is booked once, to its trade."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.adapters.sql.store import open_store
from engine.bootstrap import wire
from engine.common.share_counts import told_foreign
from engine.errors import StoreUnavailable
from engine.model.notices.account import ForeignPosition, SoldByHand, UnexplainedChange
from engine.model.trade import OrderRole, TradeState
from tests.engine.execution.test_hands_across_exits import stop_sells, told
from tests.support.alpaca_desk import AtAlpaca
from tests.support.databases import sqlite_at
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.store import LosableStore


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """The example's desk, AAPL bought, with a line to Alpaca and a way to its database that a test holds."""

    at: AtAlpaca
    line: TroubledBroker
    store: LosableStore

    def later(self, seconds: int) -> None:
        """Let the desk look, let time pass, and let it look again."""
        self.at.look()
        self.at.harness.clock.advance(seconds)
        self.at.look()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Troubled]:
    put_in: list[tuple[TroubledBroker, LosableStore]] = []

    def on(adapters: Adapters) -> Adapters:
        put_in.append((TroubledBroker(adapters.broker), LosableStore(adapters.store)))
        return replace(adapters, broker=put_in[0][0], store=put_in[0][1])

    with AtAlpaca.open(tmp_path, on=on) as at:
        at.buy()
        yield Troubled(at=at, line=put_in[0][0], store=put_in[0][1])


def told_of_others(desk: Troubled) -> list[int]:
    return [notice.shares for notice in desk.at.harness.told_of(ForeignPosition)]


def sold_by_hand(at: AtAlpaca) -> list[int]:
    return [notice.shares for notice in at.harness.told_of(SoldByHand)]


@pytest.mark.parametrize(("seconds", "others"), [(5, []), (40, [-512, 0])])
def test_an_execution_that_the_account_tells_after_the_position_shows_it_is_of_who_held_the_shares(
    desk: Troubled, seconds: int, others: list[int]
) -> None:
    desk.line.untold.add(desk.at.fake.sell_by_hand("AAPL", 512))
    stop_sells(desk.at)
    desk.later(seconds)
    desk.line.untold.clear()
    desk.at.look(5)
    assert (desk.at.covers(), desk.at.held()) == ([512], 0)
    assert desk.at.harness.trade().state is TradeState.CLOSED
    assert told_of_others(desk) == others


def test_shares_that_go_beside_a_trade_that_ended_are_others_once_no_execution_tells_more(desk: Troubled) -> None:
    desk.at.fake.sell_by_hand("AAPL", 512)
    desk.at.look()
    desk.line.untold.add(desk.at.fake.sell_by_hand("AAPL", 100))
    desk.at.look()
    assert told_of_others(desk) == []
    desk.later(31)
    assert (told_of_others(desk), desk.at.covers()) == ([-100], [])


def test_a_trade_ends_later_than_it_says_where_an_exit_was_ended_in_part(desk: Troubled) -> None:
    stop = desk.at.live(OrderRole.STOP)
    desk.at.fake.fill_by_hand()
    desk.at.fake.hold_cancels()
    desk.at.fake.sell_by_hand("AAPL", 300)
    desk.at.look()
    desk.at.fake.sell_by_hand("AAPL", 200)
    desk.at.harness.clock.advance(1)
    desk.at.fake.fill(stop.broker_id, 212, "147.90")
    desk.at.fake.release_cancels()
    desk.at.look()
    assert [shares for shares, _ in told(desk.at)] == [200]
    assert told_of_others(desk) == []


def test_what_was_sold_bought_back_and_sold_again_before_the_stop_is_bought_back_once(desk: Troubled) -> None:
    for deal in (desk.at.fake.sell_by_hand, desk.at.fake.buy_by_hand, desk.at.fake.sell_by_hand):
        deal("AAPL", 512)
        desk.at.harness.clock.advance(1)
    stop_sells(desk.at)
    desk.at.look(5)
    assert (desk.at.covers(), desk.at.held()) == ([512], 0)
    assert told_of_others(desk) == []


def test_a_sale_that_another_process_books_meanwhile_is_booked_and_told_once(desk: Troubled, tmp_path: Path) -> None:
    desk.at.fake.fill_by_hand()
    desk.at.fake.sell_by_hand("AAPL", 200)
    stop_sells(desk.at, 400)
    with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store:
        other = wire(desk.at.harness.settings, replace(desk.at.adapters, broker=desk.at.broker, store=store))
        looked: list[int] = []

        def another_looks() -> None:
            desk.line.while_asked = lambda: None
            other.jobs.poll_unconfirmed()
            looked.extend(sold_by_hand(desk.at))

        def once_it_counted() -> None:
            desk.line.while_counting = lambda: None
            desk.line.while_asked = another_looks

        for engine in (other, desk.at.harness.engine):
            engine.jobs.reconcile()
        desk.at.harness.clock.advance(3)
        desk.line.while_counting = once_it_counted
        desk.at.harness.engine.jobs.poll_unconfirmed()
        assert looked == [200]
    assert sold_by_hand(desk.at) == [200]
    assert [shares for shares, _ in told(desk.at)] == [88]


@pytest.mark.parametrize("commits", [1, 2])
def test_who_ends_between_two_commits_leaves_nothing_that_the_next_life_cannot_explain(
    desk: Troubled, commits: int
) -> None:
    desk.at.broker.stop_listening()  # or a thread of its own does some of the commits
    desk.at.fake.buy_by_hand("AAPL", 200)
    desk.at.look()
    desk.at.fake.sell_by_hand("AAPL", 312)
    desk.at.harness.engine.jobs.reconcile()
    desk.at.harness.clock.advance(3)
    desk.store.commits_left = commits
    with pytest.raises(StoreUnavailable):
        desk.at.harness.engine.jobs.poll_unconfirmed()
    desk.store.is_away, desk.store.commits_left = False, None
    desk.at.end()
    with desk.at.next_life() as later:
        later.look()
        later.harness.clock.advance(31)
        later.look()
        assert later.harness.told_of(UnexplainedChange) == []
        assert (later.harness.trade().held_shares, sold_by_hand(later)) == (400, [112])
        with later.harness.store.reading() as reader:
            assert told_foreign(reader) == {}
