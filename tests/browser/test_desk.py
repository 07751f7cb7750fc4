"""The desk's journeys in a real Chromium, on the blueprint's example."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.local_slack.launch import ADMIN, CHANNEL, TRADER, VIEWER
from engine.model.desk import DeskState
from engine.model.trade import TradeState
from tests.browser.composer import typed
from tests.browser.conftest import OpenPage
from tests.conftest import OpenStage
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.slack_harness import SlackHarness

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(open_stage: OpenStage) -> SlackHarness[EngineHarness]:
    return open_stage()


@pytest.fixture
def enter(browser: Browser, stage: SlackHarness[EngineHarness]) -> Iterator[OpenPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(10_000)

    def entered(user: str) -> Page:
        page = context.new_page()
        page.goto(f"{stage.slack.url}/#{user}/{CHANNEL.id}")
        page.get_by_role("heading", name=f"# {CHANNEL.name}").wait_for()
        return page

    yield entered
    context.close()


def test_resizing_in_the_modal_changes_the_shares_on_the_card(
    stage: SlackHarness[EngineHarness], enter: OpenPage
) -> None:
    page = enter(TRADER.id)
    stage.harness.play_the_signal()
    page.get_by_role("button", name=re.compile("Resize")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("9999")
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_text(re.compile("512"), exact=False).first).to_be_visible()
    dialog.get_by_role("textbox").fill("300")
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name=re.compile("Buy 300 AAPL"))).to_be_visible()
    assert stage.harness.trade().shares == 300


def test_a_viewers_click_is_refused_where_only_the_viewer_sees_it(
    stage: SlackHarness[EngineHarness], enter: OpenPage
) -> None:
    page = enter(VIEWER.id)
    stage.harness.play_the_signal()
    page.get_by_role("button", name=re.compile("Approve")).click()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    assert stage.harness.trade().state is TradeState.PROPOSED


def test_halt_typed_in_the_composer_stops_new_trades_and_resume_lets_them_run(
    stage: SlackHarness[EngineHarness], enter: OpenPage
) -> None:
    page = enter(ADMIN.id)
    typed(page, "/halt earnings")
    expect(page.get_by_text(re.compile("halted by")).first).to_be_visible()
    assert stage.harness.play_the_signal() is None
    typed(page, "/resume")
    expect(page.get_by_text(re.compile("resumed by")).first).to_be_visible()
    assert stage.harness.play_another_signal() is not None
    expect(page.get_by_role("heading", name=re.compile("AAPL at"))).to_be_visible()


def test_halt_and_resume_at_home_are_one_press_and_one_question(
    stage: SlackHarness[EngineHarness], enter: OpenPage
) -> None:
    page = enter(ADMIN.id)
    page.get_by_role("link", name="trading-bot").click()
    page.get_by_role("button", name=re.compile("^Halt")).click()
    expect(page.get_by_role("heading", name=re.compile("The desk is halted"))).to_be_visible()
    assert stage.harness.engine.queries.desk().state is DeskState.HALTED
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    page.get_by_role("button", name=re.compile("^Resume")).click()
    page.get_by_role("alertdialog", name="Resume trading?").get_by_role("button", name="Resume").click()
    expect(page.get_by_role("heading", name=re.compile("The desk is active"))).to_be_visible()
    assert stage.harness.engine.queries.desk().state is DeskState.ACTIVE


def test_after_an_approval_the_card_has_no_live_button_and_the_fill_stands_in_the_channel(
    stage: SlackHarness[EngineHarness], enter: OpenPage
) -> None:
    page = enter(TRADER.id)
    stage.harness.play_the_signal()
    page.get_by_role("button", name=re.compile("Approve")).click()
    expect(page.get_by_text(f"Trade ID: {TRADE_ID}").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Approve|Resize|Reject"))).to_have_count(0)


def test_inspect_on_the_card_shows_how_the_score_came_about_to_the_one_who_pressed(
    stage: SlackHarness[EngineHarness], enter: OpenPage
) -> None:
    page = enter(VIEWER.id)
    stage.harness.play_the_signal()
    page.get_by_role("button", name=re.compile("Inspect")).click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("RSI 35.0"))).to_be_visible()


def test_the_day_s_report_comes_when_it_is_asked_for_with_the_day_s_result(enter: OpenPage) -> None:
    page = enter(VIEWER.id)
    typed(page, "/report day")
    expect(page.get_by_role("heading", name=re.compile("Today so far"))).to_be_visible()
    expect(page.get_by_text("As of").first).to_be_visible()
