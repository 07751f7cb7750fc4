"""`make secrets`: the files that the compose files hand to containers, each with a random secret.

What is there stays. For what only somebody else can give, Slack's tokens and the broker's key, it makes empty files and
names them.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "secrets"
BYTES: Final = 32
OURS: Final = ("postgres_password", "redis_password", "http_token", "metrics_token")
"""What is made up here."""
GIVEN: Final = ("slack_bot_token", "slack_app_token", "alpaca_secret_key")
"""What somebody else gives; compose.scale.yaml asks for it."""
OPTIONAL: Final = ("celery_broker_url", "anthropic_api_key")
"""What may stay empty: workers are reached over Redis then, and headlines are scored by keywords."""
MADE_OF: Final[Mapping[str, tuple[str, str]]] = {
    "database_url": ("postgres_password", "postgresql://desk:{}@trading_bot_postgres:5432/desk"),
    "redis_url": ("redis_password", "redis://:{}@trading_bot_redis:6379/0"),
}
"""Addresses that contain a password, with the name of its file."""


def make_secrets(folder: Path) -> tuple[str, ...]:
    """Make what is missing in a folder that is its owner's alone; return the names of what is still empty.

    The files themselves may be read by all: a container's user is not the owner, and the folder keeps others out.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    for name in OURS:
        _put(folder / name, token_hex(BYTES))
    for name, (password, address) in MADE_OF.items():
        _put(folder / name, address.format((folder / password).read_text(encoding="utf-8").strip()))
    for name in (*GIVEN, *OPTIONAL):
        _put(folder / name, "")
    return tuple(name for name in GIVEN if not (folder / name).read_text(encoding="utf-8").strip())


def _put(path: Path, secret: str) -> None:
    if not path.exists():
        path.write_text(secret, encoding="utf-8")
    path.chmod(0o644)


if __name__ == "__main__":
    empty = make_secrets(FOLDER)
    sys.stdout.write(f"{FOLDER} has the secrets of the containers.\n")
    for name in empty:
        sys.stdout.write(f"{name} is empty: put it into {FOLDER / name} where compose.scale.yaml is used\n")
