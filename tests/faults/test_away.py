from pathlib import Path

from tests.faults.away import come_back


def test_what_happened_to_positions_while_the_desk_was_away_is_told_and_what_is_left_has_its_stop(
    tmp_path: Path,
) -> None:
    found = come_back(tmp_path, trades=4, changes=3)
    assert (found.told, found.too_much, found.bare) == (3, 0, ())
