import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from bot.http.access_guard import AccessGuard
from bot.http.app import build_http
from bot.http.guesses import AT_ONCE, FORGOTTEN_AFTER, Guesses
from engine.errors import SettingsInvalid
from engine.model.address import is_loopback
from engine.settings import HttpSettings, read_group
from tests.support.http_desk import HttpDesk

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


@pytest.mark.parametrize("token", ["s3cret", ""])
def test_the_token_for_metrics_opens_metrics_and_nothing_else(desk: HttpDesk, token: str) -> None:
    app = build_http(desk.sources, host="0.0.0.0", token=token, metrics_token="for-prometheus")  # noqa: S104 (nothing listens)
    headers = {"Authorization": "Bearer for-prometheus"}
    senders = [  # at an address each: whoever guesses again and again waits for longer
        TestClient(app, base_url="http://localhost", headers=headers, client=(f"203.0.113.{number}", 50_000))
        for number, _ in enumerate(GUARDED)
    ]
    statuses = {path: client.get(path).status_code for path, client in zip(GUARDED, senders, strict=True)}
    assert statuses == dict.fromkeys(GUARDED, 401) | {"/metrics": 200}
    client = senders[0]
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("address", "name", "status"),
    [
        ("172.18.0.1", "http://localhost:8000", 200),
        ("172.18.0.1", "http://127.0.0.1:8000", 200),
        ("172.18.0.1", "http://desk.example", 401),  # a page from elsewhere, in a browser on that machine
        ("172.18.0.3", "http://localhost:8000", 401),  # another container
        ("203.0.113.9", "http://localhost:8000", 401),
    ],
)
def test_the_machine_of_a_container_needs_no_token_by_the_name_localhost_and_nobody_else_does(
    desk: HttpDesk, address: str, name: str, status: int
) -> None:
    app = build_http(desk.sources, host="0.0.0.0", token=TOKEN, trusted="172.18.0.1")  # noqa: S104 (nothing listens)
    client = TestClient(app, base_url=name, client=(address, 50_000))
    assert client.get("/portfolio/summary").status_code == status


def test_where_no_machine_is_trusted_an_empty_address_is_not(desk: HttpDesk) -> None:
    app = build_http(desk.sources, host="0.0.0.0", token=TOKEN)  # noqa: S104 (nothing listens)
    assert TestClient(app, base_url="http://localhost", client=("", 1)).get("/risk").status_code == 401


def test_beyond_loopback_the_token_for_metrics_is_enough_to_start(desk: HttpDesk) -> None:
    app = build_http(desk.sources, host="0.0.0.0", metrics_token="for-prometheus")  # noqa: S104 (nothing listens)
    assert app.title == "trading-bot"


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


class Watch:
    """Time that passes while somebody is made to wait."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds


async def _inside(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({})(scope, receive, send)


def _guarded(watch: Watch) -> TestClient:
    guard = AccessGuard(_inside, token="s3cret-of-16-char", guesses=Guesses(timer=lambda: watch.at, sleep=watch.sleep))
    return TestClient(guard)


WRONG = {"Authorization": "Bearer wrong"}
RIGHT = {"Authorization": "Bearer s3cret-of-16-char"}


def test_each_wrong_guess_waits_twice_as_long_as_the_one_before_up_to_ten_seconds() -> None:
    watch = Watch()
    client = _guarded(watch)
    assert {client.get("/risk", headers=WRONG).status_code for _ in range(12)} == {401}
    assert watch.waits == [0.25, 0.5, 1, 2, 4, 8, 10, 10, 10]


def test_who_has_the_token_waits_for_nothing_whatever_was_guessed_before() -> None:
    watch = Watch()
    client = _guarded(watch)
    for _ in range(8):
        client.get("/risk", headers=WRONG)
    before = list(watch.waits)
    assert client.get("/risk", headers=RIGHT).status_code == 200
    assert watch.waits == before


def test_ten_minutes_without_a_guess_are_forgiven() -> None:
    watch = Watch()
    client = _guarded(watch)
    for _ in range(8):
        client.get("/risk", headers=WRONG)
    watch.at += FORGOTTEN_AFTER + 1
    before = len(watch.waits)
    client.get("/risk", headers=WRONG)
    assert len(watch.waits) == before


def test_no_token_and_another_scheme_are_no_guesses() -> None:
    watch = Watch()
    client = _guarded(watch)
    for header in ({}, {"Authorization": "Basic s3cret-of-16-char"}):
        assert {client.get("/risk", headers=header).status_code for _ in range(9)} == {401}
    assert watch.waits == []


def test_guesses_side_by_side_are_not_looked_at_beyond_a_few() -> None:
    async def crowd() -> list[bool]:
        guesses = Guesses()
        async with AsyncExitStack() as stack:
            for _ in range(AT_ONCE - 1):
                await stack.enter_async_context(guesses.wrong("192.0.2.7"))
            with_room = guesses.may_guess("192.0.2.7")
            guessing = asyncio.create_task(stack.enter_async_context(guesses.wrong("192.0.2.7")))
            await asyncio.sleep(0)  # it begins to wait
            answers = [guesses.may_guess("192.0.2.7"), guesses.may_guess("192.0.2.8")]
            await guessing
        return [with_room, *answers, guesses.may_guess("192.0.2.7")]

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, crowd()).result() == [True, False, True, True]


def test_addresses_of_one_ipv6_network_are_one_guesser() -> None:
    watch = Watch()
    guesses = Guesses(timer=lambda: watch.at, sleep=watch.sleep)

    async def guess() -> int:
        for number in range(9):
            async with guesses.wrong(f"2001:db8::{number:x}") as times:
                last = times
        return last

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, guess()).result() == 9


@pytest.mark.parametrize(
    "token", ["s3cret", "planted-6", "fifteen-signs-1", "aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababab"]
)
def test_a_token_that_can_be_guessed_is_refused_with_what_to_do(token: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^HTTP_TOKEN: expected 16 characters or more .*openssl"):
        read_group(HttpSettings, http_token=token)


@pytest.mark.parametrize("token", ["", "t0p-s3cret-token", "0123456789abcdef" * 4])
def test_a_long_token_is_taken_and_none_is_needed_at_home(token: str) -> None:
    assert read_group(HttpSettings, http_token=token).http_token.get_secret_value() == token
