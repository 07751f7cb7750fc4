"""A stop on its way survives what happens to the request, the answer, the process: one order sells, at one price."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from engine.errors import BadExit, OrderRefused
from engine.model.notices.account import ExitMoved
from engine.model.notices.trades import ExitChanged, ExitNotMoved, ExitSenseless
from engine.model.trade import OrderRole, Trade
from engine.ports.store import LOOK_HOLDS
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

WANTED = Decimal("149.20")


@pytest.fixture
def desk(filled: EngineHarness) -> EngineHarness:
    """The example's desk with 512 AAPL bought, at the paper broker behind a line that can be cut."""
    filled.engine.jobs.reconcile()
    return filled


def ask(desk: EngineHarness) -> Trade:
    return desk.engine.commands.exits.stop(TRADE_ID, WANTED, EngineHarness.TRADER)


def go_on(desk: EngineHarness) -> None:
    desk.clock.advance(15)
    desk.engine.jobs.housekeeping()
    desk.engine.jobs.reconcile()


def settled(desk: EngineHarness) -> None:
    """Hold that one stop stands at the wanted price, for all shares, and was told once."""
    (stop,) = desk.stops()
    assert (stop.price, stop.shares) == (WANTED, 512)
    assert (desk.trade().stop, desk.trade().exit_plan.is_moving) == (WANTED, False)
    assert len(desk.told_of(ExitChanged)) == 1
    assert desk.told_of(ExitMoved) == []


@pytest.mark.parametrize("trouble", ["request lost", "answer lost"])
def test_a_move_without_a_clear_answer_goes_on_by_itself(desk: EngineHarness, trouble: str) -> None:
    desk.line.replaces_badly = trouble
    assert ask(desk).exit_plan.stop is not None or trouble == "answer lost"
    desk.line.replaces_badly = ""
    go_on(desk)
    settled(desk)


def test_a_move_waits_for_a_broker_that_is_away(desk: EngineHarness) -> None:
    desk.line.while_counting = lambda: setattr(desk.line, "is_away", True)  # gone once the price was looked at
    desk.engine.commands.exits.target(TRADE_ID, Decimal(160), EngineHarness.TRADER)
    desk.line.while_counting = lambda: None
    assert desk.trade().exit_plan.target is not None
    desk.line.is_away = False
    go_on(desk)
    assert (desk.trade().target, desk.trade().exit_plan.is_moving) == (Decimal(160), False)


@pytest.mark.parametrize("moment", ["before the request", "after the answer"])
def test_the_next_life_goes_on_with_a_move(desk: EngineHarness, moment: str) -> None:
    class Dies(BaseException):
        pass

    def die() -> None:
        raise Dies

    if moment == "before the request":
        desk.line.while_replacing = die
    else:
        desk.line.replaces_badly = "answer lost"
        desk.line.while_asked = lambda: die() if desk.stops()[0].price == WANTED else None
    with pytest.raises(Dies):
        ask(desk)
    desk.line.while_replacing, desk.line.while_asked, desk.line.replaces_badly = lambda: None, lambda: None, ""
    again = desk.born_again()
    again.jobs.start()
    again.jobs.housekeeping()
    again.jobs.reconcile()
    settled(desk)


