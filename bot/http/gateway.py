"""The machine that a container runs on, as the container sees it: the gateway of its network.

What an engine publishes on the machine's own loopback arrives from there; other containers have addresses of their own.
"""

import socket
from pathlib import Path
from typing import Final

ROUTES: Final = Path("/proc/net/route")
DEFAULT: Final = "00000000"


def gateway(routes: Path = ROUTES) -> str:
    """Return the address of the default route's gateway, '' where there is none."""
    try:
        lines = routes.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return ""
    ways = [line.split()[1:3] for line in lines]  # where to, and by which gateway
    found = [by for to, by in ways if to == DEFAULT != by]
    return socket.inet_ntoa(bytes.fromhex(found[0])[::-1]) if found else ""
