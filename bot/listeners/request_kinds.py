"""Commands, clicks and submissions: each in the shape that its listeners read, with its way to answer.

Nothing here trusts a payload: whatever is missing reads as empty, and the engine refuses what is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any, Final, Self

import structlog
from slack_bolt.kwargs_injection.args import Args

from bot.cards import ids
from bot.cards.message import Message
from bot.listeners.payloads import command_text, raw_of, text_of, typed_into
from bot.listeners.request import Answer, Sealed, SlackRequest, request_of
from bot.transport.slack_calls import SlackAway, SlackRefuses
from engine.errors import AdoptionRefused, BadExit, BadNumber, BadStanding, BadText, RequestRefused, RiskRefused
from engine.model.trade import TradeState

FIELDS: Mapping[str, str] = {
    ids.RESIZE_MODAL: ids.SHARES_BLOCK,
    ids.REJECT_MODAL: ids.REASON_BLOCK,
    ids.REJECT_SELECTED_MODAL: ids.REASON_BLOCK,
    ids.MOVE_STOP_MODAL: ids.PRICE_BLOCK,
    ids.MOVE_TARGET_MODAL: ids.PRICE_BLOCK,
    ids.HALT_MODAL: ids.REASON_BLOCK,
    ids.FLATTEN_MODAL: ids.REASON_BLOCK,
}
"""The block of each modal under which a refusal of what was typed is shown."""

OPEN_SYMBOL: Final = "SYMBOL"
"""What stands in an example for the symbol of an open trade."""
USUAL: Final = "AAPL"
"""The symbol in examples, where it is watched."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Command(SlackRequest):
    """A slash command: its name, such as '/size', and the text after it."""

    name: str
    text: str

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a slash command."""
        name, text = text_of(args.body, "command"), command_text(args.body)
        return cls(args=args, request=request_of(args, name, text), name=name, text=text)

    def example(self) -> str:
        """Return the command as it may be typed on this desk."""
        said = self.context.examples.get(self.name, "")
        if OPEN_SYMBOL in said:
            held = self.queries.trades({TradeState.OPEN})
            said = said.replace(OPEN_SYMBOL, held[0].symbol if held else USUAL)
        elif USUAL in said:
            watched = self.queries.watchlist()
            said = said.replace(USUAL, USUAL if USUAL in watched or not watched else watched[0])
        return f"{self.name} {said}".strip()

    @property
    def _waits_in_window(self) -> bool:
        """Nothing else shows that a command was heard."""
        return True


@dataclass(frozen=True, kw_only=True)
class Click(SlackRequest):
    """A click on a button; `thread_ts` is the thread that it stands in, `window` the id of its window, if any.

    `trade_id` is what the button carries: a trade, but for those of the home that steer.
    """

    trade_id: str
    choice: str
    thread_ts: str
    is_at_home: bool = False
    window: str = ""

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a click."""
        action, message = args.action or {}, args.body.get("message") or {}
        ts, thread_ts = text_of(message, "ts"), text_of(message, "thread_ts")
        sealed = Sealed(purpose=ids.plain(text_of(action, "action_id")), value=raw_of(action, "value"))
        view = args.body.get("view") or {}
        return cls(
            args=args,
            request=request_of(args, sealed.purpose, sealed.trade_id, sealed.choice),
            sealed=sealed,
            trade_id=sealed.trade_id,
            choice=sealed.choice,
            # A message that has replies names itself as its thread; the answer belongs beside it, not under it.
            thread_ts="" if thread_ts == ts else thread_ts,
            is_at_home=text_of(view, "type") == "home",
            window=text_of(view, "id") if text_of(view, "type") == "modal" else "",
        )

    @property
    def _waits_in_window(self) -> bool:
        """The home shows no messages."""
        return self.is_at_home

    def show(self, answer: Answer) -> None:
        """Answer where the button is: in its window, beside its message, or over the home, which is published too."""
        if self.window and answer is not None and self._becomes(self.window, answer):
            return
        if not self.is_at_home:
            super().show(answer)
            return
        self.context.opened(self.request.by)
        self.show_in_window(answer)

    def respond(self, message: Message, **how: Any) -> None:
        """Send a message to the response URL of the click, into its thread."""
        super().respond(message, **how, **({"thread_ts": self.thread_ts} if self.thread_ts else {}))

    def rewrite(self, message: Message) -> None:
        """Put a message in the place of the one that was clicked; later where Slack does not take it now."""
        say = partial(self.respond, message, replace_original=True)
        try:
            say()
        except (SlackAway, SlackRefuses) as error:  # what was clicked is done whatever its message shows
            log.warning("answer_not_sent", by=self.request.by, error=repr(error))
            if isinstance(error, SlackAway):
                self.context.again.later(say, error.wait)


@dataclass(frozen=True, kw_only=True)
class Submission(SlackRequest):
    """A modal that was submitted, with the trade that it is about and what was typed into each block."""

    modal: str
    trade_id: str
    typed: Mapping[str, str]

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a submitted modal."""
        view = args.view or {}
        sealed = Sealed(purpose=text_of(view, "callback_id"), value=raw_of(view, "private_metadata"))
        modal, trade_id, typed = sealed.purpose, sealed.trade_id, typed_into(view)
        request = request_of(args, modal, trade_id, *typed.values())
        return cls(args=args, request=request, sealed=sealed, modal=modal, trade_id=trade_id, typed=typed)

    def refuse(self, error: RequestRefused, message: Message) -> None:
        """Keep the modal open with the sentence at its field if other words would help, else close it and tell."""
        block = self._block_of(error)
        if not block or not self._hold_open(block, message):
            self.show(message)

    def _block_of(self, error: RequestRefused) -> str:
        """Return the block under which a refusal stands, '' where other words would not help."""
        if self.modal == ids.STANDING_MODAL and isinstance(error, BadStanding):
            field = str(error.facts["field"])
            return field if field in ids.STANDING_FIELDS else ids.STANDING_FIELDS[0]
        if self.modal == ids.ADOPT_MODAL and isinstance(error, AdoptionRefused):
            field = str(error.facts["field"])
            return field if field in ids.ADOPT_FIELDS else ""
        return FIELDS.get(self.modal, "") if isinstance(error, BadExit | BadNumber | BadText | RiskRefused) else ""

    def _hold_open(self, named: str, message: Message) -> bool:
        """Show a sentence at a field; False where the modal was closed already, because it took too long.

        Slack shows plain text there: what is escaped for a message would be read with its entities.
        """
        fields = (block for block in self.typed if ids.plain(block) == named)
        return self.acknowledge(response_action="errors", errors={next(fields, named): unescape(message.text)})

    def typed_as(self, name: str) -> str:
        """Return what was typed into a block, or chosen in it, whatever its number is; '' where nothing was."""
        return next((typed for block, typed in self.typed.items() if ids.plain(block) == name), "")

    def show(self, answer: Answer) -> None:
        """Close the modal, and answer in the desk's channel."""
        self.acknowledge()
        super().show(answer)
