"""Addresses to which a token or a password is sent: encrypted, or to this machine itself."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

ENCRYPTED: Final = frozenset({"https", "wss", "rediss", "amqps"})
PLAIN: Final = frozenset({"http", "ws", "redis", "amqp"})


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine and nothing else."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def keeps_secrets(url: str) -> bool:
    """Tell whether nobody on the way reads what is sent to a URL: it is encrypted, or does not leave this machine.

    False for what is no URL, and for one that libraries could read in more than one way.
    """
    if "\\" in url or any(sign.isspace() or not sign.isprintable() for sign in url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return bool(host) and (parts.scheme in ENCRYPTED or (parts.scheme in PLAIN and is_loopback(host)))
    except ValueError:
        return False
