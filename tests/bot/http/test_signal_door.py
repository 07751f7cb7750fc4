"""POST /signals: signed, once, strict, and good for a proposal only."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from bot.http.app import build_http
from bot.http.server import HttpServer
from bot.http.signal_door import LONGEST, SignalDoor
from bot.messages import Texts
from bot.signal_signature import SIGNATURE_HEADER, TIME_HEADER
from engine.model.desk import AuditEntry, Request
from engine.model.origin import Source
from engine.model.trade import TradeState
from tests.support.http_desk import HttpDesk
from tests.support.signal_posts import SECRETS, client_of, door, headers_of, written
from tests.support.waiting import until

ADMIN = Request(by="U0ADMIN")
DOCUMENT = Path(__file__).parents[3] / "docs" / "trading.md"


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.priced(tmp_path) as desk:
        yield desk


@pytest.fixture(name="client")
def _client(desk: HttpDesk) -> TestClient:
    return client_of(desk)


def rows(desk: HttpDesk) -> list[AuditEntry]:
    """What the audit has of senders, oldest first."""
    with desk.harness.store.reading() as reader:
        return [row for row in reversed(reader.audit()) if row.actor in set(Source)]


def proposed(desk: HttpDesk) -> int:
    return len(desk.harness.engine.queries.trades({TradeState.PROPOSED}))


def elsewhere(client: TestClient) -> Iterator[TestClient]:
    """Yield clients of the same side at an address each: whoever guesses a token again and again waits for longer."""
    for number in count(1):
        yield TestClient(client.app, base_url="http://localhost", client=(f"203.0.113.{number}", 50_000))


def send(client: TestClient, body: bytes, headers: dict[str, str] | None = None) -> Any:
    return client.post("/signals", content=body, headers=headers_of(body) if headers is None else headers)


@pytest.mark.parametrize("source", [Source.WEBHOOK, Source.MCP])
def test_a_signed_alert_becomes_a_proposal_that_names_its_sender(
    desk: HttpDesk, client: TestClient, source: Source
) -> None:
    body = written(shares=100, limit=149.5, stop=147, target=160.25)
    answer = send(client, body, headers_of(body, secret=SECRETS[source]))
    assert answer.status_code == 201
    data = answer.json()["data"]
    trade = desk.trade(data["trade_id"])
    assert (data["shares"], data["entry"], data["stop"], data["target"]) == (100, "149.50", "147.00", "160.25")
    assert (trade.state, trade.source, trade.source_by, trade.origin.note) == ("proposed", source, "trend", "breakout")
    [row] = rows(desk)
    assert (row.actor, row.action, row.subject, row.outcome) == (source, "propose", trade.id, "100 shares")
    shown = client.get(f"/trades/{trade.id}", headers={"Authorization": "Bearer to-read"}).json()["data"]
    assert (shown["source"], shown["source_by"]) == (source, "trend")


def snippet(language: str) -> str:
    """Return the example of a language in the document, as its readers copy it."""
    return DOCUMENT.read_text(encoding="utf-8").split(f"```{language}\n")[1].split("```")[0]


@contextmanager
def served(desk: HttpDesk) -> Iterator[str]:
    app = build_http(desk.sources, host="127.0.0.1", signals=door(desk.harness.engine.commands, desk))
    with HttpServer(app, host="127.0.0.1", port=0) as server:
        yield server.url


@pytest.mark.skipif(
    not all(map(shutil.which, ("curl", "openssl"))), reason="there is no curl or no openssl on this machine"
)
def test_curl_and_openssl_are_enough_to_send_one_as_the_document_shows(desk: HttpDesk) -> None:
    with served(desk) as url:
        script = snippet("sh").replace("http://127.0.0.1:8000", url)
        given = {"WEBHOOK_SECRET": SECRETS[Source.WEBHOOK], "PATH": "/usr/bin:/bin"}
        done = subprocess.run(  # noqa: S603 the document's own script
            ["/bin/sh", "-euc", script], env=given, capture_output=True, timeout=30, check=True
        )
    assert json.loads(done.stdout)["data"]["symbol"] == "AAPL", done.stderr
    assert proposed(desk) == 1


def test_the_documents_relay_signs_what_cannot_sign(desk: HttpDesk, tmp_path: Path) -> None:
    with served(desk) as url, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        script = tmp_path / "relay.py"
        text = snippet("python").replace("http://127.0.0.1:8000", url).replace("8080", str(port))
        script.write_text(text, encoding="utf-8")
        given = {
            "RELAY_PATH": "/a-long-random-word",
            "WEBHOOK_SECRET": SECRETS[Source.WEBHOOK],
            "PATH": "/usr/bin:/bin",
        }
        relay = subprocess.Popen([sys.executable, str(script)], env=given, stderr=subprocess.DEVNULL)  # noqa: S603 (ours)
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as alerts:
                until(lambda: _is_up(alerts), 20)
                assert alerts.post("/another-word", content=written()).status_code == 404
                assert proposed(desk) == 0
                assert alerts.post("/a-long-random-word", content=written(shares="100")).status_code == 502
                assert alerts.post("/a-long-random-word", content=written(limit=150.2)).status_code == 204
        finally:
            relay.kill()
            relay.wait()
    assert proposed(desk) == 1


def _is_up(alerts: httpx2.Client) -> bool:
    try:
        return alerts.get("/").status_code == 501
    except httpx2.ConnectError:
        return False


def test_the_same_post_again_is_refused_by_every_process_and_after_a_restart(desk: HttpDesk) -> None:
    body = written()
    headers = headers_of(body)
    assert send(client_of(desk), body, headers).status_code == 201
    for commands in (desk.harness.engine.commands, desk.harness.born_again().commands):
        assert send(client_of(desk, commands), body, headers).status_code == 409
    desk.harness.engine.commands.reject(desk.trade("AAPL").id, ADMIN)
    assert send(client_of(desk), body, headers).status_code == 409
    assert proposed(desk) == 0
    assert len(rows(desk)) == 1


def test_the_same_key_signed_anew_answers_what_it_made(desk: HttpDesk, client: TestClient) -> None:
    body = written()
    first = send(client, body)
    again = send(client, body, headers_of(body, at=time.time() - 5))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["data"] == first.json()["data"] | {"repeated": True}
    assert proposed(desk) == 1


def test_the_same_key_with_another_body_is_refused(desk: HttpDesk, client: TestClient) -> None:
    send(client, written())
    answer = send(client, written(shares=1))
    assert (answer.status_code, answer.json()["facts"]["field"]) == (409, "key")
    assert proposed(desk) == 1
    assert [row.outcome for row in rows(desk)] == ["512 shares", "refused"]


# One that is ahead comes nearer until it is read, by seconds on a busy machine.
@pytest.mark.parametrize("off", [-86_400, -300, -61, 120, 300])
def test_a_clock_that_is_off_is_refused_by_its_name(desk: HttpDesk, client: TestClient, off: int) -> None:
    body = written()
    answer = send(client, body, headers_of(body, at=time.time() + off))
    assert (answer.status_code, answer.json()["facts"]["field"]) == (422, "timestamp")
    assert [(row.action, row.outcome) for row in rows(desk)] == [("propose", "refused")]
    assert proposed(desk) == 0


NOW = datetime.now(UTC)
BAD: list[tuple[str, dict[str, Any]]] = [
    ("shares", {"shares": "100"}),
    ("shares", {"shares": True}),
    ("shares", {"shares": [100]}),
    ("size", {"shares": 0.5}),
    ("size", {"shares": 0}),
    ("size", {"shares": -5}),
    ("dollars", {"dollars": "20000"}),
    ("dollars", {"shares": 1, "dollars": 1000}),
    ("limit", {"limit": "149.50"}),
    ("limit", {"limit": 1502.5}),
    ("limit", {"limit": {"price": 149}}),
    ("stop", {"stop": 151}),
    ("stop", {"stop": "{{strategy.order.price}}"}),
    ("target", {"target": 149}),
    ("symbol", {"symbol": None}),
    ("symbol", {"symbol": "NASDAQ:AAPL"}),
    ("symbol", {"symbol": 7}),
    ("symbol", {"symbol": "A" * 21}),
    ("key", {"key": None}),
    ("key", {"key": ""}),
    ("key", {"key": "k" * 65}),
    ("key", {"key": 17}),
    ("action", {"action": "sell"}),
    ("reason", {"reason": "x" * 201}),
    ("reason", {"reason": "a\u0000b"}),
    ("reason", {"reason": "\ud800"}),
    ("sender", {"sender": "<@U0TRADER>"}),
    ("time", {"time": "yesterday"}),
    ("time", {"time": "2025-08-19T14:45:00"}),
    ("time", {"time": (NOW - timedelta(minutes=30)).isoformat()}),
    ("qty", {"qty": 100}),
    ("approve", {"approve": True}),
]


@pytest.mark.parametrize(("field", "given"), BAD)
def test_a_field_that_makes_no_sense_is_refused_by_its_name(
    desk: HttpDesk, client: TestClient, field: str, given: dict[str, Any]
) -> None:
    answer = send(client, written(**given))
    assert (answer.status_code, answer.json()["facts"].get("field")) == (422, field)
    assert "Nothing was proposed" in answer.json()["detail"]
    [row] = rows(desk)
    assert (row.action, row.outcome) == ("propose", "refused")
    assert row.why.startswith(f"BadProposal: field={field}")
    assert proposed(desk) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"AAPL buy 100",
        b"[]",
        b'"AAPL"',
        b"{",
        b'{"key": "1", "key": "2", "symbol": "AAPL"}',
        b'{"key": "1", "symbol": "AAPL", "limit": NaN}',
        b'{"key": "1", "symbol": "AAPL", "limit": Infinity}',
        b"\xff\xfe",
        b"[" * 5_000,
    ],
)
def test_what_is_no_json_object_is_refused(desk: HttpDesk, client: TestClient, body: bytes) -> None:
    answer = send(client, body)
    assert (answer.status_code, answer.json()["facts"]["field"]) == (422, "body")
    assert [row.outcome for row in rows(desk)] == ["refused"]


def test_a_body_that_is_too_long_is_not_even_read(desk: HttpDesk, client: TestClient) -> None:
    assert send(client, b" " * (LONGEST + 1)).status_code == 413
    assert rows(desk) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {TIME_HEADER: str(int(time.time()))},
        {TIME_HEADER: "soon", SIGNATURE_HEADER: "v1=" + "0" * 64},
        {TIME_HEADER: str(int(time.time())), SIGNATURE_HEADER: "v1=" + "0" * 64},
        {TIME_HEADER: str(int(time.time())), SIGNATURE_HEADER: "v0=" + "0" * 64},
        {"Authorization": "Bearer to-read"},
        headers_of(written(), secret="another secret of the same length"),
        headers_of(written(), secret=""),
        headers_of(written(shares=1)),
        headers_of(written()) | {TIME_HEADER: str(int(time.time()) + 7)},
    ],
)
def test_what_is_not_signed_is_not_heard(desk: HttpDesk, client: TestClient, headers: dict[str, str]) -> None:
    assert send(client, written(), headers).status_code == 401
    assert (rows(desk), proposed(desk)) == ([], 0)


def test_a_halted_desk_takes_none(desk: HttpDesk, client: TestClient) -> None:
    desk.harness.engine.commands.halt(ADMIN)
    answer = send(client, written())
    assert (answer.status_code, answer.json()["error"]) == (409, "DeskNotActive")
    assert [row.outcome for row in rows(desk)] == ["refused"]


def test_a_broker_out_of_reach_is_told_and_the_post_can_be_signed_again(desk: HttpDesk, client: TestClient) -> None:
    desk.harness.line.is_away = True
    answer = send(client, written())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    desk.harness.line.is_away = False
    body = written()
    assert send(client, body, headers_of(body, at=time.time() - 3)).status_code == 201


def test_without_a_secret_there_is_no_such_door(desk: HttpDesk) -> None:
    texts = Texts("en", desk.harness.settings.desk.zone)
    signals = SignalDoor(desk.harness.engine.commands, texts, {Source.WEBHOOK: "", Source.MCP: ""})
    app = build_http(desk.sources, host="127.0.0.1", signals=signals)
    body = written()
    answer = TestClient(app, base_url="http://localhost").post(
        "/signals", content=body, headers=headers_of(body, secret="")
    )
    assert (answer.status_code, proposed(desk)) == (405, 0)


def test_the_secret_opens_nothing_else(client: TestClient) -> None:
    senders = elsewhere(client)
    for path in ("/portfolio/summary", "/risk", "/trades", "/signals", "/metrics"):
        for secret in SECRETS.values():
            headers = {"Authorization": f"Bearer {secret}"} | headers_of(b"", secret=secret)
            assert next(senders).get(path, headers=headers).status_code == 401
    body = written()
    for path in ("/approve", "/halt", "/resume", "/trades", "/signals/approve"):
        assert next(senders).post(path, content=body, headers=headers_of(body)).status_code in {401, 404, 405}
