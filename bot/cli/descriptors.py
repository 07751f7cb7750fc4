"""File descriptors: as many as the machine gives, and a share of them that the HTTP side may take at most."""

import resource
from typing import Final

MOST: Final = 16_384
"""As many as are asked for; a desk needs some hundred."""
HTTP_SHARE: Final = 4
"""The HTTP side gets one in so many: the others are for the broker, the database, Redis and Slack."""


def raise_limit() -> int:
    """Raise this process's soft limit as far as its hard limit allows, MOST at the most; return what holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS has a lower limit that it does not tell
        return soft
    return wanted


def http_connections(wanted: int) -> int:
    """Return how many connections the HTTP side may have at once: as wanted, or its share of this process's limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft // HTTP_SHARE))
