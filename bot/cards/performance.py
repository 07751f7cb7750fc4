"""How the desk has done, in lines: /pnl is made of them, and so are the reports of the day's and the week's end."""

from decimal import Decimal

from slack_sdk.models.blocks import ContextBlock

from bot.cards.message import Message, context, header, message, section, sections
from bot.cards.mrkdwn import NOTHING, day_and_time, fitted, symbol
from bot.cards.slippage import side as side_of
from bot.messages import Texts
from engine.model.evaluation import FEWEST_DAYS, FEWEST_TRADES
from engine.model.performance import Ending, Performance, Period, SymbolResult, TradeStatistics

MOST_SYMBOLS = 20


def pnl(done: Performance, period: Period, texts: Texts) -> Message:
    """Show what came of a period, of all symbols or of one."""
    title = texts(
        "pnl-title",
        period=period.value,
        symbol=symbol(done.symbol) if done.symbol else NOTHING,
        result=texts.gain(done.result),
    )
    lines = (
        *result_lines(done, texts),
        *statistics_lines(done, texts),
        *(() if done.symbol else account_lines(done, texts)),
    )
    by_symbol = () if done.symbol else symbol_lines(done, texts)
    table = (section(texts("pnl-by-symbol")), *sections(by_symbol)) if by_symbol else ()
    return message(header(title), section("\n".join(lines)), *table, *_since(done, texts))


def result_lines(done: Performance, texts: Texts) -> tuple[str, ...]:
    """Return what the trades that ended came to: together, the best and the worst, and against their risk."""
    if not done.trades:
        return (texts("pnl-no-trades"),)
    summed = texts(
        "pnl-result",
        result=texts.gain(done.result),
        share=NOTHING if done.share is None else texts.change(done.share),
        trades=done.trades,
        wins=done.wins,
        rate=texts.percent(done.hit_rate or Decimal(0), 0),
    )
    extremes = (
        texts("pnl-extremes", best=_ending(done.best, texts), worst=_ending(done.worst, texts))
        if done.trades > 1 and done.best and done.worst
        else ""
    )
    ratio = texts(
        "pnl-ratio",
        multiple=NOTHING if done.multiple is None else multiple(done.multiple, texts),
        slippage=texts.dollars(abs(done.slippage)),
        side=side_of(done.slippage),
    )
    return tuple(filter(None, (summed, extremes, ratio)))


def account_lines(done: Performance, texts: Texts) -> tuple[str, ...]:
    """Return how the whole account went: its equity, what it risked and lost on the way, what the news cost."""
    went = texts(
        "pnl-account",
        equity=NOTHING if done.equity is None else texts.dollars(done.equity),
        drawdown=texts.percent(done.drawdown),
        risk=texts.percent(done.risk_used),
    )
    return (went, texts("pnl-cost", cost=texts.price(done.cost)))


def statistics_lines(done: Performance, texts: Texts) -> tuple[str, ...]:
    """Return how far the trades speak for what makes them, or that they are too few to; nothing without trades."""
    found = done.statistics
    if found is None or not found.trades:
        return ()
    if not found.has_enough_trades:
        return (texts("pnl-too-few-trades", trades=found.trades, fewest=FEWEST_TRADES),)
    interval = found.expectancy
    told = texts(
        "pnl-statistics",
        factor=NOTHING if found.profit_factor is None else texts.number(found.profit_factor),
        expectancy=NOTHING if interval is None else _multiple(interval.mean, texts),
        low=NOTHING if interval is None else _multiple(interval.low, texts),
        high=NOTHING if interval is None else _multiple(interval.high, texts),
        edge="shown" if interval is not None and interval.low > 0 else "none",
        newest=texts.count(found.trades) if found.trades < done.trades else NOTHING,
    )
    # The account's days say nothing of one symbol.
    return (told,) if done.symbol else (f"{told} · {_sharpe(found, texts)}",)


def symbol_lines(done: Performance, texts: Texts) -> tuple[str, ...]:
    """Return a line for each symbol, the best first."""
    lines = [_symbol(each, texts) for each in done.by_symbol]
    return fitted(lines[:MOST_SYMBOLS], texts) + (
        (texts("and-more", count=len(lines) - MOST_SYMBOLS),) if len(lines) > MOST_SYMBOLS else ()
    )


def multiple(value: Decimal, texts: Texts) -> str:
    """Write a multiple of what was risked with its sign, '+1.3R'."""
    return f"{texts.score(round(value * 10))}R"


def _multiple(value: float, texts: Texts) -> str:
    return texts.number(value, signed=True) + "R"


def _sharpe(found: TradeStatistics, texts: Texts) -> str:
    if not found.has_enough_days:
        return texts("pnl-too-few-days", days=found.days, fewest=FEWEST_DAYS)
    return texts("pnl-sharpe", sharpe=NOTHING if found.sharpe is None else texts.number(found.sharpe))


def _symbol(each: SymbolResult, texts: Texts) -> str:
    return texts(
        "pnl-symbol",
        symbol=symbol(each.symbol),
        result=texts.gain(each.result),
        trades=each.trades,
        wins=each.wins,
    )


def _ending(ending: Ending | None, texts: Texts) -> str:
    return f"{symbol(ending.symbol)} {texts.gain(ending.result)}" if ending else NOTHING


def _since(done: Performance, texts: Texts) -> tuple[ContextBlock, ...]:
    return (context(texts("pnl-since", at=day_and_time(done.since, texts))),) if done.since else ()
