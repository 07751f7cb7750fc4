from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from structlog.contextvars import bound_contextvars

from engine import spans
from engine.common.order_ids import trade_id_of
from engine.ports.store import Store

Owner = TypeVar("Owner")
Rest = ParamSpec("Rest")
Result = TypeVar("Result")
Verb = Callable[Concatenate[Owner, str, Rest], Result]


def about_a_trade(verb: Verb[Owner, Rest, Result]) -> Verb[Owner, Rest, Result]:
    """Put the trade's id on every line logged while a verb runs; its first argument is that id, or an order's."""

    @wraps(verb)
    def bound(owner: Owner, trade_id: str, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        with bound_contextvars(trade_id=trade_id_of(trade_id)):
            return verb(owner, trade_id, *args, **kwargs)

    return bound


@contextmanager
def traced(name: str, trade_id: str, store: Store) -> Iterator[None]:
    """Record a block as a part of what was decided about a trade, in whichever process that was.

    Nothing is read where spans are not kept, nor where this thread is in one.
    """
    parent = ""
    if spans.is_recording() and not spans.context():
        with store.reading() as reader:
            parent = reader.trace_of(trade_id)
    with spans.follow(name, parent=parent, trade_id=trade_id):
        yield
