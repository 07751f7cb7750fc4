"""A server of quotes in a process of its own, as Alpaca is: python -m benchmarks.quotes, which prints its URL."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[1]
AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
LENGTHS = {"5Min": timedelta(minutes=5), "1Day": timedelta(days=1)}
BAR = {"t": AT.isoformat(), "o": 150.1, "h": 150.6, "l": 149.1, "c": 150.25, "v": 2_500_000, "n": 9_000, "vw": 150.2}


@contextmanager
def quotes() -> Iterator[str]:
    """Run the server, and give its URL."""
    with subprocess.Popen(
        (sys.executable, "-m", "benchmarks.quotes"), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def quote(symbol: str) -> dict[str, Any]:
    """Return what Alpaca says of a symbol, in all its length; each one traded last at an instant of its own."""
    at = (AT - timedelta(microseconds=sum(symbol.encode()) * 1_009)).isoformat()
    return {
        "latestTrade": {"t": at, "x": "V", "p": 150.25, "s": 100, "c": ["@"], "i": 1, "z": "C"},
        "latestQuote": {
            "t": at,
            "ax": "V",
            "ap": 150.26,
            "as": 2,
            "bx": "V",
            "bp": 150.24,
            "bs": 3,
            "c": ["R"],
            "z": "C",
        },
        "minuteBar": BAR,
        "dailyBar": BAR,
        "prevDailyBar": BAR,
    }


def bars(symbol: str, first: datetime, last: datetime, length: timedelta) -> list[dict[str, Any]]:
    """Return what Alpaca says of a symbol's bars of a length that start within a span, both ends included."""
    told, number = list[dict[str, Any]](), sum(symbol.encode())
    while first <= last:
        close = 100 + (number * 7919 + int(first.timestamp()) // 300 * 104_729) % 41 / 100
        prices = {"o": close, "h": close + 0.05, "l": close - 0.05, "c": close, "vw": close}
        told.append({"t": first.strftime("%Y-%m-%dT%H:%M:%SZ"), **prices, "v": 50_000 + number, "n": 420})
        first += length
    return told


def answer(path: str, query: dict[str, list[str]]) -> Any:
    """Return what Alpaca answers about the symbols that are asked for."""
    symbols = query.get("symbols", [""])[0].split(",")
    if path.endswith("/snapshots"):
        return {symbol: quote(symbol) for symbol in symbols}
    if path.endswith("/bars"):
        first, last = (datetime.fromisoformat(query[name][0]) for name in ("start", "end"))
        length = LENGTHS[query["timeframe"][0]]
        return {"bars": {symbol: bars(symbol, first, last, length) for symbol in symbols}, "next_page_token": None}
    return {}


class _Quotes(BaseHTTPRequestHandler):
    """Gives a quote, or the bars, of every symbol that is asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        body = json.dumps(answer(address.path, parse_qs(address.query))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:  # the base class would print
        pass


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quotes) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
