"""The blueprint's trade at later moments of its life, and the desk's two languages."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, ContainerBlock, SectionBlock

from bot.cards.message import Message
from bot.messages import Texts
from engine.model.account import Account
from engine.model.exit_plan import ExitPlan
from engine.model.market import Session, Snapshot
from engine.model.risk import BindingLimit
from engine.model.signal import PanelLine
from engine.model.trade import ExitReason, Trade, TradeState
from engine.model.view import Inspection, PortfolioView, PositionLine, SizeView
from tests.support.fakes.trades import OVERNIGHT, PROPOSED_AT, a_signal, a_trade

SEOUL = ZoneInfo("Asia/Seoul")
ENGLISH = Texts("en", SEOUL)
KOREAN = Texts("ko", SEOUL)
BOTH = (ENGLISH, KOREAN)
TRADER = "U0TRADER1"
HALF = ExitPlan(partial=Decimal("0.5"), trail=Decimal("0.02"))


def approved(**changes: Any) -> Trade:
    """Return the trade as a trader approved it, three seconds after the proposal."""
    decided = {"decided_by": TRADER, "decided_at": PROPOSED_AT + timedelta(seconds=3)}
    return a_trade(**{"state": TradeState.APPROVED, **decided, **changes})


def opened(**changes: Any) -> Trade:
    """Return the trade as it was filled, three cents over the plan."""
    fill = {
        "state": TradeState.OPEN,
        "filled_shares": 512,
        "fill_price": Decimal("150.28"),
        "filled_at": PROPOSED_AT + timedelta(seconds=4),
        "target": Decimal("154.78"),
    }
    return approved(**{**fill, **changes})


def ended(**changes: Any) -> Trade:
    """Return the trade closed at its target."""
    end = {
        "state": TradeState.CLOSED,
        "exit_shares": 512,
        "exit_price": Decimal("154.78"),
        "exit_reason": ExitReason.TARGET,
        "closed_at": PROPOSED_AT + timedelta(hours=2),
    }
    return opened(**{**end, **changes})


def half_sold(plan: ExitPlan = HALF) -> Trade:
    """Return the trade once its target sold half of it, and the rest has only its stop."""
    plan = replace(plan, is_part_sold=True)
    return opened(exit_plan=plan, exit_shares=256, exit_price=Decimal("154.78"))


def a_line(**fields: Any) -> PositionLine:
    """Return what a trade holds, at the risk of that trade, or what is in none, at 1.5 % of its value."""
    line = PositionLine(**{"trade": None, "risk": Decimal(0), **fields})
    risk = line.trade.risk if line.trade else line.value * Decimal("0.015")
    return replace(line, risk=fields.get("risk", risk))


def a_portfolio(**changes: Any) -> PortfolioView:
    """Return the example's account after the fill, with a position that is no trade of ours."""
    account = Account(equity=Decimal(231_368), cash=Decimal(66_788), buying_power=Decimal(66_788), margin=False)
    lines = (
        a_line(symbol="AAPL", shares=512, cost=Decimal("150.28"), price=Decimal("151.00"), trade=opened()),
        a_line(symbol="MSFT", shares=300, cost=Decimal("420.80"), price=Decimal("420.80")),
    )
    view = PortfolioView(
        at=PROPOSED_AT,
        account=account,
        lines=lines,
        open_risk=Decimal("0.0151"),
        warning=Decimal("0.016"),
        ceiling=Decimal("0.02"),
        per_trade=Decimal("0.005"),
        overnight=OVERNIGHT,
    )
    return replace(view, **changes)


def a_size(**changes: Any) -> SizeView:
    """Return the example's proposal at 400 of at most 512 shares."""
    view = SizeView(
        trade=a_trade(),
        shares=400,
        most=512,
        cost=Decimal(60_100),
        risk=Decimal(904),
        equity=Decimal(231_368),
        risk_before=Decimal("0.01"),
        risk_after=Decimal("0.0139"),
        bound_by=BindingLimit.RISK,
    )
    return replace(view, **changes)


def an_inspection(**changes: Any) -> Inspection:
    """Return all that is known of AAPL in the example."""
    snapshot = Snapshot(
        symbol="AAPL",
        at=PROPOSED_AT,
        price=Decimal("150.25"),
        volume=2_500_000,
        bid=Decimal("150.24"),
        ask=Decimal("150.25"),
    )
    view = Inspection(
        symbol="AAPL",
        session=Session.REGULAR,
        snapshot=snapshot,
        signal=a_signal(),
        panel=(PanelLine(name="RSI 14", value=35.0),),
        trades=(opened(),),
    )
    return replace(view, **changes)


def shown(message: Message) -> list[str]:
    """Return the mrkdwn of each section, folded ones too."""
    inner = [block.child_blocks if isinstance(block, ContainerBlock) else [block] for block in message.blocks]
    return [text_of(block) for block in chain.from_iterable(inner) if isinstance(block, SectionBlock)]


def text_of(block: Block) -> str:
    """Return the mrkdwn of a section."""
    return str(block.to_dict()["text"]["text"])


def buttons(message: Message) -> list[str]:
    """Return the action ids of a message's buttons."""
    rows = [block for block in message.payload()["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]
