from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import cast

from slack_bolt.context import BoltContext
from slack_bolt.kwargs_injection.args import Args

from bot.access import Access
from bot.delivery.backtests import Backtests
from bot.listeners.answer_retry import AnswerRetry
from bot.listeners.deduplication import Deliveries
from bot.listeners.rate_limit import UserRateLimit
from bot.messages import Texts
from bot.people import People
from bot.signing import Signer
from bot.transport.web_client import SlackClient
from engine.commands import Commands
from engine.queries import Queries


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every listener works with; as middleware of Bolt it brings itself.

    `people` knows who is who, `client` calls Slack, `again` says later what it did not take. `channel` is the desk's,
    an id; `turns` is how many requests may be worked on at once, halts apart, `crowd` what everybody may ask for;
    `opened` is told who looks at their home; `is_sure` tells whether no other desk may have got what was meant for this
    one. `usages` says how each command is written, `examples` has what may stand after each.
    `backtests` runs those that people ask for, None where this process runs none.
    """

    commands: Commands
    queries: Queries
    client: SlackClient
    again: AnswerRetry
    texts: Texts
    access: Access
    people: People
    channel: str
    signer: Signer
    deliveries: Deliveries
    turns: BoundedSemaphore
    crowd: UserRateLimit
    opened: Callable[[str], None]
    is_sure: Callable[[], bool]
    usages: Mapping[str, str]
    examples: Mapping[str, str]
    backtests: Backtests | None

    def __call__(self, context: BoltContext, next_: Callable[[], None]) -> None:
        """Put itself where every listener finds them."""
        context["desk"] = self
        next_()


def context_of(args: Args) -> Context:
    """Return what the middleware put where a listener finds it."""
    return cast(Context, args.context["desk"])
