from dataclasses import dataclass
from decimal import Decimal

from engine.model.calculation import Amount
from engine.model.origin import Source
from engine.model.trade import Trade


@dataclass(frozen=True, kw_only=True, slots=True)
class ManualProposal:
    """A purchase that somebody asks for: a person of the desk, a webhook, or an agent by MCP.

    `by` is a Slack user id or the sender's name. Without `amount` the desk's rule says how many shares. `limit`, `stop`
    and `target` are dollars a share, cut to the cent. `key` is the sender's own id of it, '' for a person; the same key
    never makes a second proposal.
    """

    source: Source
    by: str
    symbol: str
    amount: Amount | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None
    target: Decimal | None = None
    reason: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """What came of it: the trade, and whether the same key had made it before."""

    trade: Trade
    is_repeated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptKey:
    """What a key was used for: the digest of what came with it, and the trade that it made ('' for a signature)."""

    digest: str
    trade_id: str
