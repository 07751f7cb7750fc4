import os
import socket
from contextlib import closing
from pathlib import Path

import structlog

from bot.cli.common import log_as_set, told_in_one_line, until_told_to_stop
from bot.cli.descriptors import raise_limit
from bot.cli.env_file import EnvFile, take_in
from bot.cli.hosting import host_of
from bot.messages import Texts
from bot.runtime import ProcessRole
from bot.settings import PostingSlackSettings, SlackSettings
from engine.bootstrap import open_desk, read_settings, tracing
from engine.errors import SettingsInvalid

log = structlog.get_logger()


def run(env_file: Path | None, role: ProcessRole = ProcessRole.ALL) -> None:
    """Do what is a role's in the Slack of the settings until told to stop."""
    with told_in_one_line():
        file = take_in(env_file)
        slack, settings = _slack(file, role), read_settings()
        if role is not ProcessRole.ALL:
            settings.require_shared(role)
        refuse_taken(settings.http.http_host, settings.http.http_port)
        stopping = until_told_to_stop()
        raise_limit()
        log_as_set(Texts(settings.desk.locale, settings.desk.zone), slack, *settings.groups)
        if file.passed_over:
            log.warning("env_file_passed_over", path=str(file.passed_over))
        has_workers = role is not ProcessRole.ALL
        with tracing(settings.tracing, role), closing(open_desk(settings, has_workers=has_workers)) as desk:
            side = settings.http
            host, _ = host_of(
                desk,
                slack,
                host=side.http_host,
                port=side.http_port,
                token=side.http_token.get_secret_value(),
                metrics_token=side.metrics_token.get_secret_value(),
                role=role,
            )
            host.run(stopping)


def refuse_taken(host: str, port: int) -> None:
    """Raise SettingsInvalid for a port that another program has, before anything else is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        where = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        why = os.strerror(error.errno or 0)
        raise SettingsInvalid(
            f"HTTP_HOST, HTTP_PORT: cannot listen on {where} ({why}); set HTTP_PORT to a free one"
        ) from error


def _slack(file: EnvFile, role: ProcessRole) -> SlackSettings:
    try:
        return PostingSlackSettings.read() if role is ProcessRole.SCHEDULER else SlackSettings.read()
    except SettingsInvalid as error:
        if file.passed_over is None:
            raise
        raise SettingsInvalid(f"{error}; {file.passed_over} is not read unless you name it: --env-file .env") from error
