from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import structlog
from slack_sdk.errors import SlackObjectFormationError

from bot.cards.message import Message
from bot.cards.refusals import unexpected
from bot.messages import Texts
from bot.signing import Signer
from bot.transport.slack_calls import Payload

CANNOT_BE_SHOWN = (SlackObjectFormationError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What rendering raises for a notice or a trade that no card foresaw."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """Draws messages with buttons that work: each is sealed."""

    texts: Texts
    signer: Signer

    def __call__(self, draw: Callable[[], Message]) -> Payload:
        """Draw a message, or one that says that it cannot be drawn."""
        try:
            return self.signer.payload(draw().payload())
        except CANNOT_BE_SHOWN:
            error_id = uuid4().hex[:8]
            log.exception("cannot_be_shown", error_id=error_id)
            return unexpected(error_id, self.texts).payload()
