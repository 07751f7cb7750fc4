"""What the desk was to be told, held against what Slack has; and what of it went with a database."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import create_engine, make_url, select

from engine.adapters.sql.desk_tables import OutboxRow
from engine.model.trade import RESERVED, Trade, TradeState
from engine.ports.store import Reader
from tests.faults.simulated_market import World

ENTERED = frozenset({TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING, TradeState.CLOSED})
ENDED = frozenset(
    {TradeState.REJECTED, TradeState.EXPIRED, TradeState.REFUSED, TradeState.CANCELLED, TradeState.FAILED}
)


def notices_lost(world: World, reader: Reader, trades: dict[str, Trade]) -> list[str]:
    lost = [f"{each.notice.key}: told, and never delivered" for each in reader.waiting(10_000)]
    told, gone = outbox(world.database), lost_with_the_database(world)
    for key, delivered in told.items():
        posted = reader.posted(key)
        if delivered and posted and posted.ts not in world.slack.messages:
            lost.append(f"{key}: delivered, says the desk, but Slack never had it")
    for trade in trades.values():
        lost += [
            f"{trade.id}: nobody was told that it is {what}"
            for what in due(trade)
            if is_missing(trade, what, told, gone)
        ]
    return lost


def due(trade: Trade) -> Iterator[str]:
    """Say what the desk must have been told of a trade."""
    if trade.state in RESERVED or trade.state is TradeState.CLOSED:
        yield "approved"
    if trade.state in ENTERED:
        yield "submitted"
    if trade.filled_shares and trade.state in {TradeState.CLOSING, TradeState.CLOSED}:
        yield "filled"
    if trade.state is TradeState.CLOSED:
        yield "closed"
    if trade.state in ENDED:
        yield trade.state


def is_missing(trade: Trade, what: str, told: dict[str, bool], gone: set[str]) -> bool:
    """Tell whether that was never told; that a trade came back from its order tells that it was sent."""
    key, stands_for = f"{trade.id}:{what}", set[str]()
    if what in {"approved", "submitted"}:
        stands_for = {f"{trade.id}:adopted"} | ({f"{trade.id}:late"} if key in gone else set())
    return ({key} | stands_for).isdisjoint(told)


def lost_with_the_database(world: World) -> set[str]:
    """Return the keys of the notices that a database once had and lost, or did not know any more to have told."""
    return {key for loss in world.losses for key in loss.notices}


def told_of_losses(world: World) -> Counter[str]:
    """Count what became of the notices of lost seconds.

    One that Slack had and the database lost is told again where what it tells happens again in the books, or is found
    in Slack; one that nobody had read yet is lost with what it told, unless that happens again.
    """
    told, found = outbox(world.database), Counter[str]()
    posted = Counter(world.slack.messages.values())
    lost = lost_with_the_database(world)
    for key in lost:
        if posted[key] > 1:
            found["lost notices told again"] += 1
        elif key in told:
            found["lost notices in the database again"] += 1
        elif posted[key]:
            found["lost notices only in Slack"] += 1
        else:
            found["lost notices never read"] += 1
    found["messages posted twice"] = sum(times > 1 for key, times in posted.items() if key and key not in lost)
    return found


def outbox(database: str) -> dict[str, bool]:
    """Return every notice that was ever told, and whether it is delivered."""
    url = make_url(database)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    with engine.connect() as connection:
        rows = connection.execute(select(OutboxRow.key, OutboxRow.delivered)).all()
    engine.dispose()
    return {row.key: row.delivered for row in rows}
