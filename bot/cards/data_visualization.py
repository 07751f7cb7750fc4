"""A chart that Slack draws itself; slack_sdk has no model of the block."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from slack_sdk.models.blocks import Block

MOST_POINTS: Final = 20
LONGEST_TITLE: Final = 50
LONGEST_NAME: Final = 20
"""Characters of a series' name, and of a label under the axis."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartPoint:
    """A value over a label of the axis; no two points have the same one."""

    label: str
    value: Decimal


class LineChartBlock(Block):
    """One line of at most twenty points, with what it shows in words for those who do not see it."""

    type = "data_visualization"

    def __init__(self, *, title: str, name: str, points: Sequence[ChartPoint], x_label: str, words: str) -> None:
        super().__init__(type=self.type)
        self.title = title[:LONGEST_TITLE]
        self.name = name[:LONGEST_NAME]
        self.points = tuple(points)
        self.x_label = x_label
        self.words = words

    def to_dict(self) -> dict[str, Any]:
        """Return it as Slack takes it."""
        data = [{"label": point.label[:LONGEST_NAME], "value": float(point.value)} for point in self.points]
        axis = {"categories": [each["label"] for each in data], "x_label": self.x_label}
        chart = {"type": "line", "series": [{"name": self.name, "data": data}], "axis_config": axis}
        return {"type": self.type, "title": self.title, "chart": chart}
