"""A position bought elsewhere: an admin makes a trade of it, which is protected and counted like others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.bootstrap import wire
from engine.errors import AdoptionRefused, CorporateActionDue, RequestRefused, RiskRefused
from engine.execution.foreign_stops import is_stop_of_foreign
from engine.model.adoption import Adoption
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.desk import Request
from engine.model.market import exchange_date
from engine.model.notices.trades import TradeAdopted, TradeUnprotected
from engine.model.trade import ExitReason, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.worked_example import TRADE_ID

ADMIN = Request(by="U0ADMIN", said="/adopt NVDA 95 120")
ALL = Adoption(symbol="NVDA", stop=Decimal(95), target=Decimal(120))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, where somebody bought 40 NVDA by hand, and the desk saw it."""
    with AtAlpaca.open(tmp_path) as desk:
        bought_elsewhere(desk)
        yield desk


def bought_elsewhere(desk: AtAlpaca, shares: int = 40, cost: str = "100") -> None:
    desk.fake.hold("NVDA", shares, cost)
    desk.fake.price("NVDA", "101")
    desk.look()


def adopt(desk: AtAlpaca, asked: Adoption = ALL, request: Request = ADMIN) -> Trade:
    return desk.harness.engine.commands.adopt_position(asked, request)


def exits(broker: Broker) -> set[tuple[OrderRole, int, Decimal | None]]:
    """Return role, shares and price of what waits to sell NVDA."""
    parts = (part for order in broker.orders() for part in order.parts if part.symbol == "NVDA")
    return {(part.role, part.shares, part.price) for part in parts if not part.state.is_over}


BOTH_EXITS = {(OrderRole.STOP, 40, Decimal(95)), (OrderRole.TARGET, 40, Decimal(120))}


def kept(desk: AtAlpaca) -> tuple[object, ...]:
    """Return all that an adoption may change: trades, orders, what is told and audited, shares of others."""
    with desk.harness.store.reading() as reader:
        audit = [row for row in reader.audit(limit=1_000) if row.action != "fingerprint"]
        return reader.trades(), desk.broker.orders(), desk.harness.told(), audit, reader.setting("foreign_positions")


def test_it_is_a_trade_with_stop_and_target_at_the_broker_and_the_desk_is_told_who_did_it(desk: AtAlpaca) -> None:
    trade = adopt(desk)
    assert (trade.state, trade.held_shares, trade.entry) == (TradeState.OPEN, 40, Decimal(100))
    assert (trade.stop, trade.target, trade.decided_by) == (Decimal(95), Decimal(120), "U0ADMIN")
    assert exits(desk.broker) == BOTH_EXITS
    [told] = desk.harness.told_of(TradeAdopted)
    assert (told.trade_id, told.by, told.shares) == (trade.id, "U0ADMIN", 40)
    with desk.harness.store.reading() as reader:
        [row] = [row for row in reader.audit(subject=trade.id) if row.action == "adopt"]
    assert (row.actor, row.outcome) == ("U0ADMIN", "40 shares, stop 95, target 120")


def test_from_then_on_it_counts_by_its_stop_and_is_nobody_elses(desk: AtAlpaca) -> None:
    before = desk.harness.engine.queries.portfolio()
    trade = adopt(desk)
    after = desk.harness.engine.queries.portfolio()
    assert next(line.trade for line in after.lines if line.symbol == "NVDA") == trade
    counted, planned = 40 * Decimal(101) * Decimal("0.015"), Decimal(40 * 5)
    assert after.open_risk - before.open_risk == pytest.approx((planned - counted) / after.account.equity)
    desk.look(5)
    assert desk.harness.trade(trade.id) == trade
    assert exits(desk.broker) == BOTH_EXITS
    with desk.harness.store.reading() as reader:
        assert "NVDA" not in (reader.setting("foreign_positions") or "")


