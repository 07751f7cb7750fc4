from queue import Empty, Queue
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import actions, asked, button, connected, new_app, option, plain, written
from tests.browser.conftest import OpenPage
from tests.browser.desk import ANN, BEN, CONFIRM, DESK, resize_modal
from tests.support.waiting import until

pytestmark = pytest.mark.browser

Heard = Queue[dict[str, Any]]


def hear(app: App, action_id: str) -> Heard:
    """Collect what the bot is told of an action."""
    heard: Heard = Queue()

    def listen(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        heard.put(body)

    app.action(action_id)(listen)
    return heard


def post(app: App, *blocks: dict[str, Any], text: str = "Decide") -> str:
    return str(app.client.chat_postMessage(channel=DESK, text=text, blocks=list(blocks))["ts"])


def told_once(heard: Heard) -> dict[str, Any]:
    """Return the one thing that was heard; what comes a moment later is heard too."""
    first = heard.get(timeout=5)
    with pytest.raises(Empty):
        heard.get(timeout=0.3)
    return first


def composer(page: Page) -> Any:
    return page.get_by_role("combobox", name="Message #desk")


def test_a_double_click_reaches_the_bot_once(app: App, open_page: OpenPage) -> None:
    heard = hear(app, "go")
    post(app, actions(button()))
    open_page(ANN).get_by_role("button", name="Go", exact=True).dblclick()
    assert told_once(heard)["user"]["id"] == ANN


def test_a_confirm_dialog_stands_before_the_click(app: App, open_page: OpenPage) -> None:
    heard = hear(app, "go")
    post(app, actions(button(confirm=CONFIRM)))
    page = open_page(ANN)
    page.get_by_role("button", name="Go", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Approve 512 AAPL?")
    expect(dialog.get_by_role("button", name="Not now")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert heard.empty()
    page.get_by_role("button", name="Go", exact=True).click()
    dialog.get_by_role("button", name="Yes, approve").click()
    told_once(heard)


def test_a_click_that_the_bot_does_not_take_is_said_beside_it(app: App, open_page: OpenPage) -> None:
    app.action("go")(lambda: None)  # never acknowledges
    post(app, actions(button()))
    page = open_page(ANN)
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".message").get_by_role("alert")).to_contain_text("operation_timeout")


def test_an_option_is_chosen_by_keyboard(app: App, open_page: OpenPage) -> None:
    heard = hear(app, "pick")
    options = [option("market"), option("limit")]
    post(app, actions({"type": "static_select", "action_id": "pick", "placeholder": plain("Type"), "options": options}))
    page = open_page(ANN)
    page.get_by_role("button", name="Type").press("Enter")
    expect(page.get_by_role("listbox", name="Type")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert told_once(heard)["actions"][0]["selected_option"]["value"] == "limit"
    expect(page.get_by_role("button", name="Type")).to_have_text("Limit")
    expect(page.get_by_role("button", name="Type")).to_be_focused()


def test_boxes_ticked_in_quick_succession_all_reach_the_bot(app: App, open_page: OpenPage) -> None:
    heard = hear(app, "tick")
    post(app, actions({"type": "checkboxes", "action_id": "tick", "options": [option("one"), option("two")]}))
    page = open_page(ANN)
    for name in ("One", "Two"):
        page.get_by_role("checkbox", name=name).check()
    told = [heard.get(timeout=5)["actions"][0]["selected_options"] for _ in range(2)]
    assert [len(options) for options in told] == [1, 2]


def test_a_modal_is_refused_field_by_field_and_then_taken(app: App, open_page: OpenPage) -> None:
    taken: Heard = Queue()

    def open_modal(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=resize_modal())

    def submit(ack: Ack, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["shares"]["n"]["value"] == "512":
            ack(response_action="errors", errors={"shares": "At most 444 shares."})
        else:
            ack()
            taken.put(values)

    app.action("go")(open_modal)
    app.view("resize")(submit)
    post(app, actions(button()))
    page = open_page(ANN)
    page.get_by_role("button", name="Go", exact=True).click()
    dialog = page.get_by_role("dialog", name="Resize AAPL")
    expect(dialog.get_by_label("Shares")).to_be_focused()
    dialog.get_by_role("button", name="Resize").click()
    expect(dialog.get_by_role("alert")).to_have_text(["Please complete this required field."])
    dialog.get_by_role("button", name="Order type").click()
    page.get_by_role("option", name="Limit").click()
    dialog.get_by_role("button", name="Resize").click()
    expect(dialog.get_by_role("alert")).to_have_text(["At most 444 shares."])
    expect(dialog.get_by_label("Shares")).to_be_focused()
    dialog.get_by_label("Shares").fill("444")
    expect(dialog.get_by_role("button", name="Resize")).not_to_have_attribute("aria-disabled", "true")
    dialog.get_by_role("button", name="Resize").click()
    expect(dialog).to_have_count(0)
    values = taken.get(timeout=5)
    assert values["shares"]["n"]["value"] == "444"
    assert values["kind"]["t"]["selected_option"]["value"] == "limit"


def test_modals_stack_and_escape_goes_back_one(app: App, open_page: OpenPage) -> None:
    def view(title: str, *blocks: dict[str, Any]) -> dict[str, Any]:
        return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks)}

    def first(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        kept = asked(written(), optional=True)
        client.views_open(trigger_id=body["trigger_id"], view=view("First", kept, actions(button("deeper"))))

    def second(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=view("Second", actions(button("end"))))

    app.shortcut("halt")(first)
    app.action("deeper")(second)
    page = open_page(ANN)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Halt trading").click()
    page.get_by_role("dialog", name="First").get_by_label("Say").fill("kept")
    page.get_by_role("dialog", name="First").get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_role("dialog", name="Second").get_by_role("button", name="Back")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="First").get_by_label("Say")).to_have_value("kept")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_command_is_completed_and_sent_by_keyboard(app: App, open_page: OpenPage) -> None:
    app.command("/portfolio")(lambda ack, body: ack(f"You asked: {body['text']}"))
    page = open_page(ANN)
    composer(page).press_sequentially("/p")
    expect(page.get_by_role("option", name="/portfolio")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    expect(composer(page)).to_have_value("/portfolio ")
    page.keyboard.type("AAPL")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="You asked: AAPL")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(composer(page)).to_have_value("/portfolio AAPL")


