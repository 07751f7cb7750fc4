"""Every error the desk can meet, named by what the caller should do.

    DeskError
    ├── TemporaryError       the outside failed; skip this round, nothing was decided
    │   ├── MarketUnavailable, EarningsUnavailable, BrokerUnavailable, StreamUnavailable
    │   ├── NewsUnavailable  no headlines can be read, or none can be scored
    │   │   └── ScorerNotAsked   nobody asked who scores headlines: that says nothing of these headlines
    │   ├── MemoryUnavailable  what the desk last knew cannot be kept outside the database
    │   ├── Fenced           somebody else is in charge by now: nothing was written, nothing was sent
    │   ├── LookedTooLongAgo what was looked at before an order may have changed: nothing was sent
    │   ├── CancelPending    the broker was asked to cancel an order and is not done with it; it works all the same
    │   └── OrderUnclear     the broker may hold the order: ask by its id, never send it again blindly
    │       └── OrderExists  the broker certainly holds it, whatever a look for it says
    ├── RequestRefused       what was asked for is not done, and nothing changed
    │   ├── UnknownTrade, UnknownSymbol, Ambiguous, BadNumber, BadText, BadAmount, BadPeriod, BadExit
    │   ├── BadDuty          a duty, a holiday or a choice of how to be called that makes no sense
    │   ├── BadProposal      what somebody asks to buy cannot be proposed like that
    │   │   └── BadStanding  a standing approval that cannot be given like that
    │   ├── UnknownSetting, SettingFixed, BadSetting
    │   ├── OtherNeeded      another person must confirm a change of a setting
    │   ├── NothingPending   no change of the setting waits to be confirmed
    │   ├── UnknownStrategy, PromotionRefused
    │   ├── NoUsableStrategy trading does not run again before a restart with a strategy that can be used
    │   ├── OtherStrategy    it was proposed by another strategy than the one in force
    │   ├── BacktestRefused, BacktestRunning   a backtest that cannot be run like that, or while another runs
    │   ├── NotOurs, TooOld  what was clicked is not the bot's own, or no longer good
    │   ├── NoTradeHere      a shortcut was used on a message that is no card of a trade
    │   ├── Repeated         this very request was served before
    │   ├── NothingSelected, NotAllowed
    │   ├── SecondNeeded     another person must approve as well
    │   ├── OtherMustApprove whoever asked for a purchase does not approve it
    │   ├── StandingOver     a standing approval that is not in force
    │   ├── NotOpen, AlreadyDecided, SizeChanged, Expired
    │   ├── NotGradable      a trade that is not over cannot be graded
    │   ├── AdoptionRefused  shares cannot be made a trade of
    │   ├── NotProposable    nothing is proposed in the symbol now
    │   ├── DeskNotActive    the desk is halted, or takes exits only
    │   │   ├── EndedByHalt      a halt since the approval ended the order
    │   │   └── StoppedSince     the desk did not trade for a while since the approval
    │   ├── MarketClosed, NoPrice
    │   ├── NobodyLeads      no process runs the timetable, and nothing is taken on that a job would have to follow
    │   ├── HaltStands       a halt that cannot be taken back any more, or never could by this person
    │   ├── HaltedMeanwhile  somebody halted after it was asked to trade again
    │   ├── FlattenUnderway  everything is being sold, and trading does not run again before that is done
    │   ├── SymbolHalted     the exchange has halted trading in the symbol, and nothing is bought in it
    │   ├── CorporateActionDue   a split or the like is due in the symbol, and nothing is bought in it
    │   ├── RiskRefused      a rule refused; its verdicts name the limits
    │   │   └── RiskUnchanged    what is held stays as it is
    │   └── OrderRefused     the broker refused
    │       ├── MoveRefused  the broker refused to move an exit
    │       └── SaleRefused  the broker refused a sale, which is tried again later
    ├── TradeFault           some trades could not be handled, by a fault of the program's own: the others were
    ├── StoreUnavailable     the database cannot be read or written: trade nothing
    │   └── HaltNotPersisted a halt that cannot be written yet, and holds all the same
    ├── WorkerBroken         the library that serves a worker failed by itself: the worker ends
    ├── StrategyFailed       a strategy in Python gave no scores of some bars: go on without them
    ├── StrategyInvalid      a strategy cannot be used: the text names its file and line, and what to write instead
    └── SettingsInvalid      the start stops with one line that names the setting
        └── NoBars           there are no prices of what was asked for on those days

A `RequestRefused` carries facts, not sentences: the message catalogues have one for each class, in each language.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal


class DeskError(Exception):
    """Something the desk must know about."""


# The outside failed: the round is skipped.


class TemporaryError(DeskError):
    """An outside system failed for now; the next round will try again."""


class MarketUnavailable(TemporaryError):
    """No prices can be read."""


class NewsUnavailable(TemporaryError):
    """No headlines can be read, or none can be scored."""


class ScorerNotAsked(NewsUnavailable):
    """Headlines are not scored for a reason that was there before: the scorer was not asked about them."""


class EarningsUnavailable(TemporaryError):
    """The dates of earnings cannot be read: what is wrong, in which file and, where a line is wrong, in which one.

    `kept` says that the dates that were read before still hold.
    """

    def __init__(self, problem: str, *, file: str = "", line: int = 0, kept: bool = False) -> None:
        super().__init__(f"{file}: {problem}" if file else problem)
        self.file = file
        self.line = line
        self.kept = kept


class BrokerUnavailable(TemporaryError):
    """The broker was certainly not reached: nothing was sent."""


class StreamUnavailable(TemporaryError):
    """Redis cannot be reached; the database still holds everything."""


class MemoryUnavailable(TemporaryError):
    """What the desk last knew cannot be kept outside the database."""


# An order or a write was held back, or its answer was lost.


class Fenced(TemporaryError):
    """Somebody else sends orders, or halted, since this was begun: nothing was written, and nothing was sent."""


class LookedTooLongAgo(TemporaryError):
    """An order was held back because too much time had passed since the desk's state was read: nothing was sent."""


