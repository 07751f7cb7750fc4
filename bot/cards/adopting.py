"""The window that asks for the exits of shares bought elsewhere, and the buttons that open it."""

from collections.abc import Iterable

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.details import held_line
from bot.cards.exit_buttons import MOST_BUTTONS
from bot.cards.message import actions, button, section
from bot.cards.mrkdwn import symbol
from bot.messages import Texts
from engine.model.account import AssetKind
from engine.model.view import PositionLine

LENGTH = 30


def adopt_modal(line: PositionLine, texts: Texts) -> View:
    """Ask for stop and target of what is held of a symbol, and for how many of the shares."""
    return View(
        type="modal",
        callback_id=ids.ADOPT_MODAL,
        private_metadata=line.symbol,
        title=PlainTextObject(text=texts("modal-adopt")),
        submit=PlainTextObject(text=texts("button-adopt")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[
            section(f"{held_line(line, texts)}\n{texts('ask-adopt')}"),
            *(_field(name, number, texts) for number, name in enumerate(ids.ADOPT_FIELDS)),
        ],
    )


def _field(name: str, number: int, texts: Texts) -> InputBlock:
    return InputBlock(
        block_id=name,
        label=PlainTextObject(text=texts("adoption-field", field=name)),
        hint=PlainTextObject(text=texts("adoption-hint", field=name)),
        element=PlainTextInputElement(
            action_id=ids.numbered(ids.ADOPT_INPUT, number), max_length=LENGTH, focus_on_load=number == 0 or None
        ),
        optional=name == "shares",
    )


def adopt_button(line: PositionLine, texts: Texts, number: int | None = None) -> ButtonElement:
    """Return the button that opens the window for a position."""
    return button(
        texts("button-adopt-symbol", symbol=symbol(line.symbol)),
        action=ids.numbered(ids.ADOPT, number),
        value=line.symbol,
        label=texts("label-adopt", symbol=symbol(line.symbol)),
    )


def adopt_buttons(lines: Iterable[PositionLine], texts: Texts) -> tuple[Block, ...]:
    """Return a row with a button for each position that can be adopted."""
    found = [line for line in lines if can_be_adopted(line)][:MOST_BUTTONS]
    named = [adopt_button(line, texts, number) for number, line in enumerate(found)]
    return (actions(ids.ADOPT_BLOCK, *named),) if named else ()


def can_be_adopted(line: PositionLine) -> bool:
    """Tell whether a position is of shares that were bought, in a symbol without a trade."""
    is_in_a_trade = line.trade is not None or line.beside_a_trade
    return not is_in_a_trade and line.kind is AssetKind.STOCK and line.shares > 0
