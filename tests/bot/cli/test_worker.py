import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.env_file import forget_settings

ROOT = Path(__file__).parents[3]


def test_a_bot_that_has_no_workers_never_brings_celery_in() -> None:
    code = (
        "import sys, bot.cli.main, bot.cli.run, bot.cli.hosting, bot.cli.status, bot.cli.doctor, engine.bootstrap;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'celery', 'kombu', 'billiard', 'amqp'}))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 (our own code)
    assert ended.stdout.strip() == ""


def test_only_the_settings_to_keep_stay_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"DATABASE_URL", "REDIS_URL_FILE", "ALPACA_SECRET_KEY", "SLACK_BOT_TOKEN_FILE", "HTTP_TOKEN"}
    for name in given:
        monkeypatch.setenv(name, "given")
    forget_settings({"DATABASE_URL", "REDIS_URL"})
    assert given & os.environ.keys() == {"DATABASE_URL", "REDIS_URL_FILE"}


TWO_LIVES = """
import os, sys
from pathlib import Path
from bot.cli.env_file import forget_settings, take_in
from bot.cli.worker import begin_anew

read = take_in(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
forget_settings({"DATABASE_URL", "REDIS_URL"})
if "SECOND_LIFE" not in os.environ:
    os.environ["SECOND_LIFE"] = "1"
    begin_anew(read)
"""


@pytest.mark.parametrize("named_in", ["environment", "settings"])
def test_a_worker_whose_secrets_stand_in_files_begins_anew(tmp_path: Path, named_in: str) -> None:
    files = {}
    for name in ("DATABASE_URL", "REDIS_URL"):
        (tmp_path / name).write_text(f"the {name}\n", encoding="utf-8")
        files[f"{name}_FILE"] = str(tmp_path / name)
    settings = tmp_path / "settings"
    settings.write_text("".join(f"{name}={file}\n" for name, file in files.items()), encoding="utf-8")
    named = [str(settings)] if named_in == "settings" else []
    lives = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", TWO_LIVES, *named],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), **({} if named else files)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert lives.stderr == ""
    assert lives.stdout.splitlines() == ["the DATABASE_URL the REDIS_URL"] * 2
