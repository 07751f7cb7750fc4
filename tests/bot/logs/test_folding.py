"""A line that says the same again is counted; what names another trade, or is an alarm, is never folded."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs.folding import MOST_LINES, WINDOW, Folding, FoldLibraries, FoldOwn
from tests.support.fakes.worked_example import TRADE_ID


class Written:
    """What the log holds, own lines and the libraries' alike, and a hand on the clock."""

    def __init__(self) -> None:
        self.at = 0.0
        self.lines: list[dict[str, object]] = []
        self.folding = Folding(timer=lambda: self.at)
        self.libraries = FoldLibraries(self.folding)

    def keep(self, _logger: object, method: str, event: structlog.typing.EventDict) -> str:
        self.lines.append({**event, "level": method})
        raise structlog.DropEvent

    def library(self, said: str, level: int = logging.WARNING, error: Exception | None = None) -> bool:
        exc_info = (type(error), error, None) if error else None
        record = logging.LogRecord("uvicorn.error", level, "", 0, said, (), exc_info)
        return self.libraries.filter(record)

    @property
    def counts(self) -> list[tuple[object, object]]:
        return [(line["line"], line["times"]) for line in self.lines if line["event"] == "lines_repeated"]


@pytest.fixture(name="written")
def _written() -> Iterator[Written]:
    written, before = Written(), structlog.get_config()
    structlog.configure(processors=[FoldOwn(written.folding), written.keep], cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)


@pytest.fixture(name="log")
def _log(written: Written) -> structlog.stdlib.BoundLogger:
    del written
    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger


def test_a_line_that_comes_again_is_counted_and_told_once_its_minute_is_over(
    written: Written, log: structlog.stdlib.BoundLogger
) -> None:
    for _ in range(10_000):
        log.warning("http_crowded", most=256)
    assert len(written.lines) == 1
    written.at = WINDOW
    log.info("news", symbol="AAPL")
    assert written.counts == [("http_crowded", 9_999)]
    log.warning("http_crowded", most=256)
    assert written.lines[-1]["event"] == "http_crowded"


def test_a_line_that_came_once_is_not_told_again(written: Written, log: structlog.stdlib.BoundLogger) -> None:
    log.info("news", symbol="AAPL")
    written.at = 2 * WINDOW
    log.info("news", symbol="IBM")
    assert [line["event"] for line in written.lines] == ["news", "news"]


@pytest.mark.parametrize("fact", [{"trade_id": "IBM_20250819_234515"}, {"symbol": "IBM"}, {"shares": 2}, {"by": "U2"}])
def test_what_differs_in_any_fact_is_another_line(
    written: Written, log: structlog.stdlib.BoundLogger, fact: dict[str, object]
) -> None:
    facts = {"trade_id": TRADE_ID, "symbol": "AAPL", "shares": 1, "by": "U1"}
    log.warning("unprotected", **facts)
    log.warning("unprotected", **(facts | fact))
    assert len(written.lines) == 2


@pytest.mark.parametrize("level", ["error", "critical"])
def test_an_alarm_is_written_each_time(written: Written, log: structlog.stdlib.BoundLogger, level: str) -> None:
    for _ in range(3):
        getattr(log, level)("line_made_anew")
    assert len(written.lines) == 3


def test_a_librarys_line_is_folded_whatever_numbers_are_in_it(
    written: Written, log: structlog.stdlib.BoundLogger
) -> None:
    said = [written.library(f"socket fd={number} at 0x7f{number:x} has no room", logging.ERROR) for number in range(99)]
    assert said == [True, *[False] * 98]
    written.at = WINDOW
    log.info("news")
    assert written.counts == [("uvicorn.error: socket fd=0 at 0x7f0 has no room", 98)]


def test_a_librarys_lines_about_different_trades_orders_symbols_or_errors_are_different(written: Written) -> None:
    order = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    lines = (
        f"job of {TRADE_ID}",
        "job of IBM_20250819_234515",
        f"order {order}",
        f"order {order[:-1]}2",
        "AAPL",
        "IBM",
    )
    assert all(written.library(line) for line in lines)
    assert all(written.library("it failed", error=error) for error in (OSError("a"), OSError("b"), ValueError("a")))


def test_at_level_debug_nothing_is_folded(written: Written) -> None:
    assert all(written.library("frame", logging.DEBUG) for _ in range(3))


def test_what_is_still_counted_at_the_end_is_told(written: Written, log: structlog.stdlib.BoundLogger) -> None:
    log.warning("http_crowded")
    log.warning("http_crowded")
    written.folding.flush()
    assert written.counts == [("http_crowded", 1)]


def test_so_many_different_lines_are_remembered_and_no_more(written: Written) -> None:
    folding = Folding(timer=lambda: 0.0)
    assert all(folding.writes(number, "") for number in range(MOST_LINES + 5))
    assert not folding.writes(0, "")
    assert folding.writes(MOST_LINES + 1, "")
    del written


def test_a_log_that_repeats_a_million_times_stays_small(log: structlog.stdlib.BoundLogger, written: Written) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(written.libraries)
    logger = logging.getLogger("tests.flood")
    logger.addHandler(handler)
    logger.propagate = False
    for number in range(100_000):
        written.at += 0.01
        logger.warning("Invalid HTTP request received from port %d.", number)
    log.info("news")
    assert len(out.getvalue()) < 2_000
    assert sum(int(str(times)) for _, times in written.counts) > 90_000
