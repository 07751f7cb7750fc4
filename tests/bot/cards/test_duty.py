import pytest

from bot.cards.duty import duty
from bot.messages import Texts
from engine.duty.schedule import view_of
from engine.model.duty import DutyLine, DutyTurn, Roster
from tests.bot.cards.examples import ENGLISH, KOREAN, SEOUL
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
