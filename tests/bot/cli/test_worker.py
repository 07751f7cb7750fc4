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
