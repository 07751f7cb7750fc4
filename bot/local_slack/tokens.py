from secrets import token_hex
from typing import Final

from bot.local_slack.errors import SlackRefused


class Tokens:
    """The bot's token and the app's, and which of them are good."""

    def __init__(self) -> None:
        self.bot: Final = f"xoxb-local-{token_hex(12)}"
        self.app: Final = f"xapp-local-{token_hex(12)}"
        self._ended: dict[str, str] = {}

    def check(self, token: str | None, *, for_app: bool) -> None:
        """Raise SlackRefused unless it is the token that a method wants, and good."""
        if not token:
            raise SlackRefused("not_authed")
        if token not in {self.bot, self.app}:
            raise SlackRefused("invalid_auth")
        if token in self._ended:
            raise SlackRefused(self._ended[token])
        if token != (self.app if for_app else self.bot):
            raise SlackRefused("not_allowed_token_type")

    def end(self, token: str, word: str) -> None:
        """Let a token be refused from now on, with Slack's word for why."""
        self._ended[token] = word

    def renew(self) -> None:
        """Let both tokens be good again."""
        self._ended.clear()
