from slack_sdk.models.blocks import InputBlock, NumberInputElement, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.details import size_text, symbol_blocks, trade_blocks
from bot.cards.message import section
from bot.cards.mrkdwn import symbol
from bot.cards.proposal import title
from bot.messages import Texts
from engine.model.trade import Trade
from engine.model.view import Inspection, SizeView

REASON_LENGTH = 200
DESK = "desk"
"""What a window carries that is about no trade."""


def resize_modal(view: SizeView, texts: Texts) -> View:
    """Ask how many shares a proposal should be about."""
    each = texts.price(view.trade.sizing.entry - view.trade.sizing.stop)
    shares = InputBlock(
        block_id=ids.SHARES_BLOCK,
        label=PlainTextObject(text=texts("field-shares")),
        hint=PlainTextObject(text=texts("field-shares-hint", most=texts.count(view.most), each=each)),
        element=NumberInputElement(
            action_id=ids.SHARES_INPUT,
            is_decimal_allowed=False,
            initial_value=str(view.shares),
            focus_on_load=True,
        ),
    )
    return View(
        type="modal",
        callback_id=ids.RESIZE_MODAL,
        private_metadata=view.trade.id,
        title=PlainTextObject(text=texts("modal-resize")),
        submit=PlainTextObject(text=texts("button-resize")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[section(f"{title(view.trade, texts)}\n{size_text(view, texts)}"), shares],
    )


def reject_modal(trade: Trade, texts: Texts) -> View:
    """Ask for the reason of a rejection, which may be left empty."""
    reason = InputBlock(
        block_id=ids.REASON_BLOCK,
        label=PlainTextObject(text=texts("field-reason")),
        hint=PlainTextObject(text=texts("field-reason-hint")),
        element=PlainTextInputElement(
            action_id=ids.REASON_INPUT, multiline=True, max_length=REASON_LENGTH, focus_on_load=True
        ),
        optional=True,
    )
    return View(
        type="modal",
        callback_id=ids.REJECT_MODAL,
        private_metadata=trade.id,
        title=PlainTextObject(text=texts("modal-reject")),
        submit=PlainTextObject(text=texts("button-reject")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[section(title(trade, texts)), reason],
    )


def halt_modal(texts: Texts) -> View:
    """Ask for the reason of a halt, which may be left empty."""
    return _stop_modal(ids.HALT_MODAL, "modal-halt", "button-halt", "ask-halt", "", texts)


def flatten_modal(reason: str, texts: Texts) -> View:
    """Ask whether everything is to be sold, now that trading is halted."""
    return _stop_modal(ids.FLATTEN_MODAL, "modal-flatten", "button-flatten", "ask-flatten", reason, texts)


def _stop_modal(callback_id: str, title_key: str, button: str, question: str, reason: str, texts: Texts) -> View:
    why = InputBlock(
        block_id=ids.REASON_BLOCK,
        label=PlainTextObject(text=texts("field-reason")),
        hint=PlainTextObject(text=texts("field-reason-hint")),
        element=PlainTextInputElement(
            action_id=ids.REASON_INPUT, max_length=REASON_LENGTH, initial_value=reason or None
        ),
        optional=True,
    )
    return View(
        type="modal",
        callback_id=callback_id,
        private_metadata=DESK,
        title=PlainTextObject(text=texts(title_key)),
        submit=PlainTextObject(text=texts(button)),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[section(texts(question)), why],
    )


def inspect_modal(view: Inspection | Trade, texts: Texts) -> View:
    """Show all that is known of a symbol or a trade."""
    blocks = trade_blocks(view, texts) if isinstance(view, Trade) else symbol_blocks(view, texts)
    return View(
        type="modal",
        callback_id=ids.INSPECT_MODAL,
        title=PlainTextObject(text=symbol(view.symbol)),
        close=PlainTextObject(text=texts("modal-done")),
        blocks=blocks,
    )
