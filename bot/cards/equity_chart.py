"""The account's equity over a period, as a chart that Slack draws."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.cards.data_visualization import MOST_POINTS, ChartPoint, LineChartBlock
from bot.cards.message import section
from bot.messages import Texts
from engine.model.performance import EquityPoint, Performance

FEW_DAYS = 3
"""Up to so many days a point is named by its day and time, beyond by its day alone."""


def equity_chart(done: Performance, period: str, texts: Texts) -> Block:
    """Return the curve of a period, whose name stands in its title, or that there is none to show yet."""
    if not done.has_curve:
        return section(texts("pnl-no-curve"))
    return LineChartBlock(
        title=texts("picture-equity-name", period=period),
        name=texts("picture-equity"),
        points=_points(done.curve, texts),
        x_label=texts.zone_name(done.curve[-1].at),
        words=equity_words(done, period, texts),
    )


def equity_words(done: Performance, period: str, texts: Texts) -> str:
    """Return what the curve of a period shows, in words."""
    equities = [point.equity for point in done.curve]
    return texts(
        "picture-equity-alt",
        period=period,
        first=texts.dollars(equities[0]),
        last=texts.dollars(equities[-1]),
        low=texts.dollars(min(equities)),
        high=texts.dollars(max(equities)),
        drawdown=texts.percent(done.drawdown),
    )


def _points(curve: Sequence[EquityPoint], texts: Texts) -> tuple[ChartPoint, ...]:
    """Return some points evenly over the curve, the first and the last among them, no two of one name."""
    days = {point.at.astimezone(texts.timezone).date() for point in curve}
    if len(days) == 1:
        named = {texts.clock(point.at): point.equity for point in curve}
    elif len(days) <= FEW_DAYS:
        named = {f"{texts.day_of_year(point.at)} {texts.clock(point.at)}": point.equity for point in curve}
    else:
        # By its date, so that the same day of two years stays two; of each day the last is kept.
        by_day = {point.at.astimezone(texts.timezone).date(): point for point in curve}
        is_long = len({day.year for day in by_day}) > 1
        named = {
            texts.day(day) if is_long else texts.day_of_year(point.at): point.equity for day, point in by_day.items()
        }
    points = [ChartPoint(label=label, value=equity) for label, equity in named.items()]
    if len(points) <= MOST_POINTS:
        return tuple(points)
    return tuple(points[round(number * (len(points) - 1) / (MOST_POINTS - 1))] for number in range(MOST_POINTS))
