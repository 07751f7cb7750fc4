"""Names for the lives of bots, by which another on the same machine knows at once that one has ended.

A life that ran elsewhere, or whose process id is in use again, is only known to have ended by its claims' running out.
"""

import os
import socket
from pathlib import Path
from typing import Final
from uuid import uuid4

BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
PROCESSES: Final = Path("/proc/self/ns/pid")
SEPARATOR: Final = "/"


def new_life() -> str:
    """Return the name of a life that begins now, in this process."""
    return SEPARATOR.join((_place(), str(os.getpid()), uuid4().hex, socket.gethostname()))


def has_ended(life: str) -> bool:
    """Tell whether a life surely ended: it ran on this machine, where its process is no more."""
    place, _, rest = life.partition(SEPARATOR)
    pid = rest.partition(SEPARATOR)[0]
    if not place or place != _place() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def process_of(life: str) -> str:
    """Name the process of a life for people, by its host and process id; one of an older version has no host."""
    _, pid, _, host = (life.split(SEPARATOR) + [""] * 3)[:4]
    return f"{host} (pid {pid})".lstrip()


def _place() -> str:
    """Name this machine since its last start, and whose process ids those are; '' where it does not say."""
    try:
        return f"{BOOT.read_text(encoding='ascii').strip()}-{PROCESSES.readlink()}"
    except OSError:
        return ""
