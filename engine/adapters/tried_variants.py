"""Which variants were ever tried on the same data: one small file for each data set, in DATA_DIR.

Who tries a thousand variants finds one that looks good. What it is worth depends on the thousand, so they are counted,
and nobody has to remember them. Several processes may add at the same time.
"""

import json
import re
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Final

from engine.adapters.files import PRIVATE_FOLDER, alone_in, read, replace
from engine.errors import SettingsInvalid
from engine.model.evaluation import Tried

FOLDER: Final = "variants"
NAME: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")
VERSION: Final = 1


class TriedVariants:
    """The variants that were tried, kept in a folder of DATA_DIR."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def add(self, data: str, sharpes: Mapping[str, float | None]) -> Tried:
        """Keep variants that were tried on data of a fingerprint, and return all that ever were; each counts once.

        `sharpes` has the daily Sharpe ratio of each by its key, None where there is none. Raises OSError, ValueError
        for a fingerprint that is none, and SettingsInvalid for a file that cannot be read; it is left as it is.
        """
        path = self._path(data)
        self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with alone_in(self._folder):
            known = _read(path)
            added = known | {key: _finite(value) for key, value in sharpes.items()}
            if added != known:
                written = {"version": VERSION, "variants": dict(sorted(added.items()))}
                replace(path, json.dumps(written, indent=0, allow_nan=False) + "\n")
        return _tried(added)

    def on(self, data: str) -> Tried:
        """Return what was tried on data of a fingerprint up to now; raises as `add` does."""
        return _tried(_read(self._path(data)))

    def _path(self, data: str) -> Path:
        if not NAME.fullmatch(data):
            raise ValueError(f"no fingerprint of data: {data!r}")
        return self._folder / f"{data}.json"


def _tried(variants: Mapping[str, float | None]) -> Tried:
    ratios = tuple(variants[key] for key in sorted(variants))
    return Tried(variants=len(ratios), sharpes=tuple(ratio for ratio in ratios if ratio is not None))


def _read(path: Path) -> dict[str, float | None]:
    try:
        kept = json.loads(read(path))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise _unreadable(path) from error
    variants = kept.get("variants") if isinstance(kept, dict) and kept.get("version") == VERSION else None
    if not isinstance(variants, dict):
        raise _unreadable(path)
    if not all(value is None or (type(value) in {int, float} and isfinite(value)) for value in variants.values()):
        raise _unreadable(path)
    return variants


def _unreadable(path: Path) -> SettingsInvalid:
    return SettingsInvalid(
        f"DATA_DIR: {path} does not list the variants that were tried; restore it from a backup,"
        " or move it away, and they are counted anew"
    )


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None
