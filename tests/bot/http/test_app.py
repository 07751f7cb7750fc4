import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from bot.http.answers import Summary
from bot.http.app import build_http
from bot.http.dependencies import Check
from engine.errors import BrokerUnavailable, StoreUnavailable, StreamUnavailable
from engine.model.account import AssetKind
from engine.model.desk import Desk, DeskState
from engine.model.money import ZERO
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from engine.model.view import PositionLine
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.notices import a_notice
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.http_desk import HttpDesk


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.open(tmp_path) as desk:
        yield desk


@pytest.fixture(name="client")
def _client(desk: HttpDesk) -> TestClient:
    return TestClient(build_http(desk.sources, host="127.0.0.1"), base_url="http://localhost")


def test_health_is_200_while_every_part_works(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["ok"]
    assert answer.json()["checks"][1] == {"name": "market", "ok": True, "needed": True, "detail": "replay", "age": 3.5}


def test_health_is_503_and_names_what_fails(client: TestClient, desk: HttpDesk) -> None:
    desk.checks.append(Check(name="redis", ok=False, detail="no answer"))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["redis"]


def test_what_is_not_needed_fails_without_making_the_bot_unwell(client: TestClient, desk: HttpDesk) -> None:
    desk.checks.append(Check(name="claude", ok=False, needed=False))
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["failing"]) == (200, [])
    assert answer.json()["checks"][-1]["ok"] is False


def test_the_summary_shows_the_seeds_risk_metrics(client: TestClient) -> None:
    assert client.get("/portfolio/summary").json()["data"]["risk_metrics"] == {
        "open_risk": pytest.approx(0.01, abs=1e-5),
        "limit": 0.02,
        "warning_level": 0.016,
        "per_trade_risk": 0.005,
        "headroom": pytest.approx(0.01, abs=1e-5),
        "state": "normal",
    }


def test_the_risk_of_a_trade_is_the_one_in_force(client: TestClient, desk: HttpDesk) -> None:
    desk.harness.engine.commands.runtime_settings.change("risk_per_trade", "0.25%", EngineHarness.ADMIN)
    assert client.get("/risk").json()["data"]["metrics"]["per_trade_risk"] == 0.0025
    assert client.get("/portfolio/summary").json()["data"]["risk_metrics"]["per_trade_risk"] == 0.0025


def test_all_that_is_held_is_shown_fractions_and_what_is_no_stock_too() -> None:
    half = PositionLine(
        symbol="SPY", shares=10, quantity=Decimal("10.5"), cost=Decimal(600), price=Decimal(610), risk=ZERO, trade=None
    )
    options = replace(
        half, symbol="SPY260116C00600000", kind=AssetKind.OPTION, shares=0, quantity=Decimal(2), multiplier=100
    )
    view = replace(FakeEngine().portfolio(), lines=(half, options))
    first, second = Summary.of(view, Desk(state=DeskState.ACTIVE, auto=False)).model_dump(mode="json")["positions"]
    assert (first["kind"], first["held"], first["value"]) == ("stock", "10.5", "6405.0")
    assert (second["kind"], second["held"], second["multiplier"], second["shares"]) == ("option", "2", 100, 0)


def test_money_is_text_and_exact(client: TestClient) -> None:
    data = client.get("/portfolio/summary").json()["data"]
    assert Decimal(data["equity"]) == Decimal(231_368)
    assert [(line["symbol"], line["shares"], Decimal(line["price"])) for line in data["positions"]] == [
        ("MSFT", 300, Decimal("420.80")),
        ("TSLA", 150, Decimal("255.60")),
    ]


def test_a_large_round_sum_has_no_exponent(client: TestClient, desk: HttpDesk) -> None:
    account = replace(desk.harness.broker.account(), equity=Decimal("1E+6"))
    desk.account = account
    assert client.get("/portfolio/summary").json()["data"]["equity"] == "1000000"


@pytest.mark.parametrize(("risk", "state"), [("0.0159", "normal"), ("0.016", "warning"), ("0.02", "limit")])
def test_the_state_of_risk_follows_the_levels(client: TestClient, desk: HttpDesk, risk: str, state: str) -> None:
    desk.open_risk = Decimal(risk)
    metrics = client.get("/risk").json()["data"]["metrics"]
    assert metrics["state"] == state
    assert metrics["headroom"] == pytest.approx(max(0.0, 0.02 - float(risk)))


def test_risk_lists_the_trades_that_make_it_up(client: TestClient) -> None:
    trades = client.get("/risk").json()["data"]["trades"]
    assert {trade["symbol"] for trade in trades} == {"MSFT", "TSLA"}
    assert sum(trade["part"] for trade in trades) == pytest.approx(0.01, abs=1e-5)


