"""What people call up from Slack itself: a shortcut, or the app's home."""

from dataclasses import dataclass
from typing import Self

from slack_bolt.kwargs_injection.args import Args

from bot.cards import ids
from bot.listeners.payloads import text_of, value_in
from bot.listeners.request import Answer, Sealed, SlackRequest, request_of


@dataclass(frozen=True, kw_only=True)
class Shortcut(SlackRequest):
    """A shortcut by its callback id, global or on a message; then it carries what the message's Inspect button does."""

    name: str

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a shortcut."""
        name = text_of(args.body, "callback_id")
        value = value_in(args.body.get("message") or {}, ids.INSPECT)
        sealed = Sealed(purpose=ids.INSPECT, value=value) if value else None
        said = (name, sealed.trade_id) if sealed else (name,)
        return cls(args=args, request=request_of(args, *said), sealed=sealed, name=name)

    @property
    def _waits_in_window(self) -> bool:
        """It is answered in one."""
        return not self.args.respond.response_url

    def show(self, answer: Answer) -> None:
        """Answer beside the message; in a window where there is none, for it may be called up outside the channel."""
        if text_of(self.args.body, "trigger_id") and not self.args.respond.response_url:
            self.show_in_window(answer)
        else:
            super().show(answer)


@dataclass(frozen=True, kw_only=True)
class Opened(SlackRequest):
    """Somebody opened the app's home."""

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read the event."""
        return cls(args=args, request=request_of(args, ids.HOME_OPENED))

    def show(self, _answer: Answer) -> None:
        """Have the home published, to a stranger too: theirs says so."""
        self.context.opened(self.request.by)
