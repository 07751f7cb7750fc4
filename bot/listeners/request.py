"""What every kind of request from Slack has: who asks, what is sealed in it, and its ways to answer.

Commands, clicks and submissions are in `request_kinds`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final, Self

import structlog
from slack_bolt.kwargs_injection.args import Args
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.home import answer_modal, working_modal
from bot.cards.message import Message, note
from bot.cards.mrkdwn import visible
from bot.listeners.context import Context, context_of
from bot.listeners.payloads import delivery_id, text_of
from bot.listeners.work_window import WorkWindow
from bot.messages import Texts
from bot.signing import claimed
from bot.transport.slack_calls import CHANNEL_LOST, SlackAway, SlackRefuses, call, respond
from engine.commands import Commands
from engine.errors import RequestRefused, TemporaryError, TooOld
from engine.model.desk import Request
from engine.queries import Queries

Answer = Message | View | None
"""What a listener shows the person who asked: a message, a modal, or nothing because the desk's notices say it."""

MARGIN: Final = timedelta(minutes=5)
"""How long a proposal's buttons and windows are good after its life, to be told what became of it."""

EXIT_LIFE: Final = timedelta(days=1)
"""How long the question whether to sell may be answered by its buttons."""

HOME_LIFE: Final = timedelta(days=1)
"""How long a home that nobody opened again may let the desk trade more."""

TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""Slack's words for a modal that comes more than three seconds after its click."""

NOT_IN_CHANNEL: Final = "user_not_in_channel"
"""Slack's word for a person to whom nothing can be shown there: who works from the app's home may be one."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What a button or a modal carries, and for what it was sealed: its action or its callback."""

    purpose: str
    value: str

    @property
    def trade_id(self) -> str:
        """The id of the trade, which is not to be trusted before the seal is checked."""
        return visible(claimed(self.value)).partition(ids.AND)[0]

    @property
    def choice(self) -> str:
        """What it carries beside the trade, as little to be trusted."""
        return visible(claimed(self.value)).partition(ids.AND)[2]


