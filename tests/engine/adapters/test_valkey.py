import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from engine.adapters.redis import RedisSignalStream, connect
from engine.adapters.valkey import EmbeddedValkey
from engine.errors import SettingsInvalid, StreamUnavailable
from tests.contracts.samples import a_proposal, valkey_server

PARENT = """
import sys, time
from pathlib import Path
from engine.adapters.valkey import EmbeddedValkey
server = EmbeddedValkey(Path(sys.argv[1]))
print(server.start(), flush=True)
time.sleep(60)
"""


def process_id(url: str) -> int:
    with connect(url) as client:
        info: Any = client.info("server")
    return int(info["process_id"])


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)


def is_gone(url: str) -> bool:
    try:
        with connect(url) as client:
            client.ping()
    except redis.ConnectionError:
        return True
    return False


def test_the_stream_survives_a_killed_server(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    url = server.start()
    with connect(url) as client:
        RedisSignalStream(client, "desk-1").publish(a_proposal())
    os.kill(process_id(url), signal.SIGKILL)
    server.stop()
    with valkey_server(tmp_path) as url, connect(url) as client:
        assert [trade_id for _, trade_id in RedisSignalStream(client, "desk-1").read()] == [a_proposal().id]


def test_the_stream_survives_a_stop(tmp_path: Path) -> None:
    with valkey_server(tmp_path) as url, connect(url) as client:
        RedisSignalStream(client, "desk-1").publish(a_proposal())
    with valkey_server(tmp_path) as url, connect(url) as client:
        assert client.xlen("trading_signals") == 1


def test_a_stopped_server_is_gone_and_leaves_no_socket(tmp_path: Path) -> None:
    with valkey_server(tmp_path) as url:
        pass
    assert is_gone(url)
    assert not (tmp_path / "valkey.sock").exists()


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    server.start()
    server.stop()
    server.stop()


def test_the_socket_goes_elsewhere_when_the_folder_has_a_long_path(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / ("longer" * 10)
    with valkey_server(folder) as url, connect(url) as client:
        assert client.ping()
        assert str(folder) not in url
    assert not Path(url.removeprefix("unix://")).parent.exists()


def test_a_folder_name_with_odd_characters_is_no_obstacle(tmp_path: Path) -> None:
    with valkey_server(tmp_path / "my desk?%20#1") as url, connect(url) as client:
        assert client.ping()


def test_a_second_server_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with valkey_server(tmp_path), pytest.raises(SettingsInvalid, match="DATA_DIR"):
        EmbeddedValkey(tmp_path).start()


def test_a_server_that_cannot_start_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("not a folder")
    with pytest.raises(StreamUnavailable):
        EmbeddedValkey(tmp_path).start()


@pytest.fixture
def killed_parent(tmp_path: Path) -> str:
    """Return the URL of a server whose parent was killed outright."""
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 (a constant script)
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        parent.kill()
    return url


def test_the_server_ends_when_its_parent_is_killed(killed_parent: str) -> None:
    wait_until(lambda: is_gone(killed_parent))


def test_a_killed_parent_does_not_block_the_next_start(killed_parent: str, tmp_path: Path) -> None:
    assert killed_parent
    with valkey_server(tmp_path) as url, connect(url) as client:
        assert client.ping()


def test_a_left_over_server_is_stopped_by_the_next_start(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    url = server.start()
    left_over = process_id(url)
    # Only what the kernel takes from a killed parent is taken: its lock on the folder.
    (tmp_path / "valkey.lock").unlink()
    with valkey_server(tmp_path) as url:
        assert process_id(url) != left_over
    server.stop()