class CancelPending(TemporaryError):
    """A cancel was taken and is not carried out yet, so what waits for it waits on; no outage."""

    def __init__(self, client_order_id: str) -> None:
        super().__init__(f"the cancel of order {client_order_id} is still pending")
        self.client_order_id = client_order_id


class OrderUnclear(TemporaryError):
    """An order was sent and the answer was lost: ask by its client order id before anything else."""

    def __init__(self, client_order_id: str) -> None:
        super().__init__(f"no clear answer for order {client_order_id}")
        self.client_order_id = client_order_id


class OrderExists(OrderUnclear):
    """The broker has an order of this id already: look for it until it is found."""


# Refused: what was typed or picked names nothing, or makes no sense.


class RequestRefused(DeskError):
    """A request that is not carried out; `facts` fill the sentence of its class in the message catalogues."""

    def __init__(self, **facts: str | int | Decimal | datetime) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in facts.items()))
        self.facts = facts


class UnknownTrade(RequestRefused):
    """No trade has this id. Facts: asked, nearest (may be empty)."""

    def __init__(self, asked: str, nearest: str = "") -> None:
        super().__init__(asked=asked, nearest=nearest)


class UnknownSymbol(RequestRefused):
    """The desk does not watch or hold this symbol. Facts: asked, nearest (may be empty)."""

    def __init__(self, asked: str, nearest: str = "") -> None:
        super().__init__(asked=asked, nearest=nearest)


class Ambiguous(RequestRefused):
    """Several trades answer to what was typed. Facts: asked, matches."""

    def __init__(self, asked: str, matches: Iterable[str]) -> None:
        super().__init__(asked=asked, matches=", ".join(matches))


class BadNumber(RequestRefused):
    """A whole number of shares of at least 1 was expected. Facts: asked, one and other (its two readings, or empty)."""

    def __init__(self, asked: str, one: str = "", other: str = "") -> None:
        super().__init__(asked=asked, one=one, other=other)


class BadText(RequestRefused):
    """The words after a command make no sense to it. Facts: problem, asked, usage, nearest (may be empty).

    The problem is 'symbol' where one is missing, 'value' where what was asked for lacks one, 'many' or 'unknown' words.
    """

    def __init__(self, asked: str, usage: str, nearest: str = "", *, problem: str = "unknown") -> None:
        super().__init__(problem=problem if asked else "symbol", asked=asked, usage=usage, nearest=nearest)


class BadAmount(RequestRefused):
    """What was typed is no amount of shares, dollars or percent. Facts: asked, one and other (its two readings)."""

    def __init__(self, asked: str, one: str = "", other: str = "") -> None:
        super().__init__(asked=asked, one=one, other=other)


class BadPeriod(RequestRefused):
    """These days cannot be looked back over. Facts: problem ('order', 'future', 'no_such_day'), asked, today."""

    def __init__(self, problem: str, asked: str, today: date) -> None:
        super().__init__(problem=problem, asked=asked, today=f"{today}")


