"""The dashboard and the scrape configuration show what the processes of a desk really tell."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from bot.http.app import build_http
from tests.support.http_desk import HttpDesk

ROOT = Path(__file__).parents[1]
GRAFANA = ROOT / "docs" / "grafana"
NAME = re.compile(r"\b(?:trading_bot|process)_[a-z_]+")
LABELS = re.compile(r"by \(([a-z, ]+)\)|\{\{([a-z]+)\}\}")


@pytest.fixture(name="told", scope="module")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """Return the labels of each figure that a process tells, by the figure's name."""
    with HttpDesk.open(tmp_path_factory.mktemp("desk")) as desk:
        client = TestClient(build_http(desk.sources, host="127.0.0.1"), base_url="http://localhost")
        found: dict[str, set[str]] = {}
        for family in text_string_to_metric_families(client.get("/metrics").text):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
        yield found


@pytest.fixture(name="targets", scope="module")
def _targets() -> list[tuple[str, str]]:
    """Return the expression and the legend of every curve of the dashboard."""
    dashboard: Any = json.loads((GRAFANA / "trading-bot.json").read_text(encoding="utf-8"))
    return [(each["expr"], each["legendFormat"]) for panel in dashboard["panels"] for each in panel.get("targets", ())]


def test_each_figure_of_the_dashboard_is_one_that_a_process_tells(
    told: dict[str, set[str]], targets: list[tuple[str, str]]
) -> None:
    shown = {name for expression, _ in targets for name in NAME.findall(expression)}
    assert shown
    assert shown - told.keys() == set()


def test_each_figure_of_the_bot_is_on_the_dashboard(told: dict[str, set[str]], targets: list[tuple[str, str]]) -> None:
    shown = {name for expression, _ in targets for name in NAME.findall(expression)}
    assert {name for name in told if name.startswith("trading_bot_")} - shown == set()


def test_the_labels_of_a_curve_are_labels_of_its_figure(
    told: dict[str, set[str]], targets: list[tuple[str, str]]
) -> None:
    for expression, legend in targets:
        (name,) = NAME.findall(expression)
        used = {
            label for pair in LABELS.findall(f"{expression} {legend}") for label in re.split(r"[, ]+", "".join(pair))
        }
        assert used <= told[name], expression


def test_no_two_panels_lie_on_each_other() -> None:
    dashboard: Any = json.loads((GRAFANA / "trading-bot.json").read_text(encoding="utf-8"))
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(places)


def test_prometheus_finds_every_bot_of_the_scaled_desk_by_its_service() -> None:
    scraped: Any = yaml.safe_load((GRAFANA / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = scraped["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    scale: Any = yaml.safe_load((ROOT / "compose.scale.yaml").read_text(encoding="utf-8"))
    bots = {name for name, body in scale["services"].items() if "HTTP_PORT" in body.get("environment", {})}
    assert bots <= set(found["names"])
    assert {str(found["port"])} == {scale["services"][name]["environment"]["HTTP_PORT"] for name in bots}
    assert job["authorization"]["credentials_file"].removeprefix("/run/secrets/") in scale["secrets"]
