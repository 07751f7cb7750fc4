"""The machine that a container runs on, as the container sees it: the gateway of its network.

What an engine publishes on the machine's own loopback arrives from there; other containers have addresses of their own.
Outside a container, and in one that is on the network of its machine, the gateway is somebody's router.
"""

import socket
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

ROUTES: Final = Path("/proc/net/route")
INTERFACES: Final = Path("/sys/class/net")
DEFAULT: Final = "00000000"
PAIR: Final = frozenset({"", "veth"})
"""The types under which the kernel lists one end of a pair: it gave that none, for long. A VLAN, macvlan and so on have
others: what is beyond those is the network of the machine."""


def trusted_machine(routes: Path = ROUTES, interfaces: Path = INTERFACES) -> str:
    """Return the address of the machine that this container runs on; '' where this is in none, which is logged."""
    name, address = _default_route(routes)
    if address and _leads_to_the_machine(interfaces / name):
        return address
    log.warning("host_not_trusted", interface=name, gateway=address)
    return ""


def _default_route(routes: Path) -> tuple[str, str]:
    """Return the default route's interface and gateway, '' for both where there is none."""
    try:
        lines = routes.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return "", ""
    ways = [line.split()[:3] for line in lines]  # the interface, where to, and by which gateway
    found = [(name, by) for name, to, by in ways if to == DEFAULT != by]
    if not found:
        return "", ""
    name, by = found[0]
    return name, socket.inet_ntoa(bytes.fromhex(by)[::-1])


def _leads_to_the_machine(interface: Path) -> bool:
    """Tell whether an interface is one end of a pair of which the other end is outside this network namespace."""
    try:
        own, other = ((interface / name).read_text(encoding="ascii").strip() for name in ("ifindex", "iflink"))
        facts = (interface / "uevent").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    kind = next((fact.partition("=")[2] for fact in facts if fact.startswith("DEVTYPE=")), "")
    return own != other and kind in PAIR
