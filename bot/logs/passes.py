"""Passes in log lines: what Slack hands out for a moment, and lets whoever has it act or listen as the bot does.

No setting holds them, so they are known by their names (a connection's ticket, where to answer, what opens a window)
and by their looks (tokens, addresses at hooks.slack.com). Slack's SDK logs them in whole at level debug: in JSON, in
JSON within JSON, in Python's own writing, in forms and in URLs.
"""

import re
from typing import Final

HIDDEN: Final = "•••"
NAMES: Final = (
    "ticket",
    "response_url",
    "response_urls",
    "trigger_id",
    "upload_url",
    "token",
    "bot_access_token",
    "client_secret",
    "interactivity_pointer",
)
_ENCODED: Final = "%(?:25)*"
"""What a sign in a URL begins with, however many times it was encoded."""


def _signs(pattern: str) -> str:
    return pattern.replace("%", _ENCODED)


_QUOTE: Final = _signs(r"""(?:\\*["']|%5C|%22|%27|&quot;)*""")
_SPACE: Final = _signs(r"(?:\s|\+|%20|%2B)*")
_BETWEEN: Final = rf"{_QUOTE}{_SPACE}{_signs('(?:[:=]|%3A|%3D)')}{_SPACE}[\[(]?{_QUOTE}"
_VALUE: Final = _signs(r"""(?:\\+/|(?!%22|%27|%26|%5C%22|&quot;)[^\s"'\\&,;(){}\[\]<>•])+""")
_SLASH: Final = _signs(r"(?:\\*/|%5C|%2F)+")
_NAMED: Final = re.compile(rf"(?<![A-Za-z_])({'|'.join(NAMES)})({_BETWEEN}){_VALUE}", re.IGNORECASE)
_LOOKING_LIKE: Final = re.compile(
    rf"https?{_signs('(?::|%3A)')}{_SLASH}hooks\.slack\.com{_SLASH}{_VALUE}"
    r"|xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%.-]{8,}|xapp-[A-Za-z0-9-]{8,}"
    rf"|(?<=/respond/){_VALUE}|(?<=/files/upload/){_VALUE}",
    re.IGNORECASE,
)


def without_passes(line: str) -> str:
    """Return a line with every pass in it blotted out."""
    return _LOOKING_LIKE.sub(HIDDEN, _NAMED.sub(rf"\1\2{HIDDEN}", line))
