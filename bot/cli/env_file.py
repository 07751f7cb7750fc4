"""The file of settings: a place that is named, never whatever lies in the folder that somebody stands in.

What it says goes into the environment, where nothing of that name stands yet, and only names of settings do: a file
cannot change where a program looks for libraries or proxies.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from bot.settings import LogSettings, SlackSettings
from engine.diagnostics import SETTINGS as OF_THE_ENGINE
from engine.errors import SettingsInvalid

DEFAULT: Final = Path("~/.config/trading-bot/.env")
"""The file that is read where no other is named, if it is there."""
HERE: Final = Path(".env")
IN_A_FILE: Final = "_FILE"
"""How the names of the variables end that say in which file a setting stands."""
SETTINGS: Final = OF_THE_ENGINE.union(
    name.upper() for kind in (SlackSettings, LogSettings) for name in kind.model_fields
)
"""The name of every setting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvFile:
    """The file that was read, None where there was none, the settings that it gave, and what else it names."""

    path: Path | None
    given: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def passed_over(self) -> Path | None:
        """The file in the folder that somebody stands in, which is not read, where no file was."""
        return HERE.absolute() if self.path is None and HERE.exists() else None


def take_in(named: Path | None) -> EnvFile:
    """Read the settings of a file, or of the default one, into the environment; raises SettingsInvalid.

    A setting may also stand in a file of its own, which NAME_FILE names: that is how containers are given secrets.
    """
    _take_in_secrets()
    path = named.expanduser() if named else _default()
    if path is None:
        return EnvFile(path=None)
    told = {name.upper(): value for name, value in _values(path).items() if value}
    standing = {name.upper() for name, value in os.environ.items() if value}
    given = {name: told[name] for name in told.keys() & SETTINGS - standing}
    for name in [name for name in os.environ if name.upper() in given]:
        del os.environ[name]  # it is empty, which counts as not set
    os.environ.update(given)
    return EnvFile(path=path.absolute(), given=frozenset(given), unknown=tuple(sorted(told.keys() - SETTINGS)))


def _take_in_secrets() -> None:
    for name in SETTINGS:
        place = os.environ.get(f"{name}{IN_A_FILE}", "")
        if not place or f"{name}{IN_A_FILE}" in SETTINGS:
            continue
        if os.environ.get(name):
            raise SettingsInvalid(f"{name}{IN_A_FILE}: {name} is set as well; expected one of the two")
        try:
            os.environ[name] = Path(place).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsInvalid(f"{name}{IN_A_FILE}: {place} cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise SettingsInvalid(f"{name}{IN_A_FILE}: {place} is not UTF-8 text") from error


def forget_settings() -> None:
    """Take every setting from the environment of this process."""
    for name in [name for name in os.environ if name.upper() in SETTINGS]:
        del os.environ[name]


def _default() -> Path | None:
    try:
        path = DEFAULT.expanduser()
        return path if path.exists() else None
    except RuntimeError:  # nobody's home
        return None
    except OSError as error:
        raise _refused(DEFAULT, error.strerror or str(error)) from error


def _values(path: Path) -> Mapping[str, str | None]:
    try:
        if path.exists() and not (path.is_file() or path.is_char_device()):
            raise _refused(path, "is not a file")
        with path.open(encoding="utf-8") as file:
            return dotenv_values(stream=file)
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _refused(path, "is not UTF-8 text") from error


def _refused(path: Path, why: str) -> SettingsInvalid:
    return SettingsInvalid(f"--env-file: {path} {why}")
