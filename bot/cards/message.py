from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    CardBlock,
    ConfirmObject,
    ContainerBlock,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
    TextObject,
)

from bot.cards.data_table import MOST_ROWS, Cell, DataTableBlock
from bot.cards.data_visualization import LineChartBlock
from bot.cards.mrkdwn import LIST_LENGTH, fitted, spoken
from bot.messages import Texts

SECTION_LENGTH = 3000
MOST_CHARACTERS = 10_500
"""Characters of a table and of its words together: what stands around them in a message has room."""
LABEL_LENGTH = 75
TITLE_LENGTH = 150
ALERT_LENGTH = 200
FIELDS_MOST = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What Slack is asked to show: the blocks, and the same in words for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """Return the arguments `text` and `blocks` of chat.postMessage as plain values."""
        return {"text": self.text, "blocks": [block.to_dict() for block in self.blocks]}


def message(*blocks: Block, lead: str = "") -> Message:
    """Return blocks as a message; its text is all that they say, with `lead` in the place of the first of them.

    A lock screen shows the first 110 characters of the text or so.
    """
    words = [lead, *map(_words, blocks[1:])] if lead else map(_words, blocks)
    return Message(text=spoken("\n".join(filter(None, words))), blocks=blocks)


def note(*lines: str) -> Message:
    """Return a message of one paragraph."""
    return message(section("\n".join(lines)))


def header(text: str) -> HeaderBlock:
    """Return a title."""
    return HeaderBlock(text=PlainTextObject(text=text))


def section(text: str) -> SectionBlock:
    """Return a paragraph of mrkdwn in which Slack makes no links or mentions of its own."""
    return SectionBlock(text=markdown(text))


def pairs(*told: tuple[str, str]) -> SectionBlock:
    """Return at most ten names with what they come to, which Slack shows in two columns."""
    return SectionBlock(fields=[markdown(f"*{name}*\n{value}") for name, value in told[:FIELDS_MOST]])


def alert(text: str, level: str) -> Block:
    """Return a warning for a window ('info', 'warning', 'error'); a paragraph where Slack takes no alert so long.

    Where a workspace does not know alerts, `bot.cards.newer_blocks` says what stands in their place.
    """
    return AlertBlock(text=markdown(text), level=level) if len(text) <= ALERT_LENGTH else section(text)


def small_card(title: str, body: str, *buttons: ButtonElement, block_id: str) -> tuple[Block, ...]:
    """Return one of several things of a kind: a title of 150 characters, 200 under it, and up to three buttons.

    What is longer is a paragraph with its buttons under it, for a figure that is cut is a wrong one.
    """
    if len(title) > TITLE_LENGTH or len(body) > ALERT_LENGTH:
        return (section(f"{title}\n{body}"), *((actions(block_id, *buttons),) if buttons else ()))
    card = CardBlock(
        block_id=block_id,
        title=markdown(title),
        body=markdown(body) if body else None,
        actions=list(buttons) or None,
    )
    return (card,)


def sections(lines: Iterable[str]) -> tuple[SectionBlock, ...]:
    """Return lines in as few paragraphs as Slack's limit allows."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + 1 + len(line) <= SECTION_LENGTH:
            packed[-1] += "\n" + line
        else:
            packed.append(line)
    return tuple(section(text) for text in packed)


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Cell]]],
    texts: Texts,
    *,
    length: int = LIST_LENGTH,
) -> tuple[Block, ...]:
    """Return rows as a table, as many as a message takes, and how many are left out; nothing where there are none.

    Their words take at most `length` characters.

    `columns` are names of the catalogue's `column`; a row is what it says in a line, and its cells. The caption is the
    table's heading: the message needs no other.
    """
    if not rows:
        return ()
    words = [line for line, _ in rows]
    fitting = fitted(words, texts, length)
    whole = [len(line) + sum(len(cell.text) for cell in cells) for line, cells in rows]
    room = sum(total <= MOST_CHARACTERS for total in accumulate(whole))
    shown = min(len(words) if len(fitting) == len(words) else max(len(fitting) - 1, 1), max(room, 1), MOST_ROWS)
    left = len(words) - shown
    block = DataTableBlock(
        caption=caption,
        columns=[texts("column", name=name) for name in columns],
        rows=[cells for _, cells in rows[:shown]],
        words=(caption, *words[:shown]),
    )
    return (block, *((context(texts("and-more", count=left)),) if left else ()))


def context(*texts: str) -> ContextBlock:
    """Return small print."""
    return ContextBlock(elements=[markdown(text) for text in texts])


def folded(title: str, *blocks: Block, block_id: str) -> ContainerBlock:
    """Return at most ten blocks that stand folded under a title until somebody opens them.

    Where a workspace does not know containers, `bot.cards.newer_blocks` says what stands in their place.
    """
    return ContainerBlock(
        block_id=block_id,
        title=PlainTextObject(text=title[:TITLE_LENGTH]),
        child_blocks=blocks,
        is_collapsible=True,
        default_collapsed=True,
    )


def markdown(text: str) -> MarkdownTextObject:
    """Return mrkdwn that is shown as it is."""
    return MarkdownTextObject(text=text, verbatim=True)


def actions(block_id: str, *buttons: ButtonElement) -> ActionsBlock:
    """Return a row of buttons."""
    return ActionsBlock(block_id=block_id, elements=list(buttons))


def button(
    text: str, *, action: str, value: str, label: str, style: str | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    """Return a button; the label is what a screen reader says of it."""
    return ButtonElement(
        text=PlainTextObject(text=text),
        action_id=action,
        value=value,
        accessibility_label=label[:LABEL_LENGTH],
        style=style,
        confirm=confirm,
    )


def _words(block: Block) -> str:
    """Return what a block says; buttons say nothing that the rest does not."""
    if isinstance(block, HeaderBlock | SectionBlock) and block.text:
        return block.text.text
    if isinstance(block, SectionBlock):
        return " · ".join(field.text.replace("\n", " ") for field in block.fields or ())
    if isinstance(block, ContextBlock):
        return " · ".join(element.text for element in block.elements if isinstance(element, TextObject))
    if isinstance(block, DataTableBlock | LineChartBlock):
        return block.words if isinstance(block, LineChartBlock) else "\n".join(block.words)
    if isinstance(block, ContainerBlock):  # its title sums up what is in it
        return "\n".join(filter(None, map(_words, block.child_blocks)))
    return ""
