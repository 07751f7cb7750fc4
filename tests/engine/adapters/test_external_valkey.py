"""A Valkey or Redis that REDIS_URL names: password, TLS, loss and restart."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.adapters.redis import RedisSignalStream, connect
from engine.errors import StreamUnavailable
from tests.contracts.samples import a_proposal
from tests.support.servers import Valkey, behind_tls


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with Valkey(tmp_path) as server:
        yield server


def trade_ids(stream: RedisSignalStream) -> list[str]:
    return [trade_id for _, trade_id in stream.read()]


def test_the_password_of_the_url_is_used(valkey: Valkey) -> None:
    with closing(connect(valkey.url)) as client:
        stream = RedisSignalStream(client, "desk-1")
        stream.publish(a_proposal())
        assert trade_ids(stream) == [a_proposal().id]


def test_a_wrong_password_is_an_unavailable_stream(valkey: Valkey) -> None:
    with closing(connect(f"redis://:wrong@127.0.0.1:{valkey.port}")) as client, pytest.raises(StreamUnavailable):
        RedisSignalStream(client, "desk-1").read()


def test_a_rediss_url_is_spoken_over_tls_and_the_server_is_verified(valkey: Valkey, tmp_path: Path) -> None:
    with behind_tls(valkey.port, tmp_path) as (port, authority):
        secure = f"rediss://:{Valkey.PASSWORD}@127.0.0.1:{port}"
        with closing(connect(f"{secure}?ssl_ca_certs={authority}")) as client:
            stream = RedisSignalStream(client, "desk-1")
            stream.publish(a_proposal())
            assert trade_ids(stream) == [a_proposal().id]
        with closing(connect(secure)) as stranger, pytest.raises(StreamUnavailable):
            RedisSignalStream(stranger, "desk-1").read()


def test_a_restart_that_lost_everything_is_survived(valkey: Valkey) -> None:
    with closing(connect(valkey.url)) as client:
        stream = RedisSignalStream(client, "desk-1")
        stream.publish(a_proposal())
        valkey.stop()
        with pytest.raises(StreamUnavailable):
            stream.read()
        valkey.start()
        assert trade_ids(stream) == []
        stream.publish(a_proposal())
        assert trade_ids(stream) == [a_proposal().id]
