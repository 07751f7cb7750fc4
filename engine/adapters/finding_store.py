"""What a model found in headlines of the past, kept in DATA_DIR, so that no backtest pays for the same twice.

    findings/claude-haiku-5-5-1f0c2a9b7d3e.jsonl    one line for each headline and symbol, in the order of their scoring

A file belongs to one model and one set of instructions: with others the answers may differ, and another file begins. A
line is added with each answer, whole or not at all, so that what was paid for outlives whatever happens next.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from engine.adapters.files import PRIVATE_FOLDER, alone_in, private
from engine.errors import SettingsInvalid
from engine.model.market import Headline

FOLDER: Final = "findings"
MOST_TENTHS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """A point of view on a headline: tenths from -3 to +3, and the reason in the model's words."""

    tenths: int
    reason: str


Opinions = tuple[Opinion, ...]
"""All that was found in a headline about a symbol; none for one that says nothing."""


def key_of(symbol: str, headline: Headline) -> str:
    """Return a hash of all that the model is shown of a headline, and the symbol that it is asked about."""
    shown = json.dumps([symbol, headline.id, headline.source, headline.text], ensure_ascii=False)
    return sha256(shown.encode()).hexdigest()[:32]


class FindingStore:
    """The findings of one model under one set of instructions (their fingerprint)."""

    def __init__(self, data_dir: Path, model: str, fingerprint: str) -> None:
        self._folder = data_dir / FOLDER
        self.path = self._folder / f"{re.sub(r'[^0-9A-Za-z.-]', '_', model)}-{fingerprint}.jsonl"

    def read(self) -> Mapping[str, Opinions]:
        """Return what is kept, by its key; raises OSError, and SettingsInvalid for a file that is none of these."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return {}
        # What follows the last line's end was not written to its end, and counts as never found.
        return dict(self._line(number, line) for number, line in enumerate(lines[:-1], 1))

    def add(self, found: Mapping[str, Opinions]) -> None:
        """Keep findings, to the disk; raises OSError."""
        self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        text = "".join(_written(key, opinions) for key, opinions in found.items())
        with alone_in(self._folder), open(self.path, "ab", opener=private) as file:
            file.truncate(self._end_of_lines())
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())

    def _end_of_lines(self) -> int:
        return self.path.read_bytes().rfind(b"\n") + 1

    def _line(self, number: int, line: bytes) -> tuple[str, Opinions]:
        try:
            kept = json.loads(line)
            return kept["key"], tuple(_opinion(*each) for each in kept["found"])
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsInvalid(
                f"DATA_DIR: {self.path}, line {number} is no finding; restore the file from a backup, or move it away,"
                " and its headlines are scored anew"
            ) from error


def _written(key: str, opinions: Sequence[Opinion]) -> str:
    found = [[each.tenths, each.reason] for each in opinions]
    return json.dumps({"key": key, "found": found}, ensure_ascii=False) + "\n"


def _opinion(tenths: Any, reason: Any) -> Opinion:
    if type(tenths) is not int or not isinstance(reason, str) or abs(tenths) > MOST_TENTHS:
        raise ValueError(f"no finding: {tenths!r}, {reason!r}")
    return Opinion(tenths=tenths, reason=reason)
