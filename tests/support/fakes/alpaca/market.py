"""What can be read of Alpaca's market data: snapshots, bars and news, in pages."""

import base64
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from starlette.routing import Route

from engine.ports.clock import Clock
from tests.support.fakes.alpaca.middleware import Asked, Door
from tests.support.fakes.alpaca.orders import Json, moment
from tests.support.fakes.alpaca.rules import bad_request
from tests.support.fakes.alpaca.specification import specification

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FEEDS: Final = frozenset({"sip", "iex", "boats", "otc"})
_LATEST_FEEDS: Final = _FEEDS | {"delayed_sip", "overnight"}
_ADJUSTMENTS: Final = frozenset({"raw", "split", "dividend", "spin-off", "all"})
_SORTS: Final = frozenset({"asc", "desc"})
_TIMEFRAME: Final = re.compile(
    r"([1-9]|[1-5]\d)(Min|T)|([1-9]|1\d|2[0-3])(Hour|H)|1(Day|D|Week|W)|([12346]|12)(Month|M)"
)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a snapshot tells of a symbol: dollars a share, the day's shares so far, and when the last trade was."""

    at: datetime
    price: Decimal
    bid: Decimal
    ask: Decimal
    volume: int

    def told(self) -> Json:
        at, price = moment(self.at), float(self.price)
        day = Bar(at=self.at, open=price, high=price, low=price, close=price, volume=self.volume).told()
        quote = {"bx": "V", "bp": float(self.bid), "bs": 100, "ax": "V", "ap": float(self.ask), "as": 100}
        return {
            "latestTrade": {"t": at, "x": "V", "p": price, "s": 100, "c": ["@"], "i": 1, "z": "C"},
            "latestQuote": {"t": at, **quote, "c": ["R"], "z": "C"},
            "minuteBar": day,
            "dailyBar": day,
            "prevDailyBar": day,
        }


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Open, high, low, close (dollars a share) and volume of an interval that starts at an instant."""

    at: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int

    def told(self) -> Json:
        values = {"o": self.open, "h": self.high, "l": self.low, "c": self.close, "vw": self.close}
        prices = {name: float(value) for name, value in values.items()}  # numpy's are none to the OpenAPI's check
        return {"t": moment(self.at), **prices, "v": self.volume, "n": max(1, self.volume // 100)}


@dataclass(frozen=True, kw_only=True)
class Article:
    """A piece of news about some symbols."""

    id: int
    at: datetime
    headline: str
    symbols: tuple[str, ...]
    source: str

    def told(self) -> Json:
        return {
            "id": self.id,
            "headline": self.headline,
            "author": "Newsdesk",
            "created_at": moment(self.at),
            "updated_at": moment(self.at),
            "summary": self.headline,
            "content": f"<p>{self.headline}</p>",
            "images": [],
            "symbols": list(self.symbols),
            "source": self.source,
            "url": f"https://example.com/news/{self.id}",
        }


@dataclass
class Market:
    """What is known of prices and news; `page` is the most that one answer holds, as small as a test wants it."""

    clock: Clock
    quotes: dict[str, Quote] = field(default_factory=dict)
    bars: dict[tuple[str, str], Sequence[Bar]] = field(default_factory=dict)
    articles: list[Article] = field(default_factory=list)
    splits: list[tuple[str, datetime, Decimal]] = field(default_factory=list)
    page: int = 10_000

    def routes(self, door: Door) -> list[Route]:
        transaction = specification("market-data")
        return [
            door.route(transaction, "GET", "/v2/stocks/snapshots", self._snapshots),
            door.route(transaction, "GET", "/v2/stocks/bars", self._bars),
            door.route(transaction, "GET", "/v1beta1/news", self._news),
        ]

    def _snapshots(self, asked: Asked) -> Json:
        _one_of(asked.query, "feed", _LATEST_FEEDS)
        quotes = dict(self.quotes)
        return {symbol: quotes[symbol].told() for symbol in _symbols(asked) if symbol in quotes}

    def _bars(self, asked: Asked) -> Json:
        """Answer symbol by symbol; a page may end within one."""
        start, end = self._span(asked.query)
        _one_of(asked.query, "feed", _FEEDS)
        _one_of(asked.query, "sort", _SORTS)
        adjusted = _adjustments(asked.query) & {"split", "all"}
        frame = asked.query.get("timeframe", "")
        if not _TIMEFRAME.fullmatch(frame):
            raise bad_request(f"invalid timeframe: {frame}")
        found = [
            (symbol, bar)
            for symbol in sorted(_symbols(asked))
            for bar in _sorted(self.bars.get((symbol, frame), ()), asked.query, "asc")
            if start <= bar.at <= end
        ]
        page, token = self._page(found, asked.query, usual=1_000, most=10_000)
        told: dict[str, list[Json]] = {}
        for symbol, bar in page:
            told.setdefault(symbol, []).append((self._adjusted(symbol, bar) if adjusted else bar).told())
        return {"bars": told, "next_page_token": token}

    def _adjusted(self, symbol: str, bar: "Bar") -> "Bar":
        """Return a bar as if the splits since had been made before."""
        ratio = float(math.prod(ratio for split, at, ratio in self.splits if split == symbol and bar.at < at))
        if ratio == 1:
            return bar
        prices = {name: getattr(bar, name) / ratio for name in ("open", "high", "low", "close")}
        return replace(bar, **prices, volume=int(bar.volume * ratio))

    def _news(self, asked: Asked) -> Json:
        start, end = self._span(asked.query)
        _one_of(asked.query, "sort", _SORTS)
        symbols = set(filter(None, asked.query.get("symbols", "").split(",")))
        found = [
            article
            for article in _sorted(self.articles, asked.query, "desc")
            if start <= article.at <= end and (not symbols or symbols & set(article.symbols))
        ]
        page, token = self._page(found, asked.query, usual=10, most=50)
        return {"news": [article.told() for article in page], "next_page_token": token}

    def _span(self, query: Mapping[str, str]) -> tuple[datetime, datetime]:
        now = self.clock.now()
        return _instant(query.get("start"), _LONG_AGO), min(now, _instant(query.get("end"), now + timedelta(days=1)))

    def _page(
        self, found: list[Any], query: Mapping[str, str], *, usual: int, most: int
    ) -> tuple[list[Any], str | None]:
        limit = int(query.get("limit", usual))
        if not 1 <= limit <= most:
            raise bad_request(f"limit must be between 1 and {most}")
        begin = int(base64.b64decode(query["page_token"])) if query.get("page_token") else 0
        end = begin + min(limit, self.page)
        return found[begin:end], base64.b64encode(str(end).encode()).decode() if end < len(found) else None


def _symbols(asked: Asked) -> list[str]:
    symbols = [symbol for symbol in asked.query.get("symbols", "").split(",") if symbol]
    if not symbols:
        raise bad_request("symbols is required")
    return symbols


def _one_of(query: Mapping[str, str], name: str, allowed: frozenset[str]) -> None:
    if query.get(name) not in {None, *allowed}:
        raise bad_request(f"invalid {name}: {query[name]}")


def _adjustments(query: Mapping[str, str]) -> set[str]:
    wanted = set(query.get("adjustment", "raw").split(","))
    if wanted - _ADJUSTMENTS:
        raise bad_request(f"invalid adjustment: {query['adjustment']}")
    return wanted


def _sorted(found: Sequence[Any], query: Mapping[str, str], usual: str) -> list[Any]:
    return sorted(found, key=lambda item: item.at, reverse=query.get("sort", usual) == "desc")


def _instant(text: str | None, otherwise: datetime) -> datetime:
    if not text:
        return otherwise
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise bad_request(f"invalid time: {text}") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
