"""The window in which a proposal gets another size, and may be approved at it.

What so many shares cost and risk follows what is typed, a step behind.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Lock
from typing import Any, Final, Self

from slack_bolt.kwargs_injection.args import Args
from slack_sdk.models.views import View

from bot.cards import ids, trade_thread
from bot.cards.message import Message
from bot.cards.modals import resize_modal
from bot.cards.refusals import refusal
from bot.listeners.parsing import shares
from bot.listeners.payloads import raw_of, text_of, typed_into
from bot.listeners.request import Answer, Sealed, SlackRequest, request_of
from bot.transport.slack_calls import SlackRefuses
from engine.errors import BadNumber, NotOurs, RequestRefused, RiskRefused, TooOld
from engine.model.risk import LimitUnit
from engine.model.trade import TradeState
from engine.model.view import SizeView

REMEMBERED: Final = 1_000
"""Windows of which the newest act is remembered."""


class NewestActs:
    """The newest thing that was typed or pressed in each window, so that an older one is not shown over it."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def came(self, window: str, at: str) -> None:
        """Note an act by Slack's time of it."""
        with self._lock:
            self._newest[window] = max(at, self._newest.pop(window, ""))
            if len(self._newest) > REMEMBERED:
                self._newest.popitem(last=False)

    def is_newest(self, window: str, at: str) -> bool:
        """Tell whether nothing newer came since."""
        with self._lock:
            return self._newest.get(window, at) <= at


NEWEST: Final = NewestActs()
"""Of all windows that this process serves; Slack's times tell the acts of one window apart."""


@dataclass(frozen=True, kw_only=True)
class InWindow(SlackRequest):
    """Something typed or pressed in a window that stays open: the trade it is about, and the field's text.

    `window` is the window's id, `field` the id of the field's block, `at` Slack's time of the act.
    """

    trade_id: str
    window: str
    field: str
    text: str
    at: str

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read an act in a window."""
        view, action = args.body.get("view") or {}, args.action or {}
        sealed = Sealed(purpose=text_of(view, "callback_id"), value=raw_of(view, "private_metadata"))
        field, text = _shares_typed(view)
        request = request_of(args, text_of(action, "action_id"), sealed.trade_id, text)
        NEWEST.came(text_of(view, "id"), text_of(action, "action_ts"))
        return cls(
            args=args,
            request=request,
            sealed=sealed,
            trade_id=sealed.trade_id,
            window=text_of(view, "id"),
            field=field,
            text=text,
            at=text_of(action, "action_ts"),
        )

    def show(self, answer: Answer) -> None:
        """Answer in the window itself, unless something newer was typed; beside it where it was closed meanwhile."""
        if answer is None or not NEWEST.is_newest(self.window, self.at):
            return
        try:
            self.put_in(self.window, answer)
        except SlackRefuses:
            if isinstance(answer, Message):
                super().show(answer)

    def refuse(self, error: RequestRefused, message: Message) -> None:
        """Say what is wrong in the window while the proposal waits; else in its place, for there is nothing to size."""
        if isinstance(error, NotOurs | TooOld) or self.queries.trade(self.trade_id).state is not TradeState.PROPOSED:
            self.show(message)
        else:
            self.show(self.again(message.text))

    def again(self, trouble: str) -> View:
        """Return the window with what is wrong in it."""
        view = self.queries.sizing.preview(self.trade_id)
        return resize_modal(view, self.texts, number=_number(self.field), trouble=trouble)


def typed(asked: InWindow) -> View:
    """A number was typed: show what so many shares cost and risk, or what is wrong with it."""
    try:
        wanted = shares(asked.text)
    except BadNumber as error:
        return asked.again(refusal(error, asked.texts).text)
    return resize_modal(asked.queries.sizing.preview(asked.trade_id, wanted), asked.texts, number=_number(asked.field))


def half(asked: InWindow) -> View:
    """Half: fill in half of what the proposal is about."""
    view = asked.queries.sizing.preview(asked.trade_id)
    return _filled(asked, view, max(1, view.trade.shares // 2))


def most(asked: InWindow) -> View:
    """Most: fill in the most that every limit allows."""
    view = asked.queries.sizing.preview(asked.trade_id)
    return _filled(asked, view, view.most)


def approve(asked: InWindow) -> Answer:
    """Approve at this size: change the proposal to what is typed, and approve just that.

    Where the approval is refused after the size was changed, the proposal waits at its new size.
    """
    wanted = shares(asked.text)
    trade, request = asked.queries.trade(asked.trade_id), asked.request
    if wanted != trade.shares:
        asked.commands.resize(trade.id, wanted, request)
        request = replace(request, id="")  # the audit has it for what was just done
    return trade_thread.decided(asked.commands.approve(trade.id, request, shares=wanted), asked.texts)


def _filled(asked: InWindow, view: SizeView, wanted: int) -> View:
    if not 1 <= wanted <= view.most:
        raise RiskRefused(view.bound_by, Decimal(max(wanted, 1)), Decimal(view.most), LimitUnit.SHARES)
    # A field that stood there before would keep what was typed into it.
    sized = asked.queries.sizing.preview(asked.trade_id, wanted)
    return resize_modal(sized, asked.texts, number=(_number(asked.field) or 0) + 1)


def _number(field: str) -> int | None:
    """Return the number of a field that was filled in by a button, None for the first one."""
    number = field.partition(".")[2]
    return int(number) if number.isascii() and number.isdecimal() else None


def _shares_typed(view: Any) -> tuple[str, str]:
    """Return the block of the field for shares, and what stands in it."""
    held = typed_into(view)
    return next(((block, text) for block, text in held.items() if ids.plain(block) == ids.SHARES_BLOCK), ("", ""))
