"""A waiting card on a phone is seen whole: what decides and the buttons, without scrolling."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from bot.cards.newer_blocks import older
from bot.cards.proposal import proposal
from bot.cli.demo import simulated
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from engine.model.trade import Trade
from tests.bot.cards.examples import BOTH, approved, ended, opened
from tests.bot.local_slack.workspaces import connected, new_app
from tests.browser.desk import ANN, CHANNELS, DESK, MANIFEST, USERS
from tests.support.fakes.trades import a_trade

pytestmark = pytest.mark.browser

FIRST_BUTTON = 160
"""Pixels from the top of a waiting card, under another message of the bot, to its buttons; once it was 634 to 656."""
TALLEST = 300
"""Pixels of the whole waiting card; once it was 731 to 753."""
MEASURES = """() => {
    const card = [...document.querySelectorAll("article")].at(-1).getBoundingClientRect();
    const list = document.querySelector("#scroll").getBoundingClientRect();
    const row = [...document.querySelectorAll(".actions button")].map((button) => button.getBoundingClientRect());
    const foot = Math.max(...row.map((box) => box.bottom));
    return {
        first: row[0].top - card.top,
        tall: card.height,
        whole: card.top >= list.top && foot <= list.bottom,
        lines: Math.round(document.querySelector(".header").getBoundingClientRect().height / (18 * 1.35)),
        sideways: document.querySelector("#scroll").scrollWidth > document.querySelector("#scroll").clientWidth,
    };
}"""

Scheme = Literal["light", "dark"]
OpenPhone = Callable[[Scheme], Page]


@dataclass(frozen=True, kw_only=True)
class Measures:
    """How a card lies on the screen: pixels, and whether its top and its buttons are both in sight."""

    first: float
    tall: float
    whole: bool
    lines: int
    sideways: bool


@pytest.fixture(params=BOTH, ids=lambda texts: texts.locale)
def texts(request: pytest.FixtureRequest) -> Texts:
    found: Texts = request.param
    return found


@pytest.fixture
def slack(texts: Texts) -> Iterator[LocalSlack]:
    """The demo's workspace as a phone shows it, its note and clock over the list."""
    clock = texts("demo-clock", time="19 Aug 2025, 23:45 KST", speed="150")
    rules = Rules(post_burst=20, ping_every=0.05)
    with (
        LocalSlack(
            manifest=MANIFEST, users=USERS, channels=CHANNELS, note=simulated(texts), clock=lambda: clock, rules=rules
        ) as local,
        connected(local, new_app(local)),
    ):  # a banner over the list says so where no bot is
        yield local


@pytest.fixture
def open_phone(browser: Browser, slack: LocalSlack) -> Iterator[OpenPhone]:
    contexts = []

    def opened_in(scheme: Scheme) -> Page:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{slack.url}/#{ANN}/{DESK}")
        page.get_by_role("heading", name="# desk").wait_for()
        return page

    yield opened_in
    for context in contexts:
        context.close()


def shown(slack: LocalSlack, page: Page, blocks: list[dict[str, Any]]) -> Measures:
    """Post a card under another message, and measure it once the list is at its foot."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    client.chat_postMessage(channel=DESK, text="Market opens in 15 min.")
    client.chat_postMessage(channel=DESK, text="A card", blocks=blocks)
    expect(page.locator(".actions button").last).to_be_in_viewport(ratio=1)
    return Measures(**page.evaluate(MEASURES))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("form", [list, older], ids=["with a container", "without"])
def test_a_waiting_card_fits_on_a_phone_from_its_top_to_its_buttons(
    slack: LocalSlack, open_phone: OpenPhone, texts: Texts, scheme: Scheme, form: Callable[[Any], list[dict[str, Any]]]
) -> None:
    card = form(proposal(a_trade(), texts, source="replay").payload()["blocks"])
    measured = shown(slack, open_phone(scheme), card)
    assert measured.whole
    assert measured.first <= FIRST_BUTTON
    assert measured.tall <= TALLEST
    assert measured.lines == 1
    assert not measured.sideways


def test_who_unfolds_the_rest_still_sees_the_decision(slack: LocalSlack, open_phone: OpenPhone, texts: Texts) -> None:
    page = open_phone("light")
    shown(slack, page, proposal(a_trade(), texts, source="replay").payload()["blocks"])
    page.locator("#messages summary").tap()
    expect(page.locator("#messages details")).to_have_attribute("open", "")
    expect(page.locator(".header")).to_be_in_viewport(ratio=1)
    expect(page.locator("#messages summary")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("trade", [a_trade(first_by="U0BEN"), approved(), opened(), ended()], ids=lambda t: t.state)
def test_a_decided_card_is_no_taller_than_a_waiting_one(
    slack: LocalSlack, open_phone: OpenPhone, texts: Texts, trade: Trade
) -> None:
    measured = shown(slack, open_phone("light"), proposal(trade, texts, source="replay").payload()["blocks"])
    assert measured.whole
    assert measured.tall <= TALLEST + 44  # two lines for who approved first
