import shutil
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from slack_bolt import App

from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import connected, new_app
from tests.browser.desk import ANN, BEN, CHANNELS, CLOCK, MANIFEST, MORE, SIMULATED, USERS

_CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
_PHONE: Final[ViewportSize] = {"width": 390, "height": 844}

OpenPage = Callable[[str], Page]


expect.set_options(timeout=15_000)  # four processes share two cores, and the browsers come first


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a test process; every test gets a context of its own in it."""
    if _CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine (chromium, chromium-browser or google-chrome)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=[*_ARGUMENTS])
        yield chromium
        chromium.close()


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    quick = Rules(acknowledge_within=1.0, post_burst=20, clock_every=0.05)
    note = f"{SIMULATED}\n{MORE}"
    with LocalSlack(
        manifest=MANIFEST, users=USERS, channels=CHANNELS, note=note, clock=lambda: CLOCK, rules=quick
    ) as local:
        yield local


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[App]:
    """A connected bot; a test adds the listeners that it needs."""
    app = new_app(slack)
    with connected(slack, app):
        yield app


@pytest.fixture
def open_page(browser: Browser, slack: LocalSlack) -> Iterator[OpenPage]:
    """Open the page as a user, in a desktop window; a script error or a console error fails the test."""
    yield from _pages(browser, slack, _DESKTOP)


@pytest.fixture
def open_phone(browser: Browser, slack: LocalSlack) -> Iterator[OpenPage]:
    """Open the page as a user, on a phone."""
    yield from _pages(browser, slack, _PHONE)


@pytest.fixture
def ann(slack: LocalSlack) -> Person:
    return Person(slack.url, ANN)


@pytest.fixture
def ben(slack: LocalSlack) -> Person:
    return Person(slack.url, BEN)


def _pages(browser: Browser, slack: LocalSlack, size: ViewportSize) -> Iterator[OpenPage]:
    is_phone = size is _PHONE
    context = browser.new_context(
        viewport=size, has_touch=is_phone, is_mobile=is_phone, locale="en-GB", timezone_id="Asia/Seoul"
    )
    context.set_default_timeout(10_000)
    errors: list[str] = []

    def open_as(user: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{slack.url}/#{user}/C0DESK")
        page.get_by_role("heading", name="# desk").wait_for()
        return page

    yield open_as
    context.close()
    assert errors == []
