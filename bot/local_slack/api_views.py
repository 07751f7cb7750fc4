from typing import Final

from bot.local_slack.api_method import Method
from bot.local_slack.errors import SlackRefused
from bot.local_slack.limits import check_view
from bot.local_slack.rules import Tier
from bot.local_slack.seed import Json
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


def _open(workspace: Workspace, args: Args) -> Json:
    body = args.object("view")
    check_view(body, takes_newer=workspace.rules.takes_newer_blocks)
    trigger = workspace.triggers.spend(args.need("trigger_id"))
    return {"view": workspace.views.for_slack(workspace.views.open(trigger.user, body))}


def _push(workspace: Workspace, args: Args) -> Json:
    body = args.object("view")
    check_view(body, takes_newer=workspace.rules.takes_newer_blocks)
    trigger = workspace.triggers.spend(args.need("trigger_id"))
    if trigger.view_id is None or workspace.views.find(trigger.view_id) is None:
        raise SlackRefused("not_found")
    return {"view": workspace.views.for_slack(workspace.views.push(trigger.user, body))}


def _update(workspace: Workspace, args: Args) -> Json:
    view_id = args.optional("view_id") or args.need("external_id")
    view = workspace.views.update(view_id, args.object("view"), args.optional("hash"))
    return {"view": workspace.views.for_slack(view)}


def _publish(workspace: Workspace, args: Args) -> Json:
    user = args.need("user_id")
    if user not in workspace.users:
        raise SlackRefused("user_not_found")
    if not workspace.app.home_tab:
        raise SlackRefused("not_enabled")
    view = workspace.views.publish(user, args.object("view"), args.optional("hash"))
    return {"view": workspace.views.for_slack(view)}


VIEWS: Final = {
    "views.open": Method(_open, Tier.FOUR),
    "views.push": Method(_push, Tier.FOUR),
    "views.update": Method(_update, Tier.FOUR),
    "views.publish": Method(_publish, Tier.FOUR),
}
