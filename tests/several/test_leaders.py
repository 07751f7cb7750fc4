"""Of several processes never two lead, whoever is killed or paused. A hundred rounds: make leaders."""

from pathlib import Path

from tests.several.leaders import FOLLOWED_WITHIN, campaign
from tests.support.servers import Postgres


def test_never_two_lead_and_one_soon_does_though_leaders_are_killed_and_paused(
    postgres: Postgres, tmp_path: Path
) -> None:
    led = campaign(postgres.new_database(), tmp_path, rounds=2, seed=74)
    assert led.breaches == []
    assert (led.kills, led.pauses) == (1, 1)
    assert led.followed
    assert 0 < led.followed[0] < FOLLOWED_WITHIN
