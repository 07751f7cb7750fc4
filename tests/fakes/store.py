from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from engine.errors import MustHalt
from engine.truth import Book, Ledger, Store


class HangingStore:
    """The port Store that answers nobody until a test lets it."""

    def __init__(self, store: Store) -> None:
        self.answers = Event()
        self._store = store

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        self.answers.wait()
        with self._store.reading() as ledger:
            yield ledger

    @contextmanager
    def writing(self) -> Iterator[Book]:
        self.answers.wait()
        with self._store.writing() as book:
            yield book

    @contextmanager
    def passage(self) -> Iterator[None]:
        self.answers.wait()
        with self._store.passage():
            yield


class LosableStore:
    """The port Store, out of reach while a test says so."""

    def __init__(self, store: Store) -> None:
        self.is_away = False
        self._store = store

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        with self._reached().reading() as ledger:
            yield ledger

    @contextmanager
    def writing(self) -> Iterator[Book]:
        with self._reached().writing() as book:
            yield book

    @contextmanager
    def passage(self) -> Iterator[None]:
        with self._reached().passage():
            yield

    def _reached(self) -> Store:
        if self.is_away:
            raise MustHalt("the books are away")
        return self._store
