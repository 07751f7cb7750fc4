from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from engine.errors import StoreUnavailable
from engine.model.desk import Term
from engine.ports.store import Reader, Store, Transaction


class HangingStore:
    """The port Store that answers nobody until a test lets it."""

    def __init__(self, store: Store) -> None:
        self.answers = Event()
        self._store = store

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        self.answers.wait()
        with self._store.reading() as reader:
            yield reader

    @contextmanager
    def writing(self, term: Term | None = None, *, urgent: bool = False) -> Iterator[Transaction]:
        self.answers.wait()
        with self._store.writing(term, urgent=urgent) as transaction:
            yield transaction

    @contextmanager
    def order_lock(self, *, urgent: bool = False) -> Iterator[Term]:
        self.answers.wait()
        with self._store.order_lock(urgent=urgent) as term:
            yield term


class LosableStore:
    """The port Store, out of reach while a test says so, or from when `commits_left` more are done."""

    def __init__(self, store: Store) -> None:
        self.is_away = False
        self.commits_left: int | None = None
        self._store = store

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        with self._reached().reading() as reader:
            yield reader

    @contextmanager
    def writing(self, term: Term | None = None, *, urgent: bool = False) -> Iterator[Transaction]:
        with self._reached().writing(term, urgent=urgent) as transaction:
            yield transaction
        if self.commits_left is not None:
            self.commits_left -= 1
            self.is_away = self.commits_left <= 0

    @contextmanager
    def order_lock(self, *, urgent: bool = False) -> Iterator[Term]:
        with self._reached().order_lock(urgent=urgent) as term:
            yield term

    def _reached(self) -> Store:
        if self.is_away:
            raise StoreUnavailable("the books are away")
        return self._store


class InterruptedStore:
    """The port Store in which something happens, once, while somebody who is not urgent waits for it.

    `before_reading` happens before it answers, `meanwhile` while they wait for the turn to write.
    """

    def __init__(self, store: Store) -> None:
        self.before_reading: Callable[[], object] | None = None
        self.meanwhile: Callable[[], object] | None = None
        self._store = store

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        if self.before_reading is not None:
            before_reading, self.before_reading = self.before_reading, None
            before_reading()
        with self._store.reading() as reader:
            yield reader

    @contextmanager
    def writing(self, term: Term | None = None, *, urgent: bool = False) -> Iterator[Transaction]:
        if not urgent and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        with self._store.writing(term, urgent=urgent) as transaction:
            yield transaction

    @contextmanager
    def order_lock(self, *, urgent: bool = False) -> Iterator[Term]:
        with self._store.order_lock(urgent=urgent) as term:
            yield term
