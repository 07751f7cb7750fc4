"""Draws docs/pictures: the desk on the blueprint's example, in both languages, on a desktop and on a phone.

The desktop is light and the phone dark; `--swap` has it the other way round. Another folder may be named.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from slack_sdk import WebClient

from bot.cards import ids
from bot.cards.notices import render as message_of
from bot.delivery.chart_uploader import ChartUploader
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER
from bot.local_slack.seed import Json
from bot.messages import LOCALES
from engine.adapters.factory import Adapters
from engine.adapters.in_process import InProcessTaskQueue
from engine.model.notices.base import Notice, Posted
from engine.model.notices.proposals import ApprovalAsked
from engine.model.notices.reports import ReportMade
from engine.model.report import ReportKind
from engine.model.trade import TradeState
from engine.ports.trading_status import TradingStatuses
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.statuses import FakeStatuses
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.slack_harness import SlackHarness, embedded
from tests.support.waiting import until
from tools.trader_day import WATCHED, live

FOLDER: Final = Path(__file__).parents[1] / "docs" / "pictures"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
ZONE: Final = "Asia/Seoul"
COLOURS: Final = 256
"""Enough for a page without photographs, at half of the bytes."""
EARLIER: Final = (231_020, 230_940, 231_150, 231_080, 231_290, 231_210, 231_368)
"""Dollars of equity in the half-hours before the example."""
TARGET: Final = "154.90"
"""Dollars at which the example's trade has hit its target."""

Theme = Literal["light", "dark"]
SIZES: Final[dict[str, ViewportSize]] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A page on a screen, and where its pictures go; `name` is the screen's and its language's."""

    page: Page
    url: str
    name: str
    size: ViewportSize
    folder: Path

    def go(self, user: str, place: str) -> None:
        """Look at a place of the workspace as somebody."""
        self.page.goto(f"{self.url}/#{user}/{place}")
        self.page.reload()
        self.page.locator("article.message:visible, #home-blocks .header:visible").first.wait_for()

    def shoot(self, what: str, *, inside: str = "") -> None:
        """Take the picture; where something that scrolls is named, the window grows until all of it is seen."""
        height = self.size["height"]
        for _ in range(2):  # a picture is loaded once it is near what the window has, and takes its room then
            height += self.page.evaluate(HIDDEN, inside) if inside else 0
            self.page.set_viewport_size({**self.size, "height": height})
            self.page.wait_for_function("[...document.images].every((one) => one.complete)")
        self.page.mouse.move(0, 0)
        drawn = Image.open(BytesIO(self.page.screenshot(animations="disabled", caret="hide")))
        drawn.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(
            self.folder / f"{what}-{self.name}.png", optimize=True
        )
        self.page.set_viewport_size(self.size)

    def shoot_window(self, what: str) -> None:
        """Take the picture of the window that opens."""
        self.page.get_by_role("dialog").wait_for()
        self.shoot(what)


HIDDEN: Final = "(name) => { const part = document.querySelector(name); return part.scrollHeight - part.clientHeight }"


def draw(stage: SlackHarness[EngineHarness], screens: Sequence[Screen], charts: ChartUploader) -> None:
    """Play the example's day, and take a picture of each moment on every screen."""
    _fill_in(stage.harness)
    stage.harness.play_the_signal()
    card = stage.card()
    _take_away_what_came_before(stage, card)
    decide(stage, screens, card)
    _chart(stage, charts, ApprovalAsked(key="", at=stage.harness.clock.now(), trade_id=TRADE_ID), card)
    trade(stage, screens, card)
    look_back(stage, screens, charts)


def decide(stage: SlackHarness[EngineHarness], screens: Sequence[Screen], card: Json) -> None:
    """Take the pictures of a proposal that waits."""
    for screen in screens:
        screen.go(TRADER.id, CHANNEL.id)
        screen.shoot("proposal", inside="#scroll")
    stage.trader.press(card, ids.RESIZE)
    for screen in screens:
        screen.page.get_by_role("dialog").wait_for()
        screen.shoot("resize")
    stage.trader.close(stage.trader.wait_for_view())
    for screen in screens:
        screen.go(ADMIN.id, "home")
        screen.shoot("home", inside="#home-view")


def trade(stage: SlackHarness[EngineHarness], screens: Sequence[Screen], card: Json) -> None:
    """Take the picture of a trade that was approved, in its thread."""
    stage.trader.press(card, ids.APPROVE)
    until(lambda: stage.harness.trade().state is TradeState.OPEN)
    for screen in screens:
        screen.go(TRADER.id, CHANNEL.id)
        screen.page.locator(".thread-summary").first.click()
        screen.page.locator("#thread-messages article").nth(2).wait_for()
        screen.shoot("thread", inside="#thread-scroll")