class BadExit(RequestRefused):
    """A stop, target or trail that cannot be. Facts: field, problem (a word), asked, against (a price, or empty)."""

    def __init__(self, field: str, problem: str, asked: str, against: Decimal | None = None) -> None:
        price = "" if against is None else against
        super().__init__(field=field, problem=problem, asked=asked, against=price, unit="price")


class BadDuty(RequestRefused):
    """What was typed after /duty or /notify is not taken. Facts: field (what is wrong), asked, who, example, known.

    `example` is a command that is taken; `known` names what stands in the way, or what could be typed instead. `who` is
    the person or the group that it is about, '' where it is about none.
    """

    def __init__(self, field: str, asked: str, *, example: str, known: str = "", who: str = "") -> None:
        super().__init__(field=field, asked=asked, example=example, known=known, who=who)


class BadProposal(RequestRefused):
    """One part of what somebody asks to buy makes no sense.

    Facts: field ('symbol', 'size', 'limit', 'stop', 'target', 'reason', 'key' ...), asked, problem (a word), bound (the
    price or number that it passes, or what was meant; may be empty).
    """

    def __init__(self, field: str, asked: str | Decimal, problem: str, bound: str | Decimal = "") -> None:
        super().__init__(field=field, asked=asked, problem=problem, bound=bound, unit="price")


class BadStanding(BadProposal):
    """One part of a standing approval makes no sense, or is over the desk's own limits; facts as BadProposal."""


# Refused: settings, strategies and backtests.


class UnknownSetting(RequestRefused):
    """No setting has this name. Facts: asked, nearest (may be empty)."""

    def __init__(self, asked: str, nearest: str = "") -> None:
        super().__init__(asked=asked, nearest=nearest)


class SettingFixed(RequestRefused):
    """This setting is not changed while the desk runs. Facts: setting."""

    def __init__(self, setting: str) -> None:
        super().__init__(setting=setting)


class BadSetting(RequestRefused):
    """A setting does not take what was typed.

    Facts: setting, asked, least and most (empty without bound), unit, one and other (its two readings, or empty).
    """

    def __init__(
        self,
        setting: str,
        asked: str,
        least: Decimal | None,
        most: Decimal | None,
        unit: str,
        *,
        one: str = "",
        other: str = "",
    ) -> None:
        bounds = {"least": "" if least is None else least, "most": "" if most is None else most}
        super().__init__(setting=setting, asked=asked, unit=unit, one=one, other=other, **bounds)


class OtherNeeded(RequestRefused):
    """Another person must confirm what somebody asked for. Facts: setting, by."""

    def __init__(self, setting: str, by: str) -> None:
        super().__init__(setting=setting, by=by)


class NothingPending(RequestRefused):
    """No change of this setting waits, or not any more. Facts: asked."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked=asked)


class UnknownStrategy(RequestRefused):
    """Neither the live strategy nor one in shadow is called so. Facts: asked, nearest (may be empty)."""

    def __init__(self, asked: str, nearest: str = "") -> None:
        super().__init__(asked=asked, nearest=nearest)


class PromotionRefused(RequestRefused):
    """A strategy lacks something to become the live one. Facts: strategy, lack (a word), has and needs (counts).

    One that cannot trade live has `why`, too.
    """

    def __init__(self, strategy: str, lack: str, has: int = 0, needs: int = 0, *, why: str = "") -> None:
        super().__init__(strategy=strategy, lack=lack, has=has, needs=needs, **({"why": why} if why else {}))


class NoUsableStrategy(RequestRefused):
    """Trading does not run again before a restart with a strategy that can be used. Facts: none."""


class OtherStrategy(RequestRefused):
    """Another strategy than the one in force proposed the trade. Facts: trade_id, proposed_by, in_force (labels)."""

    def __init__(self, trade_id: str, proposed_by: str, in_force: str) -> None:
        super().__init__(trade_id=trade_id, proposed_by=proposed_by, in_force=in_force)


class BacktestRefused(RequestRefused):
    """A backtest that cannot be asked for in these words: `problem` is a key of the sentence, `example` one that works.

    `known` lists what could be asked for instead, `most` is the limit that was passed.
    """

    def __init__(
        self, problem: str, *, asked: str, example: str, nearest: str = "", known: str = "", most: int = 0
    ) -> None:
        super().__init__(problem=problem, asked=asked, example=example, nearest=nearest, known=known, most=most)


class BacktestRunning(RequestRefused):
    """A backtest for somebody whose last one is not done. Facts: none."""


# Refused: what was clicked is not good, or not good any more.


class NotOurs(RequestRefused):
    """What was clicked or submitted does not carry the bot's own signature. Facts: asked."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked=asked)


