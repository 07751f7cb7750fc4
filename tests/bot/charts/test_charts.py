"""A letter that no font has is a warning, and a warning fails: so Korean pictures are read here as well."""

import struct

import pytest

from bot.charts import equity, proposal
from bot.messages import Texts
from engine.model.performance import Period
from tests.bot.cards.examples import BOTH
from tests.support.fakes.charts import a_chart
from tests.support.fakes.reports import GOOD_DAY
from tests.support.fakes.trades import TRADE

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(SIGNATURE)
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("texts", BOTH, ids=["en", "ko"])
def test_a_proposal_is_drawn_for_a_phone(texts: Texts) -> None:
    assert size_of(proposal.draw(a_chart(), TRADE, texts)) == (900, 1100)


@pytest.mark.parametrize("texts", BOTH, ids=["en", "ko"])
def test_equity_is_drawn_over_its_drawdown(texts: Texts) -> None:
    assert size_of(equity.draw(GOOD_DAY.curve, Period.WEEK, texts)) == (900, 800)


def test_the_shortest_curve_and_a_flat_one_are_drawn_too() -> None:
    first = GOOD_DAY.curve[0]
    assert size_of(equity.draw((first, first), Period.TODAY, BOTH[0])) == (900, 800)
