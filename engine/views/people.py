from datetime import datetime

from engine.model.people_report import PeopleReport, Sum
from engine.model.shadow import Cause, ShadowState
from engine.model.trade import TradeState
from engine.pipeline.shadow import BEGUN, NOT_TAKEN
from engine.ports.store import Store


class PeopleQuery:
    """Tells what the desk's decisions came to, beside what it decided against."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def __call__(self) -> PeopleReport:
        """Return it for all that was proposed since results of what is not taken are kept."""
        with self._store.reading() as reader:
            begun = reader.setting(BEGUN)
            since = datetime.fromisoformat(begun) if begun else None
            ended = reader.trades({TradeState.CLOSED}, since=since) if since else ()
            known = reader.trades(NOT_TAKEN.keys(), since=since) if since else ()
            simulated = [each for each in reader.shadow_trades() if each.cause is not Cause.SHADOW]
        # What somebody asked for has no score that a simulation could begin with: it is on neither side.
        taken = [each for each in ended if since and each.proposed_at >= since and not each.origin.is_manual]
        still = {each.id for each in known if not each.origin.is_manual}  # the broker may have filled one all the same
        left = [each for each in simulated if each.trade_id in still]
        over = [each for each in left if each.state is ShadowState.CLOSED]
        return PeopleReport(
            since=since,
            taken=Sum.of((each.result, each.multiple) for each in taken),
            not_taken={
                cause: Sum.of((each.result, each.multiple) for each in over if each.cause is cause)
                for cause in NOT_TAKEN.values()
            },
            open=sum(each.state is ShadowState.OPEN for each in left),
            void=sum(each.state is ShadowState.VOID for each in left),
        )
