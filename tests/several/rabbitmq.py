"""A RabbitMQ of our own on loopback, where the system has one (Debian's rabbitmq-server)."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self

from engine.adapters.celery import broker_fault
from tests.support.servers import free_port
from tests.support.waiting import until

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself: the one on the path becomes another user first."""


def why_no_rabbitmq() -> str:
    """Say what is missing to run one, '' where nothing is."""
    return "" if SERVER.exists() else f"no RabbitMQ here ({SERVER}): `apt-get install rabbitmq-server`"


class RabbitMq:
    """A broker that can be stopped and started, and keeps its queues meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._names_port = free_port(), str(free_port())
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "HOME": str(folder),
            "ERL_EPMD_PORT": self._names_port,
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_NODENAME": f"desk{self._port}@localhost",
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self._port}\n", encoding="ascii")
        (folder / "plugins").write_text("[].", encoding="ascii")

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._port}"

    def start(self) -> Self:
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 (the system's own)
                [str(SERVER)], env=os.environ | self._settings, stdout=out, stderr=out, start_new_session=True
            )
        until(lambda: not broker_fault(self.url), 60)
        return self

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()
        if names := shutil.which("epmd"):  # the one that this server started, on a port of its own
            subprocess.run([names, "-port", self._names_port, "-kill"], capture_output=True, check=False)  # noqa: S603
