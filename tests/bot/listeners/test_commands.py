from dataclasses import replace
from decimal import Decimal

import pytest

from bot.access import Role
from bot.app import COMMANDS
from bot.cards import ids
from bot.cards.reasons import REASON_LENGTH
from engine.errors import BrokerUnavailable, HaltNotPersisted, OrderUnclear, StoreUnavailable
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import DeskState
from engine.model.performance import Period
from engine.model.trade import ALIVE, RESERVED, TradeState
from tests.bot.listeners.conftest import ADMIN, CHANNEL, STRANGER, TRADER, VIEWER, Room
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()
MSFT = a_trade(id="MSFT_20250819_230000", symbol="MSFT")
BELOW = {Role.VIEWER: STRANGER, Role.TRADER: VIEWER, Role.ADMIN: TRADER}
REFUSED = [(name, BELOW[spec.verb.role]) for name, spec in COMMANDS.items()]


@pytest.mark.parametrize(("command", "user"), REFUSED)
def test_a_command_is_refused_below_its_role_and_the_audit_has_it_once(room: Room, command: str, user: str) -> None:
    room.engine.begin(AAPL)
    assert " only; you" in room.says(user, f"{command} AAPL")
    verb = COMMANDS[command].verb
    [(by, said, action, why)] = room.engine.refusals
    assert (by, said, action) == (user, f"{command} AAPL", verb)
    assert why.startswith("NotAllowed")
    assert not room.engine.calls


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_answers_help_to_whoever_may_look(room: Room, command: str) -> None:
    assert room.says(VIEWER, f"{command} help").startswith(command)
    assert not room.engine.calls


def test_help_is_for_nobody_without_a_role(room: Room) -> None:
    assert " only; you" in room.says(STRANGER, "/approve help")


@pytest.mark.parametrize("typed", ["AAPL_20250819_234515", "AAPL", "`AAPL`", "$AAPL", "“AAPL”,", "  AAPL\u00a0", ""])
def test_approve_takes_an_id_a_symbol_or_the_only_proposal(room: Room, typed: str) -> None:
    room.engine.begin(AAPL)
    assert f"<@{TRADER}>" in room.says(TRADER, f"/approve {typed}")
    assert room.engine.calls[-1] == ("approve", AAPL.id, "", TRADER)


def test_approve_alone_asks_which_of_several(room: Room) -> None:
    room.engine.begin(AAPL, MSFT)
    answer = room.says(TRADER, "/approve")
    assert AAPL.id in answer
    assert MSFT.id in answer
    assert len(room.engine.refusals) == 1


def test_approve_alone_says_when_nothing_waits(room: Room) -> None:
    assert "/trades" in room.says(TRADER, "/approve")


def test_approve_takes_one_trade_at_a_time(room: Room) -> None:
    room.engine.begin(AAPL, MSFT)
    assert "/approve [trade]" in room.says(TRADER, "/approve AAPL MSFT")
    assert room.engine.held == {AAPL.id: AAPL, MSFT.id: MSFT}


def test_approve_of_a_decided_trade_tells_who_decided(room: Room) -> None:
    room.engine.begin(replace(AAPL, state=TradeState.REJECTED, decided_by=ADMIN))
    assert f"<@{ADMIN}>" in room.says(TRADER, "/approve AAPL")


def test_an_unknown_trade_gets_a_proposal_of_what_was_meant(room: Room) -> None:
    room.engine.begin(AAPL)
    assert AAPL.id in room.says(TRADER, "/approve APPL")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("AAPL too close to earnings", "too close to earnings"),
        ("  AAPL   ask <@U123|kim> & co\nfirst", "ask <@U123|kim> & co first"),
        ("AAPL", ""),
        ("", ""),
        ("AAPL " + "x" * 9_990, "x" * 500),
    ],
)
def test_reject_keeps_the_words_after_the_trade_as_the_reason(room: Room, typed: str, reason: str) -> None:
    room.engine.begin(AAPL)
    assert f"<@{TRADER}>" in room.says(TRADER, f"/reject {typed}")
    assert room.engine.calls[-1] == ("reject", AAPL.id, reason, TRADER)


def test_size_without_a_number_shows_the_sum_and_changes_nothing(room: Room) -> None:
    room.engine.begin(AAPL)
    assert "600" in room.says(TRADER, "/size AAPL")
    assert room.engine.held == {AAPL.id: AAPL}


