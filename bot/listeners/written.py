"""Whoever mentions the bot, or writes to it, learns how it is used, in the language that they wrote in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self

from slack_bolt.kwargs_injection.args import Args

from bot.cards.message import Message
from bot.cards.written_help import written_help
from bot.listeners.payloads import message_text, text_of
from bot.listeners.request import Answer, SlackRequest, request_of
from bot.messages import Texts
from bot.transport.slack_calls import call

HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
MENTION: Final = re.compile("<@[A-Z0-9]+(?:\\|[^>]*)?>")
DIRECT: Final = "im"


@dataclass(frozen=True, kw_only=True)
class Written(SlackRequest):
    """A message in which somebody mentions the bot, or that they write to it alone: where, and the words of it."""

    channel: str
    thread_ts: str
    text: str
    is_direct: bool

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read the event."""
        event = args.body.get("event") or {}
        text = message_text(MENTION.sub(" ", text_of(event, "text")))
        return cls(
            args=args,
            request=request_of(args, text_of(event, "type"), text),
            channel=text_of(event, "channel"),
            thread_ts=text_of(event, "thread_ts"),
            text=text,
            is_direct=text_of(event, "channel_type") == DIRECT,
        )

    def show(self, answer: Answer) -> None:
        """Answer where it was written: openly in the talk of two, else to the person alone."""
        if not isinstance(answer, Message):
            return
        payload = self.context.signer.payload(answer.payload())
        where = {"channel": self.channel, **({"thread_ts": self.thread_ts} if self.thread_ts else {})}
        if self.is_direct:
            call(self.context.client.chat_postMessage, **where, **payload)
        else:
            call(self.context.client.chat_postEphemeral, user=self.request.by, **where, **payload)


def is_for_the_bot(event: Mapping[str, Any]) -> bool:
    """Tell a message that a person writes to the bot alone from those of others, of bots, and from changes."""
    is_of_a_person = bool(event.get("user")) and not event.get("bot_id") and not event.get("subtype")
    return event.get("channel_type") == DIRECT and is_of_a_person


def give_help(asked: Written) -> Message:
    """Say how the bot is used, with the command that seems to be meant."""
    name = f"/{asked.text.removeprefix('/').partition(' ')[0].lower()}"
    meant = f"/{asked.text.removeprefix('/')[:60]}" if name in asked.context.usages else ""
    return written_help(_language(asked), meant)


def _language(asked: Written) -> Texts:
    """Return the texts of the language that was written in: Korean has its own letters, others get the desk's."""
    locale = "ko" if HANGUL.search(asked.text) else asked.texts.locale
    return asked.texts if locale == asked.texts.locale else _texts(locale, asked.texts)


@cache
def _texts(locale: str, like: Texts) -> Texts:
    return Texts(locale, like.timezone, own_clock=like.own_clock)
