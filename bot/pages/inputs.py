"""All that a backtest was run with, so that it can be run again, and how its trades ended or came to nothing."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from html import escape

from bot.messages import Texts
from bot.pages.verdict import multiple
from engine.model.backtest import Backtest
from engine.model.evaluation import WalkForward
from engine.model.trade import ExitReason

Rows = Iterable[tuple[str, str]]


def inputs(run: Backtest, texts: Texts) -> str:
    """Return the section of parameters and costs."""
    costs = run.costs
    fees = texts(
        "backtest-page-fees",
        sec=texts.price(costs.fees.sec),
        taf=f"${costs.fees.taf:f}",
        most=texts.price(costs.fees.taf_most),
    )
    rows = [
        (_name("strategy", texts), f"{run.strategy} {run.strategy_fingerprint}"),
        (_name("data", texts), f"{texts('backtest-data', data=run.data)} {run.data_fingerprint}"),
        (_name("symbols", texts), ", ".join(run.symbols)),
        (_name("cash", texts), texts.dollars(run.cash)),
        (_name("spread", texts), texts("backtest-page-bp", points=_plain(costs.spread_bp))),
        (_name("slippage", texts), texts("backtest-page-bp", points=_plain(costs.slippage_bp))),
        (_name("participation", texts), texts.percent(costs.participation, 0)),
        (_name("fees", texts), fees),
        (_name("seed", texts), str(run.seed)),
        (_name("version", texts), run.version),
        *((name, value) for name, value in sorted(run.settings.items())),
    ]
    return _section(texts("backtest-page-inputs"), rows)


def endings(run: Backtest, texts: Texts) -> str:
    """Return the sections of how trades ended, and of why signals became none, the most frequent first."""
    ends = Counter(trade.reason for trade in run.trades)
    ended = [
        (
            texts("backtest-page-exit", exit=reason.value),
            texts("backtest-page-ended", trades=count, mean=multiple(_mean(run, reason), texts)),
        )
        for reason, count in ends.most_common()
    ]
    refused = [
        (texts("backtest-page-reason", reason=reason), texts.count(count))
        for reason, count in sorted(run.refused.items(), key=lambda each: (-each[1], each[0]))
    ]
    parts = ((texts("backtest-page-exits"), ended), (texts("backtest-page-refused"), refused))
    return "".join(_section(title, rows) for title, rows in parts if rows)


def windows(walk: WalkForward, texts: Texts) -> str:
    """Return the section of a walk forward's windows: what was chosen in each, and what it did later."""
    rows = [
        (
            texts("backtest-between", low=texts.day(step.window.test_first), high=texts.day(step.window.test_last)),
            texts(
                "backtest-page-window",
                chosen=step.chosen,
                trades=len(step.test.trades),
                train=multiple(step.train_mean, texts),
                test=multiple(step.test_mean, texts),
            ),
        )
        for step in walk.steps
    ]
    return _section(texts("backtest-page-windows"), rows)


def _section(title: str, rows: Rows) -> str:
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<section><h2>{escape(title)}</h2><table>{lines}</table></section>"


def _mean(run: Backtest, reason: ExitReason | None = None) -> float | None:
    trades = [trade for trade in run.trades if reason in {None, trade.reason}]
    multiples = [trade.multiple for trade in trades if trade.multiple is not None]
    return sum(multiples) / len(multiples) if multiples else None


def _name(what: str, texts: Texts) -> str:
    return texts("backtest-page-input", input=what)


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"