def test_risk_is_shown_where_no_equity_is_left(client: TestClient, desk: HttpDesk) -> None:
    desk.account = replace(desk.harness.broker.account(), equity=Decimal(0))
    trades = client.get("/risk").json()["data"]["trades"]
    assert [trade["part"] for trade in trades] == [1.0, 1.0]


def test_a_proposal_is_shown_with_the_signal_it_rests_on(client: TestClient, desk: HttpDesk) -> None:
    desk.harness.play_the_signal()
    trade = client.get(f"/trades/{TRADE_ID}").json()["data"]
    assert (trade["state"], trade["shares"], trade["entry"], trade["stop"]) == ("proposed", 512, "150.25", "147.99")
    assert (trade["signal"]["tenths"], trade["signal"]["strong"]) == (15, True)


def test_trades_can_be_filtered(client: TestClient, desk: HttpDesk) -> None:
    desk.harness.play_the_signal()
    assert [trade["id"] for trade in client.get("/trades?symbol=aapl").json()["data"]] == [TRADE_ID]
    assert [trade["id"] for trade in client.get("/trades?state=proposed&state=rejected").json()["data"]] == [TRADE_ID]
    later = (desk.harness.clock.now() + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert client.get(f"/trades?since={later}").json()["data"] == []


def test_trades_come_in_pages(client: TestClient) -> None:
    first = client.get("/trades?limit=1").json()
    second = client.get("/trades?limit=1", params={"offset": first["next_offset"], "limit": 1}).json()
    assert {first["data"][0]["symbol"], second["data"][0]["symbol"]} == {"MSFT", "TSLA"}
    assert second["next_offset"] is None


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "offset=-1", "state=lost", "since=yesterday", "since=0", "since=2025-08-19", "bogus=1"],
)
def test_a_filter_that_makes_no_sense_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/trades?{query}").status_code == 422


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_at_the_edge_of_time_is_no_fault(client: TestClient, since: str) -> None:
    assert client.get(f"/trades?since={since}").status_code == 200


def test_signals_are_listed(client: TestClient, desk: HttpDesk) -> None:
    trade = desk.harness.play_the_signal()
    assert trade
    desk.listed.append(trade.signal)
    signal = client.get("/signals?limit=5").json()["data"][0]
    assert (signal["symbol"], signal["side"], signal["tenths"], signal["price"]) == ("AAPL", "buy", 15, "150.25")
    assert {part["part"]: part["tenths"] for part in signal["components"]}["macd"] == 4
    assert client.get("/signals?limit=1000").status_code == 422


def test_an_unknown_trade_is_404_and_an_unclear_one_409(client: TestClient, desk: HttpDesk) -> None:
    missing = client.get("/trades/AAPL_20990101_000000")
    assert (missing.status_code, missing.json()["error"]) == (404, "UnknownTrade")
    assert missing.json()["facts"]["asked"] == "AAPL_20990101_000000"
    with desk.harness.store.writing() as transaction:
        held = desk.harness.trade("MSFT")
        transaction.propose(replace(held, id="MSFT_29990101_000000", state=TradeState.PROPOSED))
        transaction.move(replace(held, id="MSFT_29990101_000000", state=TradeState.PROPOSED), TradeState.APPROVED)
    unclear = client.get("/trades/MSFT")
    assert (unclear.status_code, unclear.json()["error"]) == (409, "Ambiguous")


@pytest.mark.parametrize("trouble", [BrokerUnavailable("no route"), StoreUnavailable("disk full")])
def test_trouble_is_503_and_says_when_to_ask_again(client: TestClient, desk: HttpDesk, trouble: Exception) -> None:
    desk.trouble = trouble
    answer = client.get("/portfolio/summary")
    assert answer.status_code == 503
    assert answer.json() == {"error": type(trouble).__name__, "detail": str(trouble), "facts": {}}
    assert answer.headers["Retry-After"] == "30"


def test_a_fault_of_the_bot_is_told_without_its_words(desk: HttpDesk) -> None:
    desk.trouble = RuntimeError("secret")
    app = build_http(desk.sources, host="127.0.0.1")
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/risk")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_an_unknown_address_is_answered_in_json(client: TestClient) -> None:
    assert client.get("/trade").json() == {"error": "NotFound", "detail": "Not Found", "facts": {}}
    refused = client.post("/risk")
    assert (refused.status_code, refused.json()["error"], refused.headers["Allow"]) == (405, "MethodNotAllowed", "GET")