def look_back(stage: SlackHarness[EngineHarness], screens: Sequence[Screen], charts: ChartUploader) -> None:
    """Take the pictures of the day's report, and of a halt after it."""
    stage.harness.market.price("AAPL", TARGET)
    until(lambda: _closed(stage))
    report = stage.harness.engine.queries.report(ReportKind.DAY)
    notice = ReportMade(key="day", at=stage.harness.clock.now(), report=report)
    with stage.harness.store.writing() as transaction:
        transaction.enqueue_notice(notice)
    heading = message_of(notice, None, stage.texts).text.splitlines()[0]
    told = stage.trader.wait_for(CHANNEL.id, lambda message: heading in message["text"])
    _chart(stage, charts, notice, told)
    for screen in screens:
        screen.go(TRADER.id, CHANNEL.id)
        screen.page.locator(".thread-summary").last.click()
        screen.page.locator("#thread-messages img").first.wait_for()
        screen.shoot("report", inside="#thread-scroll")
    stage.trader.command(CHANNEL.id, "/halt CPI")
    stage.trader.wait_for(CHANNEL.id, lambda message: "/resume" in message["text"] and not message["ephemeral"])
    for screen in screens:
        screen.go(TRADER.id, CHANNEL.id)
        screen.shoot("halt")


def _chart(stage: SlackHarness[EngineHarness], charts: ChartUploader, notice: Notice, under: Json) -> None:
    """Have the picture of a notice drawn, and wait until it is in the thread of its message."""
    charts.posted(notice, Posted(channel=CHANNEL.id, ts=under["ts"]))
    stage.trader.wait_for(CHANNEL.id, lambda message: bool(message["files"]), 60, thread_ts=under["ts"])


def _fill_in(harness: EngineHarness) -> None:
    """Give the desk a past: equity since the morning, and to the trades of before a target and who approved them."""
    account = harness.broker.account()
    with harness.store.writing() as transaction:
        for half_hours, equity in enumerate(reversed(EARLIER), start=1):
            at = harness.clock.now() - timedelta(minutes=30 * half_hours)
            transaction.save_equity(at, replace(account, equity=Decimal(equity)), Decimal("0.01"))
        for trade in transaction.trades({TradeState.OPEN}):
            transaction.update(replace(trade, decided_by=TRADER.id))
    for trade in harness.engine.queries.trades({TradeState.OPEN}):
        harness.engine.commands.exits.target(trade.id, round(trade.entry * Decimal("1.03"), 2), EngineHarness.TRADER)


def _take_away_what_came_before(stage: SlackHarness[EngineHarness], card: Json) -> None:
    """Delete what the bot told before the card: of the market and the broker that tests use, and of the past."""
    client = WebClient(stage.slack.bot_token, base_url=stage.slack.api_url)
    for message in stage.trader.messages(CHANNEL.id):
        if message["ts"] < card["ts"]:
            client.chat_delete(channel=CHANNEL.id, ts=message["ts"])


def _closed(stage: SlackHarness[EngineHarness]) -> bool:
    stage.harness.clock.advance(1)
    stage.harness.engine.jobs.reconcile()
    return stage.harness.trade().state is TradeState.CLOSED


@contextmanager
def opened(browser: Browser, url: str, locale: str, folder: Path, *, swap: bool) -> Iterator[list[Screen]]:
    """Open a page on each screen."""
    themes: dict[str, Theme] = {"desktop": "dark", "phone": "light"} if swap else {"desktop": "light", "phone": "dark"}
    contexts = {
        name: browser.new_context(viewport=size, color_scheme=themes[name], locale=locale, timezone_id=ZONE)
        for name, size in SIZES.items()
    }
    yield [
        Screen(page=context.new_page(), url=url, name=f"{locale}-{name}", size=SIZES[name], folder=folder)
        for name, context in contexts.items()
    ]
    for context in contexts.values():
        context.close()


def _hearing(statuses: TradingStatuses, adapters: Adapters) -> Adapters:
    return replace(adapters, statuses=statuses)


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--swap", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for locale in LOCALES:
            with (
                tempfile.TemporaryDirectory() as books,
                embedded(Path(books), locale) as stage,
                opened(browser, stage.slack.url, locale, asked.folder, swap=asked.swap) as screens,
            ):
                charts = ChartUploader(
                    queries=stage.harness.engine.queries,
                    client=WebClient(stage.slack.bot_token, base_url=stage.slack.api_url),
                    channel=CHANNEL.id,
                    texts=stage.texts,
                    tasks=InProcessTaskQueue(),
                )
                charts.start()
                draw(stage, screens, charts)
                charts.stop()
            statuses = FakeStatuses()
            on = partial(_hearing, statuses)
            with (
                tempfile.TemporaryDirectory() as books,
                embedded(Path(books), locale, on=on, watchlist=WATCHED) as stage,
                opened(browser, stage.slack.url, locale, asked.folder, swap=asked.swap) as screens,
            ):
                live(stage, [screen for screen in screens if screen.name.endswith("phone")], statuses)
        browser.close()


if __name__ == "__main__":
    main()
