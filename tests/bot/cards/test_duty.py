from datetime import timedelta

import pytest

from bot.cards.duty import duty, duty_line, notify
from bot.cards.mrkdwn import spoken
from bot.cards.refusals import refusal
from bot.cards.standing import standing_modal
from bot.messages import Texts
from engine.duty.schedule import view_of
from engine.errors import BadDuty, BadStanding, RequestRefused
from engine.model.duty import (
    CallKind,
    CallWay,
    DutyHandover,
    DutyLine,
    DutyTurn,
    NotifyChoice,
    NotifyView,
    QuietHours,
    Roster,
)
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, SEOUL
from tests.support.duty import minutes
from tests.support.fakes.trades import PROPOSED_AT


@pytest.mark.parametrize(
    ("days", "english", "korean"),
    [
        ((0, 1, 2, 3, 4), "Mon–Fri", "월–금"),
        ((5, 6), "Sat–Sun", "토–일"),
        ((0, 2), "Mon, Wed", "월, 수"),
        ((0, 1, 2, 4), "Mon–Wed, Fri", "월–수, 금"),
        ((6,), "Sun", "일"),
        (tuple(range(7)), "every day", "매일"),
    ],
)
def test_the_rota_names_its_weekdays(days: tuple[int, ...], english: str, korean: str) -> None:
    turn = DutyTurn(line=DutyLine.FIRST, who=("U0ANN001",), days=days, begins=minutes("22:00"), ends=minutes("23:00"))
    assert [f" {english} 22:00–23:00" in rota(turn, ENGLISH), f" {korean} 22:00~23:00" in rota(turn, KOREAN)] == [
        True,
        True,
    ]


def rota(turn: DutyTurn, texts: Texts) -> str:
    return duty(view_of(Roster(turns=(turn,)), PROPOSED_AT, SEOUL), texts).text


@pytest.mark.parametrize(
    ("later", "english", "korean"),
    [
        (timedelta(minutes=14), "until 23:59 KST ·", "(23:59 KST까지) ·"),
        (timedelta(minutes=15), "until Aug 20, 2025, 00:00 KST ·", "(2025년 8월 20일 00:00 KST까지) ·"),
        (timedelta(days=3), "until Aug 22, 2025, 23:45 KST ·", "(2025년 8월 22일 23:45 KST까지) ·"),
    ],
)
def test_the_end_of_a_duty_has_its_date_unless_it_is_today(later: timedelta, english: str, korean: str) -> None:
    handover = DutyHandover(
        line=DutyLine.FIRST, who="U0BEN001", since=PROPOSED_AT, until=PROPOSED_AT + later, by="U0ANN001"
    )
    view = view_of(Roster(handovers=(handover,)), PROPOSED_AT, SEOUL)
    assert [said in spoken(duty_line(view, texts)) for said, texts in zip((english, korean), BOTH, strict=True)] == [
        True,
        True,
    ]


DAY = 24 * 60
NIGHT = QuietHours(begins=minutes("23:00"), ends=DAY + minutes("07:00"), kinds=(CallKind.REMINDER,))
TURN = DutyTurn(line=DutyLine.FIRST, who=("U0ANN001",), days=(0,), begins=minutes("22:00"), ends=minutes("23:00"))


@pytest.mark.parametrize("quiet", [(NIGHT,), ()], ids=["quiet hours", "none"])
@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
def test_quiet_hours_and_turns_name_the_zone_that_they_are_read_in(quiet: tuple[QuietHours, ...], texts: Texts) -> None:
    choice = NotifyChoice(who="U0ANN001", quiet=quiet)
    view = NotifyView(choice=choice, way=CallWay.CHANNEL, holidays=(), turns=(TURN,), on_duty=())
    lines = notify(view, {}, texts).text.splitlines()
    (hours,) = [line for line in lines if "23:00" in line and "07:00" in line and "/notify channel" not in line]
    assert "Asia/Seoul" in hours
    (turn,) = [number for number, line in enumerate(lines) if "22:00" in line]
    assert "Asia/Seoul" in lines[turn - 1]


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
def test_the_window_of_a_standing_approval_names_the_zone_of_its_end(texts: Texts) -> None:
    hints = [block["hint"]["text"] for block in standing_modal(["AAPL"], texts).to_dict()["blocks"][1:]]
    assert [hint for hint in hints if "16:00" in hint and "Asia/Seoul" in hint] != []


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize(
    "error",
    [
        BadDuty("hours", "22:", example="/duty"),
        BadDuty("until", "soon", example="/duty"),
        BadStanding("until", "soon", "no_end"),
    ],
    ids=["hours", "until", "standing"],
)
def test_a_time_that_is_refused_is_asked_for_in_a_zone(error: RequestRefused, texts: Texts) -> None:
    assert "Asia/Seoul" in refusal(error, texts).text
