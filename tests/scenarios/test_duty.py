"""/duty and /notify in Slack, in both languages: who is on duty, who is called and how, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.local_slack.launch import CHANNEL
from bot.local_slack.people import Person
from bot.local_slack.seed import Json
from engine.model.duty import CallWay, NotifyChoice, Roster
from tests.conftest import OpenStage
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.slack_harness import SlackHarness
from tests.support.waiting import until

Stage = SlackHarness[EngineHarness]
EXAMPLE = {"en": "e.g. ", "ko": "예: "}
TO = {"en": "–", "ko": "~"}
"""What stands between the ends of a range."""
ADMIN, TRADER = "<@U0ADMIN>", "<@U0TRADER>"


def alone(person: Person, stage: Stage) -> list[str]:
    """Return what a person was told alone in the channel, oldest first."""
    told = [message["text"] for message in person.messages(CHANNEL.id) if message["ephemeral"]]
    return [text for text in told if text != stage.texts("working")]


def ask(stage: Stage, person: Person, typed: str) -> str:
    """Type a command and return its answer."""
    before = len(alone(person, stage))
    person.command(CHANNEL.id, typed)
    until(lambda: len(alone(person, stage)) > before)
    return alone(person, stage)[-1]


def direct(person: Person, user: str) -> list[Json]:
    """Return a person's direct messages from the bot."""
    channels = {each["id"] for each in person.workspace()["channels"]}
    return person.messages(f"D{user[1:]}") if f"D{user[1:]}" in channels else []


def on_duty(stage: Stage, roster: Roster = BOTH_LINES) -> None:
    put_on_duty(stage.harness, roster)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_people_keep_a_rota_hand_over_and_go_on_holiday(open_stage: OpenStage, locale: str) -> None:
    stage = open_stage(locale)
    assert "/duty rota first" in ask(stage, stage.viewer, "/duty")
    kept = ask(stage, stage.trader, "/duty rota first me, @dana mon-fri 22:00-06:00")
    assert f"{TRADER} {ADMIN}" in kept
    assert "Asia/Seoul" in kept
    assert f"22:00{TO[locale]}06:00" in kept
    second = ask(stage, stage.trader, "/duty rota second @dana daily 00:00-24:00")
    assert f"00:00{TO[locale]}24:00" in second
    handed = ask(stage, stage.trader, "/duty handover @dana 1h 30m")
    assert ADMIN in handed
    stage.admin.wait_for(CHANNEL.id, lambda message: f"📣 {ADMIN}" in message["text"] and not message["ephemeral"])
    away = ask(stage, stage.trader, "/duty holiday me 2025-08-25 .. 2025-08-27")
    assert TRADER in away.splitlines()[-2]
    assert TRADER not in ask(stage, stage.trader, "/duty holiday off me").splitlines()[-2]
    assert f"22:00{TO[locale]}06:00" not in ask(stage, stage.trader, "/duty rota remove 1").replace(
        "/duty rota first", ""
    )


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_a_person_sees_and_changes_how_they_are_called(open_stage: OpenStage, locale: str) -> None:
    stage = open_stage(locale)
    texts = stage.texts
    usual = ask(stage, stage.trader, "/notify")
    assert texts("notify-way", way="channel", chosen="no").replace("*", "") in usual
    assert texts("call-kind", kind="halt") in usual
    assert texts("setting", name="report_ready") in usual
    changed = ask(stage, stage.trader, "/notify direct")
    assert texts("notify-way", way="direct", chosen="yes").replace("*", "") in changed
    quiet = ask(stage, stage.trader, "/notify quiet 23:00-07:00 reminders, results")
    assert f"23:00{TO[locale]}07:00" in quiet
    kinds = ", ".join(texts("call-kind", kind=kind) for kind in ("reminder", "result"))
    assert kinds in quiet
    assert texts("notify-no-quiet", zone="Asia/Seoul").replace("*", "") in ask(stage, stage.trader, "/notify quiet off")
    assert texts("notify-way", way="channel", chosen="no").replace("*", "") in ask(
        stage, stage.trader, "/notify default"
    )
    assert texts("notify-way", way="channel", chosen="no").replace("*", "") in ask(stage, stage.viewer, "/notify")


