"""A click is followed to the order at Alpaca and to the answer in Slack, by a collector that really receives spans."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.cards import ids
from engine import spans
from engine.adapters.sql.store import open_store
from engine.bootstrap import tracing
from engine.errors import SettingsInvalid
from engine.model.notices.base import NoticeKind
from engine.settings import TracingSettings, read_group
from tests.scenarios.grown import Grown
from tests.several.bot import Place, deliver
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.environment import nothing_set
from tests.support.fakes.collector import Collector
from tests.support.fakes.notices import a_notice
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.servers import Postgres
from tests.support.slack_harness import SlackHarness, on_stage, workspace
from tests.support.two_bots import TwoBots

KEY = "api-key=a-collectors-own-secret"


@pytest.fixture(name="collector")
def _collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    nothing_set(monkeypatch, tmp_path)
    with Collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", KEY)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        yield collector


@contextmanager
def traced(collector: Collector, role: str = "all") -> Iterator[None]:
    settings = read_group(TracingSettings, otel_exporter_otlp_endpoint=collector.url)
    with tracing(settings, role):
        yield


@contextmanager
def filled_by_a_click(folder: Path, database: str, collector: Collector) -> Iterator[tuple[Grown, SlackHarness[Grown]]]:
    """Let the example's proposal be approved in Slack, and its fill be told, with traces kept."""
    with (
        traced(collector),
        Grown.at_the_example(folder, database, margin=True) as harness,
        on_stage(harness, "en", "alpaca-iex") as stage,
    ):
        harness.play_the_signal()
        stage.trader.press(stage.card(), ids.APPROVE)
        stage.in_thread("$76,943")
        yield harness, stage


def test_a_click_its_order_at_alpaca_and_the_answer_in_slack_are_one_trace_in_order(
    tmp_path: Path, postgres: Postgres, collector: Collector
) -> None:
    with filled_by_a_click(tmp_path, postgres.new_database(), collector):
        click, approve, execute = map(collector.span, ("slack approve", "approve", "execute"))
        order = collector.span("alpaca POST /orders")
        filled = collector.span("deliver", notice="TradeFilled")
    assert (click.parent, approve.parent, execute.parent, order.parent) == ("", click.id, approve.id, execute.id)
    assert {span.trace for span in (click, approve, execute, order, filled)} == {click.trace}
    assert click.began <= approve.began <= execute.began <= order.began < order.ended <= filled.began
    assert "slack chat_postMessage" in collector.below(filled)
    assert {click.attributes["trade_id"], filled.attributes["trade_id"]} == {TRADE_ID}
    assert order.role == "all"


def test_no_span_says_what_people_typed_nor_any_secret(
    tmp_path: Path, postgres: Postgres, collector: Collector
) -> None:
    with filled_by_a_click(tmp_path, postgres.new_database(), collector) as (harness, stage):
        stage.trader.command("C0DESK", "/halt my secret reason")
        collector.span("slack halt")
        secrets = [stage.slack.bot_token, stage.slack.app_token, harness.alpaca.key, harness.alpaca.secret]
    assert collector.headers[0]["api-key"] == "a-collectors-own-secret"
    told = b"".join(collector.raw)
    for secret in (*secrets, "my secret reason", "a-collectors-own-secret", harness.desk.settings.place.database_url):
        assert secret.encode() not in told
    assert {key for span in collector.spans for key in span.attributes} <= {"trade_id", "notice"}


def test_an_order_that_another_process_sends_is_a_part_of_the_click_that_approved_it(
    tmp_path: Path, postgres: Postgres, collector: Collector
) -> None:
    with traced(collector), TwoBots.open(tmp_path, postgres.new_database()) as bots:
        bots.harness.play_the_signal()
        bots.harness.line.loses_request = True
        with spans.begin("click"):
            bots.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        bots.harness.line.loses_request = False
        bots.harness.clock.advance(2)
        bots.other.jobs.poll_unconfirmed()
        click, execute, again = map(collector.span, ("click", "execute", "order_changed"))
        assert bots.bought() == [(TRADE_ID, 512)]
    assert (again.trace, again.parent) == (click.trace, execute.id)


def test_a_notice_that_another_process_delivers_is_a_part_of_what_it_tells(
    tmp_path: Path, collector: Collector
) -> None:
    database = sqlite_at(tmp_path / "desk.db")
    with workspace() as slack, traced(collector, "scheduler"), closing(open_store(database)) as store:
        place = Place(database=database, api_url=slack.api_url, token=slack.bot_token)
        with spans.begin("halt"), store.writing() as transaction:
            transaction.enqueue_notice(a_notice(NoticeKind.HALTED, key="halt"))
        other = get_context("spawn").Process(target=deliver_traced, args=(place, collector.url), daemon=True)
        other.start()
        try:
            told = collector.span("deliver", notice="DeskHalted")
        finally:
            other.kill()
            other.join()
        halt = collector.span("halt")
    assert (told.trace, told.parent) == (halt.trace, halt.id)
    assert (halt.role, told.role) == ("scheduler", "api")


def deliver_traced(place: Place, url: str) -> None:
    """Deliver what waits, as another process of the desk."""
    with tracing(read_group(TracingSettings, otel_exporter_otlp_endpoint=url), "api"):
        deliver(place)


def test_nothing_is_kept_of_a_bot_that_is_not_traced(tmp_path: Path) -> None:
    with (
        tracing(read_group(TracingSettings), "all"),
        spans.begin("click"),
        closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store,
    ):
        assert spans.context() == ""
        with store.writing() as transaction:
            transaction.enqueue_notice(a_notice(NoticeKind.HALTED, key="halt"))
        with store.reading() as reader:
            assert [each.trace for each in reader.waiting(1)] == [""]


def test_a_bot_that_is_not_traced_does_not_load_opentelemetrys_sdk() -> None:
    check = "import sys, bot.cli.main; sys.exit('opentelemetry.sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0  # noqa: S603 (our own)


def test_a_collector_that_is_away_costs_spans_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    began = time.monotonic()
    with tracing(read_group(TracingSettings), "all"), spans.begin("click"):
        pass
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"otel_exporter_otlp_endpoint": "localhost:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        (
            {"otel_exporter_otlp_endpoint": "http://collector:4318", "otel_exporter_otlp_headers": KEY},
            "OTEL_EXPORTER_OTLP_HEADERS",
        ),
    ],
)
def test_a_collector_that_cannot_be_told_safely_is_refused_by_name(given: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid, match=told) as refused:
        read_group(TracingSettings, **given)
    assert "secret" not in str(refused.value)
