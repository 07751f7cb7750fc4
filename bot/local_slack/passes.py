"""Short-lived rights that Slack hands out: triggers, response URLs, connection tickets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from secrets import token_hex

from bot.local_slack.errors import SlackRefused
from bot.local_slack.rules import Rules

Now = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """The right to open one modal for a person; `view_id` is the modal that they were in."""

    user: str
    view_id: str | None
    expires: float
    spent: bool = False


class Triggers:
    """Issues triggers and takes each back once."""

    def __init__(self, rules: Rules, now: Now) -> None:
        self._rules = rules
        self._now = now
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        """Return a new trigger_id."""
        trigger_id = f"{len(self._issued) + 1}.{int(self._now())}.{token_hex(16)}"
        self._issued[trigger_id] = Trigger(user=user, view_id=view_id, expires=self._now() + self._rules.trigger_lives)
        return trigger_id

    def spend(self, trigger_id: str) -> Trigger:
        """Use a trigger up; raises SlackRefused (invalid_, exchanged_ or expired_trigger_id)."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackRefused("invalid_trigger_id")
        if trigger.spent:
            raise SlackRefused("exchanged_trigger_id")
        if self._now() >= trigger.expires:
            raise SlackRefused("expired_trigger_id")
        self._issued[trigger_id] = replace(trigger, spent=True)
        return trigger


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerPass:
    """The right to answer an act of a person a few times; `message_ts` is the message that they acted on."""

    channel: str
    user: str
    message_ts: str | None
    expires: float
    uses_left: int


class ResponseUrls:
    """Issues response URLs and counts their uses."""

    def __init__(self, rules: Rules, now: Now) -> None:
        self._rules = rules
        self._now = now
        self._issued: dict[str, AnswerPass] = {}

    def issue(self, channel: str, user: str, message_ts: str | None = None) -> str:
        """Return the last part of a new response URL."""
        token = token_hex(16)
        self._issued[token] = AnswerPass(
            channel=channel,
            user=user,
            message_ts=message_ts,
            expires=self._now() + self._rules.response_url_lives,
            uses_left=self._rules.response_url_uses,
        )
        return token

    def spend(self, token: str) -> AnswerPass:
        """Use a response URL once; raises SlackRefused (invalid_url, expired_url, used_url)."""
        url = self._issued.get(token)
        if url is None:
            raise SlackRefused("invalid_url")
        if self._now() >= url.expires:
            raise SlackRefused("expired_url")
        if url.uses_left == 0:
            raise SlackRefused("used_url")
        self._issued[token] = replace(url, uses_left=url.uses_left - 1)
        return url


class Tickets:
    """The rights to open a websocket, each once."""

    def __init__(self, rules: Rules, now: Now) -> None:
        self._rules = rules
        self._now = now
        self._expires: dict[str, float] = {}

    def issue(self) -> str:
        """Return a new ticket."""
        ticket = token_hex(16)
        self._expires[ticket] = self._now() + self._rules.ticket_lives
        return ticket

    def spend(self, ticket: str) -> bool:
        """Tell whether a ticket is good, which it is once."""
        return self._now() < self._expires.pop(ticket, 0.0)