def test_a_part_may_be_adopted_and_the_rest_stays_foreign(desk: AtAlpaca) -> None:
    trade = adopt(desk, replace(ALL, shares=Decimal(25)))
    desk.look()
    assert desk.harness.trade(trade.id).held_shares == 25
    assert {shares for _, shares, _ in exits(desk.broker)} == {25}
    with desk.harness.store.reading() as reader:
        assert '"NVDA": 15' in (reader.setting("foreign_positions") or "")


@pytest.mark.parametrize(
    ("price", "reason", "exit_price"), [("94", ExitReason.STOP, 94), ("121", ExitReason.TARGET, 121)]
)
def test_its_exits_close_it_as_those_of_any_trade(
    desk: AtAlpaca, price: str, reason: ExitReason, exit_price: int
) -> None:
    trade = adopt(desk)
    desk.price("NVDA", price)
    desk.look()
    closed = desk.harness.trade(trade.id)
    assert (closed.state, closed.exit_reason) == (TradeState.CLOSED, reason)
    assert closed.result is not None
    assert abs(closed.result - 40 * (exit_price - 100)) <= 40
    assert exits(desk.broker) == set()


def test_people_close_it_as_any_trade(desk: AtAlpaca) -> None:
    trade = adopt(desk)
    desk.harness.engine.commands.close(trade.id, EngineHarness.TRADER)
    desk.look()
    assert desk.harness.trade(trade.id).state is TradeState.CLOSED
    assert exits(desk.broker) == set()


REFUSED = [
    (replace(ALL, stop=Decimal(101)), "stop", "above_price"),
    (replace(ALL, stop=Decimal(150)), "stop", "above_price"),
    (replace(ALL, stop=Decimal(0)), "stop", "no_price"),
    (replace(ALL, stop=Decimal("94.999")), "stop", "no_price"),
    (replace(ALL, target=Decimal(101)), "target", "below_price"),
    (replace(ALL, target=Decimal(90)), "target", "below_price"),
    (replace(ALL, target=Decimal("1010.01")), "target", "far"),
    (replace(ALL, target=Decimal("120.001")), "target", "no_price"),
    (replace(ALL, shares=Decimal(41)), "shares", "too_many"),
    (replace(ALL, shares=Decimal(0)), "shares", "none"),
    (replace(ALL, shares=Decimal("0.5")), "shares", "fraction"),
    (replace(ALL, shares=Decimal("39.5")), "shares", "fraction"),
    (replace(ALL, symbol="GOOG"), "symbol", "not_held"),
    (replace(ALL, symbol="MSFT", stop=Decimal(400), target=Decimal(450)), "symbol", "in_a_trade"),
]


@pytest.mark.parametrize(("asked", "field", "problem"), REFUSED)
def test_what_makes_no_sense_names_its_field_and_changes_nothing(
    desk: AtAlpaca, asked: Adoption, field: str, problem: str
) -> None:
    before = kept(desk)
    with pytest.raises(AdoptionRefused) as refused:
        adopt(desk, asked)
    assert (refused.value.facts["field"], refused.value.facts["problem"]) == (field, problem)
    assert kept(desk) == before


@pytest.mark.parametrize(("shares", "problem"), [("-40", "short"), ("40.5", "fraction")])
def test_what_is_short_or_has_a_part_of_a_share_is_refused(tmp_path: Path, shares: str, problem: str) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.fake.price("NVDA", "101")
        with desk.fake._exchange.open():  # noqa: SLF001 - the fake's own `hold` takes whole shares bought
            desk.fake._exchange.portfolio.hold("NVDA", Decimal(shares), Decimal(100))  # noqa: SLF001
        desk.look()
        before = kept(desk)
        with pytest.raises(AdoptionRefused) as refused:
            adopt(desk)
        assert refused.value.facts["problem"] == problem
        assert kept(desk) == before


def test_a_symbol_with_a_proposal_is_refused(desk: AtAlpaca) -> None:
    desk.fake.hold("AAPL", 10, "150")
    desk.look()
    desk.harness.play_the_signal()
    assert desk.harness.trade(TRADE_ID).state is TradeState.PROPOSED
    with pytest.raises(AdoptionRefused, match="in_a_trade"):
        adopt(desk, Adoption(symbol="AAPL", stop=Decimal(140), target=Decimal(170)))


