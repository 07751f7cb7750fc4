from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.browser.conftest import OpenPage
from tests.browser.desk import ANN, BEN, CLOCK, DESK, NOTE, every_block

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script> "
    "<javascript:document.title='owned'|click> &lt;b&gt;bold&lt;/b&gt; <https://e.example/\"onclick=\"x|quoted>"
)


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url)


def post_every_block(client: WebClient) -> None:
    client.chat_postMessage(channel=DESK, text="Every block", blocks=every_block())


def is_wider_than_its_window(page: Page) -> bool:
    frames = "[document.documentElement, ...document.querySelectorAll('#scroll, #home-view, #thread-scroll')]"
    return bool(page.evaluate(f"{frames}.some((frame) => frame.scrollWidth > frame.clientWidth)"))


def test_every_block_and_element_is_shown(client: WebClient, open_page: OpenPage) -> None:
    post_every_block(client)
    message = open_page(ANN).get_by_role("article", name="trading-bot: Every block")
    expect(message.get_by_role("heading", name="Every block")).to_be_visible()
    for tag, text in {"strong": "bold", "em": "italic", "s": "struck", "code": "code", "pre": "fenced"}.items():
        expect(message.locator(f".mrkdwn {tag}").first).to_have_text(text)
    for name in ("Pick one", "Pick many", "Pick a person", "More options", "Go"):
        expect(message.get_by_role("button", name=name)).to_be_visible()
    expect(message.get_by_role("radio")).to_have_count(2)
    expect(message.get_by_role("checkbox")).to_have_count(2)
    expect(message.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com/")
    expect(message.get_by_text("@Ben Kim").first).to_be_visible()
    expect(message.get_by_role("img", name="rocket")).to_be_visible()
    expect(message.get_by_text(":no_such: 3*4*5 a_b_c")).to_be_visible()
    expect(message.get_by_role("textbox", name="Say")).to_have_attribute("placeholder", "Say it")
    expect(message.locator(".unknown")).to_have_count(0)


def test_a_date_is_shown_in_the_browsers_own_zone(client: WebClient, open_page: OpenPage) -> None:
    post_every_block(client)
    expect(open_page(ANN).get_by_text("2025-08-19 23:45:15")).to_be_visible()


def test_a_long_text_is_folded_until_it_is_asked_for(client: WebClient, open_page: OpenPage) -> None:
    post_every_block(client)
    page = open_page(ANN)
    folded = page.locator(".folded")
    expect(folded).to_have_count(1)
    page.get_by_role("button", name="See more").click()
    expect(folded).to_have_count(0)


def test_hostile_text_stays_text(ann: Person, client: WebClient, open_page: OpenPage) -> None:
    ann.say(DESK, HOSTILE)
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
        {"type": "section", "text": {"type": "plain_text", "text": HOSTILE}},
        {"type": "markdown", "text": f"{HOSTILE}\n\n[click](javascript:document.title='owned')"},
    ]
    client.chat_postMessage(channel=DESK, text=HOSTILE, blocks=blocks)
    page = open_page(ANN)
    expect(page.get_by_text("<b>bold</b>").first).to_be_visible()
    assert page.locator("#messages").locator("script, img, b").count() == 0
    assert page.locator("#messages a[href^='javascript']").count() == 0
    assert "owned" not in page.title()


def test_what_is_simulated_and_the_clock_are_said(open_page: OpenPage) -> None:
    page = open_page(ANN)
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_text(CLOCK)).to_be_visible()


def test_an_ephemeral_message_is_for_one_person_and_can_be_put_away(client: WebClient, open_page: OpenPage) -> None:
    page, others = open_page(ANN), open_page(BEN)
    client.chat_postEphemeral(channel=DESK, user=ANN, text="Only an admin may do that.")
    client.chat_postMessage(channel=DESK, text="For everybody.")
    secret = page.get_by_role("article", name="Only an admin may do that.")
    expect(secret).to_be_visible()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(others.get_by_role("article", name="For everybody.")).to_be_visible()
    expect(others.get_by_text("Only an admin may do that.")).to_have_count(0)
    page.get_by_role("button", name="Dismiss").click()
    page.reload()
    expect(page.get_by_role("article", name="For everybody.")).to_be_visible()
    expect(secret).to_have_count(0)


def test_a_phone_never_scrolls_sideways(client: WebClient, open_phone: OpenPage) -> None:
    post_every_block(client)
    page = open_phone(ANN)
    expect(page.get_by_role("article")).to_have_count(1)
    assert not is_wider_than_its_window(page)
    page.get_by_role("button", name="Channels and people").click()
    expect(page.get_by_role("link", name="ops")).to_be_visible()
    page.get_by_role("link", name="trading-bot").click()
    expect(page.locator("#home-view")).to_be_visible()
    assert not is_wider_than_its_window(page)


def test_what_is_touched_on_a_phone_is_large_enough(client: WebClient, open_phone: OpenPage) -> None:
    post_every_block(client)
    page = open_phone(ANN)
    expect(page.get_by_role("article")).to_have_count(1)
    touched = page.locator("#main").locator("button, .choice, .field").filter(visible=True)
    sizes = [box for each in touched.all() if (box := each.bounding_box())]
    assert sizes
    assert min(box["height"] for box in sizes) >= 40


def test_the_theme_follows_the_system_and_can_be_chosen(open_page: OpenPage) -> None:
    page = open_page(ANN)
    background = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) == "rgb(25, 27, 31)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Theme: as the system").click()
    assert page.evaluate(background) == "rgb(25, 27, 31)"
    page.reload()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
