"""The machine that a container runs on, as the container sees it: the gateway of its network.

What an engine publishes on the machine's own loopback arrives from there; other containers have addresses of their own.
Outside a container, and in one that is on the network of its machine, the gateway is somebody's router.
"""

import ctypes
import socket
import struct
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

ROUTES: Final = Path("/proc/net/route")
DEFAULT: Final = "00000000"
PAIR: Final = "veth"
"""The driver of a pair of interfaces, one in the container and one on its machine, as engines make for a bridge.

A card, a VLAN, a macvlan and an ipvlan have others: what is beyond those is the network of the machine."""
ETHTOOL: Final = 0x8946
"""SIOCETHTOOL, the request by which Linux is asked about an interface; about its driver anybody may ask."""
DRIVER_INFO: Final = struct.Struct("=I32s160x")
"""ETHTOOL_GDRVINFO with its number, and room for the driver's name and what is not read."""
NUMBER: Final = 3
INTERFACE: Final = struct.Struct("16sP8x")
"""struct ifreq: an interface's name, and where the answer goes."""


def driver_of(interface: str) -> str:
    """Return the driver of a network interface as Linux names it, '' where that cannot be asked."""
    answer = ctypes.create_string_buffer(DRIVER_INFO.pack(NUMBER, b""))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            ioctl(any_socket, ETHTOOL, INTERFACE.pack(interface.encode(), ctypes.addressof(answer)))
        except OSError:
            return ""
    return str(DRIVER_INFO.unpack_from(answer)[1].rstrip(b"\0").decode("ascii", "replace"))


def trusted_machine(routes: Path = ROUTES, driver_of: Callable[[str], str] = driver_of) -> str:
    """Return the address of the machine that this container runs on; '' where this is in none, which is logged."""
    interface, address = _default_route(routes)
    if address and driver_of(interface) == PAIR:
        return address
    log.warning("host_not_trusted", interface=interface, gateway=address)
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
