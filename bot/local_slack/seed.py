from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """The workspace's name and id."""

    id: str = "T0LOCAL"
    name: str = "Local desk"

    @property
    def domain(self) -> str:
        """Return the name as it would stand in the workspace's address."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A person; `role` and `colour` are for the page only.

    `guest` is restricted (some channels) or ultra_restricted (one), '' for a full member; `team` is the workspace of
    somebody from outside, '' for this one. Who `is_deleted` was deactivated and can do nothing any more.
    """

    id: str
    name: str
    real_name: str = ""
    role: str = ""
    colour: str = ""
    guest: str = ""
    team: str = ""
    is_deleted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A channel; `members` are the only people in it, or nobody is named and everybody is: then it is public.

    `shared_with` is the other workspace in it, by Slack Connect.
    """

    id: str
    name: str
    topic: str = ""
    members: tuple[str, ...] = ()
    is_im: bool = False
    has_bot: bool = True
    is_archived: bool = False
    shared_with: str = ""

    @property
    def kind(self) -> str:
        """Return Slack's word for the type: im, private_channel or public_channel."""
        return "im" if self.is_im else "private_channel" if self.members else "public_channel"

    def admits(self, user_id: str) -> bool:
        """Tell whether a person can see the channel."""
        return not self.members or user_id in self.members


@dataclass(frozen=True, kw_only=True, slots=True)
class SeedCommand:
    """A slash command as the manifest declares it."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SeedShortcut:
    """A shortcut as the manifest declares it; `type` is global or message."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BotApp:
    """The bot as its manifest describes it; `scopes` is None where the manifest says nothing of them.

    `home_tab` and `messages_tab` tell which parts of the app's home it has.
    """

    name: str
    commands: tuple[SeedCommand, ...]
    shortcuts: tuple[SeedShortcut, ...]
    scopes: tuple[str, ...] | None
    events: frozenset[str]
    home_tab: bool = True
    messages_tab: bool = True
    id: str = "A0LOCALBOT"
    bot_id: str = "B0LOCALBOT"
    user_id: str = "U0LOCALBOT"

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Self:
        """Read the content of a manifest.yml."""
        features = manifest.get("features", {})
        tabs = features.get("app_home", {})
        name = features.get("bot_user", {}).get("display_name") or manifest.get("display_information", {}).get("name")
        return cls(
            name=name or "bot",
            commands=tuple(_command(entry) for entry in features.get("slash_commands", ())),
            shortcuts=tuple(_shortcut(entry) for entry in features.get("shortcuts", ())),
            scopes=_scopes(manifest),
            events=frozenset(manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ())),
            home_tab=tabs.get("home_tab_enabled", True),
            messages_tab=tabs.get("messages_tab_enabled", True),
        )


def _command(entry: Json) -> SeedCommand:
    return SeedCommand(
        command=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=entry.get("should_escape", False),
    )


def _shortcut(entry: Json) -> SeedShortcut:
    return SeedShortcut(
        name=entry["name"],
        type=entry["type"],
        callback_id=entry["callback_id"],
        description=entry.get("description", ""),
    )


def _scopes(manifest: Mapping[str, Any]) -> tuple[str, ...] | None:
    if "oauth_config" not in manifest:
        return None
    return tuple(manifest["oauth_config"].get("scopes", {}).get("bot", ()))
