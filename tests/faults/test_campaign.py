"""A short campaign; a long one: make faults KILLS=1000."""

from tests.faults.campaign import Campaign


def test_a_desk_that_is_killed_and_whose_database_is_put_back_keeps_its_promises() -> None:
    found = Campaign(kills=5, seed=1, database="sqlite", restores=0.8, falls=1).run()
    assert found.breaches == []
    assert found.seen["kills"] == 5
    assert found.seen["restores"]
    assert 1 <= found.seen["failovers"] <= 5  # once in each life at most, and never before it works


def test_chapters_are_played_by_other_processes_as_by_this_one() -> None:
    found = Campaign(kills=2, chapter=1, seed=2, database="sqlite", jobs=1).run()
    assert found.breaches == []
    assert found.seen["kills"] == 2
