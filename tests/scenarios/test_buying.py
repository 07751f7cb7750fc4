"""/buy through the real Bolt App and the real engine: a proposal, its card, and another person's click."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cards import ids
from engine.model.desk import AuditEntry
from engine.model.origin import Source
from engine.model.trade import Trade, TradeState
from tests.attacks.attack_runner import ADMIN, TRADER, VIEWER, AttackRunner

WATCHED = ("AAPL", "MSFT", "TSLA", "NVDA")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[AttackRunner]:
    """A desk on which two people must see what somebody asks for, with room for NVDA at $120."""
    with AttackRunner.open(tmp_path, watchlist=WATCHED, second_approver_over=1_000_000, risk_per_trade="0.002") as desk:
        desk.harness.market.price("NVDA", "120")
        yield desk


def nvidia(desk: AttackRunner) -> Trade:
    [trade] = [each for each in desk.harness.engine.queries.trades() if each.symbol == "NVDA"]
    return trade


def by_people(rows: tuple[AuditEntry, ...]) -> list[tuple[str, str, str]]:
    return [(row.actor, row.action, row.outcome) for row in rows if row.actor != "engine"]


def test_a_trader_proposes_and_another_person_approves(desk: AttackRunner) -> None:
    body = desk.command(TRADER, "/buy", "nvda 10 stop 118.50 target 126 earnings beat")
    proposed = desk.send(body)
    assert proposed.told.startswith("Proposed: buy 10 NVDA at $120.00, stop $118.50, target $126.00. Risk $15")
    assert by_people(proposed.rows) == [(TRADER, "propose", "10 shares")]
    trade = nvidia(desk)
    assert (trade.source, trade.origin.by, trade.origin.note) == (Source.DESK, TRADER, "earnings beat")
    assert trade.id in desk.harness.asked()
    assert not desk.repeat(body).changed
    assert not desk.repeat_to_another_life(body).changed

    own = desk.send(desk.click(TRADER, ids.APPROVE, desk.seal.value(ids.APPROVE, trade.id)))
    assert "You proposed" in own.told
    assert by_people(own.rows) == [(TRADER, "approve", "refused")]
    assert not own.changed
    desk.harness.market.price("NVDA", "120")
    desk.send(desk.command(ADMIN, "/approve", trade.id))
    bought = nvidia(desk)
    assert (bought.state, bought.decided_by, bought.filled_shares) == (TradeState.OPEN, ADMIN, 10)
    assert (bought.stop, bought.target) == (Decimal("118.50"), Decimal(126))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("NVDA 10 stop 121", "Stop: $121.00 must be below the price, $120.00."),
        ("NVDA 10 target 119", "Target: $119.00 must be above the price, $120.00."),
        ("NVDA 0.5", "Size: “0.5” isn't a valid size."),
        ("NVDA 10 limit 1200", "Limit: $1,200.00 is too high; the most is $120.60."),
        ("NVDA 10 limit 150,25", "Limit: “150,25” could be 150.25 / 15025."),
        ("NVDIA 10", "Symbol: “NVDIA” isn't on the watchlist. Did you mean NVDA?"),
        ("NVDA 100000", "Too many: 100,000 shares."),
        ("AAPL", "Not proposed: AAPL already has a proposal pending approval."),
        ("", "Missing symbol. Type /buy SYMBOL [size] [limit] [stop] [target] [reason], e.g. /buy AAPL 100."),
    ],
)
def test_what_is_wrong_is_told_by_its_name_kept_once_and_changes_nothing(
    desk: AttackRunner, typed: str, told: str
) -> None:
    outcome = desk.send(desk.command(TRADER, "/buy", typed))
    assert outcome.told.startswith(told)
    assert by_people(outcome.rows) == [(TRADER, "buy", "refused")]
    assert not outcome.changed


def test_a_viewer_proposes_nothing(desk: AttackRunner) -> None:
    outcome = desk.send(desk.command(VIEWER, "/buy", "NVDA 10"))
    assert outcome.told.startswith("Traders only")
    assert by_people(outcome.rows) == [(VIEWER, "buy", "refused")]
    assert not outcome.changed
