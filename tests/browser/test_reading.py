"""How the page shows what comes while nobody looks, and what one writes oneself."""

import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from slack_bolt import App
from slack_sdk import WebClient

from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import actions, button, plain
from tests.browser.conftest import OpenPage
from tests.browser.desk import ANN, BEN, CHANNELS, DESK, MANIFEST, USERS, data_table
from tests.support.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url)


def filled(ben: Person, count: int = 40) -> None:
    """Write more than a window shows."""
    for number in range(count):
        ben.say(DESK, f"Line {number}")


def scrolled_up(page: Page) -> None:
    expect(page.get_by_role("article").last).to_be_in_viewport()  # else it would go down once it has read them
    page.get_by_role("region", name="Messages").evaluate("(node) => { node.scrollTop = 0 }")
    expect(page.get_by_role("button", name="Latest messages")).to_be_visible()


def composer(page: Page) -> Any:
    return page.get_by_role("combobox", name="Message #desk")


def test_a_channel_is_not_said_to_be_empty_before_it_was_read(browser: Browser, slack: LocalSlack) -> None:
    asked, page = list[Route](), browser.new_page()

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/local/channels/*/messages*", hold)
    page.goto(f"{slack.url}/#{ANN}/C0DESK")
    page.get_by_role("heading", name="# desk").wait_for()
    while not asked:
        page.wait_for_timeout(10)
    expect(page.locator("#beginning")).to_be_hidden()
    asked.pop().continue_()
    expect(page.locator("#beginning")).to_be_visible()
    page.close()


def test_what_one_writes_is_scrolled_to(open_page: OpenPage, ben: Person) -> None:
    filled(ben)
    page = open_page(ANN)
    scrolled_up(page)
    composer(page).fill("Mine")
    composer(page).press("Enter")
    expect(page.get_by_role("article", name="Ann Lee: Mine")).to_be_in_viewport()
    expect(page.locator("#to-foot")).to_be_hidden()


def test_an_answer_to_a_command_given_while_scrolled_up_is_seen(app: App, open_page: OpenPage, ben: Person) -> None:
    app.command("/portfolio")(lambda ack: ack("Nothing held."))
    filled(ben)
    page = open_page(ANN)
    scrolled_up(page)
    composer(page).fill("/portfolio ")
    composer(page).press("Enter")
    expect(page.get_by_role("article", name="Nothing held.")).to_be_in_viewport()


def test_what_comes_below_the_fold_is_counted_at_the_way_down(open_page: OpenPage, ben: Person) -> None:
    filled(ben)
    page = open_page(ANN)
    scrolled_up(page)
    ben.say(DESK, "News")
    expect(page.get_by_role("button", name="1 new message ↓")).to_be_visible()
    ben.say(DESK, "More news")
    expect(page).to_have_title("(2) #desk · Local desk (local workspace)")
    page.get_by_role("button", name="2 new messages ↓").click()
    expect(page.get_by_role("article", name="More news")).to_be_in_viewport()
    expect(page).to_have_title("#desk · Local desk (local workspace)")
    line = page.get_by_role("separator", name="New")
    expect(line).to_have_count(1)
    following = line.evaluate("(node) => node.nextElementSibling.getAttribute('aria-label')")
    assert following == "Ben Kim: News"


def test_what_comes_elsewhere_is_counted_and_marked_until_it_was_read(open_page: OpenPage, ben: Person) -> None:
    page = open_page(ANN)
    page.get_by_role("link", name="ops").click()
    for words in ("One", "Two", "Three"):
        ben.say(DESK, words)
    expect(page.get_by_role("link", name="desk 3 new messages")).to_be_visible()
    expect(page).to_have_title("(3) #ops · Local desk (local workspace)")
    page.get_by_role("link", name="desk").click()
    expect(page.get_by_role("separator", name="New")).to_have_count(1)
    expect(page).to_have_title("#desk · Local desk (local workspace)")
    page.get_by_role("link", name="ops").click()
    page.get_by_role("link", name="desk").click()
    expect(page.get_by_role("separator", name="New")).to_have_count(0)


def test_one_s_own_words_are_never_new(open_page: OpenPage, ann: Person) -> None:
    page = open_page(ANN)
    page.get_by_role("link", name="ops").click()
    ann.say(DESK, "From my phone")
    page.get_by_role("link", name="desk").click()
    expect(page.get_by_role("article", name="From my phone")).to_be_visible()
    expect(page.get_by_role("separator", name="New")).to_have_count(0)


def test_a_reply_that_also_goes_to_the_channel_says_to_which_thread_and_leads_there(
    client: WebClient, open_page: OpenPage
) -> None:
    parent = client.chat_postMessage(channel=DESK, text="Buy 512 AAPL")["ts"]
    client.chat_postMessage(channel=DESK, text="Filled", thread_ts=parent, reply_broadcast=True)
    page = open_page(ANN)
    page.get_by_role("button", name="Replied to a thread: Buy 512 AAPL").click()
    expect(page.get_by_role("complementary", name="Thread").get_by_role("article", name="Filled")).to_be_visible()


def test_a_thread_closes_when_the_home_opens(client: WebClient, open_page: OpenPage) -> None:
    parent = client.chat_postMessage(channel=DESK, text="Buy 512 AAPL")["ts"]
    client.chat_postMessage(channel=DESK, text="Filled", thread_ts=parent)
    page = open_page(ANN)
    page.get_by_role("button", name="1 reply").click()
    pane = page.get_by_role("complementary", name="Thread")
    expect(pane).to_be_visible()
    page.get_by_role("link", name="trading-bot").click()
    expect(pane).to_be_hidden()


def test_a_name_is_completed_after_an_at_wherever_it_stands(open_page: OpenPage, slack: LocalSlack) -> None:
    page = open_page(ANN)
    composer(page).press_sequentially("look, @k")
    expect(page.get_by_role("option", name="@ben")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("look, @ben ")
    page.keyboard.type("a < b & c")
    page.keyboard.press("Enter")
    said = Person(slack.url, ANN).wait_for(DESK, lambda message: "look" in message["text"])
    assert said["text"] == f"look, <@{BEN}> a &lt; b &amp; c"
    expect(page.get_by_role("article", name="look, @Ben Kim a < b & c")).to_be_visible()


@pytest.mark.parametrize("typed", ["a@b", "@nobody", "/halt"])
def test_an_at_that_begins_no_name_completes_nobody(open_page: OpenPage, typed: str) -> None:
    page = open_page(ANN)
    composer(page).press_sequentially(typed)
    expect(page.get_by_role("option", name="@")).to_have_count(0)


def test_what_a_person_types_as_an_entity_stays_what_they_typed(open_page: OpenPage) -> None:
    page = open_page(ANN)
    composer(page).fill("&lt;b&gt; /x<y>")
    composer(page).press("Enter")
    expect(page.get_by_role("article", name="&lt;b&gt; /x<y>")).to_be_visible()
    composer(page).fill("/a<b>&amp;")
    composer(page).press("Enter")
    expect(page.get_by_role("article", name="/a<b>&amp; is not a command here.")).to_be_visible()


def png(width: int, height: int) -> bytes:
    """Return a picture of one colour."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x7f" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def test_a_picture_keeps_its_place_before_it_is_there(client: WebClient, open_page: OpenPage) -> None:
    client.files_upload_v2(channel=DESK, filename="chart.png", content=png(400, 200), title="AAPL", alt_txt="A chart")
    page = open_page(ANN)
    page.route("**/local/files/*", lambda route: route.abort())  # it never comes
    page.reload()
    drawn = page.get_by_role("article").locator("img")
    expect(drawn).to_have_attribute("width", "400")
    box = drawn.bounding_box()
    assert box is not None
    assert box["height"] > 150


def test_a_table_takes_the_room_that_there_is(client: WebClient, open_page: OpenPage) -> None:
    names = [f"Column {number}" for number in range(7)]
    rows = [[{"type": "raw_text", "text": name} for name in names], [{"type": "raw_text", "text": "1,234.56"}] * 7]
    client.chat_postMessage(channel=DESK, text="Wide", blocks=[{**data_table(), "rows": rows}])
    frame = open_page(ANN).locator(".table-frame")
    expect(frame).to_be_visible()
    fits, wide = frame.evaluate("(node) => [node.scrollWidth <= node.clientWidth, node.clientWidth]")
    assert fits
    assert wide > 680


def test_the_name_of_a_day_covers_no_words(open_page: OpenPage, ben: Person) -> None:
    filled(ben)
    page = open_page(ANN)
    page.get_by_role("region", name="Messages").evaluate("(node) => { node.scrollTop = 200 }")
    assert page.locator(".day").first.evaluate("(node) => getComputedStyle(node).position") == "relative"


def test_a_card_of_the_home_has_its_words_and_its_buttons(app: App, client: WebClient, open_page: OpenPage) -> None:
    heard: list[str] = []

    def listen(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body["actions"][0]["action_id"])
        ack()

    app.action("go")(listen)
    card = {"type": "card", "title": {"type": "mrkdwn", "text": "*AAPL* 512"}, "actions": [button()]}
    page = open_page(ANN)
    page.get_by_role("link", name="trading-bot").click()
    client.views_publish(user_id=ANN, view={"type": "home", "blocks": [card]})
    expect(page.locator("#home-view").get_by_text("AAPL")).to_be_visible()
    page.get_by_role("button", name="Go", exact=True).click()
    until(lambda: heard == ["go"])


def test_the_page_of_a_korean_desk_is_korean(browser: Browser) -> None:
    with LocalSlack(manifest=MANIFEST, users=USERS, channels=CHANNELS, locale="ko") as slack:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page = context.new_page()
        page.goto(f"{slack.url}/#{ANN}/{DESK}")
        expect(page.get_by_role("heading", name="채널")).to_be_visible()
        expect(page.get_by_role("combobox", name="#desk에 메시지 보내기")).to_be_visible()
        expect(page.get_by_text("이 컴퓨터에서만 쓰는 Slack 대역입니다.")).to_be_visible()
        expect(page.get_by_text("관리자").first).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "ko"
        Person(slack.url, BEN).say(DESK, "안녕하세요")
        expect(page.get_by_text("오늘")).to_be_visible()
        left = page.locator("body").evaluate(
            "(body) => [...body.querySelectorAll('[data-say], [data-label]')]"
            ".map((node) => node.dataset.say ? node.textContent : node.getAttribute('aria-label'))"
            ".filter((said) => !/[가-힣]/.test(said))"
        )
        assert left == []
        context.close()


def test_the_person_is_asked_about_notices_once_and_told_of_what_comes_out_of_sight(
    browser: Browser, slack: LocalSlack, ben: Person
) -> None:
    context = browser.new_context(permissions=["notifications"])
    page = context.new_page()
    page.add_init_script(
        "window.told = []; window.Notification = class extends EventTarget {"
        " static permission = 'granted';"
        " constructor(title, how) { super(); window.told.push([title, how.body]) } };"
        " Object.defineProperty(document, 'hidden', { get: () => window.away ?? false });"
    )
    page.goto(f"{slack.url}/#{ANN}/{DESK}")
    page.get_by_role("heading", name="# desk").wait_for()
    expect(page.get_by_role("button", name="Notify me on this desktop")).to_be_hidden()
    ben.say(DESK, "In sight")
    expect(page.get_by_role("article", name="In sight")).to_be_visible()
    page.evaluate("window.away = true")
    ben.say(DESK, "Out of *sight*")
    expect(page.get_by_role("article", name="Out of sight")).to_be_visible()
    assert page.evaluate("window.told") == [["Ben Kim", "Out of sight"]]
    context.close()


def test_a_modal_that_follows_what_is_typed_keeps_the_words_and_the_caret(app: App, open_page: OpenPage) -> None:
    def view(said: str) -> dict[str, Any]:
        typed = {"type": "number_input", "is_decimal_allowed": False, "action_id": "n",
                 "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}  # fmt: skip
        asked = {"type": "input", "block_id": "b", "label": plain("Shares"), "element": typed, "dispatch_action": True}
        shown = {"type": "section", "text": plain(said)}
        return {"type": "modal", "title": plain("Size"), "submit": plain("Send"), "blocks": [shown, asked]}

    def follow(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view=view(f"{body['actions'][0]['value']} shares"))

    def start(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view("none"))

    app.action("go")(start)
    app.action("n")(follow)
    app.client.chat_postMessage(channel=DESK, text="Size", blocks=[actions(button())])
    page = open_page(ANN)
    page.get_by_role("button", name="Go", exact=True).click()
    field = page.get_by_role("dialog").get_by_label("Shares")
    field.press_sequentially("3")
    expect(page.get_by_role("dialog").get_by_text("3 shares")).to_be_visible()
    page.keyboard.type("00")
    expect(page.get_by_role("dialog").get_by_text("300 shares")).to_be_visible()
    expect(field).to_have_value("300")
    expect(field).to_be_focused()
