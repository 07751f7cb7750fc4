"""The paper that pictures are drawn on: large type, a white ground, and signs that do not rest on colour alone."""

import io
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from bot.messages import Texts

Numbers = NDArray[np.float64] | NDArray[np.int64]
INK, FAINT, GRID = "#1d1c1d", "#6b6b6b", "#e3e3e3"
UP, DOWN, LINE, SECOND = "#0b7a4b", "#b3261e", "#1264a3", "#b35c00"
DOTS = 100
"""Dots an inch: a sheet of 9 x 11 inches is 900 x 1,100 dots."""
LARGE, PLAIN = 26, 19
WIDTH = 0.7
"""Of a column, as a part of the room that it has."""
HANGUL = ("Noto Sans CJK KR", "Noto Sans KR", "Noto Sans CJK JP", "NanumGothic", "Apple SD Gothic Neo", "Malgun Gothic")
"""Fonts that have Korean, the best first."""


@cache
def hangul_font() -> str:
    """Return a font of this machine that has Korean, '' where there is none."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in HANGUL if name in known), "")


def words(texts: Texts) -> Texts:
    """Return the language of what stands inside pictures: the desk's, or English where no font can write it."""
    if texts.locale == "en" or hangul_font():
        return texts
    return Texts("en", ZoneInfo(texts.timezone.key), own_clock=texts.own_clock)


def sheet(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches."""
    figure = Figure(figsize=(width, height), dpi=DOTS, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def set_type(axes: Axes) -> None:
    """Give a panel its type and its grid; prices stand at the right, next to the newest bar."""
    axes.yaxis.tick_right()
    axes.grid(visible=True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=PLAIN, colors=INK, length=0)


def columns(axes: Axes, at: Numbers, height: Numbers, bottom: Numbers | float = 0.0, **look: Any) -> None:
    """Draw a column at each place, as one artist: hundreds of bars of their own take most of a picture's time."""
    left, right = at - WIDTH / 2, at + WIDTH / 2
    low = np.broadcast_to(bottom, at.shape)
    corners = [(left, low), (right, low), (right, low + height), (left, low + height)]
    outlines = np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)
    drawn = PolyCollection(list(outlines), **look)
    drawn.sticky_edges.y.append(0.0)  # columns that stand on nought stand on the panel's edge
    axes.add_collection(drawn)
    axes.autoscale_view()


def family() -> list[str]:
    """Return the fonts that texts are set in, the first that has a letter writes it."""
    return ["DejaVu Sans", *filter(None, [hangul_font()])]


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG file."""
    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_fontfamily(family())
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()
