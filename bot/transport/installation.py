"""The installation that the bot serves: one app in one workspace. A request that says it is of another is refused.

A signature shows that a request is Slack's and for our app, not of which workspace: an app that is installed twice gets
the commands of both, and people there would act on this desk.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from slack_bolt import BoltResponse
from slack_bolt.context import BoltContext

REFUSED: Final = 403
APP_TOKEN: Final = re.compile(r"xapp-\d+-(A[A-Z0-9]{2,20})-.+")
"""An app-level token names its app."""

log = structlog.get_logger()


class Installation:
    """Middleware of Bolt that lets the installation's own requests pass; until it is learnt, all of them."""

    def __init__(self) -> None:
        self._team = self._enterprise = self._app = ""

    def learn(self, said: Mapping[str, Any], app_token: str = "") -> None:
        """Learn from the answer to auth.test, and from the app-level token where there is one, who we are."""
        is_wide = bool(said.get("is_enterprise_install"))
        self._enterprise = str(said.get("enterprise_id") or "") if is_wide else ""
        self._team = "" if self._enterprise else str(said.get("team_id") or "")
        named = APP_TOKEN.fullmatch(app_token)
        self._app = named[1] if named else ""

    def __call__(
        self, context: BoltContext, body: dict[str, Any], next_: Callable[[], BoltResponse]
    ) -> BoltResponse | None:
        """Pass a request on, or refuse it: Slack then tells the person that it failed."""
        found = {"team": context.team_id, "enterprise": context.enterprise_id, "app": body.get("api_app_id")}
        wanted = {"team": self._team, "enterprise": self._enterprise, "app": self._app}
        if all(found[name] == is_ours for name, is_ours in wanted.items() if is_ours):
            return next_()
        log.warning("request_of_others", **{name: str(value)[:20] for name, value in found.items()})
        return BoltResponse(status=REFUSED, body="")