@pytest.mark.parametrize("typed", ["AAPL 300", "300"])
def test_size_with_an_amount_works_it_out_and_changes_nothing(room: Room, typed: str) -> None:
    room.engine.begin(AAPL)
    assert "300 shares of AAPL" in room.says(TRADER, f"/size {typed}")
    assert room.engine.held == {AAPL.id: AAPL}
    assert room.engine.calls[-1][2] == Amount(kind=AmountKind.SHARES, figure=Decimal(300))


def test_what_was_worked_out_is_applied_with_one_button(room: Room) -> None:
    room.engine.begin(AAPL)
    room.person(TRADER).command(CHANNEL, "/size AAPL 300")
    answer = room.person(TRADER).wait_for(CHANNEL, lambda message: "300 shares" in message["text"])
    room.person(TRADER).press({"channel": CHANNEL, "ts": answer["ts"]}, ids.APPLY_SIZE)
    until(lambda: room.engine.held[AAPL.id].shares == 300)
    assert room.engine.calls[-1] == ("resize", AAPL.id, 300, TRADER)


def test_size_with_what_is_no_amount_says_what_to_type(room: Room) -> None:
    room.engine.begin(AAPL)
    assert "$20000" in room.says(TRADER, "/size AAPL lots")
    assert room.engine.held == {AAPL.id: AAPL}
    assert len(room.engine.refusals) == 1


def test_size_over_the_limit_tells_the_most(room: Room) -> None:
    room.engine.begin(AAPL)
    assert "600" in room.says(TRADER, "/size AAPL 5000")


def test_halt_stops_the_desk_and_keeps_the_reason(room: Room) -> None:
    assert "earnings" in room.says(TRADER, "/halt earnings tonight")
    assert room.engine.state.state is DeskState.HALTED
    assert room.engine.state.reason == "earnings tonight"


def test_flatten_asks_in_a_window_also_while_the_halt_cannot_be_written(room: Room) -> None:
    room.engine.trouble = HaltNotPersisted()
    room.person(TRADER).command(CHANNEL, "/halt flatten fire")
    window = room.person(TRADER).wait_for_view()
    room.engine.trouble = None
    room.person(TRADER).submit(window, {ids.REASON_BLOCK: {ids.REASON_INPUT: "fire"}})
    until(lambda: room.engine.calls[-1:] == [("flatten", "fire", TRADER)])


def test_flatten_for_a_reason_longer_than_its_field_opens_a_window_that_can_be_submitted(room: Room) -> None:
    why = " ".join(["the broker doubles margins at the close;"] * 8)
    room.person(TRADER).command(CHANNEL, f"/halt flatten {why}")
    room.person(TRADER).submit(room.person(TRADER).wait_for_view(), {})
    until(lambda: len(room.engine.calls) > 1)
    assert room.engine.calls == [("halt", why, TRADER), ("flatten", why[:REASON_LENGTH].strip(), TRADER)]


def test_resume_lets_the_desk_trade_again(room: Room) -> None:
    room.engine.begin()
    assert f"<@{ADMIN}>" in room.says(ADMIN, "/resume")
    assert room.engine.calls[0] == ("resume", ADMIN)


def test_resume_anyway_ends_a_sale_of_everything(room: Room) -> None:
    room.engine.begin()
    room.says(ADMIN, "/resume anyway")
    assert room.engine.calls[0] == ("resume", "anyway", ADMIN)


@pytest.mark.parametrize(("typed", "call"), [("on", ("set_auto", True, ADMIN)), ("OFF", ("set_auto", False, ADMIN))])
def test_auto_switches_auto_mode(room: Room, typed: str, call: tuple[object, ...]) -> None:
    assert "Auto-trading" in room.says(ADMIN, f"/auto {typed}")
    assert room.engine.calls == [call]


def test_auto_alone_only_tells(room: Room) -> None:
    assert "Auto-trading" in room.says(ADMIN, "/auto")
    assert room.engine.calls == [("desk",)]


def test_auto_with_another_word_shows_its_usage(room: Room) -> None:
    assert "/auto [on|off]" in room.says(ADMIN, "/auto maybe")


@pytest.mark.parametrize(
    ("typed", "states"),
    [
        ("", ALIVE),
        ("pending", {TradeState.PROPOSED}),
        ("Open", RESERVED),
        ("closed", {TradeState.CLOSED}),
        ("all", set()),
    ],
)
def test_trades_lists_what_was_asked_for(room: Room, typed: str, states: set[TradeState]) -> None:
    room.engine.begin(AAPL)
    room.says(VIEWER, f"/trades {typed}")
    assert room.engine.calls == [("trades", frozenset(states), None)]


