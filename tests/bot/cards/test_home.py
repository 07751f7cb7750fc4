from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from slack_sdk.models.views import View

from bot.access import Role
from bot.app import COMMANDS
from bot.cards import ids
from bot.cards.answers import help_line
from bot.cards.home import PENDING_SHOWN, answer_modal, desk_card, home, status_modal
from bot.cards.message import note
from bot.cards.newer_blocks import older
from bot.cards.status import position_text, sparkline
from bot.messages import Texts
from engine.model.desk import Desk, DeskState
from engine.model.market import Session
from engine.model.status import MarketHours, ServiceState, Status
from engine.model.symbol_halt import HaltReason, SymbolHalt
from engine.model.trade import TradeState
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, TRADER, a_line, a_portfolio as with_positions, approved
from tests.support.fakes.notices import STANDING
from tests.support.fakes.slack_limits import check_message, check_view
from tests.support.fakes.status import AT, CLOSES, a_day, a_status
from tests.support.fakes.trades import a_trade

STEERING = {ids.HOME_HALT, ids.HOME_FLATTEN, ids.HOME_RESUME, ids.HOME_AUTO}
HALTED = Desk(state=DeskState.HALTED, auto=True, by=TRADER, reason="CPI at 8:30", since=AT)


@pytest.mark.parametrize("texts", BOTH)
def test_a_desk_whose_jobs_nobody_runs_says_so_before_all_else(texts: Texts) -> None:
    status = a_status(leaderless_since=AT)
    for shown in (words(home(status, Role.TRADER, texts)), words(status_modal(status, texts))):
        assert "scheduler" in shown.split("\n")[1]
    assert "scheduler" in desk_card(status, (), texts).text
    assert "🚨" not in words(home(a_status(), Role.TRADER, texts))


def words(view: View) -> str:
    """Return all that a view says, buttons apart."""
    found = []
    for block in view.to_dict()["blocks"]:
        found += [block[name]["text"] for name in ("text", "title", "body") if name in block]
        found += [field["text"].replace("\n", " ") for field in block.get("fields", ())]
        found += [each["text"] for each in block.get("elements", ()) if block["type"] == "context"]
    return "\n".join(found)


def levers(view: View) -> dict[str, Any]:
    """Return the buttons of a view by their actions."""
    held = {"actions": "elements", "card": "actions"}
    rows = [block.get(held[block["type"]], ()) for block in view.to_dict()["blocks"] if block["type"] in held]
    return {each["action_id"]: each for row in rows for each in row}


def busy(pending: int = 3) -> Status:
    """Return a desk with all there can be: proposals, positions, decisions, a lost service."""
    proposals = tuple(a_trade(id=f"AAPL_20250819_2345{number:02}") for number in range(pending))
    lost = (ServiceState(service="market"), ServiceState(service="broker", lost_since=AT))
    return a_status(desk=HALTED, pending=proposals, decided=(approved(),), portfolio=with_positions(), services=lost)


def full() -> Status:
    """Return a desk with as much of everything at once as there can be."""
    held, standing = with_positions(), tuple(replace(STANDING, id=f"S{number}") for number in range(10))
    return replace(busy(100), portfolio=replace(held, lines=held.lines * 15), standing=standing)


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
def test_no_figure_of_a_position_is_cut_however_much_is_told_of_it(texts: Texts) -> None:
    halt = SymbolHalt(symbol="GOOGL", since=AT, reason=HaltReason.VOLATILITY, code="LUDP")
    line = a_line(symbol="GOOGL", shares=400, cost=Decimal("192.38"), price=Decimal("192.38"), halt=halt)
    view = home(a_status(portfolio=with_positions(lines=(line,))), Role.ADMIN, texts)
    check_view(view.to_dict())
    assert [part for part in position_text(line, texts).split("\n") if part not in words(view)] == []


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", [a_status(), busy(), busy(100), full()], ids=["calm", "busy", "flooded", "full"])
def test_every_home_is_what_slack_takes(status: Status, role: Role, texts: Texts) -> None:
    view = home(status, role, texts).to_dict()
    check_view(view)
    for blocks in (view["blocks"], older(view["blocks"])):
        assert len(blocks) <= 100


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
def test_the_window_and_the_answer_of_desk_are_what_slack_takes(texts: Texts) -> None:
    commands = tuple(help_line(name, texts) for name in COMMANDS)
    check_view(status_modal(busy(100), texts).to_dict())
    check_message(desk_card(busy(100), commands, texts).payload())


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.VIEWER, set()),
        (Role.TRADER, {ids.HOME_HALT, ids.HOME_FLATTEN}),
        (Role.ADMIN, {ids.HOME_HALT, ids.HOME_FLATTEN, ids.HOME_AUTO}),
    ],
)
def test_nobody_sees_a_lever_that_their_role_may_not_pull(role: Role, shown: set[str]) -> None:
    assert set(levers(home(a_status(), role, ENGLISH))) & STEERING == shown


def test_a_halted_desk_offers_to_resume_and_not_to_halt() -> None:
    shown = set(levers(home(a_status(desk=HALTED), Role.ADMIN, ENGLISH)))
    assert shown & STEERING == {ids.HOME_FLATTEN, ids.HOME_RESUME, ids.HOME_AUTO}


def test_halt_asks_nothing_and_what_is_graver_asks_once() -> None:
    stopping, starting = (levers(home(a_status(desk=desk), Role.ADMIN, ENGLISH)) for desk in (a_status().desk, HALTED))
    asks = {name for name, each in {**stopping, **starting}.items() if "confirm" in each}
    assert asks == {ids.HOME_FLATTEN, ids.HOME_RESUME}  # AUTO_MODE is on in the halted one, so it would go off