BAD = (
    "/duty rota first @bob mon-fri 22:00-06:00",
    "/duty rota first U0NOBODY mon-fri 22:00-06:00",
    "/duty rota first <!subteam^S0NOBODY|@team> mon-fri 22:00-06:00",
    "/duty rota first @vera mon-fri 22:00-06:00",
    "/duty rota first mon-fri 22:00-06:00",
    "/duty rota third me mon-fri 22:00-06:00",
    "/duty rota",
    "/duty rota first me",
    "/duty rota first me 22:00-06:00",
    "/duty rota first me mon-fri",
    "/duty rota first me mon-fri 22:00",
    "/duty rota first me mon-fri 22:00-",
    "/duty rota first me mon-fri -06:00",
    "/duty rota first me mon-fri 22-06",
    "/duty rota first me mon-fri 22:60-23:10",
    "/duty rota first me mon-fri 25:00-26:00",
    "/duty rota first me mon-fri 22:00-22:00",
    "/duty rota first me mon-fri 10pm-6am",
    "/duty rota first me moon 22:00-06:00",
    "/duty rota first me mon-fri-sun 22:00-06:00",
    "/duty rota first me tue 23:00-23:30",
    "/duty rota first me mon 05:00-07:00 tue",
    "/duty rota second me sun 23:00-01:00 @bob",
    "/duty rota remove",
    "/duty rota remove one",
    "/duty rota remove 9",
    "/duty rota remove -1",
    "/duty handover",
    "/duty handover @bob 2h",
    "/duty handover @vera 2h",
    "/duty handover me 2",
    "/duty handover me 0m",
    "/duty handover me 18",
    "/duty handover me until",
    "/duty handover me 25:00",
    "/duty handover me second",
    "/duty handover me first second 2h",
    "/duty handover me 300d",
    "/duty holiday",
    "/duty holiday me",
    "/duty holiday @bob 2025-09-01",
    "/duty holiday me 2025-09-31",
    "/duty holiday me 2025-09-05..2025-09-01",
    "/duty holiday me 2025-08-01..2025-08-02",
    "/duty holiday me 2025-09-01..",
    "/duty holiday me tomorrow",
    "/duty holiday me 2029-01-01",
    "/duty holiday off",
    "/duty holiday off @bob",
    "/notify quiet",
    "/notify quiet 23:00",
    "/notify quiet 07:00-07:00",
    "/notify quiet 23:00-07:00 everything",
    "/notify quiet 23:00-07:00 halts",
    "/notify quiet 23:00-07:00 losses",
    "/notify quiet 23:00-07:00 unprotected",
)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_bad_input_is_refused_with_what_is_wrong_and_an_example_that_is_taken(
    open_stage: OpenStage, locale: str
) -> None:
    stage = open_stage(locale)
    on_duty(stage, replace(BOTH_LINES, turns=()))
    ask(stage, stage.trader, "/duty rota first me mon-fri 22:00-02:00")
    kept = stage.harness.engine.queries.duty.now().roster
    for typed in BAD:
        answer = ask(stage, stage.trader, typed)
        said, mark, example = answer.rpartition(EXAMPLE[locale])
        assert mark, (typed, answer)
        assert said, typed
        assert stage.harness.engine.queries.duty.now().roster == kept, typed
        taken = ask(stage, stage.trader, _free(example))
        assert EXAMPLE[locale] not in taken.splitlines()[-1], (typed, example, taken)
        on_duty(stage, kept)


def _free(example: str) -> str:
    """Return an example at hours that are free: the one of the rota is of the night that is taken here."""
    return example.replace("mon-fri 22:00-06:00", "mon-fri 02:00-06:00")


@pytest.mark.parametrize(
    "typed",
    ["/duty rotas", "/duty on", "/notify loud", "/notify channel direct", "/notify silent 23:00-07:00"],
)
def test_a_word_that_is_none_is_answered_with_how_the_command_is_written(open_stage: OpenStage, typed: str) -> None:
    stage = open_stage()
    assert f"{typed.split(maxsplit=1)[0]} [" in ask(stage, stage.trader, typed)


def test_a_viewer_looks_at_the_duty_and_changes_nothing_of_it(open_stage: OpenStage) -> None:
    stage = open_stage()
    for typed in ("/duty rota first @tae daily 00:00-24:00", "/duty handover @tae 2h", "/duty holiday off @tae"):
        assert "Traders only" in ask(stage, stage.viewer, typed)
    assert stage.harness.engine.queries.duty.now().roster == Roster()


