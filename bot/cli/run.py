from pathlib import Path

import structlog

from bot.cli.common import log_as_set, told_in_one_line, until_told_to_stop
from bot.cli.descriptors import raise_limit
from bot.cli.env_file import EnvFile, take_in
from bot.cli.hosting import host_of
from bot.messages import Texts
from bot.runtime import ProcessRole
from bot.settings import SlackSettings
from engine.bootstrap import open_desk, read_settings
from engine.errors import SettingsInvalid
from engine.settings import Settings

log = structlog.get_logger()


def run(env_file: Path | None, role: ProcessRole = ProcessRole.ALL) -> None:
    """Do what is a role's in the Slack of the settings until told to stop."""
    with told_in_one_line():
        file = take_in(env_file)
        slack, settings = _slack(file), read_settings()
        if role is not ProcessRole.ALL:
            _check_that_processes_can_share(settings, role)
        stopping = until_told_to_stop()
        raise_limit()
        log_as_set(Texts(settings.desk.locale, settings.desk.zone), slack, *settings.groups)
        if file.passed_over:
            log.warning("env_file_passed_over", path=str(file.passed_over))
        desk = open_desk(settings)
        try:
            side = settings.http
            host, _ = host_of(
                desk,
                slack,
                host=side.http_host,
                port=side.http_port,
                token=side.http_token.get_secret_value(),
                role=role,
            )
            host.run(stopping)
        finally:
            desk.close()


def _check_that_processes_can_share(settings: Settings, role: ProcessRole) -> None:
    """Raise SettingsInvalid for what one process has to itself, since a role is one process of several."""
    place, alpaca = settings.place, settings.alpaca
    if not place.database.startswith("postgresql"):
        raise SettingsInvalid(f"DATABASE_URL: {role} shares a database with other processes; expected PostgreSQL")
    if alpaca.market != "alpaca":
        raise SettingsInvalid(
            f"MARKET: a replay has a clock in each process, and {role} is one of several; expected alpaca"
        )
    if alpaca.broker != "alpaca":
        raise SettingsInvalid(
            f"BROKER: a paper account lives in one process, and {role} is one of several; expected alpaca"
        )
    if not place.redis_url:
        raise SettingsInvalid(f"REDIS_URL: {role} shares one Valkey with other processes; expected its redis:// URL")


def _slack(file: EnvFile) -> SlackSettings:
    try:
        return SlackSettings.read()
    except SettingsInvalid as error:
        if file.passed_over is None:
            raise
        raise SettingsInvalid(f"{error}; {file.passed_over} is not read unless you name it: --env-file .env") from error
