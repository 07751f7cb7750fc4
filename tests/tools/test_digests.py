import hashlib
import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from tools.digests import FILES, ROOT, NoDigest, ask, pinned, renew

DIGEST = f"sha256:{'ab' * 32}"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in FILES}


def test_every_image_that_others_make_is_pinned_and_ours_is_not(folder: Path) -> None:
    known = renew(folder, lambda _name: DIGEST)
    assert set(known) == {"python:3.12-slim", "valkey/valkey:8", "postgres:17", "rabbitmq:4"}
    for name, text in texts(folder).items():
        named = re.findall(r"^ *image: (\S+)$|^ARG PYTHON=(\S+)$", text, re.MULTILINE)
        for image in map("".join, named):
            assert image.startswith("trading-bot:") or image.endswith(f"@{DIGEST}"), name


def test_an_older_digest_gives_way_and_nothing_else_changes(folder: Path) -> None:
    before = texts(folder)
    renew(folder, lambda _name: f"sha256:{'00' * 32}")
    renew(folder, lambda _name: DIGEST)
    assert {name: text.replace(f"@{DIGEST}", "") for name, text in texts(folder).items()} == {
        name: re.sub(r"@sha256:[0-9a-f]{64}", "", text) for name, text in before.items()
    }


def test_an_image_is_asked_about_once_however_often_it_is_named(folder: Path) -> None:
    asked: list[str] = []

    def digest_of(name: str) -> str:
        asked.append(name)
        return DIGEST

    renew(folder, digest_of)
    assert len(asked) == len(set(asked)) == 4


def test_where_one_digest_cannot_be_learned_no_file_changes(folder: Path) -> None:
    before = texts(folder)

    def digest_of(name: str) -> str:
        if name.startswith("valkey"):
            raise NoDigest("out of reach")
        return DIGEST

    with pytest.raises(NoDigest):
        renew(folder, digest_of)
    assert texts(folder) == before


@pytest.mark.parametrize("line", ["    image: trading-bot:0.1.0", "# image: postgres:17 is what", "FROM ${PYTHON}"])
def test_what_is_no_image_of_others_is_left_alone(line: str) -> None:
    assert pinned(line, lambda _name: DIGEST) == line


def a_program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of that name before all others, and nothing else into the search path but the shell."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("program", ["skopeo", "docker"])
def test_the_digest_is_that_of_the_list_as_the_registry_has_it(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_program(tmp_path, program, 'printf \'{"manifests": "%s"}\' "$*"', monkeypatch)
    said = {"skopeo": "inspect --raw docker://postgres:17", "docker": "buildx imagetools inspect --raw postgres:17"}
    expected = hashlib.sha256(f'{{"manifests": "{said[program]}"}}'.encode()).hexdigest()
    assert ask("postgres:17") == f"sha256:{expected}"


def test_a_registry_out_of_reach_is_told_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_program(tmp_path, "skopeo", "echo 'dial tcp: no such host' >&2; exit 1", monkeypatch)
    with pytest.raises(NoDigest, match=r"postgres:17: dial tcp: no such host"):
        ask("postgres:17")


def test_where_nothing_can_ask_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep)
    with pytest.raises(NoDigest, match="install one of skopeo, docker"):
        ask("postgres:17")