def test_a_group_of_the_workspace_is_on_duty_and_mentioned(open_stage: OpenStage) -> None:
    stage = open_stage()
    stage.slack.membership.set_group("S0TRADERS", ["U0TRADER"])
    ask(stage, stage.trader, "/duty rota first <!subteam^S0TRADERS|@traders> daily 00:00-24:00")
    stage.harness.play_the_signal()
    assert "📣 <!subteam^S0TRADERS>" in stage.card()["text"]


def later(stage: Stage, part: float) -> None:
    """Let a part of the proposal's life be over, and the timetable look."""
    trade = stage.harness.trade()
    stage.harness.clock.set(trade.proposed_at + (trade.expires_at - trade.proposed_at) * part + timedelta(seconds=1))
    stage.harness.engine.jobs.housekeeping()


@pytest.mark.parametrize(
    ("locale", "reminded", "second", "follows"),
    [
        ("en", "AAPL still pending: 7 min 29 s left", "the first line hasn't decided", "what it would have made"),
        ("ko", "AAPL 승인 대기 중: 7분 29초 남음", "1차 당직이 아직 결정하지 않았습니다", "어땠을지 여기에"),
    ],
)
def test_a_proposal_calls_the_first_line_then_the_second_and_both_where_it_expires(
    open_stage: OpenStage, locale: str, reminded: str, second: str, follows: str
) -> None:
    stage = open_stage(locale)
    on_duty(stage)
    stage.harness.play_the_signal()
    assert f"📣 {TRADER}" in stage.card()["text"]
    assert ADMIN not in stage.card()["text"]
    later(stage, 1 / 2)
    assert TRADER in stage.in_thread(reminded)["text"]
    later(stage, 3 / 4)
    assert ADMIN in stage.in_thread(second)["text"]
    later(stage, 1)
    expired = stage.in_thread(follows)["text"]
    assert TRADER in expired
    assert ADMIN in expired


def test_a_direct_message_says_the_whole_decision_and_where_to_make_it(open_stage: OpenStage) -> None:
    stage = open_stage()
    on_duty(stage, replace(BOTH_LINES, choices=(NotifyChoice(who="U0TRADER", way=CallWay.DIRECT),)))
    stage.harness.play_the_signal()
    until(lambda: bool(direct(stage.trader, "U0TRADER")))
    [told] = direct(stage.trader, "U0TRADER")
    assert told["text"].startswith(stage.card()["text"].splitlines()[0])
    assert "/approve AAPL" in told["text"]
    assert "<#C0DESK>" in told["text"]
    assert TRADER not in stage.card()["text"]
    stage.trader.command(CHANNEL.id, "/approve AAPL")
    stage.in_thread("AAPL")


def test_who_takes_no_direct_message_is_mentioned_in_the_thread_of_the_card(open_stage: OpenStage) -> None:
    stage = open_stage()
    gone = replace(
        BOTH_LINES,
        turns=(replace(BOTH_LINES.turns[0], who=("U0GONE",)),),
        choices=(NotifyChoice(who="U0GONE", way=CallWay.DIRECT),),
    )
    on_duty(stage, gone)
    stage.harness.play_the_signal()
    stage.card()
    told = stage.in_thread("Couldn't send a direct message")
    assert "📣 <@U0GONE>" in told["text"]
    until(lambda: not stage.harness.told())


def test_the_home_and_the_desk_say_who_is_on_duty(open_stage: OpenStage) -> None:
    stage = open_stage()
    stage.viewer.open_home()
    stage.viewer.wait_for_home(shows("*On duty* nobody"))
    on_duty(stage)
    stage.viewer.open_home()
    stage.viewer.wait_for_home(shows(f"*On duty* {TRADER}"))
    assert f"On duty {TRADER}" in ask(stage, stage.viewer, "/desk")


def shows(words: str) -> Callable[[Json], bool]:
    return lambda home: words in str(home)


def test_a_halt_calls_everybody_on_duty(open_stage: OpenStage) -> None:
    stage = open_stage()
    on_duty(stage)
    stage.trader.command(CHANNEL.id, "/halt news")
    told = stage.admin.wait_for(CHANNEL.id, lambda message: "📣" in message["text"] and not message["ephemeral"])
    assert f"📣 {TRADER} {ADMIN}" in told["text"]
