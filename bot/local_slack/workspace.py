from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from secrets import token_hex

from bot.local_slack.blocks import with_ids
from bot.local_slack.errors import SlackRefused
from bot.local_slack.escaping import as_stored
from bot.local_slack.live_updates import LiveUpdates
from bot.local_slack.messages import Choices, Draft, StoredMessage, Timestamps
from bot.local_slack.passes import Now, ResponseUrls, Tickets, Triggers
from bot.local_slack.rules import Rules
from bot.local_slack.seed import BotApp, Channel, Json, Team, User
from bot.local_slack.slack_pace import SlackPace
from bot.local_slack.uploads import Uploads
from bot.local_slack.views import Views


class Workspace:
    """Everything that the workspace knows, in memory: people, channels, messages, views, files, short-lived rights."""

    def __init__(
        self,
        *,
        team: Team,
        app: BotApp,
        users: Iterable[User],
        channels: Iterable[Channel],
        usergroups: Mapping[str, Sequence[str]],
        rules: Rules,
        now: Now,
    ) -> None:
        self.team = team
        self.app = app
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.usergroups = {group: tuple(members) for group, members in usergroups.items()}
        self.rules = rules
        self.now = now
        self.installed = True
        self.url = ""
        self.live = LiveUpdates()
        self.uploads = Uploads()
        self.triggers = Triggers(rules, now)
        self.response_urls = ResponseUrls(rules, now)
        self.tickets = Tickets(rules, now)
        self.pace = SlackPace(rules, now)
        self.timestamps = Timestamps(now)
        self.choices = Choices()
        owner = {"team_id": team.id, "app_id": app.id, "bot_id": app.bot_id, "app_installed_team_id": team.id}
        self.views = Views(
            self.live,
            owner,
            lambda: f"{int(now())}.{token_hex(4)}",
            _short_id,
            takes_newer=rules.takes_newer_blocks,
        )
        self._messages: dict[tuple[str, str], StoredMessage] = {}

    def channel(self, channel_id: str) -> Channel:
        """Return a channel by id; raises SlackRefused (channel_not_found)."""
        if channel_id not in self.channels:
            raise SlackRefused("channel_not_found")
        return self.channels[channel_id]

    def has_direct(self, user_id: str) -> bool:
        """Tell whether a person and the bot have direct messages already."""
        return f"D{user_id[1:]}" in self.channels

    def direct(self, user_id: str) -> Channel:
        """Return the direct messages between a person and the bot; raises SlackRefused (user_not_found)."""
        if user_id not in self.users:
            raise SlackRefused("user_not_found")
        found = Channel(id=f"D{user_id[1:]}", name=self.users[user_id].name, members=(user_id,), is_im=True)
        return self.channels.setdefault(found.id, found)

    def message(self, channel_id: str, ts: str) -> StoredMessage:
        """Return a message, ephemeral ones included; raises SlackRefused (message_not_found)."""
        if (channel_id, ts) not in self._messages:
            raise SlackRefused("message_not_found")
        return self._messages[channel_id, ts]

    def listed(self, channel_id: str) -> list[StoredMessage]:
        """Return a channel's messages, oldest first."""
        return [message for message in self._messages.values() if message.channel == channel_id]

    def thread(self, channel_id: str, ts: str) -> list[StoredMessage]:
        """Return a message and its replies, oldest first."""
        return [message for message in self.listed(channel_id) if ts in (message.ts, message.thread_ts)]

    def say(self, channel: Channel, user: str, text: str, thread_ts: str | None = None) -> StoredMessage:
        """Post what a person says, a mention as `<@id>`; every other sign is escaped as their client does it."""
        said = as_stored(text)
        return self._add(
            StoredMessage(channel=channel.id, ts=self.timestamps.next(), user=user, text=said, thread_ts=thread_ts)
        )

    def post(
        self,
        channel: Channel,
        draft: Draft,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        sent_to: str | None = None,
        files: Sequence[str] = (),
    ) -> StoredMessage:
        """Post what the bot says; raises SlackRefused (no_text, thread_not_found, cannot_reply_to_message)."""
        if not files:
            self._must_say_something(draft)
        self.check_thread(channel, thread_ts)
        message = StoredMessage(
            channel=channel.id,
            ts=self.timestamps.next(),
            user=self.app.user_id,
            from_bot=True,
            files=tuple(files),
            thread_ts=thread_ts,
            broadcast=broadcast,
            sent_to=sent_to,
        )
        return self._add(self._with(message, draft))

    def rewrite(self, message: StoredMessage, draft: Draft, *, edited: bool) -> StoredMessage:
        """Change what one of the bot's messages says; raises SlackRefused (no_text)."""
        self._must_say_something(draft)
        mark = {"user": self.app.user_id, "ts": self.timestamps.next()} if edited else message.edited
        return self.change(replace(self._with(message, draft), edited=mark))

    def _must_say_something(self, draft: Draft) -> None:
        if draft.is_empty or (self.rules.text_beside_blocks and draft.blocks and not (draft.text or "").strip()):
            raise SlackRefused("no_text")

    def change(self, message: StoredMessage) -> StoredMessage:
        """Keep a message as it is from now on."""
        self._messages[message.channel, message.ts] = message
        self._send("message_changed", message)
        return message

    def remove(self, message: StoredMessage) -> None:
        """Delete a message."""
        del self._messages[message.channel, message.ts]
        self._send("message_deleted", message)

    def check_thread(self, channel: Channel, thread_ts: str | None) -> None:
        """Raise SlackRefused (thread_not_found, cannot_reply_to_message) where no thread can be."""
        if thread_ts is None:
            return
        parent = self._messages.get((channel.id, thread_ts))
        if parent is None:
            raise SlackRefused("thread_not_found")
        if parent.is_reply or parent.sent_to:
            raise SlackRefused("cannot_reply_to_message")

    def sees(self, message: StoredMessage) -> Callable[[str], bool]:
        """Return a test of who can see a message."""
        channel = self.channels[message.channel]
        return lambda user: channel.admits(user) and message.sent_to in (None, user)

    def for_slack(self, message: StoredMessage) -> Json:
        """Return a message as Slack sends it to a bot."""
        shown: Json = {"type": "message", "user": message.user, "ts": message.ts, "team": self.team.id}
        shown["text"] = as_stored(message.text)
        if message.from_bot:
            shown |= {"bot_id": self.app.bot_id, "app_id": self.app.id}
        optional = {
            "blocks": list(message.blocks),
            "attachments": list(message.attachments),
            "files": [upload.for_slack(self.url) for each in message.files if (upload := self.uploads.find(each))],
            "metadata": message.metadata,
            "edited": message.edited,
            "reactions": [{**each, "count": len(each["users"])} for each in _reactions(message)],
            "thread_ts": message.thread_ts,
            "parent_user_id": self._parent_user(message),
            "subtype": "thread_broadcast" if message.broadcast else None,
        }
        return {**shown, **{name: value for name, value in optional.items() if value}, **self._replies(message)}

    def for_people(self, message: StoredMessage) -> Json:
        """Return a message as the people's API describes it."""
        replies = self._replies(message)
        names = ("ts", "thread_ts", "broadcast", "channel", "user", "text", "edited", "metadata")
        return {
            **{name: getattr(message, name) for name in names},
            "bot_id": self.app.bot_id if message.from_bot else None,
            "username": self.app.name if message.from_bot else self.users[message.user].name,
            "blocks": list(message.blocks),
            "attachments": list(message.attachments),
            "files": [upload.for_people() for each in message.files if (upload := self.uploads.find(each))],
            "ephemeral": message.sent_to is not None,
            "reactions": _reactions(message),
            "reply_count": replies.get("reply_count", 0),
            "latest_reply": replies.get("latest_reply"),
        }

    def _parent_user(self, message: StoredMessage) -> str | None:
        parent = self._messages.get((message.channel, message.thread_ts or ""))
        return parent.user if parent and message.is_reply else None

    def _replies(self, message: StoredMessage) -> Json:
        replies = [each for each in self.thread(message.channel, message.ts) if each.is_reply and not each.sent_to]
        if not replies or message.is_reply:
            return {}
        writers = list(dict.fromkeys(each.user for each in replies))
        counts = {"reply_count": len(replies), "reply_users": writers, "latest_reply": replies[-1].ts}
        return {"thread_ts": message.ts, **counts, "reply_users_count": len(writers)}

    def _with(self, message: StoredMessage, draft: Draft) -> StoredMessage:
        told: Json = {
            "text": draft.text,
            "blocks": None if draft.blocks is None else with_ids(draft.blocks, _short_id),
            "attachments": None if draft.attachments is None else tuple(map(_attachment, draft.attachments)),
            "metadata": draft.metadata,
        }
        changed = replace(message, **{name: value for name, value in told.items() if value is not None})
        return changed if changed.metadata else replace(changed, metadata=None)

    def _add(self, message: StoredMessage) -> StoredMessage:
        self._messages[message.channel, message.ts] = message
        self._send("message", message)
        if message.is_reply and not message.sent_to and message.thread_ts:
            parent = self._messages.get((message.channel, message.thread_ts))
            if parent:
                self._send("message_changed", parent)
        return message

    def _send(self, kind: str, message: StoredMessage) -> None:
        self.live.send({"type": kind, "message": self.for_people(message)}, self.sees(message))


def _short_id() -> str:
    return token_hex(3)


def _attachment(attachment: Json) -> Json:
    return (
        {**attachment, "blocks": list(with_ids(attachment["blocks"], _short_id))}
        if "blocks" in attachment
        else attachment
    )


def _reactions(message: StoredMessage) -> list[Json]:
    return [{"name": name, "users": list(users)} for name, users in (message.reactions or {}).items()]