def test_switching_auto_mode_on_asks_and_says_what_it_will_be() -> None:
    lever = levers(home(a_status(), Role.ADMIN, ENGLISH))[ids.HOME_AUTO]
    assert (lever["value"], lever["text"]["text"]) == ("on", "Turn auto-trading on")
    assert lever["confirm"]["title"]["text"] == "Turn auto-trading on?"
    assert levers(home(a_status(desk=HALTED), Role.ADMIN, ENGLISH))[ids.HOME_AUTO]["value"] == "off"


def test_whoever_has_no_role_sees_nothing_of_the_desk() -> None:
    view = home(busy(), Role.NOBODY, ENGLISH)
    assert words(view) == "You have no role on this desk. Ask an admin for one."
    assert levers(view) == {}


def test_the_home_says_who_halted_when_and_why() -> None:
    said = words(home(a_status(desk=HALTED), Role.VIEWER, ENGLISH))
    assert said.startswith("⛔ The desk is halted · Auto-trading on\n")
    assert f"Set by <@{TRADER}>, <!date^" in said
    assert "CPI at 8:30" in said


def test_the_market_and_its_next_turn_stand_in_one_line() -> None:
    said = words(home(a_status(), Role.VIEWER, ENGLISH))
    assert f"*Market* regular hours · closes <!date^{int(CLOSES.timestamp())}^" in said
    shut = a_status(hours=MarketHours(session=Session.CLOSED, then=Session.PRE, at=CLOSES))
    assert "*Market* market closed · pre-market from <!date^" in words(home(shut, Role.VIEWER, ENGLISH))


def test_the_day_is_told_in_figures_beside_its_curve() -> None:
    said = words(home(a_status(), Role.VIEWER, ENGLISH))
    assert "*Equity* $231,368\n*Total P&L today (New York)* +$1,368 (+0.6%)\n" in said
    assert "*Realised today* +$640 · 2 closed, 1 won" in said
    assert "▄▁▆█ equity today: $229,100 to $231,368" in said
    assert "*Open risk* 1.0% of 2.0%\n█████░░░░░" in said


def test_a_day_without_a_first_figure_has_no_result_and_no_curve() -> None:
    said = words(home(a_status(today=a_day(equity_before=None, curve=(), trades=0)), Role.VIEWER, ENGLISH))
    assert "*Equity* $231,368\n" in said
    assert "Today" not in said


def test_a_broker_that_does_not_answer_is_said_instead_of_figures() -> None:
    said = words(home(a_status(portfolio=None), Role.TRADER, ENGLISH))
    assert "Broker not responding" in said
    assert "Positions" not in said


def test_a_position_says_how_far_it_is_from_its_stop_and_its_target() -> None:
    said = words(home(a_status(portfolio=with_positions()), Role.VIEWER, ENGLISH))
    assert "Stop $147.99 (−2% from here) · Target $154.78 (+2.5%)" in said
    assert "Not this bot's trade" in said


def test_a_lost_service_is_told_from_those_that_work_by_words() -> None:
    said = words(home(busy(), Role.VIEWER, ENGLISH))
    assert "✅\u00a0Prices: up · ⚠️\u00a0The broker: down since" in said


def test_each_proposal_has_its_buttons_under_ids_of_its_own() -> None:
    shown = levers(home(busy(2), Role.TRADER, ENGLISH))
    decided = {"approve.0", "resize.0", "reject.0", "inspect.0", "approve.1", "resize.1", "reject.1", "inspect.1"}
    assert decided <= set(shown)
    assert shown["approve.1"]["value"] == "AAPL_20250819_234501:512"


def test_a_viewer_may_look_at_a_proposal_and_no_more() -> None:
    assert set(levers(home(busy(1), Role.VIEWER, ENGLISH))) == {"inspect.0", ids.HOME_REPORT}


def test_proposals_beyond_what_fits_are_counted() -> None:
    said = words(home(busy(PENDING_SHOWN + 7), Role.TRADER, ENGLISH))
    assert f"Pending approval: {PENDING_SHOWN + 7}" in said
    assert "… and 7 more" in said


def test_very_many_positions_are_cut_and_the_rest_is_counted() -> None:
    many = replace(with_positions(), lines=with_positions().lines * 200)
    view = home(a_status(portfolio=many), Role.ADMIN, KOREAN)
    check_view(view.to_dict())
    assert "건" in words(view)


def test_a_rejection_and_an_approval_are_told_by_who_decided() -> None:
    rejected = approved(state=TradeState.REJECTED)
    said = words(home(a_status(decided=(approved(), rejected)), Role.VIEWER, ENGLISH))
    assert f"*AAPL* 512 shares at $150.25 · Approved by <@{TRADER}>" in said
    assert f"Rejected by <@{TRADER}>" in said


def test_the_answer_of_desk_has_the_state_and_a_line_for_every_command() -> None:
    commands = tuple(help_line(name, ENGLISH) for name in COMMANDS)
    told = desk_card(a_status(), commands, ENGLISH).text
    assert told.startswith("✅ The desk is active · Auto-trading off\n")
    assert all(command in told for command in COMMANDS)


def test_an_answer_becomes_a_window_with_the_same_words() -> None:
    view = answer_modal(note("No."), ENGLISH)
    check_view(view.to_dict())
    assert words(view) == "No."


@pytest.mark.parametrize(
    ("figures", "drawn"), [((1, 8), "▁█"), ((5, 5, 5), "▄▄▄"), (range(100), "▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇██")]
)
def test_a_curve_is_drawn_from_low_to_high_in_few_cells(figures: Any, drawn: str) -> None:
    assert sparkline([Decimal(figure) for figure in figures]) == drawn
