from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.rules import Tier
from bot.demo.seed import Json
from bot.demo.web_args import Args
from bot.demo.workspace import Workspace


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
