"""The whole desk as a newcomer meets it: `trading-bot demo` in a process of its own, driven in a real Chromium."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.local_slack.launch import CHANNEL
from tests.browser.composer import typed

pytestmark = pytest.mark.browser

SECONDS: Final = 100


@pytest.fixture(scope="module")
def url(browser: Browser) -> Iterator[str]:
    """A demo that stops by itself, and says where it is in one line."""
    assert browser.is_connected()
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--seconds", str(SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603 (our own)
        assert demo.stdout is not None
        line = demo.stdout.readline()
        assert re.fullmatch(r"desk: http://127\.0\.0\.1:\d+/\n", line)
        yield line.split()[1]
        demo.terminate()
        assert demo.wait(20) == 0


@contextmanager
def opened(browser: Browser, url: str, user: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{url}#{user}/{CHANNEL.id}")
    yield page
    context.close()


def proposal(page: Page, symbol: str) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=re.compile(rf"Buy .* {symbol} at")))


def test_a_proposal_comes_and_a_click_on_approve_fills_it(browser: Browser, url: str) -> None:
    with opened(browser, url, "U0TRADER") as page:
        card = proposal(page, "AAPL").first
        card.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("Trade filled").first).to_be_visible()
        for name in ("Approve", "Resize", "Reject"):
            expect(card.get_by_role("button", name=name)).to_have_count(0)


def test_a_halt_typed_in_the_composer_takes_the_buttons_away_and_an_admin_resumes(browser: Browser, url: str) -> None:
    with opened(browser, url, "U0ADMIN") as page:
        proposal(page, "MSFT").first.wait_for()
        typed(page, "/halt too quiet")
        expect(page.get_by_text(re.compile("halted by")).first).to_be_visible()
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
        typed(page, "/resume")
        expect(page.get_by_text(re.compile("resumed by")).first).to_be_visible()
