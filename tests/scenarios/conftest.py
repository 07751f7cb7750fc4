"""Chat scenarios run twice: in a workspace with Slack's newer blocks, and in one that refuses them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OpenStage
from tests.support.engine_harness import EngineHarness
from tests.support.slack_harness import QUICK, TAKES_NEWER, SlackHarness, embedded

KINDS = {"newer blocks": True, "older blocks": False} if TAKES_NEWER else {"older blocks": False}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def open_stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStage]:
    """Open the desk of the blueprint's example in a local workspace; takes a locale and settings of the engine."""
    with ExitStack() as stack:

        def opened(locale: str = "en", **given: Any) -> SlackHarness[EngineHarness]:
            rules = replace(QUICK, takes_newer_blocks=request.param)
            return stack.enter_context(embedded(tmp_path, locale, rules, **given))

        yield opened
