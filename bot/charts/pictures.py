"""Pictures as tasks: what is needed to draw one, in values that another process can be given.

The drawing library is brought in with the first picture: it takes a second that no start should wait for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self
from zoneinfo import ZoneInfo

import numpy as np

from bot.messages import Texts
from engine.model.chart import Chart
from engine.model.performance import EquityPoint, Period
from engine.model.trade import Trade
from engine.ports.task_queue import AS_IS, TaskKind, json_codec

SECONDS: Final = 30.0
"""The most that one picture may take; it takes half a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The language and the clock of a picture's words."""

    locale: str
    timezone: str
    own_clock: bool

    @classmethod
    def of(cls, texts: Texts) -> Self:
        """Return those of the desk."""
        return cls(locale=texts.locale, timezone=texts.timezone.key, own_clock=texts.own_clock)

    def texts(self) -> Texts:
        """Return the catalogue."""
        return Texts(self.locale, ZoneInfo(self.timezone), own_clock=self.own_clock)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalPicture:
    """The bars of a proposal, column by column as in Chart, and its prices."""

    symbol: str
    bar_seconds: int
    starts: tuple[int, ...]
    columns: dict[str, tuple[float, ...]]
    rsi_limits: tuple[float, float]
    entry: Decimal
    stop: Decimal
    target: Decimal
    words: Words

    @classmethod
    def of(cls, chart: Chart, trade: Trade, texts: Texts) -> Self:
        """Return what is drawn of a trade."""
        return cls(
            symbol=chart.symbol,
            bar_seconds=chart.bar_seconds,
            starts=tuple(chart.starts.tolist()),
            columns={name: tuple(getattr(chart, name).tolist()) for name in COLUMNS},
            rsi_limits=chart.rsi_limits,
            entry=trade.entry,
            stop=trade.stop,
            target=trade.target,
            words=Words.of(texts),
        )

    def chart(self) -> Chart:
        """Return the bars."""
        columns = {name: np.array(self.columns[name]) for name in COLUMNS}
        return Chart(
            symbol=self.symbol,
            bar_seconds=self.bar_seconds,
            starts=np.array(self.starts, np.int64),
            rsi_limits=self.rsi_limits,
            **columns,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class EquityPicture:
    """The curve of a period."""

    curve: tuple[EquityPoint, ...]
    period: Period
    words: Words

    @classmethod
    def of(cls, curve: Sequence[EquityPoint], period: Period, texts: Texts) -> Self:
        """Return what is drawn of a period."""
        return cls(curve=tuple(curve), period=period, words=Words.of(texts))


def _proposal(asked: ProposalPicture) -> bytes:
    from bot.charts.proposal import draw

    return draw(asked.chart(), asked, asked.words.texts())


def _equity(asked: EquityPicture) -> bytes:
    from bot.charts.equity import draw

    return draw(asked.curve, asked.period, asked.words.texts())


COLUMNS: Final = (
    *("open", "high", "low", "close", "volume"),
    *("lower", "middle", "upper", "rsi", "macd", "macd_signal"),
)
PROPOSAL: Final = TaskKind(
    name="proposal_picture.2", seconds=SECONDS, do=_proposal, question=json_codec(ProposalPicture), answer=AS_IS
)
"""Draws a proposal's bars, a PNG file."""
EQUITY: Final = TaskKind(
    name="equity_picture.1", seconds=SECONDS, do=_equity, question=json_codec(EquityPicture), answer=AS_IS
)
"""Draws the curve of a period, a PNG file."""
