from secrets import token_hex

from engine.model.desk import Request
from engine.ports import Clock
from engine.truth import Store


class Requests:
    """What people ask for, each request kept once in the audit, and the desk's secrets."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def is_served(self, request: Request) -> bool:
        """Tell whether the audit has this request already."""
        with self._store.reading() as ledger:
            return ledger.is_served(request.id)

    def record(self, request: Request, action: str, outcome: str, why: str = "") -> None:
        """Keep in the audit what came of a request, unless what it did is kept already."""
        with self._store.writing() as book:
            if not book.is_served(request.id):
                book.record(request.entry(self._clock.now(), action, outcome=outcome, why=why))

    def claim(self, request: Request, action: str) -> None:
        """Keep in the audit what is done in several steps, before the first of them; raises Repeated."""
        with self._store.writing() as book:
            book.record(request.entry(self._clock.now(), action))

    def secret(self, name: str) -> str:
        """Return a secret of this desk, made when first asked for and kept with the truth, so it outlives a restart."""
        with self._store.writing() as book:
            kept = book.setting(name)
            if kept is None:
                kept = token_hex(32)
                book.set_setting(name, kept)
        return kept
