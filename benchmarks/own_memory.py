"""What the kernel says of this process's memory."""

from pathlib import Path


def kilobytes(name: str) -> int:
    """Return `VmRSS`, what is resident now, or `VmHWM`, the most that ever was; not what a parent held before."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
