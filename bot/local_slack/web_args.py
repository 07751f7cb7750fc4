import json
from collections.abc import Mapping
from typing import Any

from bot.local_slack.errors import SlackRefused
from bot.local_slack.seed import Json
from bot.local_slack.shapes import problem


class Args:
    """The arguments of a call, which come as JSON or as a form whose structured fields are JSON strings."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def optional(self, name: str) -> str | None:
        """Return an argument as text, None when it is missing; raises SlackRefused (invalid_arguments) for no text."""
        value = self._values.get(name)
        if isinstance(value, (bool, list, dict)):
            raise SlackRefused("invalid_arguments", [problem("must be a string", f"/{name}")])
        return None if value is None else str(value)

    def need(self, name: str) -> str:
        """Return an argument as text; raises SlackRefused (invalid_arguments) when it is missing."""
        value = self.optional(name)
        if not value:
            raise SlackRefused("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return an argument as a truth value; SDKs write 1, true or True."""
        return str(self._values.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return an argument as a whole number; raises SlackRefused (invalid_arguments)."""
        try:
            return int(self._values.get(name, default))
        except (TypeError, ValueError):
            raise SlackRefused("invalid_arguments", [f"[ERROR] must be an integer: {name}"]) from None

    def json(self, name: str, error: str) -> Any:
        """Return a structured argument, None when it is missing; raises SlackRefused with the error given."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except json.JSONDecodeError:
            raise SlackRefused(error) from None

    def object(self, name: str) -> Json:
        """Return a structured argument that must be there; raises SlackRefused (invalid_arguments)."""
        value = self.json(name, "invalid_arguments")
        if not isinstance(value, dict):
            raise SlackRefused("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value
