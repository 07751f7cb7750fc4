"""Standing approvals: the window that asks for one, and what the desk sees of them."""

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.message import Message, actions, button, context, header, message, note, section
from bot.cards.modals import DESK
from bot.cards.mrkdwn import actor, escaped, moment, symbol
from bot.messages import Texts
from engine.model.notices.proposals import StandingAsked, StandingChange, StandingUsed
from engine.model.standing import StandingApproval
from engine.model.trade import Trade


def standing_modal(symbols: Sequence[str], texts: Texts) -> View:
    """Ask what is to be approved beforehand; the watched symbols stand there already."""
    given = {"symbol": " ".join(symbols), "uses": "3"}
    return View(
        type="modal",
        callback_id=ids.STANDING_MODAL,
        private_metadata=DESK,
        title=PlainTextObject(text=texts("modal-standing")),
        submit=PlainTextObject(text=texts("button-give")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[
            section(texts("ask-standing")),
            *_fields(given, texts),
        ],
    )


def _fields(given: Mapping[str, str], texts: Texts) -> Iterator[InputBlock]:
    for number, name in enumerate(ids.STANDING_FIELDS):
        action = ids.numbered(ids.STANDING_INPUT, number)
        yield InputBlock(
            block_id=name,
            label=PlainTextObject(text=texts(f"field-standing-{name}")),
            hint=PlainTextObject(text=texts(f"field-standing-{name}-hint", zone=str(texts.timezone))),
            element=PlainTextInputElement(action_id=action, max_length=200, initial_value=given.get(name)),
        )


def terms_line(approval: StandingApproval, texts: Texts) -> str:
    """Return what one covers, who gave it, and what is left of it."""
    terms = approval.terms
    return texts(
        "standing-terms",
        id=escaped(approval.id),
        symbols=", ".join(map(symbol, terms.symbols)),
        dollars=texts.dollars(terms.most_dollars),
        score=texts.score(terms.least_tenths),
        time=moment(terms.until, texts),
        left=approval.left,
        uses=terms.uses,
        givers=", ".join(map(actor, approval.givers)),
    )


def asked(told: StandingAsked, texts: Texts) -> Message:
    """Tell the desk of a new one, and ask another person to countersign it where one must."""
    approval = told.approval
    key = "standing-asked" if approval.needs_second else "standing-given"
    lines = [texts(key, by=actor(told.by)), terms_line(approval, texts)]
    confirm = (_confirm(approval, texts),) if approval.needs_second else ()
    if approval.needs_second:
        lines.append(texts("standing-countersign"))
    return message(
        section("\n".join(lines)),
        context(texts("standing-how")),
        actions(ids.STANDING_BLOCK, *confirm, _revoke(approval, texts)),
    )


def changed(told: StandingChange, texts: Texts) -> Message:
    """Tell the desk that one was countersigned, or taken back."""
    said = texts("standing-changed", step=told.step.value, id=escaped(told.approval.id), by=actor(told.by))
    lines = section("\n".join((said, terms_line(told.approval, texts))))
    if told.approval.revoked_by:
        return message(lines)
    return message(lines, actions(ids.STANDING_BLOCK, _revoke(told.approval, texts)))


def used(told: StandingUsed, trade: Trade, texts: Texts) -> Message:
    """Say under which one a trade was approved, and what is left of it."""
    said = texts("standing-used", symbol=symbol(trade.symbol), shares=trade.shares, id=escaped(told.approval.id))
    return note(said, terms_line(told.approval, texts))


def given(approval: StandingApproval, texts: Texts) -> Message:
    """Tell a person what came of what they asked for, or countersigned."""
    return note(texts("standing-now", state="given" if approval.is_given else "asked"), terms_line(approval, texts))


def revoked(approval: StandingApproval, texts: Texts) -> Message:
    """Tell a person that they took one back."""
    return note(texts("standing-revoked", id=escaped(approval.id)))


def home_blocks(approvals: Sequence[StandingApproval], *, may_revoke: bool, texts: Texts) -> tuple[Block, ...]:
    """Return the list at home, each with the button that takes it back; nothing without any."""
    blocks: list[Block] = []
    for number, approval in enumerate(approvals):
        state = texts("standing-now", state="given" if approval.is_given else "asked")
        blocks.append(section(f"{state}\n{terms_line(approval, texts)}"))
        if may_revoke:
            blocks.append(actions(ids.numbered(ids.STANDING_BLOCK, number), _revoke(approval, texts, number)))
    return (header(texts("home-standing", count=len(approvals))), *blocks) if blocks else ()


def _confirm(approval: StandingApproval, texts: Texts) -> ButtonElement:
    return button(
        texts("button-countersign"),
        action=ids.CONFIRM_STANDING,
        value=approval.id,
        label=texts("label-countersign", id=escaped(approval.id)),
        style="primary",
    )


def _revoke(approval: StandingApproval, texts: Texts, number: int | None = None) -> ButtonElement:
    return button(
        texts("button-revoke"),
        action=ids.numbered(ids.REVOKE_STANDING, number),
        value=approval.id,
        label=texts("label-revoke", id=escaped(approval.id)),
        style="danger",
    )
