"""A page as one file: nothing is fetched and nothing runs, since it forbids both, and every style but its own sheet."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from bot.messages import Texts


def document(title: str, parts: Iterable[str], texts: Texts, *, marks: str = "") -> str:
    """Return the parts of a page as a whole HTML file; empty ones are left out."""
    return (
        f'<!doctype html>\n<html lang="{texts.locale}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{_hash()}'\">\n"
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n'
        f"<style>{_sheet()}</style>\n</head>\n<body>\n{marks}\n<main>\n"
        + "\n".join(filter(None, parts))
        + "\n</main>\n</body>\n</html>\n"
    )


@cache
def _sheet() -> str:
    return files(__package__).joinpath("backtest.css").read_text(encoding="utf-8")


@cache
def _hash() -> str:
    """Return what names the page's own sheet to the browser, as the one that it may use."""
    return "sha256-" + b64encode(sha256(_sheet().encode()).digest()).decode()
