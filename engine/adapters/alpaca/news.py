import html
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog

from engine.adapters.alpaca.failures import NONSENSE, reading
from engine.adapters.alpaca.orders import instant
from engine.adapters.alpaca.wire import Access, Wire
from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.ports import Clock

log = structlog.get_logger()

PAGE = 50
CHUNK = 200


class AlpacaNews:
    """The port News at Alpaca: for 200 symbols at most `most_pages` pages of 50 are read, the newest first."""

    def __init__(self, access: Access, clock: Clock, *, most_pages: int = 10) -> None:
        self._clock = clock
        self._most_pages = most_pages
        self._wire = Wire(access.data, "v1beta1", access)

    def stop(self) -> None:
        """Close the connections."""
        self._wire.stop()

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant, up to now, about any of the symbols, oldest first."""
        now = self._clock.now()
        with reading(NewsUnavailable):
            chunks = (symbols[first : first + CHUNK] for first in range(0, len(symbols), CHUNK))
            found = [headline for chunk in chunks for raw in self._pages(chunk, since, now) if (headline := _read(raw))]
        once = {headline.id: headline for headline in found if since < headline.at <= now}
        wanted = set(symbols)
        return tuple(
            sorted((one for one in once.values() if wanted & set(one.symbols)), key=lambda one: (one.at, one.id))
        )

    def _pages(self, symbols: Sequence[str], since: datetime, now: datetime) -> Iterator[Any]:
        params: dict[str, str | int] = {
            "symbols": ",".join(symbols),
            "start": since.isoformat(),
            "end": now.isoformat(),
            "limit": PAGE,
            "sort": "desc",
        }
        for _ in range(self._most_pages):
            answer = self._wire.read("/news", params)
            yield from answer["news"]
            if not answer.get("next_page_token"):
                return
            params["page_token"] = answer["next_page_token"]
        log.warning("news_cut_short", pages=self._most_pages)


def headline_of(raw: Any) -> Headline:
    """Read a headline; raises one of NONSENSE where it is none."""
    return Headline(
        id=str(raw["id"]),
        at=instant(raw["created_at"]),
        symbols=tuple(raw["symbols"]),
        text=html.unescape(raw["headline"]),
        source=str(raw["source"]),
        url=str(raw.get("url") or ""),
    )


def _read(raw: Any) -> Headline | None:
    try:
        return headline_of(raw)
    except NONSENSE as error:
        log.warning("headline_broken", error=repr(error))
        return None
