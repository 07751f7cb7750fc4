"""A desk of seven processes, some of which are killed and paused. As many rounds as wanted: make rounds."""

from tests.several.rounds import run


def test_nothing_is_doubled_lost_or_sent_after_a_halt_though_processes_are_killed_and_paused() -> None:
    found = run(2, seed=7)
    assert found.zeros.breaches == []
    assert found.seen["proposals"] == 2
    assert found.seen["messages"] >= found.seen["notices"] - found.seen["proposals"]
    assert sum(count for deed, count in found.did.items() if deed.startswith(("killed", "paused"))) >= 2
