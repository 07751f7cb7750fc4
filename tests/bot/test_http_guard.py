from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.http.app import build_http
from engine.errors import SettingsInvalid
from engine.model.address import is_loopback
from tests.bot.http_desk import HttpDesk

TOKEN = "a long secret, 비밀"
GUARDED = ["/portfolio/summary", "/risk", "/signals", "/trades", "/metrics", "/docs", "/openapi.json", "/nowhere"]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.open(tmp_path) as desk:
        yield desk


@pytest.fixture(name="outside")
def _outside(desk: HttpDesk) -> TestClient:
    return TestClient(build_http(desk.sources, host="0.0.0.0", token="s3cret"), base_url="http://bot.example")  # noqa: S104 (nothing listens)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "bot.example", ""])  # noqa: S104 (that is the point)
def test_beyond_loopback_the_start_is_refused_without_a_token(desk: HttpDesk, host: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^HTTP_TOKEN: expected"):
        build_http(desk.sources, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_no_token_is_needed(host: str) -> None:
    assert is_loopback(host)


def test_health_is_open_to_all(outside: TestClient) -> None:
    assert outside.get("/health").status_code == 200


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3cret"}])
def test_all_else_demands_the_token(outside: TestClient, path: str, header: dict[str, str]) -> None:
    answer = outside.get(path, headers=header)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["error"] == "Unauthorized"


@pytest.mark.parametrize("path", ["/health/", "//health", "/slack/events/../../risk", "/health/../risk"])
def test_no_spelling_of_an_address_goes_round_the_token(outside: TestClient, path: str) -> None:
    assert outside.get(path).status_code == 401


def test_the_token_opens_the_door(outside: TestClient) -> None:
    assert outside.get("/risk", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_a_token_need_not_be_ascii_to_be_compared(desk: HttpDesk) -> None:
    client = TestClient(build_http(desk.sources, host="127.0.0.1", token=TOKEN))
    assert client.get("/risk", headers={b"Authorization": "Bearer é".encode()}).status_code == 401


def test_the_description_says_that_a_token_is_demanded(outside: TestClient) -> None:
    description = outside.get("/openapi.json", headers={"Authorization": "Bearer s3cret"}).json()
    assert description["paths"]["/risk"]["get"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in description["paths"]["/health"]["get"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", "[", ""])
def test_a_page_from_elsewhere_cannot_ask_by_a_name_of_its_own(desk: HttpDesk, host: str) -> None:
    client = TestClient(build_http(desk.sources, host="127.0.0.1"))
    assert client.get("/risk", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_may_ask_by_every_name_it_has(desk: HttpDesk, host: str) -> None:
    client = TestClient(build_http(desk.sources, host="127.0.0.1"))
    assert client.get("/risk", headers={"Host": host}).status_code == 200
