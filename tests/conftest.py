from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.scenarios.stage import Stage

# A slow machine is no fault of the code: what takes how long is measured by the benchmarks.
settings.register_profile("default", deadline=None)
settings.load_profile("default")

OpenStage = Callable[..., Stage]


@pytest.fixture
def open_stage(tmp_path: Path) -> Iterator[OpenStage]:
    """Open the desk of the blueprint's example in a local workspace; takes a locale and settings of the engine."""
    with ExitStack() as stack:

        def opened(locale: str = "en", **given: Any) -> Stage:
            return stack.enter_context(Stage.open(tmp_path, locale, **given))

        yield opened
