from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.seed import Json
from bot.demo.web_args import Args
from bot.demo.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: what it does, the scope that it needs, and whether it wants the app's token."""

    call: Callable[[Workspace, Args], Json]
    scope: str | None = None
    for_app: bool = False
