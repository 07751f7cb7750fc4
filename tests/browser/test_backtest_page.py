"""The page of a backtest in a real browser: wide and on a phone, light and dark, in both languages."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from bot.messages import LOCALES
from bot.pages.backtest import page as backtest_page
from tests.support.backtest_pages import texts_of, year_bars, year_of

pytestmark = pytest.mark.browser
COVERED = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.ends")) {
    const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [one, a] of boxes) for (const [other, b] of boxes)
      if (one < other && a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
        found.push(`${one} / ${other}`);
  }
  return found;
}"""
BEYOND = """() => [...document.querySelectorAll("main *")]
  .filter((each) => !each.closest("svg.drawn") && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module", params=LOCALES)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    bars = year_bars()
    path = tmp_path_factory.mktemp("page") / "backtest.html"
    path.write_text(backtest_page(year_of(bars), texts_of(request.param), bars=bars), encoding="utf-8")
    return path


@pytest.fixture(params=list(product((1280, 390), ("light", "dark"))), ids=lambda given: f"{given[0]} {given[1]}")
def shown(request: pytest.FixtureRequest, browser: Browser, file: Path) -> Iterator[tuple[Page, list[str]]]:
    width, scheme = request.param
    problems = list[str]()
    given: Literal["light", "dark"] = scheme
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=given)
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda asked: problems.append(asked.url) if not asked.url.startswith("file:") else None)
    page.goto(file.as_uri())
    yield page, problems
    page.close()


def test_it_fits_says_all_and_asks_for_nothing(shown: tuple[Page, list[str]]) -> None:
    page, problems = shown
    assert problems == []
    width: Any = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth")
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(COVERED) == []
    line = page.locator("path.line.own")
    box = line.bounding_box()
    assert box is not None
    assert box["width"] > 200
    ground, ink = (page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color"))
    assert ground != ink
    assert page.locator("svg.chart").count() == 6
