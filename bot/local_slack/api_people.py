"""Methods of people, of their groups, and of the bot itself."""

from typing import Final

from bot.local_slack.api_method import Method
from bot.local_slack.errors import SlackRefused
from bot.local_slack.paging import page
from bot.local_slack.rules import Tier
from bot.local_slack.seed import Json, User
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


def _info(workspace: Workspace, args: Args) -> Json:
    user_id = args.need("user")
    found = next((each for each in _people(workspace) if each["id"] == user_id), None)
    if found is None:
        raise SlackRefused("user_not_found")
    return {"user": found}


def _list(workspace: Workspace, args: Args) -> Json:
    people = _people(workspace)
    return {**page("members", people, args, default=len(people)), "cache_ts": int(workspace.now())}


def _of_group(workspace: Workspace, args: Args) -> Json:
    group = args.need("usergroup")
    if group not in workspace.usergroups:
        raise SlackRefused("no_such_subteam")
    return {"users": list(workspace.usergroups[group])}


def _bot(workspace: Workspace, args: Args) -> Json:
    app = workspace.app
    if args.optional("bot") != app.bot_id:
        raise SlackRefused("bot_not_found")
    return {"bot": {"id": app.bot_id, "app_id": app.id, "user_id": app.user_id, "name": app.name, "deleted": False}}


def _people(workspace: Workspace) -> list[Json]:
    return [*(person(workspace, user) for user in workspace.users.values()), _bot_user(workspace)]


def person(workspace: Workspace, user: User) -> Json:
    """Return a person as Slack shows them, with what tells guests and people of another workspace from its own."""
    return {
        **_shown(user.id, user.name, user.real_name or user.name),
        "team_id": user.team or workspace.team.id,
        "is_bot": False,
        "deleted": user.is_deleted,
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "ultra_restricted",
        "is_stranger": bool(user.team),
    }


def _bot_user(workspace: Workspace) -> Json:
    app = workspace.app
    return {
        **_shown(app.user_id, app.name, app.name),
        "team_id": workspace.team.id,
        "is_bot": True,
        "deleted": False,
    }


def _shown(user_id: str, name: str, real_name: str) -> Json:
    profile = {"display_name": name, "real_name": real_name}
    return {"id": user_id, "name": name, "real_name": real_name, "profile": profile}


PEOPLE: Final = {
    "users.info": Method(_info, Tier.FOUR, ("users:read",), takes_json=False),
    "users.list": Method(_list, Tier.TWO, ("users:read",), takes_json=False),
    "usergroups.users.list": Method(_of_group, Tier.TWO, ("usergroups:read",), takes_json=False),
    "bots.info": Method(_bot, Tier.THREE, ("users:read",), takes_json=False),
}
