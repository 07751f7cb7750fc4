"""The paper that pictures are drawn on: large type, a dark ground, and signs that do not rest on colour alone.

Nobody knows whose Slack is light and whose is dark: a dark picture is read in both, and a white one glares at night.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
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
from engine.model.market import exchange_date

Numbers = NDArray[np.float64] | NDArray[np.int64]
GROUND, INK, FAINT, GRID = "#1f2227", "#e6e6e6", "#9aa0a8", "#393e46"
UP, DOWN, LINE, SECOND = "#4cc38a", "#ff8b80", "#6cb6ff", "#f0a860"
DOTS = 100
"""Dots an inch: a sheet of 9 x 11 inches is 900 x 1,100 dots."""
LARGE, PLAIN = 26, 19
MOST_BREAKS = 10
"""Days that are told apart; of more, the lines would hide what they part."""
WIDTH = 0.7
"""Of a column, as a part of the room that it has."""
HANGUL = ("Noto Sans CJK KR", "Noto Sans KR", "Noto Sans CJK JP", "NanumGothic", "Apple SD Gothic Neo", "Malgun Gothic")
"""Fonts that have Korean, the best first."""
FILES = ("notosanscjk", "notosanskr", "nanumgothic", "applesdgothic", "malgun")
"""How the names of their files begin."""


def hangul_font(find: Callable[[], Iterable[str]] = font_manager.findSystemFonts) -> str:
    """Return a font of this machine that has Korean, '' where there is none.

    matplotlib keeps a list from the first time that it was used: where that has none, the folders are looked through,
    for one may have been installed since.
    """
    if not (known := _known_font()):
        for path in find():
            if Path(path).stem.lower().replace("-", "").startswith(FILES):
                font_manager.fontManager.addfont(path)
        known = _known_font()
    return known


def _known_font() -> str:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in HANGUL if name in known), "")


def words(texts: Texts) -> Texts:
    """Return the language of what stands inside pictures: the desk's, or English where no font can write it."""
    if texts.locale == "en" or hangul_font():
        return texts
    return Texts("en", ZoneInfo(texts.timezone.key), own_clock=texts.own_clock)


def sheet(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches."""
    figure = Figure(figsize=(width, height), dpi=DOTS, facecolor=GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def set_type(axes: Axes) -> None:
    """Give a panel its type and its grid; prices stand at the right, next to the newest bar."""
    axes.set_facecolor(GROUND)
    axes.yaxis.tick_right()
    axes.grid(visible=True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "left"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "right"):
        axes.spines[side].set_color(FAINT)
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
    return ["DejaVu Sans", *filter(None, [_known_font()])]


def break_days(panels: Iterable[Axes], starts: Sequence[datetime]) -> None:
    """Draw a line wherever a day of the exchange ends between two points that stand side by side."""
    days = [exchange_date(at) for at in starts]
    breaks = [number - 0.5 for number in range(1, len(days)) if days[number] != days[number - 1]]
    for axes in panels if len(breaks) <= MOST_BREAKS else ():
        for at in breaks:
            axes.axvline(at, color=FAINT, linewidth=1, linestyle=(0, (2, 4)))


def name_zone(axes: Axes, zone: str) -> None:
    """Say under the times in which time zone they are."""
    axes.set_xlabel(zone, loc="right", fontsize=PLAIN, color=FAINT)


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG file."""
    fonts = family()
    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_fontfamily(fonts)
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()
