from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.cards.proposal import proposal
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.cards.examples import ENGLISH, approved
from tests.browser.conftest import OpenPage
from tests.browser.desk import ANN, BEN, CLOCK, DESK, MORE, SIMULATED, chart, data_table, every_block
from tests.support.fakes.trades import a_trade

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
    expect(message.get_by_text("What is folded")).to_be_hidden()
    expect(message.get_by_text("Seen")).to_be_visible()
    expect(message.get_by_role("table", name="Positions")).to_be_visible()
    expect(message.get_by_role("img", name="Equity: 9:30 1, 10:30 2.5, 11:30 2")).to_be_visible()


def test_what_was_unfolded_stays_so_when_the_message_changes_and_folds_by_keyboard(
    client: WebClient, open_page: OpenPage
) -> None:
    sent = client.chat_postMessage(channel=DESK, **proposal(a_trade(), ENGLISH).payload())
    page = open_page(ANN)
    card, summary = page.get_by_role("article"), page.locator("#messages summary")
    reason = card.get_by_text("RSI 35.0")
    expect(summary).to_have_text("Why: score +1.5, strong buy")
    expect(reason).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(reason).to_be_visible()
    client.chat_update(channel=DESK, ts=sent["ts"], **proposal(approved(), ENGLISH).payload())
    expect(card.get_by_role("heading", name="512 AAPL at $150.25: approved")).to_be_visible()
    expect(reason).to_be_visible()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(reason).to_be_hidden()


def test_a_table_of_data_is_sorted_by_the_column_that_is_pressed(client: WebClient, open_page: OpenPage) -> None:
    sent = client.chat_postMessage(channel=DESK, text="Positions", blocks=[data_table()])
    page = open_page(ANN)
    names = page.locator("tbody th")
    expect(names).to_have_text(["MSFT", "AAPL", "FB"])
    page.get_by_role("button", name="Value").click()
    expect(names).to_have_text(["FB", "MSFT", "AAPL"])
    page.get_by_role("button", name="Value").click()
    expect(names).to_have_text(["AAPL", "MSFT", "FB"])
    expect(page.get_by_role("columnheader", name="Value")).to_have_attribute("aria-sort", "descending")
    client.chat_update(channel=DESK, ts=sent["ts"], text="Positions, again", blocks=[data_table()])
    expect(page.get_by_role("article", name="Positions, again")).to_be_visible()
    expect(names).to_have_text(["AAPL", "MSFT", "FB"])


@pytest.mark.parametrize(
    ("block", "said", "drawn", "count"),
    [
        (chart("line", ("A", [1.0, -2.5])), "A: 9:30 1, 10:30 -2.5", "polyline", 1),
        (chart("line", ("A", [1_500.0])), "A: 9:30 1.5K", "circle", 1),
        (chart("area", ("A", [1.0, 2.0, 0.0]), ("B", [0.0] * 3)), "A: 9:30 1, 10:30 2, 11:30 0; B: ", "polygon", 2),
        (chart("bar", ("A", [1.0, -2.0])), "A: 9:30 1, 10:30 -2", "rect", 2),
        (chart("pie", ("A", [3.0, 1.0])), "9:30 3 (75%); 10:30 1 (25%)", "path", 2),
        (chart("pie", ("A", [3.0])), "9:30 3 (100%)", "circle", 1),
        (chart("pie", ("A", [0.0])), "9:30 0 (0%)", "path", 1),
    ],
)
def test_a_chart_is_drawn_and_said(
    client: WebClient, open_page: OpenPage, block: dict[str, Any], said: str, drawn: str, count: int
) -> None:
    client.chat_postMessage(channel=DESK, text="Chart", blocks=[block])
    drawing = open_page(ANN).get_by_role("img", name=said)
    expect(drawing).to_be_visible()
    expect(drawing.locator(f".series {drawn}")).to_have_count(count)
    assert "NaN" not in drawing.inner_html()


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
    for text in (SIMULATED, MORE, CLOCK):
        expect(page.get_by_text(text)).to_be_visible()


def test_a_phone_says_so_in_one_line_that_a_tap_opens(open_phone: OpenPage) -> None:
    page = open_phone(ANN)
    for text in (SIMULATED, CLOCK):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text(MORE)).to_be_hidden()
    page.get_by_text(SIMULATED).tap()
    expect(page.get_by_text(MORE)).to_be_visible()


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
