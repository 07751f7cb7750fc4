"""The file of settings: a place that is named, never whatever lies in the folder that somebody stands in.

What it says goes into the environment, where nothing of that name stands yet, and only names of settings do: a file
cannot change where a program looks for libraries or proxies.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from bot.settings import LogSettings, SlackSettings
from engine.diagnostics import SETTINGS as OF_THE_ENGINE
from engine.errors import SettingsInvalid

DEFAULT: Final = Path("~/.config/trading-bot/.env")
"""The file that is read where no other is named, if it is there."""
HERE: Final = Path(".env")
OPTION: Final = "--env-file"
IN_A_FILE: Final = "_FILE"
"""How the names of the variables end that say in which file a setting stands."""
SETTINGS: Final = OF_THE_ENGINE.union(
    name.upper() for kind in (SlackSettings, LogSettings) for name in kind.model_fields
)
"""The name of every setting."""
SECRETS: Final = frozenset(name for name in SETTINGS if name + IN_A_FILE not in SETTINGS)
"""The settings that may stand in a file of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvFile:
    """The file that was read, None where there was none, the settings that it gave, and what else it names.

    `put` are the settings that went into the environment: those, and what the environment's own NAME_FILEs hold.
    """

    path: Path | None
    given: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    put: frozenset[str] = frozenset()

    @property
    def passed_over(self) -> Path | None:
        """The file in the folder that somebody stands in, which is not read, where no file was."""
        return HERE.absolute() if self.path is None and HERE.exists() else None


def take_in(named: Path | None) -> EnvFile:
    """Read the settings of a file, or of the default one, into the environment; raises SettingsInvalid.

    A setting may also stand in a file of its own, which NAME_FILE names: that is how containers are given secrets.
    """
    path = named.expanduser() if named else _default()
    told = {name.upper(): value for name, value in _values(path).items() if value} if path else {}
    standing = {name.upper(): value for name, value in os.environ.items() if value}
    held = _from_files(standing, told)
    _put(held)
    if path is None:
        return EnvFile(path=None, put=frozenset(held))
    given = told.keys() & SETTINGS - standing.keys()
    _put({name: told[name] for name in given})
    in_files = frozenset(name for name in SECRETS if name + IN_A_FILE in told.keys() - standing.keys())
    unknown = told.keys() - SETTINGS - {name + IN_A_FILE for name in SECRETS}
    put = frozenset(given | held.keys())
    return EnvFile(path=path.absolute(), given=in_files | given, unknown=tuple(sorted(unknown)), put=put)


def take_out(read: EnvFile) -> None:
    """Remove from the environment what `take_in` put there, for a program that begins anew and reads it again.

    Left there, a setting that a NAME_FILE holds would be one that is given both ways.
    """
    for name in read.put:
        os.environ.pop(name, None)


def _put(given: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name.upper() in given]:
        del os.environ[name]  # it is empty, which counts as not set
    os.environ.update(given)


def _from_files(standing: Mapping[str, str], told: Mapping[str, str]) -> Mapping[str, str]:
    """Return what stands in files of their own that the environment, or else the file of settings, names.

    Raises SettingsInvalid, also where a setting is given both ways: which one is meant cannot be told.
    """
    named = {**told, **standing}
    places = {name: named[name + IN_A_FILE] for name in SECRETS if name + IN_A_FILE in named}
    for name in sorted(places.keys() & named.keys()):
        raise SettingsInvalid(f"{name}{IN_A_FILE}: {name} is set as well; expected one of the two")
    return {name: _content(name + IN_A_FILE, place) for name, place in sorted(places.items())}


def _content(name: str, place: str) -> str:
    try:
        path = Path(place).expanduser()
    except RuntimeError as error:  # nobody's home
        raise SettingsInvalid(f"{name}: {place} cannot be read ({error})") from error
    return _text(name, path).strip()


def forget_settings(kept: Collection[str] = ()) -> None:
    """Remove every setting, and the name of its file, from the environment of this process, but for those to keep."""
    known = SETTINGS | {name + IN_A_FILE for name in SECRETS}
    kept = frozenset(kept) | {name + IN_A_FILE for name in kept}
    for name in [name for name in os.environ if name.upper() in known - kept]:
        del os.environ[name]


def _default() -> Path | None:
    try:
        path = DEFAULT.expanduser()
        return path if path.exists() else None
    except RuntimeError:  # nobody's home
        return None
    except OSError as error:
        raise _unread(OPTION, DEFAULT, error) from error


def _values(path: Path) -> Mapping[str, str | None]:
    return dotenv_values(stream=StringIO(_text(OPTION, path, may_be_a_device=True)))


def _text(name: str, path: Path, *, may_be_a_device: bool = False) -> str:
    """Read the file that an option or a variable names; raises SettingsInvalid."""
    try:
        if path.exists() and not (path.is_file() or (may_be_a_device and path.is_char_device())):
            raise SettingsInvalid(f"{name}: {path} is not a file")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unread(name, path, error) from error
    except UnicodeDecodeError as error:
        raise SettingsInvalid(f"{name}: {path} is not UTF-8 text") from error


def _unread(name: str, path: Path, error: OSError) -> SettingsInvalid:
    return SettingsInvalid(f"{name}: {path} cannot be read ({error.strerror or error})")
