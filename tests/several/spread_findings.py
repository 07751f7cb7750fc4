"""What was done to a desk of several processes, what came of it, and how it is said in a few lines."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.several.spread_judgement import Zeros


@dataclass(kw_only=True)
class Rounds:
    """What was done, and what came of it; times are real seconds."""

    did: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    takeovers: list[float] = field(default_factory=list)
    fills: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    zeros: Zeros = field(default_factory=Zeros)

    def add(self, other: "Rounds") -> None:
        """Take in what another part found."""
        self.did.update(other.did)
        self.seen.update(other.seen)
        self.takeovers += other.takeovers
        self.fills += other.fills
        self.seconds += other.seconds
        self.zeros.add(other.zeros)

    @classmethod
    def read(cls, line: str) -> "Rounds":
        """Read what was written of a part."""
        kept = json.loads(line)
        return cls(
            did=Counter(kept["did"]),
            seen=Counter(kept["seen"]),
            takeovers=kept["takeovers"],
            fills=kept["fills"],
            seconds=kept["seconds"],
            zeros=Zeros(**kept["zeros"]),
        )

    def written(self) -> str:
        """Write it in one line."""
        return json.dumps({**vars(self), "zeros": asdict(self.zeros)})


def keep_logs(place: Path, folder: Path) -> None:
    """Keep what the processes of a part logged, for whoever looks for the reason of a breach."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in place.glob("*.log"):
        shutil.copy(log, folder)


def summary(found: Rounds, seed: int) -> str:
    """Say in a few lines what came of it."""
    rows = [
        f"seed {seed}: {len(found.seconds)} rounds in {sum(found.seconds):.0f} s",
        _counted(found.did),
        _counted(found.seen),
        _spread("takeovers", found.takeovers),
        _spread("fills after a closed bar", found.fills),
        _counted(found.zeros.counts()),
    ]
    return "\n".join(filter(None, rows))


def _counted(counts: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _spread(name: str, seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    ordered = sorted(seconds)
    half, most = (ordered[int(part * (len(ordered) - 1))] for part in (0.5, 0.99))
    return f"{len(seconds)} {name}: half within {half:.2f} s, 99 % within {most:.2f} s, all within {ordered[-1]:.2f} s"
