"""A result on the disk: a whole file or none, and the same bytes for the same backtest."""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from engine.adapters.files import sync
from engine.backtest.measures import multiples_of
from engine.model.backtest import Backtest
from engine.model.evaluation import WalkStep
from engine.model.json_values import plain
from engine.model.sweep import Sweep

FORMAT = 1
CENTS = 2
BEGINNING = ".backtest-"
"""What the names of files begin with that are not yet written as a whole."""


def written(run: Backtest) -> str:
    """Return a backtest as JSON; curves are in cents."""
    told: dict[str, Any] = {"format": FORMAT}
    for field in fields(run):
        value = getattr(run, field.name)
        if isinstance(value, np.ndarray):
            told[field.name] = np.round(value, CENTS).tolist() if value.dtype.kind == "f" else value.tolist()
        else:
            told[field.name] = plain(value)
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def written_sweep(sweep: Sweep) -> str:
    """Return a sweep as JSON, but for what depends on the variants that were tried before it."""
    told: dict[str, Any] = {"format": FORMAT}
    kept = {"walk", "luck", "tried", "walked"}
    told |= {field.name: plain(getattr(sweep, field.name)) for field in fields(sweep) if field.name not in kept}
    told["chosen"] = [_step(step) for step in sweep.walk.steps]
    told["interval"] = None if sweep.walk.interval is None else plain(sweep.walk.interval)
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _step(step: WalkStep) -> dict[str, Any]:
    return {
        **plain(step.window),
        "numbers": step.chosen,
        "train": multiples_of(step.train.trades).tolist(),
        "test": multiples_of(step.test.trades).tolist(),
    }


def refuse_unwritable(folder: Path) -> None:
    """Make a folder, and see that a file can be written there, before anybody waits for a result; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=folder).close()


def keep(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder, all of them or none; raises OSError.

    They are written under other names first, so that a full disk leaves those of before as they were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    begun = dict[str, str]()
    try:
        for name, text in files.items():
            handle, path = tempfile.mkstemp(dir=folder, prefix=BEGINNING)
            begun[name] = path
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for name, path in begun.items():
            Path(path).replace(folder / name)
        sync(folder)
    finally:
        for path in begun.values():
            with suppress(FileNotFoundError):
                Path(path).unlink()
