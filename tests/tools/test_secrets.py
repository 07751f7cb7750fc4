from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from engine.settings import HttpSettings, PlaceSettings, read_group
from tools.secrets import GIVEN, OPTIONAL, ROOT, make_secrets


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


@pytest.mark.parametrize("name", ["compose.yaml", "compose.scale.yaml"])
def test_every_secret_that_a_compose_file_names_is_made(tmp_path: Path, name: str) -> None:
    make_secrets(tmp_path / "secrets")
    declared = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["secrets"]
    assert {each["file"] for each in declared.values()} <= {
        f"./secrets/{made}" for made in contents(tmp_path / "secrets")
    }


def test_what_is_made_up_is_what_the_settings_accept(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    made = contents(tmp_path)
    place = read_group(PlaceSettings, database_url=made["database_url"], redis_url=made["redis_url"])
    assert (urlsplit(place.database_url).password, urlsplit(place.redis_url).password) == (
        made["postgres_password"],
        made["redis_password"],
    )
    side = read_group(HttpSettings, http_token=made["http_token"], metrics_token=made["metrics_token"])
    assert side.http_token.get_secret_value() == made["http_token"]
    secrets = [value for name, value in made.items() if name not in (*GIVEN, *OPTIONAL)]
    assert len(set(secrets)) == len(secrets)


def test_the_folder_is_its_owners_alone_and_what_is_in_it_can_be_read_by_a_containers_user(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "secrets").iterdir()} == {0o644}


def test_what_is_there_stays_and_what_is_still_empty_is_named(tmp_path: Path) -> None:
    (tmp_path / "postgres_password").write_text("an older one", encoding="utf-8")
    assert make_secrets(tmp_path) == GIVEN
    before = contents(tmp_path)
    (tmp_path / "slack_bot_token").write_text("xoxb-1", encoding="utf-8")
    assert make_secrets(tmp_path) == GIVEN[1:]
    assert contents(tmp_path) == before | {"slack_bot_token": "xoxb-1"}
    assert "an older one" in before["database_url"]
