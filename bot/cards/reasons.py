"""The two fields in which a reason is given: one of a list, and words; each may be left out."""

from collections.abc import Sequence
from typing import Final

from slack_sdk.models.blocks import (
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.cards import ids
from bot.messages import Texts

REASON_LENGTH = 200
TO_REJECT: Final = ("for_news", "for_earnings", "for_chart", "for_risk", "for_market", "for_data", "for_mistake")
TO_CLOSE: Final = ("for_news", "for_earnings", "for_chart", "for_risk", "for_market", "for_absence", "for_mistake")
TO_HALT: Final = ("for_news", "for_market", "for_risk", "for_data", "for_absence", "for_mistake")


def reason_fields(
    choices: Sequence[str], texts: Texts, *, words: str = "", focus: bool = False
) -> tuple[InputBlock, ...]:
    """Return the list and the field for words, which begins with `words`, as much of them as the field takes."""
    chosen = InputBlock(
        block_id=ids.CHOICE_BLOCK,
        label=PlainTextObject(text=texts("field-reason")),
        element=StaticSelectElement(
            action_id=ids.CHOICE_INPUT,
            placeholder=PlainTextObject(text=texts("field-reason-choose")),
            options=[Option(value=each, text=PlainTextObject(text=texts("why", reason=each))) for each in choices],
        ),
        optional=True,
    )
    written = InputBlock(
        block_id=ids.REASON_BLOCK,
        label=PlainTextObject(text=texts("field-reason-words")),
        hint=PlainTextObject(text=texts("field-reason-hint")),
        element=PlainTextInputElement(
            action_id=ids.REASON_INPUT,
            max_length=REASON_LENGTH,
            initial_value=words[:REASON_LENGTH].strip() or None,
            focus_on_load=focus or None,
        ),
        optional=True,
    )
    return chosen, written
