"""How much of a phone each message takes: a waiting card, a fill, a close, a report, the home.

Measured at 390x844 in a real Chromium, in both languages, light and dark. What decides is seen without scrolling.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient

from bot.access import Role
from bot.cards import trade_thread
from bot.cards.home import home
from bot.cards.message import Message
from bot.cards.proposal import proposal
from bot.cards.report import report
from bot.local_slack.server import LocalSlack
from bot.messages import LOCALES, Texts
from tests.bot.cards.examples import a_portfolio, ended, opened
from tests.browser.conftest import OpenPage
from tests.browser.desk import ANN, CHANNELS, DESK, MANIFEST, USERS
from tests.support.fakes.reports import a_report
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import a_trade

pytestmark = pytest.mark.browser

SEEN: Final = 592
"""Pixels of the channel's list that a phone shows under the page's own head."""
MOST: Final = {"card": 350, "fill": 260, "close": 220, "report": 580, "home": 1_650}
"""Pixels that each may be high."""
FIRST_BUTTON: Final = {"card": 190, "home": 120}
"""Pixels from its top to its first button."""

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Pixels: how high it is, and how far its first button is from its top, None where it has none."""

    height: float
    to_button: float | None


def measured(place: Locator) -> Measure:
    box = place.bounding_box()
    assert box is not None
    buttons = place.locator(".actions button")
    first = buttons.first.bounding_box() if buttons.count() else None
    return Measure(height=box["height"], to_button=first["y"] - box["y"] if first else None)


def messages(texts: Texts) -> dict[str, Message]:
    return {
        "card": proposal(a_trade(), texts, source="replay"),
        "fill": trade_thread.filled(opened(), texts),
        "close": trade_thread.closed(ended(), texts),
        "report": report(a_report(), texts),
    }


@pytest.fixture(params=LOCALES)
def texts(request: pytest.FixtureRequest) -> Texts:
    return Texts(request.param, ZoneInfo("Asia/Seoul"))


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return request.param  # type: ignore[no-any-return]  # pytest's params have no type


@pytest.fixture
def slack(texts: Texts) -> Iterator[LocalSlack]:
    with LocalSlack(manifest=MANIFEST, users=USERS, channels=CHANNELS, locale=texts.locale) as local:
        yield local


@pytest.fixture
def phone(open_phone: OpenPage, scheme: Scheme) -> Page:
    page = open_phone(ANN)
    page.emulate_media(color_scheme=scheme)
    return page


def note(name: str, texts: Texts, scheme: Scheme, found: Measure, page: Page) -> None:
    """Keep the figures and a picture in the folder that MEASURES names, if it names one."""
    if folder := os.environ.get("MEASURES"):
        line = f"{name:7} {texts.locale} {scheme:5} {found.height:5.0f} high, button at {found.to_button or 0:4.0f}\n"
        with Path(folder, "measures.txt").open("a", encoding="utf-8") as figures:
            figures.write(line)
        page.screenshot(path=f"{folder}/{name}-{texts.locale}-{scheme}.png")


@pytest.mark.parametrize("name", ["card", "fill", "close", "report"])
def test_a_message_takes_no_more_of_a_phone_than_it_may(
    phone: Page, slack: LocalSlack, texts: Texts, scheme: Scheme, name: str
) -> None:
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    client.chat_postMessage(channel=DESK, **messages(texts)[name].payload())
    article = phone.get_by_role("article")
    expect(article).to_have_count(1)
    found = measured(article)
    note(name, texts, scheme, found, phone)
    assert found.height <= MOST[name]
    if name in FIRST_BUTTON:
        assert found.to_button is not None
        assert found.to_button <= FIRST_BUTTON[name]


def test_what_decides_a_proposal_is_seen_without_scrolling(
    phone: Page, slack: LocalSlack, texts: Texts, scheme: Scheme
) -> None:
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    for trade in (a_trade(id="MSFT_20250819_234500", symbol="MSFT"), a_trade()):
        client.chat_postMessage(channel=DESK, **proposal(trade, texts, source="replay").payload())
    article = phone.get_by_role("article").last
    listed = phone.get_by_role("region").filter(has=article).last.bounding_box()
    assert listed is not None
    assert listed["height"] >= SEEN
    for part in (
        article.get_by_role("heading"),
        article.locator(".section").first,
        *article.locator(".actions button").all(),
    ):
        expect(part.first).to_be_in_viewport(ratio=1)
    words = article.locator(".section").first.inner_text()
    for figure in ("$1,158", "0.50%", "$147.99", "$154.75"):
        assert figure in words
    if folder := os.environ.get("MEASURES"):
        phone.screenshot(path=f"{folder}/list-{texts.locale}-{scheme}.png")


def test_the_home_begins_with_how_the_desk_stands_and_what_stops_it(
    phone: Page, slack: LocalSlack, texts: Texts, scheme: Scheme
) -> None:
    pending = (a_trade(), a_trade(id="MSFT_20250819_234500", symbol="MSFT"))
    view = home(a_status(portfolio=a_portfolio(), pending=pending), Role.TRADER, texts)
    WebClient(slack.bot_token, base_url=slack.api_url).views_publish(user_id=ANN, view=view)
    phone.goto(f"{slack.url}/#{ANN}/home")
    shown = phone.locator("#home-blocks")
    expect(shown.get_by_role("heading").first).to_be_visible()
    found = measured(shown)
    note("home", texts, scheme, found, phone)
    assert found.height <= MOST["home"]
    assert found.to_button is not None
    assert found.to_button <= FIRST_BUTTON["home"]
    expect(shown.get_by_role("button", name=texts("label-halt"))).to_be_in_viewport(ratio=1)
    wide = shown.evaluate("(node) => document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
