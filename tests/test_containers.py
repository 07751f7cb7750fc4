"""The Dockerfile and compose.yaml, held to their rules without a container engine."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml
from pydantic_settings import BaseSettings

from bot.cli.env_file import SETTINGS
from bot.cli.main import app
from bot.settings import LogSettings, SlackSettings
from engine.settings import Settings
from tools.env_example import FILE

ROOT = Path(__file__).parents[1]
VENV = "/opt/trading-bot"
OFFLINE = re.compile(r"[Cc]onnection|resolve|network|timed out", re.MULTILINE)
SERVICE_KEYS = {
    *("build", "cap_drop", "command", "container_name", "depends_on", "env_file", "environment", "healthcheck"),
    *("image", "ports", "restart", "security_opt", "stop_grace_period", "volumes"),
}
"""The keys of the Compose specification that are used here."""
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One instruction of the Dockerfile, in its stage."""

    stage: int
    word: str
    rest: str


def _steps() -> list[Step]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ").splitlines()
    steps: list[Step] = []
    for line in filter(None, map(str.strip, lines)):
        word, _, rest = line.partition(" ")
        stage = sum(step.word == "FROM" for step in steps) + (word == "FROM")
        steps.append(Step(stage=stage, word=word, rest=rest.strip()))
    return steps


def _of(word: str) -> list[str]:
    return [step.rest for step in _steps() if step.word == word]


def _copied() -> list[str]:
    """Return what is copied from the project's folder."""
    return [name for rest in _of("COPY") if "--from" not in rest for name in shlex.split(rest)[:-1]]


@pytest.fixture(name="compose", scope="module")
def _compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def test_each_stage_begins_with_a_pinned_slim_python() -> None:
    assert [rest.split()[0] for rest in _of("FROM")] == ["python:3.12-slim"] * 2


def test_the_bot_does_not_run_as_root() -> None:
    last = [step.word for step in _steps() if step.stage == 2]
    assert _of("USER") == ["desk"]
    assert last.index("USER") < last.index("ENTRYPOINT")
    assert "RUN" not in last[last.index("USER") :]


