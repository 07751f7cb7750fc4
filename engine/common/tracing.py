from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from structlog.contextvars import bound_contextvars

from engine.common.order_ids import trade_id_of

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
