from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.adapters.sql.store import SqlStore, open_store


def in_sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'desk.db'}"


@pytest.fixture(params=[in_sqlite])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    place: Callable[[Path], str] = request.param
    return place(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    store = open_store(url)
    yield store
    store.close()