class NoTradeHere(RequestRefused):
    """The message on which a shortcut was used is no card of a trade. Facts: none."""


class TooOld(RequestRefused):
    """A button or a window of the bot's, longer ago than it is good for. Facts: trade_id, at (when it was made)."""

    def __init__(self, trade_id: str, at: datetime) -> None:
        super().__init__(trade_id=trade_id, at=at)


class Repeated(RequestRefused):
    """This very request was served before; the audit has it. Facts: none."""


class NothingSelected(RequestRefused):
    """No proposal was selected. Facts: none."""


# Refused: who asked may not do it, or not alone.


class NotAllowed(RequestRefused):
    """The user's role does not allow it. Facts: needed, has."""

    def __init__(self, needed: str, has: str) -> None:
        super().__init__(needed=needed, has=has)


class SecondNeeded(RequestRefused):
    """Two people approve; this one did already, or is the engine. Facts: trade_id, by, over (dollars).

    `over` is the sum over which that is so, "none" where it is so because earnings are near.
    """

    def __init__(self, trade_id: str, by: str, over: Decimal | None) -> None:
        super().__init__(trade_id=trade_id, by=by, over="none" if over is None else over, unit="dollars")


class OtherMustApprove(RequestRefused):
    """Another person must approve what somebody asked for; the engine is nobody. Facts: trade_id, by."""

    def __init__(self, trade_id: str, by: str) -> None:
        super().__init__(trade_id=trade_id, by=by)


class StandingOver(RequestRefused):
    """No standing approval of this id is in force, or it is not good for what was asked. Facts: asked."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked=asked)


# Refused: the trade is not in a state for it.


class NotOpen(RequestRefused):
    """Only an open trade can be closed. Facts: trade_id (empty: there is none at all), state."""

    def __init__(self, trade_id: str = "", state: str = "") -> None:
        super().__init__(trade_id=trade_id, state=state)


class AlreadyDecided(RequestRefused):
    """The trade is past the state that the request needs. Facts: trade_id, state, by."""

    def __init__(self, trade_id: str, state: str, by: str = "") -> None:
        super().__init__(trade_id=trade_id, state=state, by=by)


class SizeChanged(RequestRefused):
    """Somebody changed the size that was about to be approved. Facts: trade_id, shares (as it is now)."""

    def __init__(self, trade_id: str, shares: int) -> None:
        super().__init__(trade_id=trade_id, shares=shares)


class Expired(RequestRefused):
    """The proposal's time was over. Facts: trade_id, at."""

    def __init__(self, trade_id: str, at: datetime) -> None:
        super().__init__(trade_id=trade_id, at=at)


class NotGradable(RequestRefused):
    """A trade that is not over yet cannot be graded. Facts: trade_id, state."""

    def __init__(self, trade_id: str, state: str) -> None:
        super().__init__(trade_id=trade_id, state=state)


class AdoptionRefused(RequestRefused):
    """Shares cannot be made a trade of. Facts: field, problem, symbol, price (dollars, or none), most, typed."""

    def __init__(
        self,
        field: str,
        problem: str,
        symbol: str,
        *,
        price: Decimal | None = None,
        most: int | None = None,
        typed: str = "",
    ) -> None:
        super().__init__(
            field=field,
            problem=problem,
            symbol=symbol,
            typed=typed,
            price="none" if price is None else price,
            most=most or 0,
            unit="price",
        )


class NotProposable(RequestRefused):
    """Nothing is proposed in this symbol now. Facts: symbol, reason (a word of the engine's), state.

    The state is that of the trade in the symbol, where there is one already; '' else.
    """

    def __init__(self, symbol: str, reason: str, state: str = "") -> None:
        super().__init__(symbol=symbol, reason=reason, state=state)


# Refused: the desk, the market or the symbol does not trade.


class DeskNotActive(RequestRefused):
    """The desk is halted or only reducing. Facts: state, reason, by."""

    def __init__(self, state: str, reason: str = "", by: str = "") -> None:
        super().__init__(state=state, reason=reason, by=by)


class EndedByHalt(DeskNotActive):
    """A halt since the approval ended the order, though the desk trades again. Facts: state, reason ('') and by."""

    def __init__(self, by: str) -> None:
        super().__init__("halted", by=by)


