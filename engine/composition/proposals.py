"""Stages that propose trades, ask people about them, and decide."""

from datetime import timedelta

from engine.composition.market import MarketStages
from engine.composition.orders import OrderStages
from engine.composition.shared import SharedParts
from engine.pipeline.decide import Decide
from engine.pipeline.four_eyes import FourEyes
from engine.pipeline.manual import ProposeManually
from engine.pipeline.new_proposal import NewProposal
from engine.pipeline.present import Present
from engine.pipeline.propose import Propose
from engine.pipeline.recording import Recording
from engine.pipeline.remind import Remind
from engine.pipeline.resize import Resize
from engine.pipeline.signal_digest import SignalDigest
from engine.pipeline.signal_queue import SignalQueue
from engine.pipeline.standing_approvals import StandingApprovals


class ProposalStages:
    """From a signal, or what somebody asks for, to a trade that is approved or not."""

    def __init__(self, shared: SharedParts, market: MarketStages, orders: OrderStages) -> None:
        settings, outlooks = shared.settings, shared.outlooks
        self.signal_queue = shared.make(SignalQueue, stream=shared.adapters.stream)
        what_proposes = {
            "queue": self.signal_queue,
            "hours": shared.trading_hours,
            "restate": orders.restate,
            "outlooks": outlooks,
            "new_proposal": self._new_proposal(shared, market),
        }
        self.propose = shared.make(Propose, **what_proposes)
        self.propose_manually = shared.make(ProposeManually, observe=market.observe, **what_proposes)
        self.signal_digest = shared.make(SignalDigest)
        self.present = shared.make(Present)
        self.remind = shared.make(Remind)
        self.resize = shared.make(Resize, outlooks=outlooks)
        self.four_eyes = shared.make(
            FourEyes, over=settings.desk.second_approver_over, earnings_guard=settings.risk.earnings_guard
        )
        self.standing = shared.make(StandingApprovals, guarded=self.four_eyes.may_be_needed)
        self.decide = shared.make(
            Decide,
            hours=shared.trading_hours,
            observe=market.observe,
            restate=orders.restate,
            outlooks=outlooks,
            four_eyes=self.four_eyes,
            standing=self.standing,
        )

    @staticmethod
    def _new_proposal(shared: SharedParts, market: MarketStages) -> NewProposal:
        settings = shared.settings
        return shared.make(
            NewProposal,
            hours=shared.trading_hours,
            outlooks=shared.outlooks,
            recording=shared.make(Recording, bars=market.bars, bar_seconds=settings.market.bar_seconds),
            lifetime=timedelta(seconds=settings.desk.proposal_seconds),
            quiet=shared.quiet,
            exit_plan=shared.strategies.live.exits.plan,
        )
