"""The one way in: acknowledge, check the role, run the listener, and answer whatever comes of it.

Errors end here and not in Bolt's own handler, because Bolt takes an acknowledgement back when its listener raises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import uuid4

import structlog
from slack_bolt.kwargs_injection.args import Args
from slack_sdk.errors import SlackApiError

from bot.access import Verb
from bot.cards.answers import refusal, trouble, unexpected
from bot.cards.message import Message
from bot.listeners.asked import Answer, Asked
from engine.errors import MustHalt, Refused, TryAgain

A = TypeVar("A", bound=Asked)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Door(Generic[A]):
    """A listener as Bolt calls it: the kind of thing it is asked, the verb whose role it needs, and what it does."""

    kind: type[A]
    verb: Verb
    listener: Callable[[A], Answer]

    def __call__(self, args: Args) -> None:
        """Serve one request; never raises."""
        asked = self.kind.of(args)
        asked.receive()
        try:
            self._serve(asked)
        except (TryAgain, MustHalt) as error:
            log.warning("not_now", verb=self.verb, by=asked.request.by, error=repr(error))
            _tell(asked, trouble(error, asked.texts))
        except Exception:  # the edge: above is only Bolt, which would leave the person without an answer
            error_id = uuid4().hex[:8]
            log.exception("unexpected", error_id=error_id, verb=self.verb, by=asked.request.by, said=asked.request.said)
            _tell(asked, unexpected(error_id, asked.texts))

    def _serve(self, asked: A) -> None:
        try:
            asked.tools.access.require(asked.request.by, self.verb)
            asked.show(self.listener(asked))
        except Refused as error:
            asked.engine.record_refusal(asked.request, self.verb, f"{type(error).__name__}: {error}")
            asked.refuse(error, refusal(error, asked.texts))


def _tell(asked: Asked, message: Message) -> None:
    """Tell the person, as far as Slack can be reached."""
    try:
        asked.show(message)
    except (SlackApiError, OSError):
        log.warning("answer_not_sent", by=asked.request.by, exc_info=True)