@dataclass(frozen=True, kw_only=True)
class SlackRequest(ABC):
    """Something a person asked for, whatever they used to ask.

    `args` is what Bolt delivered; `sealed` what it carries of the bot's own, None for what a person types.
    """

    args: Args
    request: Request
    sealed: Sealed | None = None
    work: WorkWindow = field(default_factory=WorkWindow, compare=False)

    @classmethod
    @abstractmethod
    def of(cls, args: Args) -> Self:
        """Read it from what Bolt delivers."""

    @property
    def context(self) -> Context:
        """What the listener works with."""
        return context_of(self.args)

    @property
    def commands(self) -> Commands:
        """What people ask of the engine."""
        return self.context.commands

    @property
    def queries(self) -> Queries:
        """What people see of the engine."""
        return self.context.queries

    @property
    def texts(self) -> Texts:
        """The desk's language."""
        return self.context.texts

    def acknowledge(self, **how: Any) -> bool:
        """Acknowledge, and remember how, for a delivery of the same that comes again; False where that was done."""
        is_first = self.context.deliveries.take(self.request.id)[0].acknowledged(how)
        if is_first:
            self.args.ack(**how)
        return is_first

    def verify(self) -> None:
        """Raise NotOurs or TooOld unless what it carries was sealed by this desk, for this purpose, lately enough."""
        if self.sealed is None:
            return
        purpose, trade_id = self.sealed.purpose, self.sealed.trade_id
        sealed_at = self.context.signer.check(purpose, self.sealed.value)
        if purpose in ids.OF_AN_EXIT:
            good_for = EXIT_LIFE
        elif purpose in ids.OF_THE_HOME:
            good_for = HOME_LIFE
        elif purpose in ids.OF_A_PROPOSAL:
            trade = self.queries.trade(trade_id)
            good_for = trade.expires_at - trade.proposed_at + MARGIN
        else:
            return  # to look, or to halt, is never too late
        if self.queries.now() - sealed_at > good_for:
            raise TooOld(trade_id, sealed_at)

    def example(self) -> str:
        """Return something that could be asked instead and that works here; '' where nothing is typed."""
        return ""

    def refuse(self, _error: RequestRefused, message: Message) -> None:
        """Tell the person, and nobody else, why it is not done."""
        self.show(message)

    def show(self, answer: Answer) -> None:
        """Open a modal, or show an answer to the person alone: where they are if Slack says so, else in the channel.

        What waits in a window is answered there. Raises SlackAway and SlackRefuses, and TemporaryError for a modal that
        comes too late.
        """
        waiting = self.work.end()
        if waiting and self._becomes(waiting, answer):
            return
        if isinstance(answer, View):
            self._open(answer)
        if not isinstance(answer, Message):
            return
        try:
            if self.args.respond.response_url:
                self.respond(answer, response_type="ephemeral", replace_original=False)
                return
        except SlackRefuses as refusal:
            log.warning("answer_not_taken", by=self.request.by, word=str(refusal))
        self._show_to_one(self.context.signer.payload(answer.payload()))

    def _show_to_one(self, payload: dict[str, Any]) -> None:
        """Show a message to the person alone: in the desk's channel, directly where they, or the bot, are not in it."""
        client, by = self.context.client, self.request.by
        try:
            call(client.chat_postEphemeral, channel=self.context.channel, user=by, **payload)
        except SlackRefuses as refusal:
            if str(refusal) not in {NOT_IN_CHANNEL, *CHANNEL_LOST}:
                raise
            call(client.chat_postMessage, channel=by, **payload)

    def show_in_window(self, answer: Answer) -> None:
        """Answer in a window, where no message can be shown; as a message all the same where that comes too late."""
        try:
            SlackRequest.show(self, answer_modal(answer, self.texts) if isinstance(answer, Message) else answer)
        except TemporaryError:
            if not isinstance(answer, Message):
                raise
            SlackRequest.show(self, answer)

    @property
    def _waits_in_window(self) -> bool:
        """Whether a window says that it is being worked on; a button shows by itself that it is."""
        return False

    def show_work(self) -> None:
        """Tell the person that it is being worked on, in the window that becomes the answer.

        Raises SlackAway and SlackRefuses.
        """
        if self._waits_in_window:
            self.work.open(self._open_work)

    def _open_work(self) -> str:
        view, trigger_id = working_modal(self.texts), text_of(self.args.body, "trigger_id")
        opened = call(self.context.client.views_open, trigger_id=trigger_id, view=view.to_dict())
        return text_of(opened.get("view") or {}, "id")

    def _becomes(self, view_id: str, answer: Answer) -> bool:
        """Put an answer in the place of a window; False where the person closed that."""
        try:
            self.put_in(view_id, answer if answer is not None else note(self.texts("work-done")))
        except SlackRefuses as refusal:
            log.warning("answer_not_taken", by=self.request.by, word=str(refusal))
            return False
        return True

    def put_in(self, view_id: str, answer: Message | View) -> None:
        """Show an answer in the place of what a window shows; raises SlackAway and SlackRefuses."""
        view = answer_modal(answer, self.texts) if isinstance(answer, Message) else answer
        call(self.context.client.views_update, view_id=view_id, view=self.context.signer.view(view))

    def post_to_desk(self, message: Message) -> None:
        """Tell the whole desk past the outbox; what Slack does not take now is told later."""
        say = partial(call, self.context.client.chat_postMessage, channel=self.context.channel, **message.payload())
        try:
            say()
        except (SlackAway, SlackRefuses) as error:
            log.warning("answer_not_sent", by=self.request.by, error=repr(error))
            self.context.again.later(say, getattr(error, "wait", 0.0))  # a channel that was lost may be back by then

    def respond(self, message: Message, **how: Any) -> None:
        """Send a message to the response URL of what was asked; raises SlackAway and SlackRefuses."""
        client, url = self.context.client, self.args.respond.response_url or ""
        body = {**self.context.signer.payload(message.payload()), **how}
        respond(url, body, proxy=client.proxy, context=client.ssl, blocks=client.blocks)

    def _open(self, view: View) -> None:
        try:
            sealed = self.context.signer.view(view)
            call(self.context.client.views_open, trigger_id=text_of(self.args.body, "trigger_id"), view=sealed)
        except SlackAway as away:  # a window can be opened for three seconds: it is no use to try again
            raise TemporaryError(f"Slack opened no window: {away}") from away
        except SlackRefuses as refusal:
            if str(refusal) in TOO_LATE:
                raise TemporaryError("the modal came too late") from refusal
            raise


def request_of(args: Args, *said: str) -> Request:
    """Return who asks, and what they said, as the audit keeps it."""
    words = " ".join(part for part in said if part)
    return Request(by=args.context.user_id or "", said=words, id=delivery_id(args))
