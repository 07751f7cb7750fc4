"""What people send from Slack, each kind in the shape that its listeners read, with its way to answer.

Nothing here trusts a payload: whatever is missing reads as empty, and the engine refuses what is empty.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self, cast

import structlog
from slack_bolt.context import BoltContext
from slack_bolt.kwargs_injection.args import Args
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from bot.access import Access
from bot.cards import ids
from bot.cards.message import Message
from bot.cards.words import visible
from bot.messages import Texts
from engine.engine import Engine
from engine.errors import BadNumber, BadText, Refused, RiskRefused, TryAgain
from engine.model.desk import Request

Answer = Message | View | None
"""What a listener shows the person who asked: a message, a modal, or nothing because the desk's notices say it."""

FIELDS: Mapping[str, str] = {ids.RESIZE_MODAL: ids.SHARES_BLOCK, ids.REJECT_MODAL: ids.REASON_BLOCK}
"""The block of each modal under which a refusal of what was typed is shown."""

TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""Slack's words for a modal that comes more than three seconds after its click."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What every listener works with; as middleware of Bolt it brings itself. `channel` is the desk's, an id."""

    engine: Engine
    texts: Texts
    access: Access
    channel: str

    def __call__(self, context: BoltContext, next_: Callable[[], None]) -> None:
        """Put the tools where every listener finds them."""
        context["tools"] = self
        next_()


@dataclass(frozen=True, kw_only=True)
class Asked(ABC):
    """Something a person asked for, whatever they used to ask; `args` is what Bolt delivered."""

    args: Args
    request: Request

    @classmethod
    @abstractmethod
    def of(cls, args: Args) -> Self:
        """Read it from what Bolt delivers."""

    @property
    def tools(self) -> Tools:
        """What the listener works with."""
        return cast(Tools, self.args.context["tools"])

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.tools.engine

    @property
    def texts(self) -> Texts:
        """The desk's language."""
        return self.tools.texts

    def receive(self) -> None:
        """Acknowledge before anything is done."""
        self.args.ack()

    def refuse(self, _error: Refused, message: Message) -> None:
        """Tell the person, and nobody else, why it is not done."""
        self.show(message)

    def show(self, answer: Answer) -> None:
        """Show an answer to the person alone: where they are if Slack says so, else in the desk's channel."""
        if not isinstance(answer, Message):
            return
        if self.args.respond.response_url:
            self.respond(answer, response_type="ephemeral", replace_original=False)
        else:
            channel, user = self.tools.channel, self.request.by
            self.args.client.chat_postEphemeral(channel=channel, user=user, **answer.payload())

    def respond(self, message: Message, **how: Any) -> None:
        """Send a message to the response URL of what was asked."""
        sent = self.args.respond(**message.payload(), **how)
        if sent.status_code != HTTPStatus.OK:
            log.warning("answer_not_taken", by=self.request.by, status=sent.status_code, body=sent.body)


@dataclass(frozen=True, kw_only=True)
class Command(Asked):
    """A slash command: its name, such as '/size', and the text after it."""

    name: str
    text: str

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a slash command."""
        name, text = _text(args.body, "command"), _text(args.body, "text")
        return cls(args=args, request=_request(args, name, text), name=name, text=text)


@dataclass(frozen=True, kw_only=True)
class Click(Asked):
    """A click on a button that carries a trade; `thread_ts` is the thread that the button stands in, if any."""

    trade_id: str
    thread_ts: str

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a click."""
        action, message = args.action or {}, args.body.get("message") or {}
        trade_id, ts, thread_ts = _text(action, "value"), _text(message, "ts"), _text(message, "thread_ts")
        return cls(
            args=args,
            request=_request(args, _text(action, "action_id"), trade_id),
            trade_id=trade_id,
            # A message that has replies names itself as its thread; the answer belongs beside it, not under it.
            thread_ts="" if thread_ts == ts else thread_ts,
        )

    def show(self, answer: Answer) -> None:
        """Open a modal, or answer in the place of the click."""
        if isinstance(answer, View):
            self._open(answer)
        else:
            super().show(answer)

    def respond(self, message: Message, **how: Any) -> None:
        """Send a message to the response URL of the click, into its thread."""
        super().respond(message, **how, **({"thread_ts": self.thread_ts} if self.thread_ts else {}))

    def rewrite(self, message: Message) -> None:
        """Put a message in the place of the one that was clicked."""
        self.respond(message, replace_original=True)

    def _open(self, view: View) -> None:
        try:
            self.args.client.views_open(trigger_id=_text(self.args.body, "trigger_id"), view=view)
        except SlackApiError as error:
            if error.response.get("error") in TOO_LATE:
                raise TryAgain("the modal came too late") from error
            raise


@dataclass(frozen=True, kw_only=True)
class Submission(Asked):
    """A modal that was submitted, with the trade that it is about and what was typed into each block."""

    modal: str
    trade_id: str
    typed: Mapping[str, str]

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a submitted modal."""
        view = args.view or {}
        modal, trade_id, typed = _text(view, "callback_id"), _text(view, "private_metadata"), _typed(view)
        request = _request(args, modal, trade_id, *typed.values())
        return cls(args=args, request=request, modal=modal, trade_id=trade_id, typed=typed)

    def receive(self) -> None:
        """Wait: what acknowledges a modal also carries the errors of its fields."""

    def refuse(self, error: Refused, message: Message) -> None:
        """Keep the modal open with the sentence at its field if other words would help, else close it and tell."""
        if isinstance(error, BadNumber | BadText | RiskRefused) and self.modal in FIELDS:
            self.args.ack(response_action="errors", errors={FIELDS[self.modal]: message.text})
        else:
            self.show(message)

    def show(self, answer: Answer) -> None:
        """Close the modal, and answer in the desk's channel."""
        self.args.ack()
        super().show(answer)


def _request(args: Args, *said: str) -> Request:
    return Request(by=args.context.user_id or "", said=" ".join(part for part in said if part))


def _text(payload: Mapping[str, Any], key: str) -> str:
    """Read a text without what its writer could not see, half characters that no database takes among it."""
    found = payload.get(key)
    return visible(found) if isinstance(found, str) else ""


def _typed(view: Mapping[str, Any]) -> dict[str, str]:
    """Read what was typed into each block that has one text input."""
    blocks = (view.get("state") or {}).get("values") or {}
    return {
        block: _text(inputs, "value")
        for block, elements in blocks.items()
        for inputs in elements.values()
        if isinstance(inputs, dict)
    }
