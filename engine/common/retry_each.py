from collections.abc import Callable, Iterable

import structlog

from engine.errors import TemporaryError

log = structlog.get_logger()


def for_each(trade_ids: Iterable[str], look: Callable[[str], object]) -> None:
    """Look at every trade, though one's look fails; raises the first TemporaryError once all had their turn."""
    first: TemporaryError | None = None
    for trade_id in trade_ids:
        try:
            look(trade_id)
        except TemporaryError as error:
            log.warning("not_looked_at", trade_id=trade_id, error=str(error))
            first = first or error
    if first:
        raise first
