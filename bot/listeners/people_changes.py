"""What Slack tells of people and groups that change: whoever had a role has it no longer than that takes to arrive.

Nothing is taken from an event but whom it is about, and that somebody was deactivated; Slack itself is asked for the
rest. An event that never comes costs a minute: for so long what Slack told holds anyway.
"""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt.kwargs_injection.args import Args

from bot.listeners.context import context_of
from bot.listeners.payloads import part_of, text_of

log = structlog.get_logger()


def group_changed(args: Args) -> None:
    """A user group was renamed, disabled or given other members."""
    event = _event(args)
    group = text_of(event, "subteam_id") or text_of(part_of(event, "subteam"), "id")
    context_of(args).people.groups.forget(group)
    log.info("group_changed", group=group)


def person_changed(args: Args) -> None:
    """Somebody joined, was deactivated, or became a guest."""
    profile = part_of(_event(args), "user")
    user = text_of(profile, "id")
    context_of(args).people.changed(user, profile)
    log.info("person_changed", user=user)


def left_channel(args: Args) -> None:
    """Somebody left a channel, or was removed from it: who is from outside may be gone with it."""
    user = text_of(_event(args), "user")
    context_of(args).people.changed(user)
    log.info("person_changed", user=user)


def channel_shared(args: Args) -> None:
    """A channel was shared with another workspace, or is no longer: who is one of ours is asked anew."""
    context, event = context_of(args), _event(args)
    context.people.changed_all()
    if text_of(event, "channel") == context.channel and text_of(event, "type") == "channel_shared":
        log.warning("channel_is_shared", with_team=text_of(event, "connected_team_id"))


EVENTS: Mapping[str, Callable[[Args], None]] = {
    "subteam_updated": group_changed,
    "subteam_members_changed": group_changed,
    "user_change": person_changed,
    "team_join": person_changed,
    "member_left_channel": left_channel,
    "channel_shared": channel_shared,
    "channel_unshared": channel_shared,
}
"""The events to which the manifest subscribes for this; a test compares them."""


def _event(args: Args) -> Mapping[str, Any]:
    return part_of(args.body, "event")
