"""The log on standard error: JSON for machines, lines for a terminal, in the desk's language, and never a secret."""

import atexit
import json
import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit

import structlog
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.logs.folding import Folding, FoldLibraries, FoldOwn
from bot.logs.passes import HIDDEN, without_passes
from bot.messages import Texts

Level = Literal["debug", "info", "warning"]
Format = Literal["auto", "json", "text"]
SHORTEST = 4
"""Characters of the shortest secret: what is shorter stands in half of all words."""

log = structlog.get_logger()


def log_to_stderr(level: Level, form: Format, *, texts: Texts | None = None, secrets: Iterable[str] = ()) -> None:
    """Write what is at least that important; events in the language of `texts`, with `secrets` blotted out.

    The libraries' own messages come as well: warnings and worse, all of them where the level is debug. What says the
    same again and again is counted.
    """
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    least = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json),
    ]
    renderer = Blotted(_json() if as_json else _lines(), secrets)
    folding = Folding()
    atexit.register(folding.flush)
    fold: list[Processor] = [structlog.contextvars.merge_contextvars, FoldOwn(folding)]
    structlog.configure(
        processors=[*fold, *shared, *([Translated(texts)] if texts else []), *_tracebacks(as_json), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(FoldLibraries(folding))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_tracebacks(as_json), renderer],
        )
    )
    logging.basicConfig(
        level=least if least == logging.DEBUG else max(least, logging.WARNING), handlers=[handler], force=True
    )
    logging.captureWarnings(True)
    # A run that is skipped because the last one still runs is made up by the next: by design, and no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    sys.excepthook = _crashed
    threading.excepthook = lambda hooked: _crashed(hooked.exc_type, hooked.exc_value, hooked.exc_traceback)


class Translated:
    """Puts the catalogue's words for an event in its place, and the event's own name beside it as `event_id`."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Translate one event; one without words, such as a library's, stays as it is."""
        name = str(event["event"])
        try:
            words = self._texts(f"log-{name.replace('_', '-')}")
        except LookupError:
            return event
        return {**event, "event": words, "event_id": name}


class Blotted:
    """Renders an event and then blots out every pass, and every secret in each spelling in which a log may carry it."""

    def __init__(self, renderer: Processor, secrets: Iterable[str]) -> None:
        self._renderer = renderer
        spelled = {spelling for secret in secrets if len(secret) >= SHORTEST for spelling in _spellings(secret)}
        self._spellings = sorted(spelled, key=len, reverse=True)  # one that holds another goes first

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> str:
        """Return the line."""
        line = str(self._renderer(logger, method, event))
        for spelling in self._spellings:
            line = line.replace(spelling, HIDDEN)
        return without_passes(line)


def secrets_of(*groups: BaseSettings) -> frozenset[str]:
    """Return every secret of settings: hidden values, and the passwords in URLs."""
    values = [getattr(group, name) for group in groups for name in type(group).model_fields]
    hidden = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
    return frozenset(hidden | {found for value in values if isinstance(value, str) for found in _passwords(value)}) - {
        ""
    }


def _passwords(url: str) -> Iterator[str]:
    if "://" in url:
        parts = urlsplit(url)
        yield unquote(parts.password or "")
        yield from parse_qs(parts.query).get("password", ())


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it is, within JSON, within Python's quotes (twice over: a text in a text), and within a URL."""
    yield secret
    for written in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret)):
        yield written[1:-1]
        yield json.dumps(written[1:-1], ensure_ascii=False)[1:-1]
    yield quote(secret)
    yield quote(secret, safe="")


def _json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def _lines() -> Processor:
    # Not structlog's own way with tracebacks: it prints every variable, tokens included.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _tracebacks(as_json: bool) -> tuple[Processor, ...]:
    return (structlog.processors.format_exc_info,) if as_json else ()


def _crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Log what nobody caught, in the place of Python's own report, which knows no secrets."""
    log.critical("crashed", exc_info=(kind, error, trace) if error else kind.__name__)
