"""Makes .env.example from the settings classes."""

from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot.settings import AgentSettings, LogSettings, SlackSettings
from engine.settings import Settings

FILE = Path(__file__).parents[1] / ".env.example"
HEAD = """\
# Every setting, with its default. Copy this file to ~/.config/trading-bot/.env, or name it with --env-file,
# uncomment what you change, and keep the file private (chmod 600).
# Environment variables override it. `trading-bot doctor` checks it all, and shows where each setting came from.
"""


def env_example() -> str:
    """Return the whole file."""
    groups: list[type[BaseSettings]] = [SlackSettings, *Settings.kinds().values(), AgentSettings, LogSettings]
    shown = set[str]()
    return HEAD + "".join(_group(kind, shown) for kind in groups)


def _group(kind: type[BaseSettings], shown: set[str]) -> str:
    """Return a group without what another one has shown already."""
    title = " ".join((kind.__doc__ or "").split())
    lines = [_setting(name, field) for name, field in kind.model_fields.items() if name not in shown]
    shown |= kind.model_fields.keys()
    return f"\n## {title}\n\n" + "\n".join(lines)


def _setting(name: str, field: FieldInfo) -> str:
    needed = " (needed)" if field.is_required() else ""
    return f"# {field.description}{needed}\n#{name.upper()}={'' if field.is_required() else _text(field.default)}\n"


def _text(default: object) -> str:
    match default:
        case None:
            return ""
        case bool():
            return str(int(default))
        case SecretStr():
            return default.get_secret_value()
        case tuple():
            return ",".join(default)
        case Decimal():
            return f"{default:f}"
        case _:
            return str(default)