def test_only_files_of_the_project_are_copied() -> None:
    tracked = subprocess.run(["git", "ls-files", "-co"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 (git of the path)
    for name in _copied():
        assert any(line == name or line.startswith(f"{name}/") for line in tracked.splitlines()), name


def test_what_is_copied_is_not_ignored_and_all_else_is() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*"
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == set(_copied())


def test_everything_installed_from_an_index_has_its_hash_checked() -> None:
    installs = [part for rest in _of("RUN") for part in rest.split("&&") if re.search(r"pip (install|wheel)", part)]
    assert len(installs) == 4
    for install in installs:
        local = install.rstrip().endswith((" .", "dist/*.whl"))
        assert "--no-deps" in install if local else "--require-hashes" in install


def test_the_image_tells_how_it_is_without_curl() -> None:
    options, _, command = _of("HEALTHCHECK")[0].partition("CMD ")
    assert "--start-period" in options
    program, flag, code = json.loads(command)
    assert (program, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")


def test_the_image_runs_the_bot_and_keeps_its_data_in_a_volume() -> None:
    assert json.loads(_of("ENTRYPOINT")[0]) + json.loads(_of("CMD")[0]) == ["trading-bot", "run"]
    assert _of("EXPOSE") == ["8000"]
    assert _of("VOLUME") == ["/data"]
    assert "DATA_DIR=/data" in " ".join(_of("ENV"))


def test_the_containers_have_the_names_that_were_promised(compose: Any) -> None:
    names = {service: body["container_name"] for service, body in compose["services"].items()}
    assert names == {"bot": "trading_bot", "redis": "trading_bot_redis", "postgres": "trading_bot_postgres"}


def test_every_key_is_one_of_the_specification(compose: Any) -> None:
    assert set(compose) == {"name", "services", "volumes"}
    for body in compose["services"].values():
        assert set(body) <= SERVICE_KEYS
        assert set(body.get("healthcheck", {})) <= HEALTH_KEYS


def test_images_are_pinned_to_a_version(compose: Any) -> None:
    for body in compose["services"].values():
        assert re.search(r":\d", body["image"])


@pytest.fixture(name="version", scope="module")
def _version() -> str:
    """The version of pyproject.toml, which the installed program states."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def test_the_image_carries_the_version_of_the_project(compose: Any, version: str) -> None:
    assert compose["services"]["bot"]["image"] == f"trading-bot:{version}"


def test_the_version_is_the_newest_of_the_changelog_and_a_development_one_until_that_is_released(version: str) -> None:
    newest = re.search(
        r"^## (\S+)( \(unreleased\))?", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert newest is not None
    assert version == newest[1] + (".dev0" if newest[2] else "")


def test_the_bot_starts_only_once_its_servers_are_healthy(compose: Any) -> None:
    waits = compose["services"]["bot"]["depends_on"]
    assert set(waits) == set(compose["services"]) - {"bot"}
    for service, wait in waits.items():
        assert wait == {"condition": "service_healthy"}
        assert compose["services"][service]["healthcheck"]["test"][0] == "CMD-SHELL"


def test_ports_are_published_on_loopback_only(compose: Any) -> None:
    ports = [port for body in compose["services"].values() for port in body.get("ports", ())]
    assert ports == ["127.0.0.1:8000:8000"]


def test_every_volume_is_declared_and_used(compose: Any) -> None:
    used = {mount.split(":")[0] for body in compose["services"].values() for mount in body["volumes"]}
    assert used == set(compose["volumes"])


def test_no_secret_stands_in_the_file(compose: Any) -> None:
    assert compose["services"]["bot"]["env_file"] == ".env"
    for body in compose["services"].values():
        for name, value in body.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET|KEY", name):
                assert value.startswith(f"${{{name}:?")


def test_every_setting_given_to_the_bot_is_one_it_reads(compose: Any) -> None:
    kinds: tuple[type[BaseSettings], ...] = (SlackSettings, LogSettings, *get_type_hints(Settings).values())
    known = {name.upper() for kind in kinds for name in kind.model_fields}
    assert set(compose["services"]["bot"]["environment"]) <= known


def test_what_the_file_asks_for_is_explained_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    example = FILE.read_text(encoding="utf-8")
    assert all(f"#{name}=" in example for name in asked)


@pytest.mark.image
@pytest.mark.timeout(300)
def test_the_steps_of_the_image_build_a_bot_that_starts(tmp_path: Path) -> None:
    build, installed = tmp_path / "build", tmp_path / "opt"
    build.mkdir()
    venv.create(tmp_path / "system", with_pip=True)
    place = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    place["PATH"] = f"{tmp_path / 'system' / 'bin'}:{place['PATH']}"
    for step in (step for step in _steps() if step.stage == 1):
        if step.word == "COPY":
            _copy(shlex.split(step.rest)[:-1], build)
        if step.word == "RUN":
            _run(step.rest.replace(VENV, str(installed)), build, place)
    shutil.rmtree(build)
    _run(f"{installed}/bin/trading-bot --help", tmp_path, place)
    _run(f"{installed}/bin/python -c {shlex.quote(OPEN_THE_BOOKS)}", tmp_path, place)


OPEN_THE_BOOKS = """
from zoneinfo import ZoneInfo
from bot.http.app import build_http
from bot.messages import Texts
from engine.adapters.sql.store import open_store
open_store("sqlite:///desk.db").close()
Texts("ko", ZoneInfo("Asia/Seoul"))
"""


def _copy(names: list[str], to: Path) -> None:
    for name in names:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to)


def _run(command: str, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)  # noqa: S603, S607, PLW1510 (the project's own steps; judged below)
    if done.returncode and OFFLINE.search(done.stderr):
        pytest.skip(f"the package index is out of reach: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(name="scale", scope="module")
def _scale() -> Any:
    return yaml.safe_load((ROOT / "compose.scale.yaml").read_text(encoding="utf-8"))


def test_the_scaled_desk_has_the_names_that_were_promised_and_two_services_without_one_to_scale(scale: Any) -> None:
    named = {name for name, body in scale["services"].items() if body.get("container_name") == name}
    assert named == {f"trading_bot_{part}" for part in ("api", "scheduler", "redis", "postgres")}
    assert set(scale["services"]) - named == {"trading_bot_api_more", "trading_bot_standby"}


def test_the_roles_of_the_scaled_desk_are_commands_of_the_bot(scale: Any) -> None:
    roles = {name: body["command"] for name, body in scale["services"].items() if "build" in body}
    assert {command[0] for command in roles.values()} == {"api", "scheduler"}
    assert {command.name for command in app.registered_commands} >= {"api", "scheduler"}


def test_the_scaled_bots_have_a_root_that_nobody_writes_limits_and_no_capabilities(scale: Any) -> None:
    for body in (body for body in scale["services"].values() if "build" in body):
        assert body["read_only"] is True
        assert body["cap_drop"] == ["ALL"]
        assert body["security_opt"] == ["no-new-privileges:true"]
        assert body["mem_limit"]
        assert body["pids_limit"]


def test_the_scaled_desk_is_given_secrets_as_files_of_settings_that_it_reads(scale: Any) -> None:
    given = scale["services"]["trading_bot_api"]["environment"]
    files = {name: place for name, place in given.items() if name.endswith("_FILE")}
    assert {name.removesuffix("_FILE") for name in files} | (given.keys() - files.keys()) <= SETTINGS
    assert {place.removeprefix("/run/secrets/") for place in files.values()} <= set(scale["secrets"])
    assert not [name for name in given.keys() - files.keys() if re.search("PASSWORD|TOKEN|SECRET|KEY|URL", name)]


def test_the_schedulers_are_given_no_secret_that_lets_people_in(scale: Any) -> None:
    for name in ("trading_bot_scheduler", "trading_bot_standby"):
        body = scale["services"][name]
        assert not {"slack_app_token", "http_token"} & set(body["secrets"])
        assert not {"SLACK_APP_TOKEN_FILE", "HTTP_TOKEN_FILE", "HTTP_HOST"} & body["environment"].keys()


def test_what_each_scaled_bot_reads_from_a_file_is_a_secret_that_it_is_given(scale: Any) -> None:
    for body in (body for body in scale["services"].values() if "build" in body):
        places = {place for name, place in body["environment"].items() if name.endswith("_FILE")}
        assert {place.removeprefix("/run/secrets/") for place in places} == set(body["secrets"])


def test_the_images_and_ports_of_the_scaled_desk_are_those_of_the_other(compose: Any, scale: Any) -> None:
    assert {body["image"] for body in scale["services"].values()} == {
        body["image"] for body in compose["services"].values()
    }
    assert [port for body in scale["services"].values() for port in body.get("ports", ())] == ["127.0.0.1:8000:8000"]
