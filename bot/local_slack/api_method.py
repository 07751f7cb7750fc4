from collections.abc import Callable
from dataclasses import dataclass

from bot.local_slack.rules import Tier
from bot.local_slack.seed import Json
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: what it does, how often it may be called, and what a call must look like.

    One of `scopes` is needed; `for_app` methods want the app's token, and those not of `takes_json` read only forms.
    """

    call: Callable[[Workspace, Args], Json]
    tier: Tier
    scopes: tuple[str, ...] = ()
    for_app: bool = False
    takes_json: bool = True