def test_what_the_broker_refuses_is_told_and_the_stop_stands_where_it_did(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "refused"
    with pytest.raises(OrderRefused):
        ask(desk)
    go_on(desk)
    (stop,) = desk.stops()
    assert (stop.price, desk.trade().stop, desk.trade().exit_plan.is_moving) == (Decimal("147.99"),) * 2 + (False,)
    assert [told.trouble for told in desk.told_of(ExitNotMoved)] == ["order is not open for a replacement"]


def test_a_move_that_is_never_confirmed_is_given_up_and_told(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    ask(desk)
    for _ in range(25):
        go_on(desk)
    assert (desk.trade().stop, desk.trade().exit_plan.is_moving) == (Decimal("147.99"), False)
    assert [told.wanted for told in desk.told_of(ExitNotMoved)] == [WANTED]


def test_a_price_that_the_market_reached_meanwhile_is_not_sent_and_calls_nobody(desk: EngineHarness) -> None:
    put_on_duty(desk, BOTH_LINES)
    desk.line.replaces_badly = "request lost"
    ask(desk)
    desk.line.replaces_badly = ""
    desk.market.price("AAPL", "149.00")
    go_on(desk)
    assert [stop.price for stop in desk.stops()] == [Decimal("147.99")]
    assert [(told.price, told.bare, told.called) for told in desk.told_of(ExitSenseless)] == [(WANTED, 0, ())]
    assert not desk.trade().exit_plan.is_moving


def test_two_processes_move_a_stop_once(desk: EngineHarness) -> None:
    other = desk.born_again()

    def another_is_quicker() -> None:
        desk.line.while_replacing = lambda: None
        other.jobs.housekeeping()

    desk.line.while_replacing = another_is_quicker
    ask(desk)
    go_on(desk)
    settled(desk)


def test_a_later_wish_takes_the_place_of_one_on_its_way(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    desk.engine.commands.exits.stop(TRADE_ID, Decimal("148.50"), EngineHarness.TRADER)
    desk.line.replaces_badly = ""
    ask(desk)
    settled(desk)


def test_a_trade_that_is_sold_meanwhile_is_not_moved(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    ask(desk)
    desk.line.replaces_badly = ""
    desk.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    go_on(desk)
    assert desk.stops() == []
    assert desk.told_of(ExitChanged) == []


def test_what_changed_while_somebody_looked_is_not_changed_again(desk: EngineHarness) -> None:
    """Two traders at once: the second one's wish was about a stop that stands elsewhere by now."""

    def another_is_quicker() -> None:
        desk.line.while_counting = lambda: None
        desk.engine.commands.exits.stop(TRADE_ID, Decimal("149.50"), EngineHarness.ADMIN)

    desk.line.while_counting = another_is_quicker
    with pytest.raises(BadExit) as refused:
        desk.engine.commands.exits.target(TRADE_ID, Decimal(160), EngineHarness.TRADER)
    assert refused.value.facts["problem"] == "changed"
    assert (desk.trade().stop, desk.trade().target) == (Decimal("149.50"), Decimal("154.78"))


def test_a_stop_that_the_market_has_passed_can_be_set_anew_by_an_admin(desk: EngineHarness) -> None:
    """Its order was cancelled by hand, and none is sent that would sell at once; /stop is the way out of that."""
    ask(desk)
    (stop,) = desk.stops()
    desk.broker.cancel(stop)
    desk.market.price("AAPL", "149.10")
    for _ in range(3):
        go_on(desk)
    assert desk.stops() == []
    desk.engine.commands.exits.stop(TRADE_ID, Decimal("148.60"), EngineHarness.ADMIN)
    go_on(desk)
    (renewed,) = desk.stops()
    assert (renewed.price, renewed.shares) == (Decimal("148.60"), 512)
    assert [told.after for told in desk.told_of(ExitChanged)] == [WANTED, Decimal("148.60")]


@pytest.mark.parametrize("whose", ["a trader's", "a trail's"])
def test_a_stop_that_somebody_tightened_further_at_the_broker_is_not_lowered(desk: EngineHarness, whose: str) -> None:
    desk.line.replaces_badly = "request lost"
    if whose == "a trader's":
        ask(desk)
    else:
        desk.engine.commands.exits.trail(TRADE_ID, Decimal("0.005"), None, EngineHarness.TRADER)
    desk.line.replaces_badly = ""
    assert desk.trade().exit_plan.stop is not None
    (stop,) = desk.stops()
    desk.broker.replace(stop, Decimal("149.80"))
    for _ in range(2):
        go_on(desk)
    (stop,) = desk.stops()
    assert (stop.price, desk.trade().stop, desk.trade().exit_plan.is_moving) == (Decimal("149.80"),) * 2 + (False,)
    assert [told.after for told in desk.told_of(ExitMoved)] == [Decimal("149.80")]
    assert (desk.told_of(ExitChanged), desk.told_of(ExitNotMoved)) == ([], [])


LOOSER = Decimal("148.10")


def let_loose(desk: EngineHarness) -> None:
    """Store an admin's wish to move a tightened stop down, which did not reach the broker."""
    desk.engine.commands.exits.stop(TRADE_ID, Decimal("149.90"), EngineHarness.ADMIN)
    desk.line.replaces_badly = "request lost"
    desk.engine.commands.exits.stop(TRADE_ID, LOOSER, EngineHarness.ADMIN)
    desk.line.replaces_badly = ""


def lose_the_exits(desk: EngineHarness) -> None:
    for order in desk.broker.orders():
        for part in order.parts:
            if part.role in {OrderRole.STOP, OrderRole.TARGET} and not part.state.is_over:
                desk.broker.cancel(part)


def less_room(desk: EngineHarness) -> None:
    desk.engine.commands.runtime_settings.change("risk_per_trade", "0.1%", EngineHarness.ADMIN)


def halt(desk: EngineHarness) -> None:
    desk.engine.commands.halt(EngineHarness.ADMIN, "stop it all")


@pytest.mark.parametrize("are_exits_lost", [False, True])
@pytest.mark.parametrize("happens", [halt, less_room])
def test_a_stop_is_not_moved_down_once_that_is_not_allowed_any_more(
    desk: EngineHarness, happens: Callable[[EngineHarness], None], *, are_exits_lost: bool
) -> None:
    let_loose(desk)
    if are_exits_lost:
        lose_the_exits(desk)
    happens(desk)
    for _ in range(3):
        go_on(desk)
    (stop,) = desk.stops()
    assert (stop.price, desk.trade().stop, desk.trade().exit_plan.is_moving) == (Decimal("149.90"),) * 2 + (False,)
    assert [(told.wanted, told.is_too_loose) for told in desk.told_of(ExitNotMoved)] == [(LOOSER, True)]


def test_a_halt_right_before_the_request_keeps_a_stop_where_it_is(desk: EngineHarness) -> None:
    let_loose(desk)

    def halted_meanwhile() -> None:
        desk.line.while_replacing = lambda: None
        halt(desk)
        desk.clock.advance(LOOK_HOLDS + 1)

    desk.line.while_replacing = halted_meanwhile
    for _ in range(2):
        go_on(desk)
    assert [stop.price for stop in desk.stops()] == [Decimal("149.90")]


def test_a_stop_on_its_way_down_goes_on_and_its_risk_is_reserved_at_once(desk: EngineHarness) -> None:
    let_loose(desk)
    reserved = desk.engine.queries.portfolio().open_risk
    go_on(desk)
    assert ([stop.price for stop in desk.stops()], desk.trade().stop) == ([LOOSER], LOOSER)
    assert desk.engine.queries.portfolio().open_risk == reserved > 0


def test_a_stop_is_tightened_on_a_desk_that_was_halted_meanwhile(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    ask(desk)
    desk.line.replaces_badly = ""
    halt(desk)
    go_on(desk)
    settled(desk)


@pytest.mark.parametrize(("role", "price", "market"), [("stop", "150.00", "149.50"), ("target", "151.00", "151.20")])
def test_a_price_that_the_market_reached_is_not_planned_for_shares_whose_exits_are_gone(
    desk: EngineHarness, role: str, price: str, market: str
) -> None:
    """Else nobody would send it either, and the shares would stay without any stop."""
    desk.line.replaces_badly = "request lost"
    getattr(desk.engine.commands.exits, role)(TRADE_ID, Decimal(price), EngineHarness.TRADER)
    desk.line.replaces_badly = ""
    lose_the_exits(desk)
    desk.market.price("AAPL", market)
    for _ in range(3):
        go_on(desk)
    (stop,) = desk.stops()
    assert (stop.price, stop.shares, desk.trade().exit_plan.is_moving) == (Decimal("147.99"), 512, False)
    assert desk.trade().target == Decimal("154.78")
    assert [(told.role, told.price) for told in desk.told_of(ExitSenseless)] == [(OrderRole(role), Decimal(price))]
    assert desk.told_of(ExitChanged) == []


def asked_before_a_death(desk: EngineHarness, role: OrderRole, price: str) -> EngineHarness:
    """Store a wish whose process dies before it is sent, and return the desk in its next life six minutes later."""

    class Dies(BaseException):
        pass

    def die() -> None:
        raise Dies

    desk.line.while_replacing = die
    with pytest.raises(Dies):
        getattr(desk.engine.commands.exits, role)(TRADE_ID, Decimal(price), EngineHarness.ADMIN)
    desk.line.while_replacing = lambda: None
    desk.clock.advance(360)
    again = replace(desk, engine=desk.born_again())
    again.engine.jobs.start()
    return again


@pytest.mark.parametrize(("role", "price"), [(OrderRole.STOP, "149.20"), (OrderRole.TARGET, "160")])
def test_a_wish_is_carried_out_however_long_no_process_ran(desk: EngineHarness, role: OrderRole, price: str) -> None:
    again = asked_before_a_death(desk, role, price)
    go_on(again)
    assert getattr(again.trade(), role) == Decimal(price)
    assert (again.trade().exit_plan.is_moving, again.told_of(ExitNotMoved)) == (False, [])


def test_a_stop_is_not_moved_down_long_after_that_was_asked_for(desk: EngineHarness) -> None:
    desk.engine.commands.exits.stop(TRADE_ID, Decimal("149.90"), EngineHarness.ADMIN)
    again = asked_before_a_death(desk, OrderRole.STOP, str(LOOSER))
    go_on(again)
    assert ([stop.price for stop in again.stops()], again.trade().exit_plan.is_moving) == ([Decimal("149.90")], False)
    assert [told.wanted for told in again.told_of(ExitNotMoved)] == [LOOSER]


def test_a_wish_that_the_next_life_cannot_confirm_either_is_given_up(desk: EngineHarness) -> None:
    again = asked_before_a_death(desk, OrderRole.STOP, "149.20")
    again.line.replaces_badly = "request lost"
    go_on(again)
    assert again.trade().exit_plan.is_moving
    for _ in range(25):
        go_on(again)
    assert not again.trade().exit_plan.is_moving
    assert [told.wanted for told in again.told_of(ExitNotMoved)] == [WANTED]