def test_a_command_that_fails_is_told_to_its_sender_only(slack: LocalSlack, open_page: OpenPage) -> None:
    assert slack.connections == 0
    page = open_page(ANN)
    expect(page.get_by_text("Commands and buttons fail until it is back")).to_be_visible()
    composer(page).fill("/halt now")
    composer(page).press("Enter")
    expect(page.get_by_role("article", name="/halt failed with the error dispatch_failed")).to_be_visible()


def test_a_thread_is_read_and_answered_in_its_pane(app: App, open_page: OpenPage, ben: Person) -> None:
    parent = post(app, actions(button()), text="A proposal")
    ben.say(DESK, "Looks right.", parent)
    page = open_page(ANN)
    page.get_by_role("button", name="1 reply").click()
    pane = page.get_by_role("complementary", name="Thread")
    expect(pane.get_by_role("article", name="Ben Kim: Looks right.")).to_be_visible()
    pane.get_by_role("combobox", name="Reply").fill("Agreed <3")
    pane.get_by_role("combobox", name="Reply").press("Enter")
    expect(pane.get_by_role("article", name="Ann Lee: Agreed <3")).to_be_visible()
    expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    pane.get_by_role("button", name="Close thread").click()
    expect(pane).to_be_hidden()


def test_another_user_acts_and_sees_for_themselves(app: App, open_page: OpenPage) -> None:
    heard = hear(app, "go")
    post(app, actions(button()))
    app.client.chat_postEphemeral(channel=DESK, user=ANN, text="For Ann")
    page = open_page(ANN)
    expect(page.get_by_role("article", name="For Ann")).to_be_visible()
    page.get_by_role("button", name="You are Ann Lee, admin").click()
    page.get_by_role("option", name="Ben Kim").click()
    expect(page.get_by_role("article", name="For Ann")).to_have_count(0)
    page.get_by_role("button", name="Go", exact=True).click()
    assert told_once(heard)["user"]["id"] == BEN
    page.reload()
    expect(page.get_by_role("button", name="You are Ben Kim, trader")).to_be_visible()


def test_the_app_home_is_published_and_used(app: App, open_page: OpenPage) -> None:
    heard = hear(app, "go")

    def publish(event: dict[str, Any], client: WebClient) -> None:
        blocks = [{"type": "header", "text": plain("Your desk")}, actions(button())]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    app.event("app_home_opened")(publish)
    page = open_page(ANN)
    page.get_by_role("link", name="trading-bot").click()
    expect(page.get_by_role("heading", name="Your desk")).to_be_visible()
    page.get_by_role("button", name="Go", exact=True).click()
    assert told_once(heard)["view"]["type"] == "home"


def test_the_page_catches_up_after_the_connection_was_lost(slack: LocalSlack, open_page: OpenPage, ben: Person) -> None:
    page = open_page(ANN)
    ben.say(DESK, "Before")
    expect(page.get_by_role("article", name="Before")).to_be_visible()
    slack.stop()
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    slack.start()
    app = new_app(slack)
    with connected(slack, app):
        post(app, actions(button()), text="While you were away")
        expect(page.get_by_role("article", name="While you were away")).to_be_visible()
        expect(page.locator("#banner")).to_be_hidden()
    until(lambda: slack.connections == 0)
    expect(page.get_by_text("Commands and buttons fail until it is back")).to_be_visible()


def test_a_bot_that_leaves_while_the_page_reads_who_came_is_shown_as_gone(browser: Browser, slack: LocalSlack) -> None:
    page, heard, answers = browser.new_page(), list[str](), list[tuple[Route, APIResponse]]()
    page.on("websocket", lambda events: events.on("framereceived", lambda frame: heard.append(str(frame))))
    page.goto(f"{slack.url}/#{ANN}/C0DESK")
    expect(page.get_by_text("Commands and buttons fail until it is back")).to_be_visible()
    page.route("**/local/workspace*", lambda route: answers.append((route, route.fetch())))
    with connected(slack, new_app(slack)):
        while not answers:
            page.wait_for_timeout(10)
    while not any("bot_disconnected" in frame for frame in heard):
        page.wait_for_timeout(10)
    for route, answer in answers:
        as_it_was = answer.json()
        route.fulfill(json={**as_it_was, "bot": {**as_it_was["bot"], "name": "old-answer"}})
    expect(page.get_by_role("link", name="old-answer not connected")).to_be_visible()
    page.close()
