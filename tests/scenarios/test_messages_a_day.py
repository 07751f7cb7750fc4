"""How many messages a trading day brings: at most four in the channel beside proposals, fills, halts and alarms."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.model.notices.kinds import CLASSES
from tests.support.day_of_messages import play_a_day

MOST = 4
ALWAYS = frozenset({"ApprovalAsked", "AutoProposed", "SecondApprovalAsked", "TradeFilled", "TradeClosed"})
"""Proposals and fills, which everybody sees."""
ALARMS = frozenset(kind.__name__ for kind in CLASSES if kind.is_urgent or kind.is_steering)
"""Halts, and what goes before all else."""


def counted(shown: Mapping[str, int]) -> dict[str, int]:
    """Return what is counted of the messages that a channel sees."""
    return {kind: count for kind, count in shown.items() if kind not in ALWAYS | ALARMS}


@pytest.mark.parametrize("auto", [True, False], ids=["auto", "by hand"])
def test_a_trading_day_with_a_halt_and_a_weeks_end_brings_at_most_four_messages_beside_what_must_be_seen(
    tmp_path: Path, *, auto: bool
) -> None:
    day = play_a_day(tmp_path, auto=auto)
    proposals = day.shown.get("AutoProposed", 0) + day.shown.get("ApprovalAsked", 0)
    assert proposals >= 3, "a day on which something happens"
    assert day.shown["TradeFilled"] >= 2
    assert day.shown["DeskHalted"] == 1
    assert sum(counted(day.shown).values()) <= MOST, counted(day.shown)
    assert day.shown["ReportMade"] + day.threaded["ReportMade"] == 6, "each report once"
    assert day.threaded.get("SignalsKept", 0) >= 1, "what a halt kept is told in the day's thread"