def test_trades_of_today_begin_with_the_exchange_s_day_as_results_do(room: Room) -> None:
    assert room.says(VIEWER, "/trades today")
    [(_verb, _states, since)] = room.engine.calls
    assert str(since) == "2025-08-19 04:00:00+00:00"
    assert since == Period.TODAY.since(room.engine.queries.now())


def test_trades_with_another_word_shows_its_usage(room: Room) -> None:
    assert "[pending|open|closed|today|all]" in room.says(VIEWER, "/trades yesterday")


def test_a_word_that_is_nearly_one_gets_a_suggestion(room: Room) -> None:
    assert "Did you mean open?" in room.says(VIEWER, "/trades opne")


def test_positions_shows_the_account(room: Room) -> None:
    assert "$231,368" in room.says(VIEWER, "/positions")


def test_inspect_shows_a_symbol(room: Room) -> None:
    room.engine.begin(AAPL)
    assert "AAPL" in room.says(VIEWER, "/inspect AAPL")
    assert room.engine.calls == [("inspect", "AAPL")]


def test_inspect_shows_a_trade(room: Room) -> None:
    room.engine.begin(AAPL)
    assert AAPL.id in room.says(VIEWER, f"/inspect {AAPL.id}")


@pytest.mark.parametrize(("typed", "hint"), [("", "/inspect"), ("NOPE", "NOPE"), ("AAPL MSFT", "/inspect")])
def test_inspect_says_what_it_cannot_show(room: Room, typed: str, hint: str) -> None:
    assert hint in room.says(VIEWER, f"/inspect {typed}")
    assert len(room.engine.refusals) == 1


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (BrokerUnavailable(), "Can't reach the broker"),
        (OrderUnclear("x"), "do not order again"),
        (StoreUnavailable(), "nothing is traded"),
    ],
)
def test_trouble_of_the_outside_is_told_and_is_no_refusal(room: Room, trouble: Exception, sentence: str) -> None:
    room.engine.trouble = trouble
    assert sentence in room.says(TRADER, "/halt")
    assert not room.engine.refusals


def test_what_nobody_foresaw_is_acknowledged_and_told_by_an_id_alone(room: Room) -> None:
    room.engine.trouble = ZeroDivisionError("a secret of the code")
    answer = room.says(TRADER, "/halt")
    assert "Error ID" in answer
    assert "secret" not in answer


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("AT&amp;T&amp;not &lt;3", "AT&T&not <3"),
        ("&amp;amp; &amp;lt; &copy;", "&amp; &lt; &copy;"),
        ("a &amp;&amp; b &gt; c", "a && b > c"),
    ],
)
def test_a_command_s_three_entities_are_taken_back_once(room: Room, sent: str, kept: str) -> None:
    body = {"command": "/halt", "text": sent, "user_id": TRADER, "channel_id": CHANNEL}
    assert room.deliver(body).status == 200
    until(lambda: bool(room.engine.calls))
    assert room.engine.calls == [("halt", kept, TRADER)]


@pytest.mark.parametrize("typed", ["AT&T&not", "&amp; &lt;b&gt;", "a < b > c && d", "&copy;"])
def test_what_is_typed_into_a_window_is_taken_as_it_is(room: Room, typed: str) -> None:
    room.engine.begin(AAPL)
    value = room.seal.value(ids.REJECT_MODAL, AAPL.id)
    state = {"values": {ids.REASON_BLOCK: {ids.REASON_INPUT: {"type": "plain_text_input", "value": typed}}}}
    view = {"type": "modal", "callback_id": ids.REJECT_MODAL, "private_metadata": value, "state": state}
    body = {"type": "view_submission", "team": {"id": "T0LOCAL"}, "user": {"id": TRADER}, "view": view}
    room.deliver({**body, "trigger_id": typed})
    until(lambda: bool(room.engine.calls))
    assert room.engine.calls == [("reject", AAPL.id, typed, TRADER)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/size 1,5", "“1,5” could be 1.5 or 15"),
        ("/size AAPL $2,50", "“$2,50” could be 2.50 or 250"),
        ("/size AAPL −5", "isn't a valid amount"),
        ("/size ４００ apples", "isn't a valid amount"),
    ],
)
def test_an_amount_in_doubt_is_asked_about_and_never_guessed(room: Room, typed: str, told: str) -> None:
    room.engine.begin(AAPL)
    assert told in room.says(TRADER, typed)
    assert not room.engine.calls


def test_a_size_may_be_typed_in_full_width_digits(room: Room) -> None:
    room.engine.begin(AAPL)
    room.says(TRADER, "/size AAPL ４００")
    assert room.engine.calls[-1] == ("calculate", "AAPL", Amount(kind=AmountKind.SHARES, figure=Decimal(400)))
