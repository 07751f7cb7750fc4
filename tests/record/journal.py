"""What was run so far: one line of JSON a piece, written as it ends, so that an interruption loses one at most."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

UNJUDGED: Final = -1
"""The exit code that is kept of a piece that ended before it was judged."""


class RecordRefused(Exception):
    """Something given is wrong, or the file holds no record; names it, and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a campaign as it ended: its seed and size, seconds, the exit code, and what it counted.

    A `note` says what was behind it; it is written by hand, once that is known.
    """

    version: str
    campaign: str
    seed: int
    size: int
    seconds: float
    code: int
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""

    def line(self) -> str:
        """Return it as JSON on one line."""
        told = asdict(self)
        if not self.note:
            del told["note"]
        return json.dumps(told, ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Journal:
    """The pieces of a record in a file, each with the version that it was run with; what broke once stays in it."""

    file: Path

    def read(self) -> list[Piece]:
        """Return what is kept; a line that was cut off at the end counts for nothing. Raises RecordRefused."""
        lines = self.file.read_text(encoding="utf-8").split("\n") if self.file.exists() else []
        return [self._piece(number, line) for number, line in enumerate(lines[:-1], 1)]

    def add(self, piece: Piece) -> None:
        """Keep a piece, after what an interruption left whole."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        kept = self.read()
        text = "".join(f"{each.line()}\n" for each in (*kept, piece))
        beside = self.file.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.file)

    def _piece(self, number: int, line: str) -> Piece:
        try:
            return Piece(**json.loads(line))
        except (TypeError, ValueError) as error:
            raise RecordRefused(f"RESULTS: line {number} of {self.file} is no piece of a record: delete it") from error


def held(pieces: Iterable[Piece], campaign: str) -> int:
    """Return in how many units of a campaign every promise held."""
    return sum(piece.size for piece in pieces if piece.campaign == campaign and piece.code == 0)


def to_repeat(pieces: Iterable[Piece], campaign: str) -> Piece | None:
    """Return the first piece of a campaign that did not hold, and has not held since; None where there is none."""
    last = {piece.seed: piece for piece in pieces if piece.campaign == campaign}
    return next((piece for piece in last.values() if piece.code), None)
