"""The audit as somebody looks at it who distrusts the database: its rows, and what holds them from outside."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

ANCHOR: Final = "anchor"
"""The action of the audit's row about an anchor: `outcome` is the number of what was anchored, `why` its hash."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A row of the audit by its number and its hash; 0 and '' before the first."""

    number: int
    hash: str


PRUNED: Final = "prune"
"""What an anchor was written down for that is the last row which went into the archive."""

BEGINNING: Final = Mark(number=0, hash="")
"""What the first row follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """A row of the audit that was the last one at an instant, written down outside the database; `by` says for what."""

    at: datetime
    mark: Mark
    by: str

    def written(self) -> str:
        """Write it down as one line of text."""
        plain = {"at": self.at.isoformat(), "number": self.mark.number, "hash": self.mark.hash, "by": self.by}
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `written` wrote, or a line that has more beside it; raises ValueError for anything else."""
        try:
            plain: Any = json.loads(text)
            mark = Mark(number=int(plain["number"]), hash=str(plain["hash"]))
            return cls(at=datetime.fromisoformat(plain["at"]), mark=mark, by=str(plain["by"]))
        except (KeyError, TypeError) as error:
            raise ValueError("this is no anchor") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditCheck:
    """What became of a look at the whole audit: the rows that hold, the hash of the last of them, and what is wrong.

    `fault` is empty where nothing is; `broken_at` is the number of the first row that does not hold, if one is it.
    `number` is that of the last row, `trades` counts those whose fingerprints are in it, and `noted` are the rows of
    which it says itself that they were anchored. The first `archived` rows, which count, are in files: what is checked
    begins after row `begins_after`, whose hash is `begins_hash`. Where not `is_known`, the hash that must be
    there can only be in those files.
    """

    count: int
    hash: str
    number: int = 0
    trades: int = 0
    noted: frozenset[Mark] = frozenset()
    broken_at: int | None = None
    fault: str = ""
    archived: int = 0
    begins_after: int = 0
    begins_hash: str = ""
    is_known: bool = True

    @property
    def has_archive(self) -> bool:
        """Whether the database says that rows were archived, however little sense what it says makes."""
        return bool(self.archived or self.begins_after or self.begins_hash)
