import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from engine.model.audit import Mark
from engine.model.desk import ENGINE, DeskState


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRecord:
    """The desk's state as it was last known: since which term it was so, and how far the audit went by then.

    `is_pending` marks a halt that was asked for and is not known to be in the database, `flatten` one that also sells
    everything.
    """

    state: DeskState
    by: str
    reason: str
    since: datetime | None
    term: int
    mark: Mark
    is_pending: bool = False
    flatten: bool = False

    def written(self) -> str:
        """Write it down as one line of text."""
        since = self.since.isoformat() if self.since else ""
        plain: dict[str, Any] = {"state": self.state, "by": self.by, "reason": self.reason, "since": since}
        plain |= {"term": self.term, "number": self.mark.number, "hash": self.mark.hash, "pending": self.is_pending}
        plain["flatten"] = self.flatten
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `written` wrote; raises ValueError for anything else."""
        try:
            plain = json.loads(text)
            return cls(
                state=DeskState(plain["state"]),
                by=str(plain["by"]),
                reason=str(plain["reason"]),
                since=datetime.fromisoformat(plain["since"]) if plain["since"] else None,
                term=int(plain["term"]),
                mark=Mark(number=int(plain["number"]), hash=str(plain["hash"])),
                is_pending=bool(plain["pending"]),
                flatten=bool(plain.get("flatten", False)),  # an older desk wrote none
            )
        except (KeyError, TypeError) as error:
            raise ValueError("this is no record of a desk") from error


UNREADABLE = DeskRecord(
    state=DeskState.HALTED,
    by=ENGINE,
    reason="memory_unreadable",
    since=None,
    term=0,
    mark=Mark(number=0, hash=""),
)
"""What a desk knew whose memory cannot be read: that it may have been halted."""
