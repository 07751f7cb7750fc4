from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.local_slack.tokens import Tokens
from bot.local_slack.workspace import Workspace

Step = Callable[[], None]


class Admin:
    """What an administrator of the workspace does to the bot, for tests; each holds as soon as the call returns.

    `in_turn` runs a step where nothing else of the workspace runs.
    """

    def __init__(self, workspace: Workspace, tokens: Tokens, in_turn: Callable[[Step], None]) -> None:
        self._workspace = workspace
        self._tokens = tokens
        self._in_turn = in_turn

    def archive(self, channel_id: str) -> None:
        """Archive a channel: nobody posts there any more."""
        self._change(channel_id, is_archived=True)

    def unarchive(self, channel_id: str) -> None:
        """Take a channel out of the archive."""
        self._change(channel_id, is_archived=False)

    def rename(self, channel_id: str, name: str) -> None:
        """Give a channel another name; its id stays."""
        self._change(channel_id, name=name)

    def make_private(self, channel_id: str, members: Sequence[str] = ()) -> None:
        """Make a channel private to some people, or to everybody; its id stays, and so does the bot."""
        self._change(channel_id, members=tuple(members) or tuple(self._workspace.users))

    def make_public(self, channel_id: str) -> None:
        """Open a channel to everybody."""
        self._change(channel_id, members=())

    def remove_bot(self, channel_id: str) -> None:
        """Remove the bot from a channel."""
        self._change(channel_id, has_bot=False)

    def invite_bot(self, channel_id: str) -> None:
        """Invite the bot to a channel."""
        self._change(channel_id, has_bot=True)

    def revoke_token(self) -> None:
        """Revoke the bot's token (token_revoked), which also takes the bot out of its channels."""
        self._in_turn(lambda: self._end("token_revoked"))

    def revoke_app_token(self) -> None:
        """Revoke the app's token (token_revoked): open connections stay, no new one is opened."""
        self._in_turn(lambda: self._tokens.end(self._tokens.app, "token_revoked"))

    def uninstall(self) -> None:
        """Uninstall the app: account_inactive, no channel, no command, no event."""
        self._in_turn(lambda: self._end("account_inactive", installed=False))

    def reinstall(self) -> None:
        """Install the app again, with the tokens that it had; the bot must be invited to its channels again."""

        def step() -> None:
            self._tokens.renew()
            self._workspace.installed = True

        self._in_turn(step)

    def _end(self, word: str, *, installed: bool = True) -> None:
        self._tokens.end(self._tokens.bot, word)
        self._workspace.installed = installed
        for channel in [each for each in self._workspace.channels.values() if not each.is_im]:
            self._workspace.channels[channel.id] = replace(channel, has_bot=False)

    def _change(self, channel_id: str, **change: Any) -> None:
        def step() -> None:
            self._workspace.channels[channel_id] = replace(self._workspace.channels[channel_id], **change)

        self._in_turn(step)