def test_metrics_tell_risk_trades_refused_prices_and_flawed_bars(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    figures = figures_of(answer.text)
    assert float(figures["trading_bot_equity_dollars"]) == 231_368
    assert float(figures["trading_bot_open_risk_ratio"]) == pytest.approx(0.01, abs=1e-5)
    assert figures['trading_bot_trades_alive{state="open"}'] == "2.0"
    assert figures['trading_bot_desk_state{state="active"}'] == "1.0"
    assert figures['trading_bot_prices_refused_total{flaw="stale"}'] == "3.0"
    assert figures['trading_bot_bars_flawed_total{flaw="crossed"}'] == "2.0"
    assert figures["trading_bot_entries_set_aside_total"] == "2.0"
    assert figures['trading_bot_check_ok{check="market"}'] == "1.0"
    assert "process_resident_memory_bytes" in answer.text


def figures_of(text: str) -> dict[str, str]:
    """Return each figure of the bot by its name and labels, without those that say which process told it."""
    found: dict[str, str] = {}
    for family in text_string_to_metric_families(text):
        for name, labels, value, *_ in family.samples:
            assert (labels.pop("role"), labels.pop("instance")) == ("scheduler", "host-1:17")
            told = ",".join(f'{label}="{text}"' for label, text in labels.items())
            found[f"{name}{{{told}}}" if told else name] = str(value)
    return found


def test_metrics_tell_who_leads_what_waits_and_what_became_of_orders(client: TestClient) -> None:
    figures = figures_of(client.get("/metrics").text)
    assert figures["trading_bot_leader"] == "1.0"
    assert figures["trading_bot_leader_term"] == "3.0"
    assert figures["trading_bot_lease_age_seconds"] == "0.5"
    assert figures['trading_bot_queue_depth{queue="trading_signals"}'] == "4.0"
    assert figures['trading_bot_job_late_seconds{job="tick"}'] == "1.5"
    assert figures['trading_bot_orders{kind="stop",state="accepted"}'] == "2.0"


def test_metrics_tell_how_long_the_oldest_notice_has_waited(client: TestClient, desk: HttpDesk) -> None:
    with desk.harness.store.reading() as reader:
        for waiting in reader.waiting(100):
            told = waiting.number
            with desk.harness.store.writing() as transaction:
                transaction.delivered(told, None)
    assert figures_of(client.get("/metrics").text)["trading_bot_outbox_lag_seconds"] == "0.0"
    with desk.harness.store.writing() as transaction:
        transaction.enqueue_notice(
            replace(a_notice(NoticeKind.HALTED, key="late"), at=desk.now() - timedelta(seconds=90))
        )
    assert figures_of(client.get("/metrics").text)["trading_bot_outbox_lag_seconds"] == "90.0"


def test_metrics_go_on_without_redis(desk: HttpDesk) -> None:
    def lost() -> dict[str, int]:
        raise StreamUnavailable("gone")

    client = TestClient(build_http(replace(desk.sources, queues=lost), host="127.0.0.1"), base_url="http://localhost")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "trading_bot_queue_depth{" not in answer.text
    assert "trading_bot_trades_alive" in answer.text


def test_metrics_go_on_without_the_broker(client: TestClient, desk: HttpDesk) -> None:
    desk.trouble = BrokerUnavailable("no route")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "trading_bot_equity_dollars" not in answer.text
    assert "trading_bot_trades_alive" in answer.text


def test_the_description_names_every_address(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    addresses = {"/health", "/portfolio/summary", "/risk", "/signals", "/trades", "/trades/{trade_id}", "/metrics"}
    assert set(description["paths"]) == addresses
    assert "secret" not in json.dumps(description)


def test_the_page_of_documents_names_every_address_and_loads_nothing(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.headers["Content-Type"].startswith("text/html")
    for path in client.get("/openapi.json").json()["paths"]:
        assert f" {path}</code>" in answer.text
    assert re.findall(r"<(script|link|img|iframe|object|embed|form)", answer.text) == []
    assert re.findall(r"(?:src|href)=\"?([^\" >]+)", answer.text) == ["openapi.json"]
    assert "://" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_health_is_looked_at_once_a_second_however_many_ask(desk: HttpDesk) -> None:
    looks = []

    def look() -> list[Check]:
        looks.append(1)
        return desk.checks

    client = TestClient(build_http(replace(desk.sources, health=look), host="127.0.0.1"), base_url="http://localhost")
    assert {client.get("/health").status_code for _ in range(20)} == {200}
    assert len(looks) < 20