class StoppedSince(DeskNotActive):
    """The desk did not trade for a while since the approval, as the clocks have it. Facts: state; reason, by ('')."""

    def __init__(self) -> None:
        super().__init__("halted")


class NobodyLeads(RequestRefused):
    """No process runs the timetable, since an instant: nothing is bought that nobody would watch. Facts: since."""

    def __init__(self, since: datetime) -> None:
        super().__init__(since=since)


class HaltStands(RequestRefused):
    """A halt is not taken back. Facts: why, a word.

    'not_halted', 'not_yours', 'too_late', 'halted_too' (somebody else halted as well, or would have), 'flattening',
    'doubt' (the desk was not active before it, or the engine has doubts), 'halt_waits' (one is still being written).
    """

    def __init__(self, why: str) -> None:
        super().__init__(why=why)


class HaltedMeanwhile(RequestRefused):
    """Somebody halted after it was asked to trade again, and their halt holds. Facts: by."""

    def __init__(self, by: str) -> None:
        super().__init__(by=by)


class FlattenUnderway(RequestRefused):
    """Everything is being sold, and trading does not run again before that is done. Facts: none."""


class MarketClosed(RequestRefused):
    """Orders go out in regular hours only. Facts: opens_at."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(opens_at=opens_at)


class NoPrice(RequestRefused):
    """There is no price of this symbol that is good enough to trade on. Facts: symbol."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol=symbol)


class SymbolHalted(RequestRefused):
    """The exchange has halted trading in this symbol, since an instant. Facts: symbol, since, reason, code."""

    def __init__(self, symbol: str, since: datetime, reason: str, code: str = "") -> None:
        super().__init__(symbol=symbol, since=since, reason=reason, code=code)


class CorporateActionDue(RequestRefused):
    """Shares of this symbol are being exchanged, or will be before the next session ends. Facts: symbol."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol=symbol)


# Refused by a risk rule or by the broker.


class RiskRefused(RequestRefused):
    """A risk rule refused. Facts: rule (its name), asked, limit, unit ('shares', 'dollars', 'percent')."""

    def __init__(self, rule: str, asked: Decimal, limit: Decimal, unit: str) -> None:
        super().__init__(rule=rule, asked=asked, limit=limit, unit=unit)


class RiskUnchanged(RiskRefused):
    """A risk rule keeps what is held as it is: a stop is not moved down, shares are not adopted. Facts: as its base."""


class OrderRefused(RequestRefused):
    """The broker refused the order. Facts: reason (its own words)."""

    def __init__(self, reason: str, **facts: str) -> None:
        super().__init__(reason=reason, **facts)


class MoveRefused(OrderRefused):
    """The broker refused to move an exit, which stays where it is. Facts: field ('stop' or 'target'), reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason, field=field)


class SaleRefused(OrderRefused):
    """The broker refused the sale of a trade, which stays closing and is sold later. Facts: reason, symbol."""

    def __init__(self, reason: str, symbol: str) -> None:
        super().__init__(reason)
        self.facts["symbol"] = symbol


# Nothing can be written, or a process serves no more.


class TradeFault(DeskError):
    """Faults of the program's own kept trades, or symbols, from their turn: `causes` has the error of each.

    All the others had theirs, but for those that the outside failed: the first such error is `lost`.
    """

    def __init__(self, causes: Mapping[str, Exception], lost: TemporaryError | None = None) -> None:
        super().__init__(f"could not be handled: {', '.join(sorted(causes))}")
        self.causes = causes
        self.lost = lost


class StoreUnavailable(DeskError):
    """The database cannot be read or written: nothing may be traded."""


class HaltNotPersisted(StoreUnavailable):
    """A halt that could not be written: this process lets no entry leave, and writes it as soon as it can."""


class WorkerBroken(DeskError):
    """The library that serves a worker met a fault of its own: it serves no more, and its processes are gone."""


# A strategy or a setting cannot be used.


class StrategyFailed(DeskError):
    """A strategy in Python gave no proper scores of some bars: it raised, took too long, or its process ended."""


class StrategyInvalid(DeskError):
    """A strategy cannot be used; the text names it, with the line where it stands in a file, and what is expected."""


class SettingsInvalid(DeskError):
    """A setting is missing or wrong; the text names it and says what is expected."""


class NoBars(SettingsInvalid):
    """There are no prices of a symbol, or of any where `symbol` is empty, on the days that were asked for."""

    def __init__(self, text: str, symbol: str = "") -> None:
        super().__init__(text)
        self.symbol = symbol
