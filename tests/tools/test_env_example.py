from pathlib import Path

import pytest

from bot.settings import SlackSettings
from engine.settings import Settings
from tools.env_example import FILE


def _settings() -> dict[str, str]:
    """Return every setting of the file with the text that stands there."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("#").split("=", 1) for line in lines if line.startswith("#") and line[1:2].isupper())


def test_every_setting_is_commented_out_and_explained() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") for line in lines if line)
    assert all(lines[number - 1].startswith("# ") for number, line in enumerate(lines) if line[1:2].isupper())


def test_the_defaults_written_there_are_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    needed = {name.upper() for name, field in SlackSettings.model_fields.items() if field.is_required()}
    for name in _settings():
        monkeypatch.delenv(name, raising=False)
    untouched = Settings.read()
    for name, value in _settings().items():
        if name not in needed:
            monkeypatch.setenv(name, value)
    assert Settings.read() == untouched
