from pathlib import Path

import pytest

from tests.test_containers import VENV
from tools.base_image import STAND_IN, NoBaseImage, stand_in
from tools.image import PACKAGES, main, parts_of


def test_a_package_is_weighed_with_its_libraries_and_all_else_as_one(tmp_path: Path) -> None:
    for name, size in (
        (f"{PACKAGES}/numpy/core.so", 40),
        (f"{PACKAGES}/numpy.libs/blas.so", 20),
        (f"{PACKAGES}/numpy-2.4.dist-info/RECORD", 3),
        (f"{PACKAGES}/pandas/frame.py", 30),
        ("usr/bin/python", 7),
        (f"{VENV[1:]}/bin/trading-bot", 1),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    assert parts_of(tmp_path).most_common() == [("numpy", 63), ("pandas", 30), ("Python and the system", 8)]


def test_without_buildah_it_says_so_and_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([]) == 2
    assert "apt-get install buildah" in capsys.readouterr().err


def a_podman(folder: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search path have a podman alone, which ends with a code."""
    (folder / "podman").write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    (folder / "podman").chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))


def test_a_stand_in_that_was_made_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_podman(tmp_path, 0, monkeypatch)
    assert stand_in(tmp_path / "root") == STAND_IN


def test_where_no_stand_in_can_be_made_it_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_podman(tmp_path, 1, monkeypatch)
    with pytest.raises(NoBaseImage, match=r"which only root may run|apt-get install debootstrap"):
        stand_in(tmp_path / "root")


@pytest.mark.image
@pytest.mark.timeout(1800)
def test_the_image_is_built_weighed_and_run_as_its_own_user(capsys: pytest.CaptureFixture[str]) -> None:
    ended = main([])
    told = capsys.readouterr()
    if ended == 2:
        pytest.skip(told.err)
    assert ended == 0, told.err
    for line in ("the ten largest parts", "doctor: all is well", "run: well by the image's health check"):
        assert line in told.out
