from pathlib import Path

import pytest

from tests.faults.pauses import CASES, POINTS, Case, play
from tests.support.servers import Postgres

SOME = [case for case in CASES if case.point == POINTS[-1] or (case.point in POINTS[1:] and not case.resumes)]
"""What make pauses plays as well is left to it: there the bot sleeps before it holds, or has seen, anything."""


@pytest.mark.parametrize("case", SOME, ids=str)
def test_no_order_of_a_bot_that_slept_arrives_after_another_bots_halt(
    case: Case, tmp_path: Path, postgres: Postgres
) -> None:
    assert play(case, tmp_path, postgres).late == ()
