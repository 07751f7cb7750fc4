from pathlib import Path

from tests.faults.halting import halts


def test_no_entry_is_taken_after_a_halt_was_committed_however_hard_the_desk_works(tmp_path: Path) -> None:
    found = halts(tmp_path, runs=3, seed=1)
    assert found.entries >= 3
    assert found.too_late == ()
