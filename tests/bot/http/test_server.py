import json
import socket
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from bot.http.server import HttpServer
from engine.errors import SettingsInvalid


def _application() -> FastAPI:
    app = FastAPI()
    app.add_api_route("/", lambda: {"here": True})
    return app


def _ask(server: HttpServer) -> object:
    with closing(HTTPConnection(urlsplit(server.url).netloc, timeout=5)) as connection:
        connection.request("GET", "/")
        return json.loads(connection.getresponse().read())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_it_answers_once_started(host: str) -> None:
    if host == "::1" and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with HttpServer(_application(), host=host, port=0) as server:
        assert _ask(server) == {"here": True}


def test_it_no_longer_answers_once_stopped() -> None:
    with HttpServer(_application(), host="127.0.0.1", port=0) as server:
        assert _ask(server)
    with pytest.raises(OSError, match="refused"):
        _ask(server)


def test_it_may_be_stopped_at_once_and_twice() -> None:
    server = HttpServer(_application(), host="127.0.0.1", port=0).start()
    server.stop()
    server.stop()


def test_what_was_never_started_can_be_stopped() -> None:
    HttpServer(_application(), host="127.0.0.1", port=0).stop()


def test_a_port_that_is_taken_is_named_in_one_line() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        server = HttpServer(_application(), host="127.0.0.1", port=taken.getsockname()[1])
        with pytest.raises(SettingsInvalid, match=r"^HTTP_HOST, HTTP_PORT: cannot listen on http://127.0.0.1"):
            server.start()


def test_an_address_of_another_machine_is_named_in_one_line() -> None:
    with pytest.raises(SettingsInvalid, match=r"^HTTP_HOST, HTTP_PORT"):
        HttpServer(_application(), host="192.0.2.7", port=0).start()