def test_a_stop_so_far_down_that_the_risk_limit_breaks_is_refused(desk: AtAlpaca) -> None:
    before = kept(desk)
    with pytest.raises(RiskRefused) as refused:
        adopt(desk, replace(ALL, stop=Decimal(1)))
    assert refused.value.facts["rule"] == "open_risk"
    assert kept(desk) == before


@pytest.mark.parametrize("cost", ["0", "-3", "101"])
def test_shares_whose_cost_the_broker_does_not_know_count_from_the_price_of_now_for_the_risk_limit_too(
    tmp_path: Path, cost: str
) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        bought_elsewhere(desk, shares=400, cost=cost)
        before = kept(desk)
        with pytest.raises(RiskRefused) as refused:
            adopt(desk, replace(ALL, stop=Decimal(20)))
        assert refused.value.facts["rule"] == "open_risk"
        assert kept(desk) == before
        trade = adopt(desk)
        assert (trade.entry, trade.risk) == (Decimal(101), Decimal(400 * 6))


def test_shares_that_another_order_sells_are_refused_until_it_is_cancelled(desk: AtAlpaca) -> None:
    by_hand = desk.broker.protect("by-hand", "NVDA", 40, Decimal(90))
    with pytest.raises(AdoptionRefused, match="being_sold"):
        adopt(desk)
    desk.broker.cancel(by_hand)
    assert adopt(desk).held_shares == 40


def test_a_position_that_changed_a_moment_ago_is_refused_until_the_desk_knows_it(desk: AtAlpaca) -> None:
    desk.fake.hold("NVDA", 60, "100")
    with pytest.raises(AdoptionRefused, match="unsettled"):
        adopt(desk)
    desk.look()
    assert adopt(desk).held_shares == 60


def a_split(desk: AtAlpaca) -> None:
    """Let a 2-for-1 split of NVDA be due today, and the desk know it."""
    now = desk.harness.clock.now()
    split = CorporateAction(
        id="ca-nvda", kind=ActionKind.SPLIT, symbol="NVDA", ex_date=exchange_date(now), new_shares=Decimal(2)
    )
    desk.harness.actions.announced.append(split)
    desk.harness.engine.jobs.action_calendar.learn(("NVDA",))


def test_while_a_split_is_due_nothing_is_adopted(desk: AtAlpaca) -> None:
    a_split(desk)
    before = kept(desk)
    with pytest.raises(CorporateActionDue):
        adopt(desk)
    assert kept(desk) == before


def test_a_split_after_the_adoption_restates_it_as_any_trade(desk: AtAlpaca) -> None:
    trade = adopt(desk)
    a_split(desk)
    for order in desk.broker.orders():
        if order.symbol == "NVDA":
            desk.broker.cancel(order)
    desk.fake.hold("NVDA", 80, "50")
    desk.price("NVDA", "50.50")
    desk.harness.clock.advance(60)
    desk.look(25)
    restated = desk.harness.trade(trade.id)
    assert (restated.state, restated.held_shares, restated.entry) == (TradeState.OPEN, 80, Decimal(50))
    assert (restated.stop, restated.target) == (Decimal("47.5"), Decimal(60))


def test_of_two_admins_at_once_one_adopts(desk: AtAlpaca) -> None:
    def one(by: str) -> Trade | RequestRefused:
        try:
            return adopt(desk, request=replace(ADMIN, by=by))
        except RequestRefused as refused:
            return refused

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(one, ("U0ADMIN", "U0ADMIN2")))
    [trade] = [each for each in outcomes if isinstance(each, Trade)]
    [refused] = [each for each in outcomes if isinstance(each, AdoptionRefused)]
    assert refused.facts["problem"] == "in_a_trade"
    desk.look()
    assert exits(desk.broker) == BOTH_EXITS
    assert desk.harness.trade(trade.id).held_shares == 40


