"""A short campaign; a long one: make faults KILLS=1000."""

from tests.faults.campaign import Campaign


def test_a_desk_that_is_killed_in_the_middle_of_its_work_keeps_the_three_promises() -> None:
    found = Campaign(kills=6, seed=1, database="sqlite").run()
    assert found.breaches == []
    assert found.seen["kills"] == 6
