"""Spans: what was done for a click, by which process and for how long, as a trace that a collector puts together.

Nothing is recorded unless a recorder is set, once, at the start. Until then a span costs the look at whether there is
one. As with the log, what is recorded is no value that anything is decided on; so it is reached from here and not
handed through every constructor. What crosses from one process to another is the W3C's `traceparent`, as text.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum, auto
from typing import Final, Protocol

Attribute = str | int
"""What a span says beside its name: ids, names and counts, never what people typed and no secret."""


class SpanKind(Enum):
    """Which side of a call a span is: something asked of us, asked by us, or neither."""

    INTERNAL = auto()
    SERVER = auto()
    CLIENT = auto()


class Recorder(Protocol):
    """Keeps spans, each a child of the one that its thread is in."""

    def span(
        self, name: str, kind: SpanKind, parent: str, attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[None]:
        """Record how long the block takes, and the class of the error that it raises.

        In a thread that is in no span it is a child of `parent`, a traceparent, and begins a trace where that is ''.
        """
        ...

    def context(self) -> str:
        """Return the traceparent of the span that this thread is in, '' in none."""
        ...


class _Recording:
    recorder: Recorder | None = None


RECORDING: Final = _Recording()


def record_with(recorder: Recorder | None) -> None:
    """Set what keeps the spans of this process; None for nothing."""
    RECORDING.recorder = recorder


def is_recording() -> bool:
    """Tell whether spans are kept at all."""
    return RECORDING.recorder is not None


def context() -> str:
    """Return what another process goes on with: the traceparent of this thread's span, '' in none."""
    recorder = RECORDING.recorder
    return recorder.context() if recorder else ""


def begin(name: str, kind: SpanKind = SpanKind.INTERNAL, **attributes: Attribute) -> AbstractContextManager[None]:
    """Record a block in the trace that this thread is in, or in a new one."""
    recorder = RECORDING.recorder
    return recorder.span(name, kind, "", attributes) if recorder else nullcontext()


def follow(
    name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str = "", **attributes: Attribute
) -> AbstractContextManager[None]:
    """Record a block in the trace that this thread is in, or in that of `parent`; nothing where there is neither."""
    recorder = RECORDING.recorder
    if recorder is None or not (parent or recorder.context()):
        return nullcontext()
    return recorder.span(name, kind, parent, attributes)
