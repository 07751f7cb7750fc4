from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, NumberInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.details import size_pairs, symbol_blocks, trade_blocks
from bot.cards.message import actions, alert, button, section
from bot.cards.mrkdwn import escaped, symbol
from bot.cards.proposal import title
from bot.cards.reasons import TO_HALT, TO_REJECT, reason_fields
from bot.messages import Texts
from engine.model.trade import Trade
from engine.model.view import Inspection, SizeView

DESK = "desk"
"""What a window carries that is about no trade."""


def resize_modal(view: SizeView, texts: Texts, *, number: int | None = None, trouble: str = "") -> View:
    """Ask how many shares a proposal should be about, and show what so many cost and risk.

    It begins with a number that every limit allows. `number` tells this field for shares from those that stood in the
    window before it: another one is filled anew. `trouble` is what is wrong with what was typed.
    """
    return View(
        type="modal",
        callback_id=ids.RESIZE_MODAL,
        private_metadata=view.trade.id,
        title=PlainTextObject(text=texts("modal-resize")),
        submit=PlainTextObject(text=texts("button-resize")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[
            section(title(view.trade, texts)),
            *_size_warning(view, trouble, texts),
            size_pairs(view, texts),
            actions(ids.SIZES_BLOCK, *_size_buttons(view, texts)),
            _shares_field(view, ids.numbered(ids.SHARES_BLOCK, number), texts),
        ],
    )


def _shares_field(view: SizeView, block_id: str, texts: Texts) -> InputBlock:
    begins_with = min(view.shares, view.most)
    each = texts.price(view.trade.sizing.entry - view.trade.sizing.stop)
    return InputBlock(
        block_id=block_id,
        label=PlainTextObject(text=texts("field-shares")),
        hint=PlainTextObject(text=texts("field-shares-hint", most=texts.count(view.most), each=each)),
        element=NumberInputElement(
            action_id=ids.SHARES_INPUT,
            is_decimal_allowed=False,
            initial_value=str(begins_with) if begins_with > 0 else None,
            focus_on_load=True,
            dispatch_action_config={"trigger_actions_on": ["on_character_entered"]},
        ),
        dispatch_action=True,
    )


def _size_warning(view: SizeView, trouble: str, texts: Texts) -> tuple[Block, ...]:
    """Say what is wrong with a number, or that no number would do."""
    if trouble:
        return (alert(trouble, "error"),)
    if view.shares <= view.most:
        return ()
    most = texts("size-most", fits="no", most=texts.count(view.most), reason=escaped(view.bound_by))
    return (alert(most, "warning"),)


def _size_buttons(view: SizeView, texts: Texts) -> tuple[ButtonElement, ...]:
    """Return what fills in a number, and what approves the one that is filled in; nothing that no limit allows."""
    ticker, half = symbol(view.trade.symbol), max(1, view.trade.shares // 2)
    sizes = [
        button(texts(f"button-{key}", shares=shares), action=action, value=view.trade.id, label=texts(f"label-{key}"))
        for key, action, shares in (("half", ids.SIZE_HALF, half), ("most", ids.SIZE_MOST, view.most))
        if 1 <= shares <= view.most
    ]
    approve = button(
        texts("button-approve-size"),
        action=ids.APPROVE_SIZE,
        value=view.trade.id,
        label=texts("label-approve-size", symbol=ticker),
        style="primary",
    )
    return (approve, *sizes)


def reject_modal(trade: Trade, texts: Texts) -> View:
    """Ask for the reason of a rejection, which may be left empty."""
    return _reject_modal(ids.REJECT_MODAL, trade.id, (title(trade, texts),), texts)


def reject_selected_modal(trades: Sequence[Trade], texts: Texts) -> View:
    """Ask for the reason for which several proposals are rejected."""
    about = ids.BETWEEN.join(trade.id for trade in trades)
    lines = [texts("ask-reject-selected", count=len(trades)), *(title(trade, texts) for trade in trades)]
    return _reject_modal(ids.REJECT_SELECTED_MODAL, about, lines, texts)


def _reject_modal(callback_id: str, about: str, lines: Sequence[str], texts: Texts) -> View:
    return View(
        type="modal",
        callback_id=callback_id,
        private_metadata=about,
        title=PlainTextObject(text=texts("modal-reject")),
        submit=PlainTextObject(text=texts("button-reject")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[section("\n".join(lines)), *reason_fields(TO_REJECT, texts, focus=True)],
    )


def halt_modal(texts: Texts) -> View:
    """Ask for the reason of a halt, which may be left empty."""
    return _stop_modal(ids.HALT_MODAL, "modal-halt", "button-halt", "ask-halt", "", texts)


def flatten_modal(reason: str, texts: Texts) -> View:
    """Ask whether everything is to be sold, now that trading is halted."""
    return _stop_modal(ids.FLATTEN_MODAL, "modal-flatten", "button-flatten", "ask-flatten", reason, texts)


def _stop_modal(callback_id: str, title_key: str, button: str, question: str, reason: str, texts: Texts) -> View:
    return View(
        type="modal",
        callback_id=callback_id,
        private_metadata=DESK,
        title=PlainTextObject(text=texts(title_key)),
        submit=PlainTextObject(text=texts(button)),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[alert(texts(question), "warning"), *reason_fields(TO_HALT, texts, words=reason)],
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
