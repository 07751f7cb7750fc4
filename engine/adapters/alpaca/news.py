import html
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog

from engine.adapters.alpaca.client import AlpacaAccess, AlpacaClient
from engine.adapters.alpaca.error_mapping import NONSENSE, reading
from engine.adapters.alpaca.orders import instant
from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.ports.clock import Clock

log = structlog.get_logger()

PAGE = 50
CHUNK = 200
MOST_PAGES_OF_THE_PAST = 20_000
"""Pages, a million headlines, after which there may be no end."""
ROUNDS = 4
"""Times that those are asked about again whose news others crowd out."""


class AlpacaNews:
    """The port News at Alpaca: for 200 symbols `most_pages` pages of 50 are read, the newest first.

    Where those do not hold everything, the symbols about which most is written are left out and the others are asked
    about again, so that nobody crowds a symbol's news out by writing about another one.
    """

    def __init__(self, access: AlpacaAccess, clock: Clock, *, most_pages: int = 10) -> None:
        self._clock = clock
        self._most_pages = most_pages
        self._wire = AlpacaClient(access.data, "v1beta1", access)

    def stop(self) -> None:
        """Close the connections."""
        self._wire.stop()

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant, up to now, about any of the symbols, oldest first.

        What was edited since counts from then on, as it does in `between`.
        """
        now = self._clock.now()
        with reading(NewsUnavailable):
            chunks = (symbols[first : first + CHUNK] for first in range(0, len(symbols), CHUNK))
            found = [headline for chunk in chunks for headline in self._about(chunk, since, now)]
        once = {headline.id: headline for headline in found if since < headline.at <= now}
        wanted = set(symbols)
        return tuple(
            sorted((one for one in once.values() if wanted & set(one.symbols)), key=lambda one: (one.at, one.id))
        )

    def between(self, symbols: Sequence[str], since: datetime, until: datetime) -> tuple[Headline, ...]:
        """Return all that was published after an instant, up to another, about any of the symbols, oldest first.

        What was edited later counts from then on: what it said before is not known. However many pages that takes.
        """
        wanted, found = set(symbols), dict[str, Headline]()
        with reading(NewsUnavailable):
            for first in range(0, len(symbols), CHUNK):
                raws, is_all = self._pages(
                    _params(symbols[first : first + CHUNK], since, until), MOST_PAGES_OF_THE_PAST
                )
                if not is_all:
                    raise NewsUnavailable(
                        f"Alpaca has more than {MOST_PAGES_OF_THE_PAST:,} pages of news; ask for fewer days"
                    )
                found |= {each.id: each for raw in raws if (each := _read(raw))}
        within = (each for each in found.values() if since < each.at <= until and wanted & set(each.symbols))
        return tuple(sorted(within, key=lambda one: (one.at, one.id)))

    def _about(self, symbols: Sequence[str], since: datetime, now: datetime) -> Iterator[Headline]:
        """Yield what is written about symbols, some of it more than once."""
        left = tuple(symbols)
        for _ in range(ROUNDS):
            raws, is_all = self._pages(_params(left, since, now), self._most_pages)
            found = [headline for raw in raws if (headline := _read(raw))]
            yield from found
            if is_all:
                return
            left = _less_written_about(left, found)
            if not left:
                break
        log.warning("news_cut_short", pages=self._most_pages)

    def _pages(self, params: dict[str, str | int], most: int) -> tuple[list[Any], bool]:
        """Return the headlines of so many pages at most, as they come, and whether those are all."""
        found: list[Any] = []
        for _ in range(most):
            answer = self._wire.read("/news", params)
            found += answer["news"]
            if not answer.get("next_page_token"):
                return found, True
            params["page_token"] = answer["next_page_token"]
        return found, False


def _params(symbols: Sequence[str], since: datetime, until: datetime) -> dict[str, str | int]:
    return {
        "symbols": ",".join(symbols),
        "start": since.isoformat(),
        "end": until.isoformat(),
        "limit": PAGE,
        "sort": "desc",
    }


def _less_written_about(symbols: Sequence[str], found: Sequence[Headline]) -> tuple[str, ...]:
    """Return the symbols about which less was written than about all on average."""
    asked = set(symbols)
    counts = Counter(symbol for headline in found for symbol in asked & set(headline.symbols))
    return tuple(symbol for symbol in symbols if counts[symbol] * len(symbols) < counts.total())


def headline_of(raw: Any) -> Headline:
    """Read a headline, which counts from when it was last edited; raises one of NONSENSE where it is none."""
    return Headline(
        id=str(raw["id"]),
        at=max(instant(raw["created_at"]), instant(raw.get("updated_at") or raw["created_at"])),
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
