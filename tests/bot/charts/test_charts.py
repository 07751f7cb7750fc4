"""A letter that no font has is a warning, and a warning fails: so Korean pictures are read here as well."""

import struct
from datetime import timedelta
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]
from matplotlib import font_manager
from matplotlib.figure import Figure

from bot.charts import equity, proposal
from bot.charts.figure import GROUND, HANGUL, break_days, hangul_font
from bot.messages import Texts
from engine.model.performance import Period
from tests.bot.cards.examples import BOTH
from tests.support.fakes.charts import a_chart
from tests.support.fakes.reports import GOOD_DAY
from tests.support.fakes.trades import PROPOSED_AT, TRADE

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


def a_font(folder: Path, name: str) -> Path:
    """Write a font that has one letter of Korean."""
    path = folder / f"{name.replace(' ', '')}-Regular.ttf"
    builder = FontBuilder(1024)
    builder.setupGlyphOrder([".notdef", "ga"])
    builder.setupCharacterMap({ord("가"): "ga"})
    builder.setupGlyf({".notdef": Glyph(), "ga": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "ga": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


@pytest.mark.skipif(bool(hangul_font()), reason="this machine has a Korean font")
def test_a_korean_font_that_was_installed_after_the_first_picture_is_found(tmp_path: Path) -> None:
    known = list(font_manager.fontManager.ttflist)
    try:
        assert hangul_font(lambda: ()) == ""
        path = a_font(tmp_path, HANGUL[-3])
        assert hangul_font(lambda: (str(tmp_path / "other.ttf"), str(path))) == HANGUL[-3]
    finally:
        font_manager.fontManager.ttflist[:] = known


def test_a_picture_has_a_ground_that_glares_in_no_mode() -> None:
    red, green, blue = (int(GROUND[place : place + 2], 16) / 255 for place in (1, 3, 5))
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.3


def test_days_of_the_exchange_are_told_apart_in_a_picture() -> None:
    axes = Figure().add_subplot()
    times = [PROPOSED_AT + timedelta(hours=hours) for hours in (0, 1, 24, 25, 48)]
    break_days([axes], times)
    assert [line.get_xdata()[0] for line in axes.lines] == [1.5, 3.5]  # type: ignore[index]