def test_two_processes_on_one_database_adopt_it_once(desk: AtAlpaca) -> None:
    other = wire(desk.harness.settings, desk.adapters)
    adopt(desk)
    with pytest.raises(AdoptionRefused, match="in_a_trade"):
        other.commands.adopt_position(ALL, replace(ADMIN, by="U0ADMIN2"))
    assert exits(desk.broker) == BOTH_EXITS


def test_a_death_right_after_it_is_stored_leaves_a_trade_that_the_next_life_protects(desk: AtAlpaca) -> None:
    line = TroubledBroker(desk.broker)
    engine = wire(desk.harness.settings, replace(desk.adapters, broker=line))
    line.while_protecting = died
    with pytest.raises(Death):
        engine.commands.adopt_position(ALL, ADMIN)
    assert exits(desk.broker) == set()
    desk.restart()
    desk.look()
    assert exits(desk.broker) == BOTH_EXITS
    assert [told for told in desk.harness.told_of(TradeUnprotected) if told.trade_id.startswith("NVDA")] == []


class Death(BaseException):
    """The process ends."""


def died() -> None:
    raise Death


def test_its_own_stop_for_foreign_shares_makes_room_for_the_trades_exits(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        bought_elsewhere(desk)
        assert {role for role, _, _ in exits(desk.broker)} == {OrderRole.STOP}
        adopt(desk)
        desk.look()
        assert exits(desk.broker) == BOTH_EXITS


def test_that_stop_makes_room_where_somebody_moved_it_too(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        bought_elsewhere(desk)
        [stop] = [order for order in desk.fake.orders if order["symbol"] == "NVDA"]
        desk.fake.move_by_hand(stop["id"], stop="90")
        adopt(desk)
        desk.look()
        assert exits(desk.broker) == BOTH_EXITS


@pytest.mark.parametrize("wanted", [True, False])
def test_after_a_death_before_that_stop_was_cancelled_the_next_life_cancels_it(tmp_path: Path, *, wanted: bool) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        bought_elsewhere(desk)
        settings = replace(
            desk.harness.settings, risk=desk.harness.settings.risk.model_copy(update={"protect_foreign": wanted})
        )
        desk.fake.fault("DELETE", "/v2/orders*", Fault.BROKEN)
        wire(settings, desk.adapters).commands.adopt_position(ALL, ADMIN)
        assert {role for role, _, _ in exits(desk.broker)} == {OrderRole.STOP}
        next_life = wire(settings, desk.adapters)
        next_life.jobs.start()
        for _ in range(3):
            desk.harness.clock.advance(15)
            next_life.jobs.housekeeping()
        assert exits(desk.broker) == BOTH_EXITS


def foreign_stops(desk: AtAlpaca) -> set[tuple[str, int]]:
    """Return the live stops for shares of others: their ids, and their shares."""
    orders = (order for order in desk.broker.orders() if is_stop_of_foreign(order))
    return {(order.client_order_id, order.shares) for order in orders if not order.state.is_over}


def test_after_a_part_was_adopted_the_rest_gets_a_stop_again_on_the_same_day(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        bought_elsewhere(desk)
        desk.look()
        bought_elsewhere(desk, shares=60)
        desk.look()
        assert foreign_stops(desk) == {("FOREIGN-NVDA-20250819-40", 40), ("FOREIGN-NVDA-20250819-60", 20)}
        adopt(desk, replace(ALL, shares=Decimal(20)))
        desk.look(5)
        assert foreign_stops(desk) == {("FOREIGN-NVDA-20250819-40-2", 40)}


def test_as_many_shares_as_were_adopted_and_closed_get_a_stop_when_they_are_bought_again(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        bought_elsewhere(desk)
        desk.look()
        trade = adopt(desk)
        desk.harness.engine.commands.close(trade.id, EngineHarness.TRADER)
        desk.look()
        assert foreign_stops(desk) == set()
        bought_elsewhere(desk)
        desk.look(5)
        assert foreign_stops(desk) == {("FOREIGN-NVDA-20250819-40-2", 40)}
