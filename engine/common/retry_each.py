from collections.abc import Callable, Iterable

import structlog

from engine.errors import StoreUnavailable, TemporaryError

log = structlog.get_logger()


def for_each(trade_ids: Iterable[str], look: Callable[[str], object]) -> None:
    """Look at every trade, though one's look fails; raises the first error once all had their turn.

    That is a fault of our own where there was one, else a TemporaryError. Without the database nobody's turn comes.
    """
    fault: Exception | None = None
    lost: TemporaryError | None = None
    for trade_id in trade_ids:
        try:
            look(trade_id)
        except TemporaryError as error:
            log.warning("not_looked_at", trade_id=trade_id, error=str(error))
            lost = lost or error
        except StoreUnavailable:
            raise
        except Exception as error:  # raised below: the edge that runs this tells it, and the others had their turn
            log.exception("look_failed", trade_id=trade_id)
            fault = fault or error
    first = fault or lost
    if first:
        raise first
