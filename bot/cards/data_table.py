"""A table that people sort and filter in Slack; slack_sdk has no model of the block."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.cards.mrkdwn import spoken
from bot.messages import NO_FIGURE

MOST_ROWS: Final = 100
PAGE_SIZE: Final = 10
"""Rows that are seen at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What a cell says, with the signs escaped that mrkdwn would read, and the figure by which it is sorted, if any."""

    text: str
    figure: Decimal | int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as Slack takes it, which formats nothing in it."""
        text = spoken(self.text) or NO_FIGURE
        if self.figure is None or not Decimal(self.figure).is_finite():
            return {"type": "raw_text", "text": text}
        return {"type": "raw_number", "text": text, "value": float(self.figure)}  # it only sorts by it


class DataTableBlock(Block):
    """A table under a caption, its first row the names of the columns; `words` say the same, a line a row."""

    type = "data_table"

    def __init__(
        self, *, caption: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], words: Sequence[str]
    ) -> None:
        super().__init__(type=self.type)
        self.caption = caption
        self.rows = (tuple(Cell(text=name) for name in columns), *rows)
        self.words = tuple(words)

    def to_dict(self) -> dict[str, Any]:
        """Return it as Slack takes it."""
        rows = [[cell.to_dict() for cell in row] for row in self.rows]
        return {"type": self.type, "caption": self.caption, "rows": rows, "page_size": PAGE_SIZE}
