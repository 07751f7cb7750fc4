"""How the desk has done, in lines: /pnl is made of them, and so are the reports of the day's and the week's end."""

from decimal import Decimal

from slack_sdk.models.blocks import Block

from bot.cards.data_table import Cell
from bot.cards.equity_chart import equity_chart
from bot.cards.message import Message, context, header, message, section, table
from bot.cards.mrkdwn import NO_FACT, day_and_time, fitted, symbol
from bot.cards.slippage import side as side_of
from bot.messages import Texts
from engine.model.evaluation import FEWEST_DAYS, FEWEST_TRADES
from engine.model.performance import Ending, OpenProfit, Performance, Span, SymbolResult, TradeStatistics

MOST_SYMBOLS = 20
SYMBOL_COLUMNS = ("symbol", "result", "closed", "won")


def pnl(done: Performance, span: Span, texts: Texts, *, open_now: OpenProfit | None = None) -> Message:
    """Show what came of a period, of all symbols or of one; `open_now` where the period goes on."""
    period = span_name(span, texts)
    title = texts(
        "pnl-title",
        period=period,
        symbol=symbol(done.symbol) if done.symbol else NO_FACT,
        result=texts.gain(done.result),
    )
    lines = (
        *result_lines(done, texts),
        *open_lines(open_now, texts),
        *statistics_lines(done, texts),
        *(() if done.symbol else account_lines(done, texts, goes_on=open_now is not None)),
    )
    more = () if done.symbol else (equity_chart(done, period, texts), *_by_symbol(done, texts))
    return message(header(title), section("\n".join(lines)), *more, context(_days(span, texts)))


def span_name(span: Span, texts: Texts) -> str:
    """Return what a period is called: by its name, or by its days."""
    return texts("period-name", period=span.period.value, days=_dates(span, texts))


def _dates(span: Span, texts: Texts) -> str:
    first, last = NO_FACT if span.first is None else texts.day(span.first), texts.day(span.last)
    return last if first == last else texts("period-days", first=first, last=last)


def _days(span: Span, texts: Texts) -> str:
    """Say of which days it speaks, and whose days they are."""
    return texts("pnl-days", days=_dates(span, texts))


def open_lines(open_now: OpenProfit | None, texts: Texts) -> tuple[str, ...]:
    """Return what is open now, or that the broker does not tell; nothing where the period is over."""
    if open_now is None:
        return ()
    result = NO_FACT if open_now.result is None else texts.gain(open_now.result)
    return (texts("pnl-open", result=result, positions=open_now.positions),)


def _by_symbol(done: Performance, texts: Texts) -> tuple[Block, ...]:
    """Return a row for each symbol, the best first."""
    rows = [(_symbol(each, texts), _symbol_cells(each, texts)) for each in done.by_symbol]
    return table(texts("pnl-by-symbol"), SYMBOL_COLUMNS, rows, texts)


def _symbol_cells(each: SymbolResult, texts: Texts) -> tuple[Cell, ...]:
    return (
        Cell(text=symbol(each.symbol)),
        Cell(text=texts.gain(each.result), figure=each.result),
        Cell(text=texts.count(each.trades), figure=each.trades),
        Cell(text=texts.count(each.wins), figure=each.wins),
    )


def result_lines(done: Performance, texts: Texts) -> tuple[str, ...]:
    """Return what the trades that ended came to: together, the best and the worst, and against their risk."""
    if not done.trades:
        return (texts("pnl-no-trades"),)
    summed = texts(
        "pnl-result",
        result=texts.gain(done.result),
        share=NO_FACT if done.share is None else texts.change(done.share),
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
        multiple=NO_FACT if done.multiple is None else multiple(done.multiple, texts),
        slippage=texts.dollars(abs(done.slippage)),
        side=side_of(done.slippage),
    )
    return tuple(filter(None, (summed, extremes, ratio)))


def account_lines(done: Performance, texts: Texts, *, goes_on: bool = False) -> tuple[str, ...]:
    """Return how the whole account went: its equity, what it risked and lost on the way, what the news cost.

    Where the period `goes_on`, the total says of when it is: what is open is told as of now.
    """
    went = texts(
        "pnl-account",
        equity=NO_FACT if done.equity is None else texts.dollars(done.equity),
        drawdown=texts.percent(done.drawdown),
        risk=texts.percent(done.risk_used),
    )
    return (*_total(done, texts, goes_on=goes_on), went, texts("pnl-cost", cost=texts.price(done.cost)))


def _total(done: Performance, texts: Texts, *, goes_on: bool) -> tuple[str, ...]:
    if done.total is None or not done.equity_before:
        return ()
    at = day_and_time(done.curve[-1].at, texts) if goes_on else NO_FACT
    share = texts.change(done.total / done.equity_before)
    return (texts("pnl-total", result=texts.gain(done.total), share=share, at=at),)


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
        factor=NO_FACT if found.profit_factor is None else texts.number(found.profit_factor),
        expectancy=NO_FACT if interval is None else _multiple(interval.mean, texts),
        low=NO_FACT if interval is None else _multiple(interval.low, texts),
        high=NO_FACT if interval is None else _multiple(interval.high, texts),
        edge="shown" if interval is not None and interval.low > 0 else "none",
        newest=texts.count(found.trades) if found.trades < done.trades else NO_FACT,
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
    return texts("pnl-sharpe", sharpe=NO_FACT if found.sharpe is None else texts.number(found.sharpe))


def _symbol(each: SymbolResult, texts: Texts) -> str:
    return texts(
        "pnl-symbol",
        symbol=symbol(each.symbol),
        result=texts.gain(each.result),
        trades=each.trades,
        wins=each.wins,
    )


def _ending(ending: Ending | None, texts: Texts) -> str:
    return f"{symbol(ending.symbol)} {texts.gain(ending.result)}" if ending else NO_FACT
