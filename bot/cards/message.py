from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
    TextObject,
)

from bot.cards.mrkdwn import spoken

SECTION_LENGTH = 3000
LABEL_LENGTH = 75


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What Slack is asked to show: the blocks, and the same in words for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """Return the arguments `text` and `blocks` of chat.postMessage as plain values."""
        return {"text": self.text, "blocks": [block.to_dict() for block in self.blocks]}


def message(*blocks: Block) -> Message:
    """Return blocks as a message; its text is all that they say."""
    return Message(text=spoken("\n".join(map(_words, blocks))), blocks=blocks)


def note(*lines: str) -> Message:
    """Return a message of one paragraph."""
    return message(section("\n".join(lines)))


def header(text: str) -> HeaderBlock:
    """Return a title."""
    return HeaderBlock(text=PlainTextObject(text=text))


def section(text: str) -> SectionBlock:
    """Return a paragraph of mrkdwn in which Slack makes no links or mentions of its own."""
    return SectionBlock(text=markdown(text))


def sections(lines: Iterable[str]) -> tuple[SectionBlock, ...]:
    """Return lines in as few paragraphs as Slack's limit allows."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + 1 + len(line) <= SECTION_LENGTH:
            packed[-1] += "\n" + line
        else:
            packed.append(line)
    return tuple(section(text) for text in packed)


def context(*texts: str) -> ContextBlock:
    """Return small print."""
    return ContextBlock(elements=[markdown(text) for text in texts])


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
    if isinstance(block, ContextBlock):
        return " · ".join(element.text for element in block.elements if isinstance(element, TextObject))
    return ""
