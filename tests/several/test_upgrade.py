"""A desk of several processes goes over to the next version one process after the other, with trades under way.

The next version is a copy of this one with one more revision of the schema, as every version brings it: something new,
and nothing taken away.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.adapters.sql.migrations import known
from engine.model.trade import TradeState
from tests.several.spread_desk import ROOT, SYMBOLS, SpreadDesk
from tests.several.spread_findings import Rounds
from tests.several.spread_judgement import judge
from tests.several.spread_round import TARGET, Plan, Round
from tests.support.servers import Postgres, Valkey
from tests.support.waiting import until

NEXT = "9999"
REVISION = f'''"""What the next version adds."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{known()[0]}"


def upgrade() -> None:
    op.create_table("novelties", sa.Column("name", sa.Text, primary_key=True))
    op.add_column("trades", sa.Column("novelty", sa.Text))
    op.add_column("outbox", sa.Column("novelty", sa.Text, nullable=False, server_default=""))
'''
THREE = SYMBOLS[:3]
FEW = ("api", "worker", "scheduler", "scheduler")


@pytest.fixture(name="next_version")
def _next_version(tmp_path: Path) -> Path:
    """Make a copy of the program that has one more revision."""
    code = tmp_path / "next"
    for package in ("engine", "bot"):
        shutil.copytree(ROOT / package, code / package)  # with its bytecode, or it is all compiled again
    (code / "tests").symlink_to(ROOT / "tests")
    (code / "engine/adapters/sql/migrations/versions/r9999_novelties.py").write_text(REVISION, encoding="utf-8")
    return code


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, postgres: Postgres) -> Iterator[SpreadDesk]:
    (folder := tmp_path / "desk").mkdir()
    with (
        Valkey(folder) as valkey,
        SpreadDesk.open(folder, postgres, valkey, valkey.url, symbols=THREE, roles=FEW) as desk,
    ):
        yield desk


def replace(desk: SpreadDesk, role: str, code: Path) -> None:
    """Start one process of the next version beside each old one of a role, then stop the old ones."""
    old = [name for name, member in desk.members.items() if member.role == role and member.code is None]
    new = [f"next-{role}-{number}" for number in range(FEW.count(role))]
    for name in new:
        if name not in desk.members:
            desk.start(name, role, code)
    until(lambda: desk.alive(role) >= len(old) + len(new), 60)
    for name in old:
        desk.stop(name)


@pytest.mark.timeout(300)  # it starts eleven processes
def test_a_desk_goes_over_to_the_next_version_with_trades_under_way_and_an_older_process_is_refused(
    desk: SpreadDesk, next_version: Path
) -> None:
    found = Rounds()
    by_hand, by_itself = Plan(), Plan(auto=True, exit=TARGET)
    first, second, third = (
        Round(desk, symbol, plan, found) for symbol, plan in zip(THREE, (by_hand, by_hand, by_itself), strict=True)
    )
    first.buy()
    desk.start("next-scheduler-0", "scheduler", next_version)
    until(lambda: desk.store.revision() == NEXT, 60)
    second.buy()  # proposed by a leader, and approved through a process, of the version before
    for role in ("scheduler", "api", "worker"):
        replace(desk, role, next_version)
    first.sell()
    third.want_auto()
    third.buy()
    third.sell()
    second.sell()
    assert [trade.state for each in (first, second, third) if (trade := each.trade())] == [TradeState.CLOSED] * 3
    for role in ("scheduler", "worker"):
        late = desk.start(f"late-{role}", role, ROOT)
        assert late.wait(60) == 1
        said = (desk.folder / f"late-{role}.log").read_text(encoding="utf-8")
        assert NEXT in said
        del desk.members[late.name]
    judge(desk, found.zeros, found.seen)
    assert found.zeros.breaches == []
