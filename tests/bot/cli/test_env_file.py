"""Where settings come from: the environment, and a file that is named; the demo takes none of them."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.demo import MARK, folder_for
from bot.cli.env_file import EnvFile, forget_settings, take_in
from bot.cli.main import app
from bot.settings import SlackSettings
from engine.errors import SettingsInvalid
from engine.settings import Settings
from tests.bot.cli.test_main import demo
from tests.support.engine_harness import EngineHarness
from tests.support.environment import nothing_set

REAL = """\
SLACK_BOT_TOKEN=xoxb-real-1
SLACK_SIGNING_SECRET=8f742231b10e8888abcd99yyyzzz85a5
SLACK_CHANNEL=C0REAL
ADMINS=U1
BROKER=alpaca
MARKET=alpaca
ALPACA_KEY_ID=PKREAL
ALPACA_SECRET_KEY=realrealreal
HTTP_TOKEN=t
"""


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return tmp_path


def a_file(path: Path, text: str = "LOCALE=ko\nHTTP_PORT=8123\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_file_in_the_current_folder_is_not_read_unless_it_is_named(place: Path) -> None:
    a_file(place / ".env")
    assert take_in(None) == EnvFile(path=None)
    assert Settings.read().desk.locale == "en"
    assert take_in(Path(".env")).path == place / ".env"
    assert (Settings.read().desk.locale, Settings.read().http.http_port) == ("ko", 8123)


def test_the_file_in_the_home_is_read_where_none_is_named(place: Path) -> None:
    path = a_file(place / "home" / ".config" / "trading-bot" / ".env")
    given = frozenset({"LOCALE", "HTTP_PORT"})
    assert take_in(None) == EnvFile(path=path, given=given, put=given)
    assert Settings.read().desk.locale == "ko"


def test_the_environment_goes_before_the_file_and_an_empty_value_counts_as_not_set(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALE", "en")
    monkeypatch.setenv("http_port", "")
    assert take_in(a_file(place / "settings")).given == {"HTTP_PORT"}
    assert (Settings.read().desk.locale, Settings.read().http.http_port) == ("en", 8123)


def test_a_file_gives_settings_and_nothing_else(place: Path) -> None:
    read = take_in(
        a_file(place / "settings", "HTTPS_PROXY=http://evil.example\nLD_PRELOAD=/tmp/x\nADMINS=\nlocale=ko\n")
    )
    assert read.given == {"LOCALE"}
    assert read.unknown == ("HTTPS_PROXY", "LD_PRELOAD")
    assert {"HTTPS_PROXY", "LD_PRELOAD", "ADMINS"}.isdisjoint(os.environ)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (Path, "cannot be read"),
        (lambda path: path.mkdir(), "is not a file"),
        (lambda path: path.write_bytes(b"LOCALE=\xff\xfe"), "is not UTF-8 text"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (os.mkfifo, "is not a file"),
    ],
    ids=["missing", "a folder", "binary", "a link to itself", "a pipe"],
)
def test_a_file_that_cannot_be_read_stops_the_start_in_one_line(place: Path, make: object, told: str) -> None:
    make(place / "settings")  # type: ignore[operator]
    done = CliRunner().invoke(app, ["run", "--env-file", str(place / "settings")])
    assert done.exit_code == 1
    assert done.output.startswith(f"trading-bot: --env-file: {place / 'settings'} {told}")
    assert done.output.count("\n") == 1


def test_who_starts_beside_a_file_that_is_not_read_is_told(place: Path) -> None:
    a_file(place / ".env", REAL)
    done = CliRunner().invoke(app, ["run"])
    assert done.exit_code == 1
    assert "is not read unless you name it: --env-file .env" in done.output


def cells(table: str) -> str:
    """Return what the cells of a table say, column by column, so that no sentence is cut where its line ended."""
    lines = [line.strip("│").split("│") for line in table.splitlines() if line.startswith("│")]
    return " ".join(cell.strip() for column in zip(*lines, strict=True) for cell in column)


def test_the_doctor_says_where_each_setting_came_from(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "0")
    path = a_file(place / "settings", "LOCALE=ko\nPOSTGRES_PASSWORD=x\n")
    done = CliRunner().invoke(app, ["doctor"], env={"ENV_FILE": str(path)})
    told = cells(done.output)
    assert done.exit_code == 0, done.output
    assert "from the file: LOCALE; the rest are defaults" in told
    assert "from the environment: HTTP_PORT; the rest are defaults" in told
    assert "no settings of ours: POSTGRES_PASSWORD" in told


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_the_doctor_names_a_file_of_settings_that_others_may_read(
    place: Path, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PORT", "0")
    a_file(place / "s").chmod(mode)
    done = CliRunner().invoke(app, ["doctor", "--env-file", "s"])
    assert done.exit_code == 1
    assert f"({mode:04o})" in done.output
    assert "chmod 600" in done.output


def test_the_doctor_names_a_file_that_is_passed_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "0")
    a_file(place / ".env")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert "is not read: no file in the current folder is" in cells(done.output)


def test_the_demo_starts_beside_a_real_desks_settings_and_takes_nothing_from_them(place: Path) -> None:
    a_file(place / ".env", REAL)
    a_file(place / "home" / ".config" / "trading-bot" / ".env", REAL)
    real = dict(line.split("=", 1) for line in REAL.splitlines())
    here = {"PYTHONPATH": str(Path(__file__).parents[3]), "HOME": str(place / "home")}
    with demo("--seconds", "3", environment={**real, **here}) as process:
        told, problem = process.communicate(timeout=100)
    assert process.returncode == 0
    assert [line[:3] for line in problem.splitlines()] == ["1/3", "2/3", "3/3"]  # its steps, and no warning
    assert told.startswith("desk: http://127.0.0.1:")


def test_forgotten_settings_are_gone_however_they_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("slack_signing_secret", "8f742231b10e8888")
    monkeypatch.setenv("ADMINS", "U0ADMIN")
    forget_settings()
    assert SlackSettings.model_fields.keys().isdisjoint(name.lower() for name in os.environ)


def test_the_demo_leaves_the_books_of_a_desk_alone(place: Path) -> None:
    EngineHarness.at_the_example(place).close()
    before = trades_in(place / "desk.db")
    with pytest.raises(SettingsInvalid, match="not a demo"), folder_for(place):
        pass
    assert trades_in(place / "desk.db") == before != []


def trades_in(file: Path) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT id, state, filled_shares FROM trades").fetchall()


def test_a_demo_goes_on_in_its_own_folder(place: Path) -> None:
    for _ in range(2):
        with folder_for(place / "mine") as folder:
            (folder / "desk.db").touch()
    assert [file.name for file in (place / "mine").glob("desk.db")] == ["desk.db"]


@pytest.mark.parametrize("name", ["desk-state.json", "audit-anchors.jsonl", "paper.db", "archive"])
def test_the_demo_leaves_the_folder_of_a_desk_alone_whose_books_are_elsewhere(place: Path, name: str) -> None:
    """A desk with a DATABASE_URL keeps its halt and the anchors of its audit in DATA_DIR, and no desk.db."""
    (place / name).write_text("the desk's")
    with pytest.raises(SettingsInvalid, match="not a demo"), folder_for(place):
        pass
    assert [path.name for path in place.iterdir()] == [name]


def test_the_demo_marks_no_folder_through_a_link(place: Path) -> None:
    (place / "data").mkdir()
    (place / "data" / MARK).symlink_to(place / "elsewhere")
    with pytest.raises(SettingsInvalid, match="--data"), folder_for(place / "data"):
        pass
    assert not (place / "elsewhere").exists()


def test_a_setting_may_stand_in_a_file_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_TOKEN_FILE", str(a_file(place / "token", "a long secret of the desk\n")))
    take_in(None)
    assert Settings.read().http.http_token.get_secret_value() == "a long secret of the desk"


def test_a_file_of_a_setting_that_is_set_as_well_or_cannot_be_read_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_TOKEN_FILE", str(place / "nowhere"))
    with pytest.raises(SettingsInvalid, match=r"HTTP_TOKEN_FILE: .*nowhere cannot be read"):
        take_in(None)
    monkeypatch.setenv("HTTP_TOKEN", "another long secret")
    with pytest.raises(SettingsInvalid, match="HTTP_TOKEN_FILE: HTTP_TOKEN is set as well"):
        take_in(None)


def test_the_file_of_earnings_dates_is_a_setting_and_no_secret(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNINGS_FILE", str(place / "earnings.csv"))
    take_in(None)
    assert Settings.read().risk.earnings_file == str(place / "earnings.csv")


def test_the_file_of_settings_may_name_the_file_of_a_setting(place: Path) -> None:
    a_file(place / "token", "a long secret of the desk\n")
    read = take_in(a_file(place / "settings", f"HTTP_TOKEN_FILE={place / 'token'}\nLOCALE=ko\n"))
    assert Settings.read().http.http_token.get_secret_value() == "a long secret of the desk"
    assert read.given == {"HTTP_TOKEN", "LOCALE"}
    assert read.unknown == ()


@pytest.mark.parametrize("named_in", ["environment", "settings"])
@pytest.mark.parametrize("set_in", ["environment", "settings"])
def test_a_setting_that_is_given_both_ways_is_refused_wherever_either_stands(
    place: Path, monkeypatch: pytest.MonkeyPatch, named_in: str, set_in: str
) -> None:
    lines = {"environment": dict[str, str](), "settings": dict[str, str]()}
    lines[named_in]["HTTP_TOKEN_FILE"] = str(a_file(place / "token", "one"))
    lines[set_in]["HTTP_TOKEN"] = "another"
    for name, value in lines["environment"].items():
        monkeypatch.setenv(name, value)
    settings = a_file(place / "settings", "\n".join(f"{name}={value}" for name, value in lines["settings"].items()))
    with pytest.raises(SettingsInvalid, match="HTTP_TOKEN_FILE: HTTP_TOKEN is set as well"):
        take_in(settings)


def test_the_environment_names_another_file_of_a_setting_than_the_file_of_settings(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_TOKEN_FILE", str(a_file(place / "mine", "my own long secret")))
    take_in(a_file(place / "settings", f"HTTP_TOKEN_FILE={place / 'nowhere'}\n"))
    assert Settings.read().http.http_token.get_secret_value() == "my own long secret"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda _: None, "cannot be read"),
        (lambda path: path.mkdir(), "is not a file"),
        (os.mkfifo, "is not a file"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "is not UTF-8 text"),
        (lambda path: path.symlink_to(path), "cannot be read"),
    ],
    ids=["missing", "a folder", "a pipe", "binary", "a link to itself"],
)
@pytest.mark.parametrize("named_in", ["environment", "settings"])
def test_a_setting_whose_file_is_none_stops_the_start(
    place: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], told: str, named_in: str
) -> None:
    make(place / "token")
    if named_in == "environment":
        monkeypatch.setenv("HTTP_TOKEN_FILE", str(place / "token"))
    line = f"HTTP_TOKEN_FILE={place / 'token'}\n" if named_in == "settings" else ""
    with pytest.raises(SettingsInvalid, match=f"HTTP_TOKEN_FILE: {place / 'token'} {told}"):
        take_in(a_file(place / "settings", line))
