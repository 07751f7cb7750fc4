"""Makes `engine/adapters/recorded/prices.csv.gz` again.

Run it where the package `bokeh_sampledata` is installed: `python tools/extract_prices.py`.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

from bokeh_sampledata import stocks  # type: ignore[import-not-found]  # wanted by this script alone

FIRST, LAST = "2011-01-03", "2013-03-01"
SYMBOLS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
TARGET = Path(__file__).parents[1] / "engine" / "adapters" / "recorded" / "prices.csv.gz"


def rows(symbol: str) -> Iterator[list[str]]:
    """Yield a symbol's days, oldest first, each price scaled by adjusted close / close and the volume as recorded."""
    series = getattr(stocks, symbol)
    names = ("date", "open", "high", "low", "close", "volume", "adj_close")
    for day, opened, high, low, close, volume, adjusted in zip(*(series[name] for name in names), strict=True):
        if FIRST <= day <= LAST:
            prices = (price * adjusted / close for price in (opened, high, low, close))
            yield [symbol, day, *(f"{price:.4f}" for price in prices), str(volume)]


def main() -> None:
    """Write the extract; the same input gives the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["symbol", "date", "open", "high", "low", "close", "volume"])
    for symbol in SYMBOLS:
        writer.writerows(rows(symbol))
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    main()
