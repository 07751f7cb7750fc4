"""Nonsense in every command and every field of every window: `make fuzz INPUTS=20000 SEED=7`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bot.cards import ids
from bot.cards.mrkdwn import visible
from bot.listeners.parsing import reason, words
from bot.listeners.payloads import command_text
from engine.model.desk import DeskState
from engine.model.trade import TradeState
from tests.attacks.attack_runner import ADMIN, OTHER_ID, TRADER, VIEWER, AttackRunner, Json, Outcome, request_id
from tests.attacks.texts import LONGEST, nonsense
from tests.support.fakes.worked_example import TRADE_ID

UNEXPECTED = "Something went wrong"


@dataclass(kw_only=True)
class Report:
    """How many inputs of each kind were sent, what became of them, and what went wrong."""

    seed: int
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self.kinds.items()))
        outcomes = ", ".join(f"{word} {number}" for word, number in sorted(self.outcomes.items()))
        sent = f"{self.kinds.total():,} inputs, seed {self.seed}: {len(self.faults)} unhandled"
        return "\n".join((sent, f"  {kinds}", f"  {outcomes}", *self.faults[:10]))


Sent = tuple[Outcome, str]
Kind = Callable[[AttackRunner, str], Sent]


def campaign(siege: AttackRunner, inputs: int, seed: int, kinds: Sequence[Kind]) -> Report:
    """Send so many inputs, of each kind in turn, the same for the same seed."""
    random, report = Random(seed), Report(seed=seed)  # noqa: S311 repeatable, not secret
    for number in range(inputs):
        kind = kinds[number % len(kinds)]
        text = nonsense(random)
        report.kinds[kind.__name__] += 1
        try:
            outcome, fault = kind(siege, text)
        except Exception as error:  # noqa: BLE001 whatever breaks is a finding
            siege.seen, fault = None, repr(error)
        else:
            report.outcomes.update(row.outcome for row in outcome.rows if row.actor != "engine")
        if fault:
            report.faults.append(f"  {kind.__name__} {text[:80]!r}: {fault}")
    return report


def approve(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/approve", _no_trade(text)))


def reject(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/reject", _no_trade(text)))


def size(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/size", _no_trade(text)))


def size_of_a_trade(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/size", f"{TRADE_ID} x{text}"[:LONGEST]))


def buy(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/buy", text))


def buy_what_waits(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/buy", f"AAPL {text}"[:LONGEST]))


def inspect(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(VIEWER, "/inspect", text))


def ask(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(VIEWER, "/ask", text))


def positions(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(VIEWER, "/positions", text))


def trades(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(VIEWER, "/trades", text))


def auto(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(ADMIN, "/auto", text))


def resume(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(ADMIN, "/resume", text))


def signals(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(VIEWER, "/signals", text))


def news(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(VIEWER, "/news", text))


def close(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, "/close", _no_trade(text)))


def stop(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(ADMIN, "/stop", f"MSFT x{text}"[:LONGEST]))


def target(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(ADMIN, "/target", f"MSFT x{text}"[:LONGEST]))


def trail(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(ADMIN, "/trail", f"MSFT x{text}"[:LONGEST]))


def stop_window(siege: AttackRunner, text: str) -> Sent:
    metadata = siege.seal.value(ids.MOVE_STOP_MODAL, OPEN_ID)
    return _changes_nothing(siege, siege.submission(ADMIN, ids.MOVE_STOP_MODAL, metadata, f"x{text}"))


def watch(siege: AttackRunner, text: str) -> Sent:
    watched = siege.harness.engine.queries.watchlist()
    sent = _changes_nothing(siege, siege.command(TRADER, "/watch", f"add {text}"[:LONGEST]))
    return sent if siege.harness.engine.queries.watchlist() == watched else (sent[0], "watches something else")


def setting(siege: AttackRunner, text: str) -> Sent:
    before = siege.harness.engine.queries.settings()
    sent = _changes_nothing(siege, siege.command(ADMIN, "/settings", f"MAX_DAILY_LOSS x{text}"[:LONGEST]))
    return sent if siege.harness.engine.queries.settings() == before else (sent[0], "changed a setting")


def apply_button(siege: AttackRunner, text: str) -> Sent:
    value = siege.seal.value(ids.APPLY_SIZE, f"{TRADE_ID}{ids.AND}x{text}")
    return _changes_nothing(siege, siege.click(TRADER, ids.APPLY_SIZE, value))


def unknown_command(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.command(TRADER, f"/{text}", text))


def button(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.click(TRADER, ids.APPROVE, text))


def resize_window(siege: AttackRunner, text: str) -> Sent:
    metadata = siege.seal.value(ids.RESIZE_MODAL, TRADE_ID)
    return _changes_nothing(siege, siege.submission(TRADER, ids.RESIZE_MODAL, metadata, f"x{text}"))


def window_of_anything(siege: AttackRunner, text: str) -> Sent:
    return _changes_nothing(siege, siege.submission(TRADER, ids.REJECT_MODAL, text, text))


def reject_window(siege: AttackRunner, text: str) -> Sent:
    """Reject with nonsense as the reason, which is a reason: only the proposal changes, and only so."""
    trade = siege.propose()
    metadata = siege.seal.value(ids.REJECT_MODAL, trade.id)
    body = siege.submission(TRADER, ids.REJECT_MODAL, metadata, text)
    outcome = siege.send(body, silent=True)
    rejected = siege.harness.trade(trade.id)
    if (rejected.state, rejected.reason) != (TradeState.REJECTED, kept(text)):
        return outcome, f"{rejected.state}, {rejected.reason!r}"
    others = tuple(each for each in outcome.before.trades if each.id != trade.id)
    if outcome.after != replace(outcome.before, trades=others):
        return outcome, "changed more than the proposal"
    return outcome, _recorded(body, outcome)


def halt(siege: AttackRunner, text: str) -> Sent:
    """Halt with nonsense as the reason: the desk halts, and says why in the same words."""
    siege.resume()
    body = siege.command(TRADER, "/halt", text)
    outcome = siege.send(body)
    desk = outcome.after.desk
    said = command_text({"text": text})
    if said.lower() != "help" and (desk.state, desk.reason) != (DeskState.HALTED, reason(said)):
        return outcome, f"{desk.state}, {desk.reason!r}"
    return outcome, _heard(body, outcome)


PEACEFUL: tuple[Kind, ...] = (
    approve,
    reject,
    size,
    size_of_a_trade,
    buy,
    buy_what_waits,
    inspect,
    ask,
    positions,
    trades,
    auto,
    resume,
    signals,
    news,
    close,
    stop,
    target,
    trail,
    stop_window,
    watch,
    setting,
    apply_button,
    unknown_command,
    button,
    resize_window,
    window_of_anything,
)
"""What must change nothing at all."""

ACTS: tuple[Kind, ...] = (halt, reject_window)
"""What any text may go with; the halts come after all else, for they end what waits."""


def kept(text: str) -> str:
    """Return what is kept of a reason: what can be seen of it, on one line."""
    return reason(visible(text))


OPEN_ID = "MSFT_20250818_233000"
"""A trade that is open from the start."""


def _no_trade(text: str) -> str:
    """Return a text whose first word is the name of no trade, in case it was."""
    first = words(visible(text))[:1]
    names = (TRADE_ID, OTHER_ID, "MSFT", "TSLA")
    named = first and any(name.startswith(first[0].strip().upper()) for name in names)
    return f"zz{text}"[:LONGEST] if named else text


def _changes_nothing(siege: AttackRunner, body: Json) -> Sent:
    outcome = siege.send(body)
    if outcome.changed:
        return outcome, "changed something"
    return outcome, _heard(body, outcome)


def _heard(body: Json, outcome: Outcome) -> str:
    """Return what is wrong with how it was answered and kept, nothing if all is well."""
    if not outcome.told.strip() or UNEXPECTED in outcome.told:
        return f"told {outcome.told!r}"
    return _recorded(body, outcome)


def _recorded(body: Json, outcome: Outcome) -> str:
    mine = [row for row in outcome.rows if row.actor != "engine"]
    if [row.request for row in mine] != [request_id(body)]:
        return f"{len(mine)} rows in the audit"
    return mine[0].why if mine[0].outcome in {"failed", "not now"} else ""
