from playwright.sync_api import Page

from bot.local_slack.launch import CHANNEL


def typed(page: Page, words: str) -> None:
    """Type into the desk's composer, and send it."""
    composer = page.get_by_placeholder(f"Message #{CHANNEL.name}")
    composer.fill(words)
    composer.press("Escape")
    composer.press("Enter")
