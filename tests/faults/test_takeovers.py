from pathlib import Path

import pytest

from tests.faults.takeovers import FOREIGN, TAKEOVERS, WAY, Errand, Takeover, play
from tests.support.servers import Postgres

ENTRIES = [case for case in TAKEOVERS if case.errand is Errand.ENTRY]
EXITS = [case for case in TAKEOVERS if case.errand is not Errand.ENTRY]
SOME = [case for case in ENTRIES if case.point == WAY[Errand.ENTRY][-1]] + [
    case for case in EXITS if case.is_lost or case.point == WAY[case.errand][-1]
]
"""What make takeovers plays as well is left to it."""


@pytest.mark.parametrize("case", SOME, ids=str)
def test_nothing_of_a_leader_that_slept_arrives_once_another_leads(
    case: Takeover, tmp_path: Path, postgres: Postgres
) -> None:
    outcome = play(case, tmp_path, postgres)
    assert (outcome.late, outcome.live if case.halts else ()) == ((), ())
    if case.errand is Errand.ENTRY:
        assert outcome.bought == (0 if case.halts else 1)
    else:
        assert outcome.held == FOREIGN
