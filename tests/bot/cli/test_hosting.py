"""Whatever a process does of a desk, its engine knows who may do what."""

from pathlib import Path

import pytest

from bot.cli.hosting import host_of
from bot.local_slack.launch import ADMIN, VIEWER, demo_settings
from bot.runtime import ProcessRole
from engine.adapters.factory import Adapters
from engine.bootstrap import TradingDesk
from engine.errors import NothingPending
from engine.model.desk import Request
from engine.scheduler import Scheduler
from tests.support.engine_harness import EngineHarness
from tests.support.slack_harness import workspace


@pytest.mark.parametrize("role", list(ProcessRole))
def test_every_role_lets_only_people_who_may_loosen_a_limit(tmp_path: Path, role: ProcessRole) -> None:
    outside = list[Adapters]()

    def kept(adapters: Adapters) -> Adapters:
        outside.append(adapters)
        return adapters

    harness = EngineHarness.build(tmp_path, on=kept, second_approver_over=70_000)
    desk = TradingDesk(
        engine=harness.engine,
        scheduler=Scheduler(jobs=harness.engine.jobs, clock=harness.clock),
        adapters=outside[0],
        settings=harness.settings,
        close=lambda: None,
    )
    commands, other = harness.engine.commands, Request(by="U0OTHER")
    with workspace() as slack:
        host_of(desk, demo_settings(slack), host="127.0.0.1", port=0, role=role)
        commands.runtime_settings.change("max_spread_bp", "80", Request(by=VIEWER.id))
        with pytest.raises(NothingPending):
            commands.runtime_settings.confirm("max_spread_bp", other)
        commands.runtime_settings.change("max_spread_bp", "80", Request(by=ADMIN.id))
        assert commands.runtime_settings.confirm("max_spread_bp", other).confirmed_by == other.by
    harness.close()
