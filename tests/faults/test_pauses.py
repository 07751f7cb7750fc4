from pathlib import Path

import pytest

from tests.faults.pauses import CASES, Case, play
from tests.servers import Postgres


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_order_of_a_bot_that_slept_arrives_after_another_bots_halt(
    case: Case, tmp_path: Path, postgres: Postgres
) -> None:
    assert play(case, tmp_path, postgres).late == ()
