"""Variants that were tried are counted once each, whoever tries them at the same time."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.adapters.tried_variants import TriedVariants
from engine.errors import SettingsInvalid
from engine.model.evaluation import Tried

DATA = "da7a" * 16
ADDS = """
import sys
from pathlib import Path
from engine.adapters.tried_variants import TriedVariants
folder, who = Path(sys.argv[1]), sys.argv[2]
for number in range(40):
    TriedVariants(folder).add(sys.argv[3], {f"{who}-{number}": number / 100, "of all": 0.5})
"""


def test_a_variant_counts_once_however_often_it_runs(tmp_path: Path) -> None:
    tried = TriedVariants(tmp_path)
    assert tried.add(DATA, {"a": 0.1}) == Tried(variants=1, sharpes=(0.1,))
    assert tried.add(DATA, {"a": 0.1}) == Tried(variants=1, sharpes=(0.1,))
    assert tried.add(DATA, {"b": None, "c": float("nan")}) == Tried(variants=3, sharpes=(0.1,))


def test_each_data_set_has_its_own_count_which_is_kept(tmp_path: Path) -> None:
    TriedVariants(tmp_path).add(DATA, {"a": 0.1, "b": -0.25})
    TriedVariants(tmp_path).add("0" * 64, {"a": 0.3})
    assert TriedVariants(tmp_path).on(DATA) == Tried(variants=2, sharpes=(0.1, -0.25))
    assert TriedVariants(tmp_path).on("1" * 64) == Tried(variants=0, sharpes=())


def test_processes_that_add_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", ADDS, str(tmp_path), who, DATA])  # noqa: S603 (our own)
        for who in ("one", "two", "three")
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert TriedVariants(tmp_path).on(DATA).variants == 121
    assert [path.name for path in (tmp_path / "variants").iterdir()] == [f"{DATA}.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": 2, "variants": {}}',
        '{"version": 1}',
        '{"version": 1, "variants": {"a": "x"}}',
        '{"version": 1, "variants": {"a": NaN}}',
        '{"version": 1, "variants": {"a": true}}',
    ],
)
def test_a_file_that_is_none_of_ours_is_named_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "variants" / f"{DATA}.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"da7a\.json.*move it away"):
        TriedVariants(tmp_path).add(DATA, {"a": 0.1})
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("data", ["", "../desk", "a/b", "x" * 200])
def test_a_fingerprint_that_is_none_names_no_file(tmp_path: Path, data: str) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        TriedVariants(tmp_path).add(data, {"a": 0.1})


def test_the_file_is_the_bots_alone(tmp_path: Path) -> None:
    TriedVariants(tmp_path).add(DATA, {"a": 0.1})
    path = tmp_path / "variants" / f"{DATA}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_text(encoding="utf-8"))["variants"] == {"a": 0.1}
